"""The vocabularies of facts: general words of several languages, case-folded, never a person's or a source's."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: The heading of a list of those present begins or ends with one of these …
PRESENT = _set(
    "present attendees attendee attendance attending participants participant panelists panellists"
    " anwesend anwesende teilnehmer teilnehmerinnen teilnehmende teilnehmerliste anwesenheitsliste"
    " présents présentes presentes asistentes participantes presenti partecipanti aanwezig aanwezigen deelnemers"
    " obecni uczestnicy obecności присутствовали присутствуют присутствующие участники участвовали участников"
    " присутні учасники přítomni účastníci prisotni udeleženci närvarande deltagare deltagere deltakere läsnä"
    " osallistujat résztvevők prezenți participanți katılımcılar katılanlar παρόντες συμμετέχοντες"
    " נוכחים משתתפים الحضور الحاضرون المشاركون 참석자 출석자 출석위원"
)

#: … or is one of these.
PRESENT_HEADINGS = frozenset(
    (
        *("in attendance", "remote", "speakers", "guests", "panel", "hosts", "presenter", "presenters"),
        *("til stede", "étaient présents", "sont présents", "referenten", "ponentes", "intervenants"),
        *("докладчики", "jelen vannak"),
    )
)

#: Where no blanks part the words, it begins or ends with one of these.
PRESENT_IDEOGRAPHS = (
    *("出席者", "出席人員", "出席人员", "出席委員", "與會者", "与会者", "與會人員", "与会人员"),
    *("參加者", "参加者", "參與者", "参会人员", "参加人員"),
)

#: Titles of a table's columns: of names, …
NAME_COLUMN = _set(
    "name names attendee attendees participant participants member members person speaker speakers delegate teilnehmer"
    " teilnehmerin nombre nom nome nazwisko имя фио участник ім'я jméno 姓名 氏名 名前 이름"
)

#: … initials, …
INITIALS_COLUMN = _set(
    "abbreviation abbreviations abbr initials acronym short kürzel abkürzung iniciales initiales sigla"
    " инициалы сокращение skrót zkratka 略称 縮寫 缩写"
)

#: … and roles.
ROLE_COLUMN = _set(
    "role title position function office job funktion rolle amt cargo función rôle fonction titre ruolo qualifica"
    " должность роль посада stanowisko funkce 職稱 职务 職務 役職 직책"
)
