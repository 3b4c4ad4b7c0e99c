"""The vocabularies: general words of several languages, never a person's or a source's.

All are case-folded, without a closing period, but where a language tells words apart by case.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: A label of just one of these says that somebody asks.
QUESTION = _set("q question pregunta pergunta domanda frage вопрос питання pytanie 問 问 質問 提问 질문 سؤال שאלה")

#: … or answers.
ANSWER = _set("a answer respuesta resposta risposta réponse antwort ответ відповідь odpowiedź 答 回答 답변 جواب תשובה")

#: What somebody does at the event; a number may follow (`Speaker 2`).
ROLES = _set(
    "speaker moderator moderators host hosts cohost co-host interviewer interviewee operator narrator announcer"
    " participant participants panelist panellist audience attendee attendees questioner reporter reporters journalist"
    " journalists correspondent press chair chairman chairwoman chairperson clerk court witness counsel translator"
    " interpreter voice unknown unidentified inaudible remark reply response respondent caller student teacher"
    " facilitator guest all everyone crowd man woman male female anchor emcee mc commentator examiner officer"
    " moderadora moderador presentador presentadora intervención interlocutor interlocutora asistentes voz público"
    " locutor locutora periodista moderator sprecher sprecherin moderatorin zwischenruf zuruf journaliste"
    " animateur animatrice intervenant intervenante voix ведущий ведущая модератор реплика спикер голос журналист"
    " участник moderatore giornalista moderadores prowadzący 主持人 记者 記者 主持 司会 사회자"
)

#: Who an interview guide or a speech recogniser numbers: `Speaker 2`, `SPEAKER_00`, `spk_1`.
NUMBERED = _set(
    "speaker spk spkr participant interviewer interviewee moderator panelist panellist host guest operator caller"
    " respondent sprecher sprecherin teilnehmer teilnehmerin locutor locutora hablante participante intervenant"
    " intervenante locuteur orador спикер участник говорящий 说话人 發言人 发言人 話者 화자"
)

#: Offices: the word that a person's name may follow, or that follows it.
OFFICES = _set(
    "president vice-president presidents minister ministers premier chancellor secretary undersecretary under-secretary"
    " parliamentary ambassador governor mayor senator congressman congresswoman representative commissioner chairman"
    " chairwoman chairperson chair chairs co-chair speaker deputy director directors head chief ceo cfo coo cto cio"
    " officer official officials manager founder co-founder cofounder partner analyst attorney counsel judge justice"
    " professor leader member delegate envoy general admiral colonel major captain sergeant commander lieutenant king"
    " queen prince princess pope archbishop bishop patriarch rabbi imam coach editor anchor moderator host"
    " correspondent spokesperson spokesman spokeswoman administrator advisor adviser aide treasurer registrar clerk"
    " rector dean principal superintendent prosecutor ombudsman vicepresident coordinator lord"
    " presidente presidenta vicepresidente vicepresidenta ministro ministra secretario secretaria subsecretario"
    " subsecretaria director directora gobernador gobernadora alcalde alcaldesa senador senadora diputado diputada"
    " canciller embajador embajadora titular coordinador coordinadora procurador procuradora fiscal jefe jefa"
    " comisionado comisionada general almirante deputado deputada"
    " präsident präsidentin vizepräsident vizepräsidentin bundespräsident bundeskanzler bundeskanzlerin"
    " bundesminister bundesministerin staatssekretär staatssekretärin staatsminister staatsministerin abgeordneter"
    " abgeordnete minister ministerin kanzler kanzlerin bürgermeister bürgermeisterin vorsitzender vorsitzende"
    " président présidente ministre député députée sénateur sénatrice directeur directrice secrétaire rapporteur"
    " rapporteure maire ambassadeur ambassadrice gouverneur"
    " президент министр председатель премьер-министр глава губернатор директор секретарь депутат посол мэр"
    " руководитель заместитель начальник помощник уполномоченный ректор спикер голова міністр прем'єр-міністр"
    " presidentessa vicepresidente segretario segretaria sottosegretario sottosegretaria viceministro relatore"
    " relatrice senatore senatrice sindaco sindaca assessore questore deputata"
    " secrétaires préfet préfète procureur avocat juge greffier garde vice-président vice-présidente conseiller"
    " relator relatora vereador vereadora governador governadora prefeito prefeita secretária"
    " concejal concejala regidor regidora consejero consejera delegado delegada portavoz ponente viceministra rectora"
    " prezes prezydent minister marszałek wicemarszałek poseł posłanka przewodniczący przewodnicząca sekretarz"
    " podsekretarz wiceminister senatorka burmistrz wojewoda rzecznik dyrektor wicepremier sprawozdawca"
    " ministr ministryně poslanec poslankyně poslankyňa předseda předsedkyně místopředseda místopředsedkyně senátor"
    " senátorka prezident starosta starostka primátor hejtman předsedající predseda predsedníčka podpredseda"
    " predsednik predsednica podpredsednik predsedujoči poslanka ministrica sekretar sekretarka državni"
    " predsjednik predsjednica potpredsjednik zastupnik zastupnica ministar"
    " elnök alelnök miniszter államtitkár képviselő jegyző președinte președintele ministru ministrul deputat secretar"
    " voorzitter minister-president staatssecretaris burgemeester wethouder talman talmannen statsminister statsråd"
    " ordförande formand puhemies pääministeri ministeri başkan başkanı bakan bakanı milletvekili"
    " головуючий головуюча депутат заступник керівник секретар мер председательствующий сенатор прокурор судья"
    " вице-премьер вице-президент председател министър πρόεδρος υπουργός βουλευτής"
)

#: Before a person's name, and part of it.
HONORIFICS = _set(
    "mr mrs ms miss mx dr prof professor hon sir dame lord lady baroness baron rev fr sr sra srta lic ing"
    " herr frau dipl m mme mlle monsieur madame signor signora onorevole pan pani г-н г-жа господин госпожа"
    " señor señora señorita don doña senhor senhora sres sras"
)

#: Before an office or an honorific.
ARTICLES = _set("the o a os as el la los las le les l' il lo i gli der die das")

#: Heads of data, not of speech: `Source: …`, `Duration: 49 minutes`.
FIELDS = _set(
    "source sources date dates time times duration title subtitle author authors editor by from to cc bcc re subject"
    " tag tags topic topics category categories keywords location locations place venue city country language languages"
    " url urls link links website web email e-mail mail phone tel telephone fax address contact contacts version"
    " versions status state type kind format note notes nb ps definition example examples summary abstract"
    " description overview introduction background conclusion conclusions results result methods method discussion"
    " agenda item items speakers presenter presenters participants attendees present absent remote apologies chapter"
    " section part page pages figure fig table column image photo picture video audio media file files"
    " copyright license licence published publisher publication updated modified created release released edition isbn"
    " issn doi reference references related reading see warning caution tip hint important update"
    " correction translation transcript transcription transcribed break music intro outro sponsor ad ads advertisement"
    " error info debug detail details statement traceback usage name names age id number no job company"
    " organization organisation event events episode season series duration price total amount quantity options"
    " ingredients directions step steps goal goals facts fact background resources aliases schedule documents tellers"
    " quelle datum uhrzeit ort titel thema themen dauer beginn ende hinweis anmerkung beispiel berichterstattung antrag"
    " drucksache befragung fuente fecha hora lugar título tema duración nota ejemplo lieu titre sujet durée remarque"
    " exemple fonte data luogo titolo источник дата время место тема название автор примечание продолжительность"
    " 来源 來源 日期 时间 時間 地点 地點 标题 標題 主题 主題 备注 備註 注 例如 附件 作者 编辑 出席 議程 资料 資料"
)

#: Heads of lists, notes, logs and comparisons, which may come back as speakers do: `Pros: …`, `Fixed: …`.
HEADINGS = _set(
    "added changed fixed removed deprecated security improved feature features bug bugs bugfix bugfixes fixes new old"
    " other misc todo done fixme warn fatal trace notice critical severe pro pros con cons advantage advantages"
    " disadvantage disadvantages strength strengths weakness weaknesses opportunities threats problem problems"
    " solution solutions issue issues cause causes effect effects fix workaround symptom symptoms treatment risk risks"
    " mitigation impact action actions owner decision decisions reason reasons requirement requirements scope purpose"
    " objective objectives task tasks priority assignee deadline due expected actual input inputs output outputs left"
    " right front back top bottom first last next term terms meaning word synonym antonym noun verb adjective theorem"
    " lemma proof corollary proposition remark claim reply response verse chorus refrain monday tuesday wednesday"
    " thursday friday saturday sunday january february march july september october november december morning"
    " afternoon evening breakfast lunch dinner snack color colour size weight height width length depth shape material"
    " brand model value values unit units default defaults range average score scores points key main general overall"
    " basic advanced technical professional work working skills experience education training learning history usage"
    " installation configuration syntax returns parameters arguments port server command path password code data"
    " system process method function class object rule rules comment comments answers questions rationale tests test"
    " tested hardware software linux windows macos android ios change changes upstream"
)

#: A multi-word heading ends like this, hardly a name.
NOUN_ENDINGS = ("tion", "tions", "sion", "sions", "ment", "ments", "ity", "ities", "ology", "tics", "ncy")

#: What is said about somebody or something begins so: `She leads it.`, `A unit of heredity.`
ABOUT = _set("he she a an is was has served born who er sie ein eine il elle un une él ella una он она був була")

#: No label begins with these, however it is written; they begin sentences.
STARTERS = _set(
    "i we you he she it they this that these those there here what which who whom whose when where why how if as"
    " because since while although though but and or nor so then thus hence also however moreover therefore let lets"
    " let's my our your his her its their first firstly second secondly third finally lastly next another one two three"
    " in on at for with without by from to under over after before during about of per not no yes now today ladies dear"
    " please thank thanks to-day well okay ok again still both each every some many most much more such an is are was"
    " ich wir er es ihr das dies diese dieser dieses und aber oder doch denn wenn weil dass daß was wer wie wo warum"
    " da dann hier nun so auch noch nur ein eine einen zum zur zu bei im am auf mit für von nach lassen"
    " yo nosotros ustedes él ella esto este esta estos estas eso y pero o porque cuando donde como qué quién"
    " por para con sin en entonces así si pues bueno"
    " je nous vous il elle ils ce cet cette ces et mais ou donc car quand où comment pourquoi que qui voici voilà"
    " я мы вы он она оно они это этот эта эти тот та те и но а или так если когда что кто как где почему потому"
    " вот поэтому во-первых во-вторых также то там здесь"
)

#: Written small inside a label, these make it a clause.
CLAUSE = _set(
    "is are was were be been being am have has had do does did will would shall should can could may might must"
    " i we you he she it they this that these those who which what when where why how not said says say asked"
    " follows following because if there here"
    " ist sind war waren sei wird werden wurde wurden hat habe haben hatte kann können muss müssen soll ich wir sie"
    " ihr nicht dass daß wie folgt hieß heißt sagte sage Sie Ihnen"
    " es son fue fueron ha han hay está están era que dijo dice no se"
    " est sont était ont avait qui dit nous vous ils ne pas"
    " был была были есть что как не я мы вы он она они это сказал"
)

#: Written small inside an office or a name without making it a clause.
JOINS = _set(
    "of the and for on in at to with under de la le les los las el del du des d' y e et und der die das den dem des"
    " von van zu zum zur bei beim für im di da do dos das della delle dei al bin ibn ben ter ten und и по в на при"
    " для о i w na do z über pro tempore"
)

#: Written small in a person's name.
PARTICLES = _set("de la le del della der den di da do dos das du des van von zu zur bin ibn ben al el ter ten af e y")

#: A Chinese or Japanese clause holds one of these; hardly a name does.
CLAUSE_SIGNS = frozenset(
    "的是了在我你您他她們们這这那有不也就都說说會会要可以及為为什么麼嗎吗呢，。、；「」示はがをにのでともへ"
)

#: Whoever speaks, speaks of himself, to somebody, or asks; lists of facts hardly do.
VOICE = _set(
    "? ？ ؟ i we you me us my our your i'm let's let hello hi hey yes yeah no ok okay thank thanks sorry welcome"
    " please colleagues ladies gentlemen friends sir madam"
    " ich wir du ihr sie mir uns mich mein meine unser unsere euch ihnen ja nein danke bitte hallo herren damen"
    " je nous vous tu moi mon ma mes notre nos votre vos oui non merci bonjour messieurs mesdames"
    " yo nosotros usted ustedes me nos mi mis nuestro nuestra su sí gracias buenos buenas hola señor señora señoras"
    " eu nós você vocês meu minha nosso nossa sim não obrigado obrigada olá senhor senhora"
    " io noi voi lei mi ci mio mia nostro nostra sì grazie buongiorno ciao signor signori"
    " я мы вы ты мне нам вам нас вас меня мой наш ваш да нет спасибо здравствуйте добрый уважаемый уважаемые прошу"
    " ми ви мені так ні дякую шановний шановні"
    " ja my wy pan pani nam mi nas tak nie dziękuję proszę szanowni wysoka"
    " ik wij we jij u mij ons mijn onze nee dank hallo"
    " já jsem jsme vy ano ne děkuji prosím dobrý"
    " jaz mi vi sem smo hvala prosim spoštovani"
    " ben biz siz sen evet hayır teşekkür merhaba"
    " jag vi ni du mig oss tack nej jo hej minä me te kiitos kyllä"
    " привет здравствуй пока привіт merhaba cześć ahoj olá salut ciao hoi はい いいえ 네 아니요 안녕하세요 감사합니다"
    " أنا أنت نحن نعم لا شكرا مرحبا أهلا אני אתה אנחנו כן לא תודה שלום"
)

#: Those of them that people are called, too: Ben Cole, Jack Ma.
NAMESAKES = _set("ben du io jo lei ma mi mia mon ni pan sen sim su te tu vi yo")

#: The same in the scripts that put no blank between words.
VOICE_SIGNS = frozenset("我你您妳咱吗嗎吧呢请請谢謝")
