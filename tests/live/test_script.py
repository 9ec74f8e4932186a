"""What an answer says, sentence by sentence."""

from __future__ import annotations

from live_parts import QUESTION, Words

from voicebot.dialogue.actions import Ask, Expecting, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.live.script import ending, script, sentences
from voicebot.ports import Answer

CONNECT = Transfer("waste", "+441632960100", "", 20)


def test_prompts_are_cut_after_their_sentences_and_keep_their_marks():
    text = 'You could say "there\'s a pothole." Or press 0! Open 8.30 to 5.  Yes? …'
    assert sentences(text) == ['You could say "there\'s a pothole."', "Or press 0!", "Open 8.30 to 5.", "Yes?"]
    assert sentences("  ") == []


def test_all_that_is_said_before_the_end_belongs_to_the_script_and_nothing_after_it():
    answer = Answer((Say("One. Two."), SendText("no words"), QUESTION, Say("never said")), 1)
    assert [each.text for each in script(answer, Words())][:2] == ["One.", "Two."]
    assert "never said" not in [each.text for each in script(answer, Words())]
    leave = Answer((Say("Closed."), TakeMessage("Leave a message.", "waste", 60)), 1)
    assert [each.text for each in script(leave, Words())] == ["Closed.", "Leave a message."]


def test_one_sentence_without_sound_is_a_script_without_sound():
    assert script(Answer((Say("One. Two."), CONNECT), 1), Words(missing=["Two."])) is None


def test_an_answer_ends_with_the_first_thing_that_is_neither_said_nor_sent():
    assert ending(Answer((Say("Bye."), SendText("text"), HangUp(), QUESTION), 1)) == HangUp()
    assert ending(Answer((QUESTION, SendText("text")), 1)) is QUESTION
    assert ending(Answer((Say("Bye."),), 1)) is None


def test_a_sentence_that_names_a_number_to_dial_must_be_heard():
    asked = Answer((Ask("If it is safe, dial 999. To speak to someone, press 0.", Expecting("request")),), 1)
    assert [each.must_be_heard for each in script(asked, Words())] == [True, False]
