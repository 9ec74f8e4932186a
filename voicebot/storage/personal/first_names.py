"""First names common in Britain, of many origins. `ALSO_WORDS` are words as well: a capital is not enough for them."""

from __future__ import annotations

from voicebot.storage.personal.spoken import words_in

_COMMON = words_in(
    """
    Aaron Abdul Abdullah Abigail Adam Adebayo Adele Adrian Agnes Agnieszka Ahmed Aisha Alan Albert Alexander
    Alexandra Alexis Alfie Alfred Ali Alice Alicia Alison Alistair Amanda Amber Amelia Amina Amir Amit Amy Andrea
    Andrew Andrzej Angela Angus Anita Anjali Ann Anna Annabel Anne Annette Annie Anthony Antonio Anwar Arif Arjun
    Arlo Arnold Arthur Asha Ashraf Audrey Ava Ayesha Barbara Barry Beatrice Becky Ben Benjamin Bernard Beryl Beth
    Bethany Betty Beverley Bilal Blessing Bob Brenda Brian Bridget Bronwen Bruce Bryan Callum Cameron Carl Carol
    Caroline Carolyn Catherine Cathy Cecil Charles Charlie Charlotte Chidi Chioma Chloe Chris Christina Christine
    Christopher Claire Clare Clifford Clive Colin Colleen Connor Craig Cynthia Daisy Damian Daniel Danielle Danny
    Darren Dave David Dawid Debbie Deborah Deirdre Denise Dennis Derek Diana Diane Dimitri Dominic Donald Donna
    Doreen Doris Dorothy Douglas Duncan Dylan Ebony Edith Edna Edward Edwin Eileen Elaine Eleanor Eli Elijah
    Elizabeth Ella Ellen Ellie Elsie Emily Emma Eric Ernest Esme Ethan Ethel Eugene Eunice Eva Evelyn Evie Farah
    Fatima Fiona Florence Francesca Francis Freda Freddie Frederick Gareth Gary Gavin Gemma Geoff Geoffrey George
    Georgia Georgina Gerald Geraldine Gillian Gina Gladys Glenda Glenn Gloria Gordon Graham Greg Gregory Gurpreet
    Gwen Hamza Hannah Harjit Harold Harriet Harry Harvey Hassan Hazel Heather Helen Henry Hilary Hilda Howard Hugh
    Hussain Ian Ibrahim Ifeoma Imran Ingrid Irene Iris Isaac Isabel Isabella Isla Ivan Ivor Jackie Jacob Jacqueline
    Jake Jamal James Jamie Jan Jane Janet Janice Jasmine Jason Javed Jayne Jean Jeanette Jeff Jeffrey Jen Jennifer
    Jenny Jeremy Jerome Jerry Jessica Jill Jim Jimmy Joan Joanna Joanne Jodie Joe Joel John Jonathan Jordan Joseph
    Joshua Joyce Juan Judith Judy Julia Julian Julie June Justin Kamal Karen Karl Kate Katherine Kathleen Kathryn
    Kathy Katie Kavita Keith Kelly Kelvin Ken Kenneth Kerry Kevin Khalid Kim Kirsty Krystyna Kuldeep Kwame Kyle
    Lakshmi Laura Lauren Laurence Leah Lee Leila Len Leo Leon Leonard Leroy Lesley Leslie Lewis Liam Lily Linda Lisa
    Lloyd Logan Lola Lorna Lorraine Louis Louise Lucas Lucy Luke Lydia Lynn Lynne Magda Maggie Malcolm Mandy Manjit
    Marcus Margaret Maria Marian Marie Marilyn Mario Marion Marjorie Marlene Martha Martin Mary Mateusz Matthew
    Maureen Mavis Megan Mehmet Melanie Melissa Mia Michael Michelle Miguel Mike Mildred Millie Miriam Mo Mohamed
    Mohammad Mohammed Molly Monica Morgan Muhammad Muriel Myra Nadia Nancy Naomi Natalie Natasha Nathan Neil
    Nicholas Nicola Nicole Nigel Nina Noah Noel Nora Norma Norman Nuala Olga Olive Oliver Olivia Oluwaseun Omar
    Oscar Owen Paddy Pamela Patricia Patrick Paul Paula Pauline Pavel Peggy Penelope Peter Petra Phil Philip Phillip
    Phoebe Phyllis Piotr Pooja Pradeep Pratik Priya Rachael Rachel Rafael Raj Rajesh Ralph Ravi Raymond Rebecca
    Reginald Rhys Richard Rita Robert Roberta Robin Rodney Roger Ronald Rosemary Rosie Ross Roy Ruth Ryan Sadia
    Saima Sally Samantha Samira Samuel Sandra Sanjay Sara Sarah Sasha Scott Seamus Sean Sebastian Shabana Shane
    Shannon Sharon Shaun Sheila Shirley Shreya Sian Sidney Simon Sinead Siobhan Sofia Sonia Sophia Sophie Stacey
    Stanislaw Stanley Stella Stephanie Stephen Steve Steven Stuart Sunita Surinder Susan Suzanne Sylvia Tamara Tanya
    Tariq Temitope Terence Teresa Terry Thelma Theodore Theresa Thomas Tim Timothy Tina Toby Tom Tomasz Tommy Tony
    Tracey Tracy Trevor Tyler Uche Usman Valerie Vanessa Vera Vernon Veronica Vicky Vijay Vikram Vincent Viola
    Vivian Vivienne Walter Wanda Wayne Wendy Wilfred William Winifred Winston Xavier Yasmin Yolanda Yusuf Yvonne
    Zachary Zainab Zara Zoe Zofia
    """
)

ALSO_WORDS = words_in(
    """
    Angel April Art Ash Aurora Autumn Bill Billy Bonnie Brook Carter Cherry Christian Dale Dawn Dean Destiny Dick
    Don Earl Eve Faith Fern Flora Frank Gene Ginger Glen Grace Grant Guy Harmony Heath Holly Honor Hope Hunter Ivy
    Jack Jade Jan Jasper Jay Jewel Joy June Lance Laurel Mark Mason Max May Melody Miles Nick Pat Patience Pearl
    Penny Pierce Poppy Ray Rex Rich Rob Robin Rod Rose Ruby Sam Sandy Savannah Sky Stan Sterling Sue Summer Ted
    Victor Victoria Violet Wade Will Winter
    """
)

FIRST_NAMES = _COMMON - ALSO_WORDS
