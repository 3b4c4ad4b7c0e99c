"""Labels into speakers: name and role apart, and which labels of a document mean one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from turnstream.models import Speaker
from turnstream.parse.names import names_somebody, split_label
from turnstream.parse.speakers import speakers_of


@dataclass(frozen=True)
class Present:
    """An entry of a list of those present."""

    name: str
    role: str | None = None
    initials: str | None = None


def groups(*labels: str, listed: Sequence[Present] = ()) -> list[list[str]]:
    """The labels of each speaker."""
    return [list(speaker.labels) for speaker in speakers_of(labels, listed)[0]]


def speaker(*labels: str, listed: Sequence[Present] = ()) -> Speaker:
    """The speaker of the first label."""
    return speakers_of(labels, listed)[0][0]


@pytest.mark.parametrize(
    ("label", "name", "role"),
    [
        # An office, then the name.
        ("Prime Minister of Ruritania John F. Lee", "John F. Lee", "Prime Minister of Ruritania"),
        ("CEO and Chairman of The Management Board Ann Lee", "Ann Lee", "CEO and Chairman of The Management Board"),
        ("General Director of Acme Northern Airlines Ann Lee", "Ann Lee", "General Director of Acme Northern Airlines"),
        ("Ruritania Region Head Ann Lee", "Ann Lee", "Ruritania Region Head"),
        ("President Ann Lee of Ruritania", "Ann Lee", "President of Ruritania"),
        ("Secretary of State Ann Lee", "Ann Lee", "Secretary of State"),
        ("Chairman of the State Council Ann Lee", "Ann Lee", "Chairman of the State Council"),
        ("Mayor of New Northland City Ann Lee", "Ann Lee", "Mayor of New Northland City"),
        ("CHIEF JUSTICE LEE", "LEE", "CHIEF JUSTICE"),
        ("Attorney General Lee", "Lee", "Attorney General"),
        ("Commissioner Mary Ann Lee", "Mary Ann Lee", "Commissioner"),
        ("Senator the Hon. Ann Lee", "Hon. Ann Lee", "Senator"),
        ("Deputy Premier, Minister of Trade and Arts Ann Lee", "Ann Lee", "Deputy Premier, Minister of Trade and Arts"),
        ("Aide – Envoy to the Far Northern District Ann Lee", "Ann Lee", "Aide – Envoy to the Far Northern District"),
        ("PRESIDENTA ANA LUZ LÓPEZ RUIZ", "ANA LUZ LÓPEZ RUIZ", "PRESIDENTA"),
        ("Präsidentin Ursula von der Aue", "Ursula von der Aue", "Präsidentin"),
        ("Vizepräsident Dr. h. c. Uwe Aue", "Dr. h. c. Uwe Aue", "Vizepräsident"),
        ("Senator Jan Nowak", "Jan Nowak", "Senator"),
        ("PREDSEDNIK DR. JAN NOVAK", "DR. JAN NOVAK", "PREDSEDNIK"),
        ('היו"ר דנה כהן', "דנה כהן", 'היו"ר'),
        ("김철수 위원", "김철수", "위원"),
        # Brackets.
        ("The Acting Chair (Mrs. Ann Lée (Northtown—Southtown, Lib.))", "Mrs. Ann Lée", "The Acting Chair"),
        ("Hon. Ann Lee (Minister of Trade, Arms and Art)", "Hon. Ann Lee", "Minister of Trade, Arms and Art"),
        ("El señor LEÓN (ministro de Hacienda)", "señor LEÓN", "ministro de Hacienda"),
        ("O SR. PRESIDENTE (João Leão. XY - ZZ)", "João Leão", "O SR. PRESIDENTE"),
        ("Mr LEE (Northtown—Minister for Trade)", "Mr LEE", "Minister for Trade"),
        ("REP. ANN LEE (D), NORTHLAND", "ANN LEE", "REP., NORTHLAND"),
        ("Lord Lee of Northtown", "Lord Lee of Northtown", None),
        ("Parl. Staatssekretär Uwe Aue", "Uwe Aue", "Parl. Staatssekretär"),
        ("Britta Aue (BLAU 90/DIE ROTEN)", "Britta Aue", None),
        ("Ann Lee (West Northshire) (Con)", "Ann Lee", None),
        ("Mr. Lee (France) (spoke in French)", "Mr. Lee", None),
        ("President of Ruritania Ann Lee (retranslated)", "Ann Lee", "President of Ruritania"),
        ("The Minister (Northern Ireland)", None, "The Minister"),
        ("会長（王小明君）", "王小明君", "会長"),
        ("Moderator (Ann Lee)", "Ann Lee", "Moderator"),
        ("Question (Ann Lee)", "Ann Lee", None),
        ("Q (Ann Lee, CNN)", "Ann Lee", "CNN"),
        ("The Minister (Deputy Ann Lee)", "Ann Lee", "The Minister"),
        ("AL (Ann Lee)", "Ann Lee", None),
        # Dashes and commas.
        ("Ann Lee -- Vice President, Investor Relations", "Ann Lee", "Vice President, Investor Relations"),
        ("Ann Lee -- ABC Capital Markets -- Analyst", "Ann Lee", "ABC Capital Markets -- Analyst"),
        ("Ann -- Analyst", "Ann", "Analyst"),
        ("Ann Lee, CNN", "Ann Lee", "CNN"),
        ("Ann Lee, Jr.", "Ann Lee, Jr.", None),
        ("Ann Lee, PhD, Director of Studies", "Ann Lee, PhD", "Director of Studies"),
        ("Lee, Ann", "Lee, Ann", None),
        ("TV anchor Ann Lee, moderator of the session", "Ann Lee", "TV anchor, moderator of the session"),
        ("DIRECTORA GENERAL DEL XYZ-SALUD, ANA LEÓN RUIZ", "ANA LEÓN RUIZ", "DIRECTORA GENERAL DEL XYZ-SALUD"),
        ("SECRETARIA DE MINAS, TIERRA Y AGUA, ANA LEÓN", "ANA LEÓN", "SECRETARIA DE MINAS, TIERRA Y AGUA"),
        ("BENEFICIARIA DEL PLAN PARA TODOS, ANA LEÓN (VIDEOLLAMADA)", "ANA LEÓN", "BENEFICIARIA DEL PLAN PARA TODOS"),
        ("ANA LEÓN RUIZ. SECRETARIA DE SALUD", "ANA LEÓN RUIZ", "SECRETARIA DE SALUD"),
        ("Ann Lee MP", "Ann Lee", "MP"),
        ("BY MR. LEE", "MR. LEE", None),
        # Only a role.
        ("M. le président", None, "M. le président"),
        ("La señora PRESIDENTA", None, "La señora PRESIDENTA"),
        ("The SPEAKER pro tempore", None, "The SPEAKER pro tempore"),
        ("ГОЛОВУЮЧИЙ", None, "ГОЛОВУЮЧИЙ"),
        ("Operator", None, "Operator"),
        ("Male Speaker", None, "Male Speaker"),
        ("Unidentified Analyst", None, "Unidentified Analyst"),
        ("Speaker 1", None, "Speaker 1"),
        ("User", None, "User"),
        ("THE DEFENDANT", None, "THE DEFENDANT"),
        ("Reporter 2", None, "Reporter 2"),
        ("Grad B", None, "Grad B"),
        ("Juror 5", None, "Juror 5"),
        ("Public Speaker 2", None, "Public Speaker 2"),
        ("Voice from the floor", None, "Voice from the floor"),
        ("Vice President", None, "Vice President"),
        # Only a name, though a word of it is an office elsewhere.
        ("Jo King", "Jo King", None),
        ("Mr. Bishop", "Mr. Bishop", None),
        ("Earl Lee", "Earl Lee", None),
        ("Senator Ann King", "Ann King", "Senator"),
        ("DR. ANN LEE", "DR. ANN LEE", None),
        ("王小明君", "王小明君", None),
        ("В.Ли", "В.Ли", None),
        ("Professor B", "Professor B", None),
        # Not told apart by its words.
        ("Director Sales, Acme Corp", "Director Sales, Acme Corp", None),
        ("Good afternoon, Mr. Lee", "Good afternoon, Mr. Lee", None),
        ("Minister Zdrowia Jan Nowak", "Minister Zdrowia Jan Nowak", None),
    ],
)  # fmt: skip
def test_name_and_role_are_told_apart(label: str, name: str | None, role: str | None) -> None:
    found = speaker(label)
    assert (found.name, found.role) == (name, role)


@pytest.mark.parametrize(
    ("label", "somebody"),
    [
        ("Mr Li", True),
        ("President Jo Li", True),
        ("Mr Speaker", False),
        ("The Chair", False),
        ("Li", False),
        ("", False),
    ],
)
def test_an_office_or_a_form_of_address_with_a_name_names_somebody(label: str, somebody: bool) -> None:
    assert names_somebody(label) is somebody


class TestShortForms:
    @pytest.mark.parametrize(
        ("full", "short"),
        [
            ("President of Ruritania Ann Lee", "LEE"),
            ("Mr William Lee", "Mr Lee"),
            ("Mr William Lee", "Lee"),
            ("Ms. Ann Lée (Northtown, GP)", "Ms. Lee"),
            ("Ann Lee", "Ms Lee"),
            ("Ann Lee (Northtown, Lib.)", "Ann Lee (Lib.)"),
            ("Ann Lee (Northtown) (Lib.)", "Ann Lee (Northtown)"),
            ("Ann B. Lee", "Ann Lee"),
            ("John Francis Lee", "John F. Lee"),
            ("Анна Ли", "А.Ли"),
            ("Анна Борисовна Ли", "ЛИ А.Б."),
            ("Ли Анна Борисовна", "А.Ли"),
            ("Председатель Совета Анна Ли", "А.Ли"),
            ("Lord Lee of Northtown", "Lord Lee"),
            ("Sir Mark Lee Ray (Northland)", "Mr. Lee Ray"),
            ("会長（王小明君）", "○会長"),
            ("위원장 김철수", "김철수 위원"),
            ("ANA LUZ LÓPEZ-RÍO RUIZ", "ANA LUZ LOPEZ-RIO RUIZ"),
            ("ANDREA LUZ LÓPEZ RUIZ", "LÓPEZ RUIZ"),
            ("Claudia López Ruiz", "López"),
            ("Eckart von Aue", "Aue"),
            ("Chairman Lee", "Mr. Lee"),
            ("Ambassador Lee", "Ms. Lee"),
            ("Ann Lee (AL)", "AL"),
            ("Ann Lee (XY)", "XY"),
            ("Ann Lee", "AL"),
            ("Ann Lee", "Ann"),
            ("Ann Lee", "Lee, Ann"),
            ("Ann Lee", "Ann L."),
            ("MR. LEE", "BY MR. LEE"),
            ("王小明君", "王小明"),
            ("Ann Lee", "Ann Lee (translates)"),
            ("The Chair (Ms. Ann Lee)", "The Chair"),
            ("The Chairman (Mr. Bob Ray)", "MR. CHAIRMAN"),
            ("Ann Lee, Chair", "The Chairwoman"),
            ("President Ann Lee", "The President"),
            ("Präsidentin Dr. Anna Aue", "Präsidentin"),
        ],
    )
    def test_a_short_form_belongs_to_the_only_one_that_it_fits_whichever_comes_first(
        self, full: str, short: str
    ) -> None:
        assert groups(full, "Zoe Fox", short) == [[full, short], ["Zoe Fox"]]
        assert groups(short, "Zoe Fox", full) == [[short, full], ["Zoe Fox"]]

    @pytest.mark.parametrize(
        "labels",
        [
            pytest.param(("John Lee", "Jane Lee", "Lee"), id="two of one family name"),
            pytest.param(("John Lee", "Jane Lee", "Dr. Lee"), id="a form of address that fits both"),
            pytest.param(("Ann Lee", "Zoe Fox", "Ann Ray", "Ann"), id="two of one given name"),
            pytest.param(("Paul Lee", "Zoe Fox", "John Paul", "Paul"), id="given and family name"),
            pytest.param(("Mr. Lee", "Ms. Lee", "Lee"), id="two forms of address"),
            pytest.param(("Jo Lee", "Mr. Lee", "Ms. Lee"), id="two contradicting claims"),
            pytest.param(("Ann Lee", "Zoe Fox", "Abe Lot", "AL"), id="two of the same initials"),
            pytest.param(("Ann Lee (CPC)", "Zoe Fox", "Bob Ray (CPC)", "CPC"), id="a party is nobody's initials"),
            pytest.param(("Mr. Lee (Northtown)", "Mr. Lee (Southtown)", "Mr. Lee"), id="two places"),
            pytest.param(("Mr. Lee (Northtown, Lib.)", "Mr. Lee (Southtown, Lib.)", "Mr. Lee (Lib.)"), id="one party"),
            pytest.param(("Mr. LEE of Northland", "Mr. LEE of Southland", "Mr. LEE"), id="two places after the name"),
            pytest.param(("Jo Lee, Jr.", "Jo Lee, Sr.", "Jo Lee"), id="father and son"),
            pytest.param(("The Chair (Ms. Ann Lee)", "The Chair (Mr. Bob Ray)", "The Chair"), id="two holders"),
            pytest.param(("Mr Deputy Speaker (Mr Bob Ray)", "Madam Deputy Speaker"), id="an office of the other form"),
            pytest.param(("Ann Lee -- Analyst", "Zoe Fox", "Analyst"), id="what many may be called by"),
            pytest.param(("Mr Ann Lee", "Zoe Fox", "Mr Ann"), id="nobody is addressed by a given name"),
            pytest.param(("Second Messenger", "Zoe Fox", "First messenger", "Messenger"), id="descriptions"),
            pytest.param(("Speaker 1", "Speaker 2", "Speaker"), id="numbers"),
            pytest.param(("RW", "RW?"), id="the source is unsure"),
        ],
    )  # fmt: skip
    def test_what_is_ambiguous_stays_for_itself(self, labels: tuple[str, ...]) -> None:
        several = [group for group in groups(*labels) if len(group) > 1]
        assert several in ([], [["Second Messenger", "Messenger"]])

    def test_form_of_address_decides_between_two(self) -> None:
        assert groups("John Lee", "Mrs Jane Lee", "Mr Lee", "Mrs Lee") == [
            ["John Lee", "Mr Lee"], ["Mrs Jane Lee", "Mrs Lee"],
        ]  # fmt: skip

    def test_brackets_decide_between_two(self) -> None:
        assert groups("Jo Lee (Northtown) (Con)", "Jo Lee (Southtown)", "Jo Lee (Con)") == [
            ["Jo Lee (Northtown) (Con)", "Jo Lee (Con)"], ["Jo Lee (Southtown)"],
        ]  # fmt: skip

    def test_a_first_name_beside_the_full_one_is_somebody_else(self) -> None:
        assert groups("Ann Lee", "Ann", "Bob Ray") == [["Ann Lee"], ["Ann"], ["Bob Ray"]]

    def test_a_first_name_between_two_of_the_full_one_is_somebody_else(self) -> None:
        assert groups("Ann Lee", "Bob Ray", "Ann", "Bob Ray", "Ann Lee") == [["Ann Lee"], ["Bob Ray"], ["Ann"]]

    def test_an_office_beside_a_witness_who_holds_one_elsewhere_is_not_his(self) -> None:
        assert groups("The Chairman", "Chairman Lee", "The Chairman", "Mr. Lee") == [
            ["The Chairman"], ["Chairman Lee", "Mr. Lee"],
        ]  # fmt: skip

    def test_the_fullest_name_and_the_first_role_are_the_speakers(self) -> None:
        found = speaker("LEE", "Minister of Trade Ann Lee", "Ann B. Lee")
        assert (found.id, found.name, found.role) == ("s1", "Ann B. Lee", "Minister of Trade")

    def test_a_name_that_the_document_uses_shows_where_it_begins_in_any_case(self) -> None:
        found = speaker("DIRECTOR OF RURITANIAN AIR LINES ANN BEA LEE", "Ann Bea Lee")
        assert (found.name, found.role) == ("ANN BEA LEE", "DIRECTOR OF RURITANIAN AIR LINES")


class TestThosePresent:
    def test_initials_are_resolved_by_the_list(self) -> None:
        found = speaker("MBS", listed=[Present("Moe Borg", "Acme", "MBS"), Present("Ann Lee", None, "AL")])
        assert (found.name, found.role, found.labels) == ("Moe Borg", "Acme", ("MBS",))

    def test_a_family_name_is_resolved_by_the_list(self) -> None:
        assert speaker("Mr. Lee", listed=[Present("Bob Lee", "Governor"), Present("Ann Ray")]).name == "Bob Lee"

    def test_the_chair_is_whom_the_list_says(self) -> None:
        found = speaker("The Chair", "Ann Lee", listed=[Present("Ann Lee", "Chair"), Present("Bob Ray", "Clerk")])
        assert (found.name, found.labels) == ("Ann Lee", ("The Chair", "Ann Lee"))

    def test_a_list_may_say_last_who_holds_the_chair(self) -> None:
        listed = [Present("ANN LEE", "Northland, Chairman"), Present("Bob Ray", "Chairman, Board of Governors")]
        found = speaker("The Chairman", "Chairman Ray", listed=listed)
        assert (found.name, found.labels) == ("ANN LEE", ("The Chairman",))

    def test_whom_the_list_abbreviates_has_no_other_initials(self) -> None:
        assert groups("ALE", "Zoe Fox", "AL", listed=[Present("Ann Lee", None, "ALE")]) == [
            ["ALE"],
            ["Zoe Fox"],
            ["AL"],
        ]

    def test_two_of_one_name_in_the_list_make_it_ambiguous(self) -> None:
        assert speaker("Lee", listed=[Present("Ann Lee"), Present("Bob Lee")]).name == "Lee"

    def test_initials_that_two_have_stay_initials(self) -> None:
        assert speaker("AL", listed=[Present("Ann Lee", None, "AL"), Present("Abe Lot", None, "AL")]).name == "AL"

    def test_who_is_only_listed_is_no_speaker(self) -> None:
        assert groups("Zoe Fox", listed=[Present("Ann Lee", "Chair")]) == [["Zoe Fox"]]


@pytest.mark.parametrize(
    ("crowd", "name", "role"),
    [
        ("DE, SYG", "DE, SYG", None),
        ("DE/SYG", "DE/SYG", None),
        ("Anna and Ben", "Anna and Ben", None),
        ("Anna y Ben", "Anna y Ben", None),
        ("Mr. Lee and Ms. Ray", "Mr. Lee and Ms. Ray", None),
        ("Secretary Lee and Secretary Ray", "Secretary Lee and Secretary Ray", None),
        ("Анна и Борис", "Анна и Борис", None),
        ("ALL", None, "ALL"),
        ("Both", None, "Both"),
        ("Several hon. members", None, "Several hon. members"),
        ("Voces a coro", None, "Voces a coro"),
        ("Все трое", None, "Все трое"),
    ],
)
def test_several_people_are_nobody_of_them(crowd: str, name: str | None, role: str | None) -> None:
    people = ["DE", "SYG", "Anna", "Ben", "Mr. Lee", "Ms. Ray", "Анна", "Борис", "Al Lot", "Bo Tho"]
    last = speakers_of([*people, crowd])[0][-1]
    assert (last.name, last.role, last.labels) == (name, role, (crowd,))
    assert len(speakers_of([*people, crowd])[0]) == len(people) + 1


@pytest.mark.parametrize("label", ["José Ríos y Gil", "Minister of Science and Trade Ann Lee", "Lee, Ann"])
def test_not_every_joining_word_makes_a_crowd(label: str) -> None:
    assert not any(" and " in (one.name or "") for one in speakers_of([label])[0])
    assert groups(label, "Zoe Fox", split_label(label)[0] or "")[0][0] == label


# Pieces that the rules look at, so that random labels reach every one of them.
WORDS = (
    "Ann Lee Bob Ray LEE Lée Jo J. В. Ли Mr Mr. Ms. Dr. The Chair President of Ruritania Minister King Speaker 1 and y"
    " & , -- - ( ) (ABC) (Northtown) ABC AL A Q All Jr. 王小明君 会長 （ ） 위원 MP"
)
WORD = st.sampled_from(WORDS.split())
LABEL = st.one_of(st.lists(WORD, min_size=1, max_size=6).map(" ".join), st.text(min_size=1, max_size=12))
LABELS = st.lists(LABEL, max_size=14)
PRESENT = st.lists(st.builds(Present, LABEL, st.none() | LABEL, st.none() | st.sampled_from(["ABC", "AL"])), max_size=4)


@given(LABELS, PRESENT)
def test_every_label_is_in_exactly_one_speaker(labels: list[str], listed: list[Present]) -> None:
    speakers, ids = speakers_of(labels, listed)
    kept = [label for one in speakers for label in one.labels]
    assert sorted(kept) == sorted(set(labels))
    assert ids == {label: one.id for one in speakers for label in one.labels}
    assert [one.id for one in speakers] == [f"s{number}" for number in range(1, len(speakers) + 1)]
    assert [one.labels[0] for one in speakers] == sorted((one.labels[0] for one in speakers), key=labels.index)


@given(LABELS, PRESENT)
def test_the_same_labels_give_the_same_speakers(labels: list[str], listed: list[Present]) -> None:
    assert speakers_of(labels, listed) == speakers_of(iter(labels), iter(listed))


@given(LABELS, st.lists(st.sampled_from(["Zoe Fox", "Uma Hill", "Q", "Operator"]), max_size=3))
def test_ids_stay_when_strangers_are_appended(labels: list[str], more: list[str]) -> None:
    """Whoever comes later gets a later id: only a label that tells more of somebody can change who is who."""
    assume("A" not in labels or "Q" not in more)  # who asks makes an answer of `A`
    before, after = speakers_of(labels)[1], speakers_of([*labels, *more])[1]
    assert {label: after[label] for label in labels} == before


@given(LABELS)
def test_a_name_is_made_of_its_labels_words(labels: list[str]) -> None:
    for one in speakers_of(labels)[0]:
        assert one.name or one.role
        written = " ".join(one.labels)
        for said in (one.name, one.role):
            assert all(word.strip(",") in written for word in (said or "").split())


@given(
    st.lists(
        st.tuples(st.sampled_from(["Mr.", "Ms.", "Dr.", ""]), st.sampled_from(["Lee", "Jo Lee", "Ray"])), max_size=9
    )
)
def test_people_whom_their_labels_tell_apart_are_never_one(names: list[tuple[str, str]]) -> None:
    for one in speakers_of([" ".join(filter(None, name)) for name in names])[0]:
        assert not {"Mr.", "Ms."} <= {label.split()[0] for label in one.labels}
        assert not {"Lee", "Ray"} <= {label.split()[-1] for label in one.labels}


@pytest.mark.timeout(60)
def test_fifty_thousand_people_take_seconds() -> None:
    labels = [f"Ann{number}x Lee{number}x" for number in range(50_000)]
    assert len(speakers_of(labels)[0]) == len(labels)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "label",
    ["Ann{} Lee", "Mr Lee (Place{})", "Minister of Ab{} Ann Lee", "Ann{} and Ben{}", "The Chair (Mr. Bob Ray{})"],
)
def test_many_of_one_kind_take_linear_time(label: str) -> None:
    labels = [label.format(number, number) for number in range(10_000)]
    assert len(speakers_of([*labels, "Lee", "The Chair", "Ann"])[1]) == len(labels) + 3
