"""A made-up corpus: some 2.5 KB a transcript, several layouts, one in ten a duplicate."""

from __future__ import annotations

import random
from pathlib import Path

WORDS = [
    "trade",
    "growth",
    "region",
    "ministry",
    "energy",
    "water",
    "river",
    "railway",
    "school",
    "doctor",
    "report",
    "budget",
    "border",
    "harvest",
    "market",
    "science",
    "culture",
    "museum",
    "visit",
    "agreement",
    "partner",
    "security",
    "program",
    "people",
    "company",
    "project",
    "station",
    "bridge",
    "forest",
    "island",
    "winter",
    "summer",
    "decade",
    "colleague",
    "question",
    "answer",
    "decision",
    "session",
    "member",
    "committee",
    "country",
    "city",
    "village",
]
VERBS = [
    "discuss",
    "consider",
    "support",
    "develop",
    "finish",
    "improve",
    "measure",
    "present",
    "remember",
    "describe",
    "continue",
    "prepare",
]
FIRST = [
    "Anna",
    "Boris",
    "Carla",
    "David",
    "Elena",
    "Frank",
    "Greta",
    "Hugo",
    "Irina",
    "Jonas",
    "Karin",
    "Leon",
    "Maria",
    "Nils",
    "Olga",
    "Peter",
]
LAST = [
    "Abel",
    "Brandt",
    "Castro",
    "Dumont",
    "Eriksen",
    "Fischer",
    "Gruber",
    "Hansen",
    "Ivanov",
    "Jansen",
    "Keller",
    "Lopez",
    "Moreau",
    "Novak",
]
ROLES = ("President of the Assembly", "Prime Minister", "Minister of Energy", "Chair of the Board")
#: Paragraphs of one document: with ~330 bytes each, 2.5 KB in all.
PARAGRAPHS = 7
#: One document in so many repeats an earlier one.
DUPLICATE_EVERY = 10


def documents(count: int, seed: int = 1) -> list[bytes]:
    """Return ``count`` documents, every tenth equal to an earlier one."""
    chance = random.Random(seed)
    made: list[bytes] = []
    for number in range(count):
        if number % DUPLICATE_EVERY == DUPLICATE_EVERY - 1:
            made.append(made[chance.randrange(number)])
        else:
            made.append(_document(number, chance).encode())
    return made


def fresh(count: int, seed: int) -> list[bytes]:
    """Return ``count`` documents that all differ, from those of any other seed as well."""
    chance = random.Random(seed)
    return [f"{_document(number, chance)}\n{seed}\n".encode() for number in range(count)]


def distinct(made: list[bytes]) -> int:
    """How many different documents there are."""
    return len(set(made))


def write(folder: Path, made: list[bytes]) -> None:
    """Write documents under the names that transcripts come with."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(made):
        (folder / f"{number:06d}_{number:016x}.txt").write_bytes(data)


def _document(number: int, chance: random.Random) -> str:
    title = f"{sentence(chance, 6)[:-1]} {number}"
    people = [f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in range(3)]
    layout = number % 4
    if layout == 0:
        head = f"{title}\n\nSource: {chance.choice(LAST)} Office – English\n\n{sentence(chance, 10)}\n* * *\n"
        lines = [f"{chance.choice(ROLES)} {people[0]}: {paragraph(chance)}"]
        lines += [paragraph(chance) for _ in range(PARAGRAPHS - 1)]
        return head + "\n".join(lines) + "\nTo be continued."
    if layout == 1:
        lines = [f"{people[turn % 2]}: {paragraph(chance)}" for turn in range(PARAGRAPHS)]
        return f"{title}\n\n" + "\n\n".join(lines) + "\n"
    if layout == 2:
        lines = [f"{'MODERATOR' if turn % 2 else 'Q'}: {paragraph(chance)}" for turn in range(PARAGRAPHS)]
        return f"{title}\n\n" + "\n".join(lines) + "\nEND\n"
    return f"{title}\n\n" + "\n".join(paragraph(chance) for _ in range(PARAGRAPHS)) + "\n"


def paragraph(chance: random.Random) -> str:
    return " ".join(sentence(chance, 12) for _ in range(4))


def sentence(chance: random.Random, words: int) -> str:
    inner = [chance.choice(WORDS) for _ in range(words - 2)]
    return f"We {chance.choice(VERBS)} the {' '.join(inner)}."
