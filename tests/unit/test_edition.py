"""Which texts are editions of one transcript, and which of two comes later."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.edition import KEY_BYTES, OPENING_LETTERS, Edition, Head, edition_of, revision_after
from turnstream.extract import extract
from turnstream.models import Parsed, Revision
from turnstream.packed import Claim, pack_claim, pack_edition, pack_head, unpack_claim, unpack_head
from turnstream.parse import parse

SPEECH = "Mr Prime Minister, colleagues, I would like to warmly welcome you. " * 6
KEY = b"k" * KEY_BYTES

keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
documents = st.binary(min_size=8, max_size=8).map(bytes.hex)
lengths = st.integers(0, 2**32 - 1) | st.integers(200, 203)
editions = st.builds(Edition, keys, lengths, st.booleans(), documents)
of_one_key = st.builds(Edition, st.just(KEY), lengths, st.booleans(), documents | st.sampled_from(["0" * 16, "f" * 16]))
entry_ids = st.builds("{}-{}".format, st.integers(0, 2**48 - 1), st.integers(0, 2**32 - 1))
heads = st.builds(Head, of_one_key, st.integers(1, 2**32 - 1), entry_ids)


def text(
    *paragraphs: str,
    title: str = "Meeting with the Prime Minister",
    publisher: str = "The Kremlin",
    summary: str = "Cooperation was discussed.",
    closing: str = "",
) -> str:
    spoken = "\n".join(paragraphs or (SPEECH,))
    source = f"Source: {publisher}\n\n" if publisher else ""
    return f"{title}\n\n{source}{summary}\n* * *\nPresident Anna Abel: {spoken}\n{closing}"


def edition(content: str) -> Edition | None:
    extracted = extract(content.encode())
    return edition_of(extracted.canonical, parse(extracted), "0" * 16)


def key(content: str) -> bytes:
    found = edition(content)
    assert found
    return found.key


class TestOneTranscript:
    @pytest.mark.parametrize(
        "other",
        [
            text(closing="To be continued."),
            text(SPEECH, "And so on.", closing="(To be continued)"),
            text(SPEECH, "And so on.", "Prime Minister Boris Brandt: Thank you.", "Anna Abel: Thank you."),
            text(SPEECH, "Prime Minister Boris Brandt (retranslated): Thank you, Madam President.\nTo be continued."),
            text(summary="Anna Abel met with the Prime Minister in Sochi."),
            text(SPEECH.replace("would like", "WOULD LIKE").replace(", ", " – ")),
            text().replace("* * *\n", "* * *\n\n\n").replace("\n", "\r\n"),
            f"{text()}\n* * *",
        ],
    )
    def test_these_are_editions_of_it(self, other: str) -> None:
        assert key(other) == key(text())

    @pytest.mark.parametrize(
        "other",
        [
            text(title="Meeting with the Prime Ministers"),
            text(publisher="The Kremlin – English"),
            text(f"Dear friends! {SPEECH}"),
            text(SPEECH.replace("warmly", "gladly")),
            text().replace("President Anna Abel:", "Boris Brandt:"),
        ],
    )
    def test_these_are_others(self, other: str) -> None:
        assert key(other) != key(text())

    @pytest.mark.parametrize(
        "other",
        [
            text(publisher=""),
            text("Good morning.", closing="To be continued."),
            "President Anna Abel: " + SPEECH,
            "Source: The Kremlin\n\nCooperation was discussed.\n* * *\nPresident Anna Abel: " + SPEECH,
        ],
    )
    def test_a_text_without_publisher_title_or_enough_of_an_opening_is_no_edition(self, other: str) -> None:
        assert edition(other) is None

    def test_the_title_alone_proves_nothing(self) -> None:
        speeches = [f"{word} {SPEECH}" for word in ("Today", "Yesterday")]
        assert len({key(text(speech, title="Daily briefing")) for speech in speeches}) == 2

    def test_a_text_without_turns_is_an_edition_too(self) -> None:
        prose = f"A long report\n\nSource: The Ministry\n\nIt was cold.\n* * *\n{SPEECH}\n"
        first, second = edition(f"{prose}To be continued."), edition(f"{prose}It went on.\n")
        assert first and second
        assert first.key == second.key
        assert (first.partial, second.partial) == (True, False)
        assert first.rank < second.rank

    @given(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=100),
        st.booleans(),
    )
    def test_whatever_is_said_later_the_key_stays_and_the_text_is_greater(self, later: str, partial: bool) -> None:
        first = edition(text(closing="To be continued."))
        longer = edition(text(SPEECH, f"Then {later}", closing="To be continued." if partial else ""))
        assert first and longer
        assert longer.key == first.key
        assert longer.rank > first.rank

    def test_what_is_counted_are_letters_and_digits_of_the_body(self) -> None:
        found = [edition(text("a1 б²ü!" * 60, closing=closing)) for closing in ("", "To be continued.", "* * *\nEND")]
        assert [one and one.length for one in found] == [len("PresidentAnnaAbel") + 60 * 5] * 3

    @given(st.text(st.characters(codec="utf-8"), max_size=300))
    def test_the_quick_way_counts_as_the_plain_one_does(self, said: str) -> None:
        canonical = SPEECH + said
        found = edition_of(canonical, Parsed(title="a", publisher="b", body=(0, len(canonical))), "0" * 16)
        assert found
        assert found.length == sum(map(str.isalnum, canonical))

    def test_the_opening_is_as_long_as_it_says(self) -> None:
        label = len("PresidentAnnaAbel")
        assert edition(text("x" * (OPENING_LETTERS - label - 1))) is None
        assert edition(text("x" * (OPENING_LETTERS - label))) is not None


class TestOrder:
    def test_it_is_length_then_complete_then_document(self) -> None:
        ranked = [
            Edition(KEY, 200, True, "f" * 16),
            Edition(KEY, 201, True, "0" * 16),
            Edition(KEY, 201, True, "1" * 16),
            Edition(KEY, 201, False, "0" * 16),
            Edition(KEY, 1000, True, "0" * 16),
        ]
        for left, right in itertools.pairwise(ranked):
            assert left.rank < right.rank

    @pytest.mark.parametrize("head_partial", [True, False])
    def test_a_greater_one_revises_a_partial_head_only(self, head_partial: bool) -> None:
        head = Head(Edition(KEY, 300, head_partial, "a" * 16), 4, "1-1")
        revised = Revision(number=5, supersedes=f"{'a' * 16}.4", cause="continued")
        for partial in (True, False):
            found = revision_after(Edition(KEY, 301, partial, "b" * 16), head)
            assert found == (revised if head_partial else Revision())

    @pytest.mark.parametrize("head_partial", [True, False])
    def test_a_smaller_one_is_superseded_if_it_is_partial(self, head_partial: bool) -> None:
        head = Head(Edition(KEY, 300, head_partial, "a" * 16), 4, "1-1")
        assert revision_after(Edition(KEY, 299, True, "b" * 16), head) is None
        assert revision_after(Edition(KEY, 299, False, "b" * 16), head) == Revision()

    def test_the_first_one_is_a_first(self) -> None:
        assert revision_after(Edition(KEY, 299, True, "b" * 16), None) == Revision()


class TestPacked:
    @given(heads)
    def test_a_head_comes_back(self, head: Head) -> None:
        assert unpack_head(pack_head(head), head.edition.key) == head

    @given(of_one_key, of_one_key)
    def test_packed_ranks_compare_as_editions_do(self, left: Edition, right: Edition) -> None:
        assert (pack_edition(left) < pack_edition(right)) == (left.rank < right.rank)
        assert pack_head(Head(left, 1, "1-1")).startswith(pack_edition(left)[KEY_BYTES:])

    @given(documents, entry_ids, st.integers(2, 2**32 - 1), documents)
    def test_a_claim_comes_back(self, arrival_id: str, entry_id: str, number: int, before: str) -> None:
        for claim in (Claim(arrival_id, entry_id, number, f"{before}.{number - 1}"), Claim(arrival_id, entry_id)):
            assert unpack_claim(pack_claim(claim)) == claim

    def test_nothing_is_nothing(self) -> None:
        assert pack_head(None) == pack_edition(None) == b""
        assert unpack_head(b"", KEY) is unpack_head(None, KEY) is None

    def test_claims_are_small(self) -> None:
        assert len(pack_claim(Claim("a" * 16, "1-1"))) == 18
        assert len(pack_claim(Claim("a" * 16, "1-1", 2, f"{'b' * 16}.1"))) == 30
