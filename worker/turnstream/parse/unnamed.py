"""Words for who speaks without being named: parts in a dialogue, crowds; and for how somebody speaks.

Vocabularies as in ``offices``.
"""

from __future__ import annotations

from turnstream.parse.folding import plain


def _set(text: str) -> frozenset[str]:
    return frozenset(plain(text).split())


#: What somebody is to the others, a label by itself: `User`, `Doctor`, `Juror 5`.
PARTS = _set(
    "user assistant bot chatbot human system ai model agent customer client patient doctor therapist nurse pupil tutor"
    " mother father defendant plaintiff juror foreperson bailiff prosecutor detective inspector presenter candidate"
    " applicant petitioner commentator developer designer"
    " phd grad undergrad postdoc usuario asistente médico paciente cliente presentador"
    " arzt ärztin patientin kunde kundin médecin врач пациент пользователь ассистент 用户 助手 医生 患者"
)

#: Somebody whom nobody saw: `Voice from the floor`.
VOICES = _set("voice voz voix voce stimme голос głos glas")

#: Whom nobody names, or whom many may be called by: never a certain person.
ANONYMOUS = _set(
    "q question a answer speaker unidentified unknown inaudible male female man woman voice audience questioner"
    " reporter journalist correspondent press analyst participant attendee panelist panellist member delegate senator"
    " representative official officer student caller guest respondent witness response remark reply response expert"
    " deputy minister judge justice advisor adviser commissioner engineer researcher"
    " pregunta respuesta voz interlocutor interlocutora intervención periodista hombre mujer frage antwort zuruf"
    " zwischenruf abgeordneter abgeordnete journalistin journaliste intervenant voix député députée"
    " вопрос ответ реплика голос депутат журналист участник poseł posłanka głos pytanie питання відповідь"
)

#: More than one person.
CROWD = _set(
    "all both everyone everybody many several some various members audience crowd chorus together unison voices"
    " senators students reporters journalists panelists panellists participants attendees speakers delegates others"
    " todos todas ambos ambas voces asistentes público varios varias coro diputados diputadas vários vozes"
    " alle beide beiden viele mehrere zurufe publikum stimmen tous toutes plusieurs députés"
    " все оба обе голоса хор депутаты зал усі всі обидва голоси wszyscy obaj głosy posłowie tutti entrambi voci"
    " allen iedereen samen vsi oba obe glasovi všichni 眾人 众人 全體 全体 大家 一同 全員 כולם קריאות"
)

#: Between two people who speak at once, …
AND = _set("and & + und et и і та og och en ja 和 と 及 與")

#: … or inside one name as well: `Ríos y Gil`.
AND_IN_NAMES = _set("y e i")

#: In brackets, these say how somebody speaks, not who it is.
REMARKS = _set(
    "retranslated translated translates translation translating interpreted interpretation interpreter through via"
    " spoke speaking speaks continued continuing continues cont cont'd resuming inaudible unintelligible off-mic"
    " off-camera on-camera voice-over voiceover v.o o.s o.c laughing laughs shouting whispering singing"
    " remotely remote video videoconference videolink phone telephone zoom teleconference recording recorded"
    " behalf sotto aside"
    " enlace videollamada videoconferencia traducción traducido traduce continúa interpretación"
    " spricht übersetzt übersetzung fortsetzend zugeschaltet"
    " parle traduction interprétation перевод через переводчика продолжает videokonferenca"
)
