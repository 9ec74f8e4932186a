"""Phrases of a few intents, and folders of them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "weights"

SMALL = {
    "pothole": [
        "there is a pothole in my road",
        "big hole in the tarmac",
        "the road surface is breaking up",
        "I hit a pothole on Mill Lane",
        "potholes everywhere",
        "hole in the road outside the shop",
        "the tarmac has gone on our street",
        "can you fill the hole by the bus stop",
    ],
    "library_services": [
        "renew my library book",
        "what time does the library open",
        "I want to join the library",
        "reserve a book for me",
        "library opening hours",
        "I owe a fine on a library book",
        "can I use a computer in the library",
        "do you lend audio books",
    ],
    "life_in_danger": [
        "the house is on fire",
        "I can smell gas",
        "somebody has a knife",
        "he is bleeding badly",
        "there's a fire in the kitchen",
        "my friend has collapsed",
        "a man is attacking us",
        "the carbon monoxide alarm is going off and we feel sick",
    ],
    "out_of_scope": [
        "I want a pizza",
        "what's the weather like",
        "is this the gas board",
        "my phone bill is wrong",
        "book me a flight",
        "tell me a joke",
        "I need a dentist",
        "who won the football",
    ],
}


def write_intents(folder: Path, intents: dict[str, list[str]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, phrases in intents.items():
        urgent = "urgent: yes\n" if name == "life_in_danger" else ""
        head = f"title: {name}\nspoken: {name}\nscope: {name}\n{urgent}phrases:\n"
        (folder / f"{name}.yaml").write_text(head + "".join(f"  - {each}\n" for each in phrases), "utf-8")
    return folder
