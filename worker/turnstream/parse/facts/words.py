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

#: Heads of the fields of front matter and of `key: value` lines, blanks and hyphens as `_`: what each names.
FIELDS: dict[str, str] = {
    key: field
    for field, keys in {
        "title": "title titel título titulo titre titolo tytuł название заголовок назва 标题 標題 题目 題目 タイトル"
        " 제목",
        "date": "date date_of_event event_date meeting_date hearing_date interview_date date_of_meeting date_of_hearing"
        " date_of_interview recorded recorded_on recording_date date_recorded occurred_on held_on datum fecha data дата"
        " päivämäärä dato tarih ημερομηνία date_time datetime"
        " date_and_time when 時間 时间 日期 会议日期 會議日期 日時 日付 날짜 날자 일시"
        " התאריך תאריך التاريخ",
        "place": "place location venue ort veranstaltungsort lugar lieu luogo local miejsce место місце místo plats"
        " sted plaats paikka yer 地点 地點 場所 장소 מקום المكان",
        "publisher": "publisher source quelle herausgeber fuente fonte éditeur источник издатель 来源"
        " 來源 出版 発行 출처",
        "summary": "description summary abstract excerpt beschreibung zusammenfassung descripción resumen résumé"
        " descrição resumo descrizione riassunto описание аннотация 摘要 简介 簡介 概要 요약",
        "language": "language lang locale sprache idioma langue lingua taal język язык мова jazyk språk dil 语言 語言"
        " 言語 언어",
        "people": "speakers speaker participants participant attendees attendee guests panelists panellists panel"
        " members presenters presenter interviewees teilnehmer sprecher participantes asistentes ponentes"
        " intervenants partecipanti участники спикеры докладчики uczestnicy 参加者 參加者 出席者 与会者 與會者"
        " 嘉宾 來賓 참석자",
        "guest": "guest gast invitado invité ospite гость gość",
        "host": "host hosts gastgeber anfitrión animateur conduttore ведущий ведущая prowadzący 主持人 司会 진행",
        "moderator": "moderator moderators moderatorin moderador moderadora modérateur modératrice moderatore"
        " модератор",
        "interviewer": "interviewer interviewers entrevistador intervieweur intervistatore интервьюер",
        "interviewee": "interviewee entrevistado interviewé intervistato",
    }.items()
    for key in keys.split()
}

#: … that name people, those but the first with what they do.
PEOPLE = ("people", "guest", "host", "moderator", "interviewer", "interviewee")

#: What stands beside or above the date on which something was published: not when it occurred.
PUBLISHED = (
    *("published", "posted", "updated", "last updated", "modified", "released", "release date", "publication date"),
    *(
        "date published",
        "date posted",
        "uploaded",
        "created",
        "printed",
        "issued",
        "transcribed",
        "retrieved",
        "accessed",
    ),
    *("veröffentlicht", "aktualisiert", "stand:", "erschienen", "publié", "mis à jour", "mise à jour", "publicado"),
    *(
        "publicada",
        "actualizado",
        "atualizado",
        "pubblicato",
        "aggiornato",
        "gepubliceerd",
        "opublikowano",
        "aktualizacja",
    ),
    *(
        "опубликовано",
        "обновлено",
        "дата публикации",
        "опубліковано",
        "оновлено",
        "publicerad",
        "julkaistu",
        "publisert",
    ),
    *("发布", "發布", "發佈", "更新", "公開日", "掲載", "게시", "등록일"),
)

#: Said of an event, with its date and place: `Hearing held in Bonn, 9 June 2010`.
HELD = (
    *(" held", "held ", "took place", "taking place", "recorded", "gehalten", "abgehalten", "celebrada", "celebrado"),
    *("conducted", "aufgezeichnet", "enregistré", "grabada", "grabado", "gravado", "nagrano", "записано", "проведено"),
    *("tenue le", "tenu le", "realizada", "tenuta", "состоялось", "состоялась", "отбылось", "відбулося", "odbyło"),
)

#: Kinds of places, and the first words of their names; also where one moves.
PLACES = _set(
    "room hall house palace center centre auditorium office building hotel university college school academy institute"
    " square airport studio studios theater theatre museum library church cathedral embassy headquarters castle kremlin"
    " chamber courtroom courthouse garden park station base island bay aboard capitol parliament rotunda lawn residence"
    " saal haus palais schloss rathaus halle gebäude universität hauptstadt zentrum kanzleramt salle hôtel bâtiment"
    " salón sala palacio edificio plaza auditorio recinto patio universidad palazzo edifício salão palácio aula"
    " кремль кремле зал зале дворец дворце дом резиденция центр университет площадь аэропорт палац будинок pałac sala"
    " gmach budynek sál palác"
)

#: … but at the beginning these name a body: `House of Lords`, `Office of the Secretary`.
BODIES = _set("house office chamber parliament institute academy school church court palace")

#: Two words of a city's name begin so.
PLACE_STARTS = _set(
    "new san santa santo saint st. st sankt são são los las el la le port fort mount lake cape rio buenos hong kuala"
    " addis tel abu abū phnom south north east west bad den the novo nizhny nizhni nueva nouvelle baton palo salt"
    " kansas mexico oklahoma quebec panama guatemala kuwait vatican cidade ciudad belo porto ulan sri dar"
    " saint-denis нижний великий санкт новый старый"
)

#: Kinds of events: with a date they say when; none is a place.
HAPPENINGS = _set(
    "conference session meeting hearing briefing interview debate sitting call podcast day speech address summit event"
    " talk panel workshop remarks gaggle roundtable deposition testimony sitzung plenarsitzung konferenz"
    " pressekonferenz gespräch tagung rede anhörung conferencia sesión reunión discurso entrevista audiencia"
    " conférence séance réunion discours entretien audition conferenza seduta riunione discorso intervista udienza"
    " sessão reunião conferência audiência заседание заседания встреча встречи совещание совещания пресс-конференция"
    " пресс-конференции выступление интервью беседа засідання posiedzenie posiedzenia schůze zasedání seja ülés"
    " vergadering zitting"
)

#: Parts and kinds of documents, which are no place either.
DOCUMENTS = _set(
    "notes minutes transcript episode press statement committee congress plenary report questions column volume"
    " issue no number part show edition version draft page live update news government week protokoll"
    " plenarprotokoll bericht versión compte стенограмма sprawozdanie stenogram"
)

#: Small words beside a date that say nothing by themselves.
BESIDE_DATES = _set(
    "on the den der am vom le el il op dne dnia dniu w en em im от г г. год года року року. r r. у на в an d d. dated"
    " dated: date date: at um uhr of from del de du dal 日 일 年 o'clock à a kl kl."
)

#: … those that say that what stands before them was on that day.
ON = _set("on am dniu dnia den en el le op")

#: What stands beside the hours and minutes.
BESIDE_TIMES = _set(
    "година години годині годин хвилин хвилини часов часа час мин минут godz godzina godzinie hodin horas hora hrs"
    " heures heure uur klo óra órakor uhr saat 午前 午後 上午 下午 時 时 分 点 點 시 분 오전 오후"
)

#: What people are beside the offices and roles of speakers.
JOBS = _set(
    "planner engineer inspector assistant associate consultant specialist intern technician supervisor architect"
    " designer developer researcher scientist historian lawyer solicitor trustee auditor accountant nurse doctor"
    " physician surveyor executive counsellor councillor councilor alderman selectman selectwoman commissioner"
    " steward organizer organiser note-taker notetaker scribe stenographer minutes staff vorsitz protokoll"
    " schriftführer schriftführerin kassier kassierer kassenwart beisitzer schatzmeister protokollführer secretario"
    " secretaria vocal tesorero asesor asesora trésorier trésorière conseiller conseillère секретарь советник"
    " эксперт инженер sekretarz skarbnik protokolant"
)
