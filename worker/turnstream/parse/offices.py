"""Words around a person's name: offices, forms of address, degrees, crowds. General vocabularies, as in ``words``.

All are ``plain``: case-folded, without accents and without the period of an abbreviation.
"""

from __future__ import annotations

from turnstream.parse import words
from turnstream.parse.folding import plain


def _set(text: str) -> frozenset[str]:
    return frozenset(plain(text).split())


def _plain(known: frozenset[str]) -> frozenset[str]:
    return frozenset(map(plain, known))


#: Offices and posts, the more of them the surer a label is cut.
OFFICES = (_plain(words.OFFICES) - {"lord"}) | _set(
    "rep sen gov gen col lt sgt capt cmdr adm amb vp svp evp cmo cpo cso vice-chair vice-chairman vice-chairperson"
    " vicechair cochair co-host cohost councilmember councilman councilwoman councillor councilor alderman alderwoman"
    " trustee supervisor assemblymember assemblyman assemblywoman sheriff solicitor barrister magistrate viscount earl"
    " duke duchess emperor sultan emir ayatollah cardinal pastor interviewer narrator producer author reporter"
    " journalist economist engineer scientist researcher lawyer consultant owner chairwoman prosecutor referee"
    " solicitor-general secretary-general director-general attorney-general taoiseach"
    " abg bundesrat bundesrätin nationalrätin formanden talmannen statsministeren presidenten председател докладчик"
    " председник aide head designer developer architect tánaiste"
    " vicepresidenta portavoz consejero consejera beneficiario beneficiaria subdirector subdirectora comandante"
    " magistrado magistrada juez jueza rectora intendente intendenta concejal concejala moderador moderadora"
    " presentador presentadora vocero vocera vicealmirante"
    " vereador vereadora relator relatora governador governadora prefeito prefeita diretor diretora"
    " primeiro-ministro vice-presidente secretário secretária senadora ministro"
    " ministerpräsident ministerpräsidentin alterspräsident alterspräsidentin bundestagspräsident"
    " bundestagspräsidentin vizekanzler parl schriftführer schriftführerin berichterstatter berichterstatterin"
    " oberbürgermeister oberbürgermeisterin landrat staatsrat staatsrätin moderatorin sprecher sprecherin"
    " geschäftsführer geschäftsführerin vorstand landesrat landesrätin nationalrat ständerat"
    " vice-président vice-présidente porte-parole vice-premier conseiller conseillère animateur animatrice"
    " sottosegretario relatore relatrice senatore senatrice sindaco sindaca deputato"
    " wicemarszałek posłanka sekretarz podsekretarz wiceprzewodniczący wiceprzewodnicząca przewodnicząca rzecznik"
    " председательствующий председательствующая сенатор судья академик вице-президент вице-премьер пресс-секретарь"
    " замминистра ведущий ведущая модератор"
    " головуючий головуюча депутат президент віце-прем'єр секретар"
    " predsednik predsednica podpredsednik podpredsednica predsedujoči predsedujoča predsjednik predsjednica"
    " potpredsjednik potpredsjednica minister ministrica poslanec poslanka tajnik državni"
    " předseda předsedkyně místopředseda místopředsedkyně ministr ministryně poslankyně senátor senátorka"
    " voorzitter staatssecretaris minister-president statsminister talman talmannen statsråd puhemies"
    " başkan bakan elnök alelnök miniszter președinte președintele πρόεδρος προεδρεύων προεδρεύουσα υπουργός"
    ' היו"ר יו"ר שר שרת השר השרה סגן סגנית מנכ"ל מזכיר الرئيس رئيس وزير'
    " 会長 議長 委員長 座長 理事長 社長 院長 部長 會長 会长 议长 委员长 院长 部长 主席 主持人 記者 记者"
)

#: A person is spoken to by these: a single name may follow.  `Minister`, `Director`, `Ambassador` are not among
#: them, as a field or a country may follow those: `Director Sales`.
TITLES = _set(
    "president chancellor senator congressman congresswoman representative chairman chairwoman chairperson chair"
    " vice-chair vice-chairman co-chair speaker justice judge magistrate governor mayor secretary general admiral"
    " colonel captain sergeant lieutenant commander rabbi imam archbishop bishop cardinal pastor king queen"
    " princess pope emperor commissioner councilmember councilman councilwoman councillor councilor alderman"
    " alderwoman trustee supervisor assemblymember assemblyman assemblywoman sheriff coach professor moderator host"
    " interviewer deputy abg rep sen gov gen col lt sgt capt adm viscount"
    " presidente presidenta vicepresidente vicepresidenta gobernador gobernadora senador senadora diputado diputada"
    " deputado deputada vereador vereadora canciller alcalde alcaldesa ministro ministra juez jueza"
    " präsident präsidentin vizepräsident vizepräsidentin bundeskanzler bundeskanzlerin bundespräsident kanzler"
    " kanzlerin abgeordneter abgeordnete bürgermeister bürgermeisterin senatorin moderatorin"
    " président présidente député députée sénateur sénatrice ministre senatore senatrice deputato"
    " poseł posłanka сенатор депутат судья poslanec poslanka poslankyně senátor senátorka"
)

#: … and three or more names after these: `Minister Zdrowia Jo Li` shows why `Minister` is not among them.
NAMED = TITLES | _set("ambassador embajador embajadora ministerin bundesminister bundesministerin")

#: They also are family names: `Jo King`, `Mr. Bishop`.
SURNAMES = _set("king prince pope bishop dean judge major earl duke coach fiscal alcalde cardinal pastor abbot cook")

#: … or given names: `Earl Li`.
GIVEN = _set("earl duke dean prince marshal baron")

#: `Director General` is one office: no name follows it as one follows `General`.
DIRECTORS = _set("director directora diretor diretora directeur directrice")

#: Of an office that goes on after its first word: `Presidente Municipal`, `Secretary General`.
QUALIFYING = _set(
    "general municipal nacional estatal federal ejecutivo ejecutiva adjunto adjunta interino interina suplente"
    " honorario titular emeritus elect designate pro pro-tem tempore protempore acting interim deputy vice assistant"
    " associate senior junior chief executive national regional global presiding pending independent staff desk state"
    " constitucional administrativo administrativa técnico técnica jurídico jurídica provisional geral executivo"
    " executiva général générale délégué déléguée exécutif exécutive adjoint adjointe generale one two three four"
    " advocate laureate counsel district circuit city crown academic trial"
)

#: A place or body that these begin has two words: `Hong Kong`.
BINDERS = _set(
    "the new north south east west northern southern eastern western central united great saudi sri costa el san santa"
    " foreign internal home public national federal international european economic social supreme state czech"
    " dominican la los las le papua sierra burkina hong viet equatorial cabo puerto el são"
)

#: Nobody is called by these.
BODIES = _set(
    "affairs republic bank union federation council committee commission development defence defense airlines region"
    " states kingdom emirates africa korea america zealand arabia lanka rica parliament board company group"
    " industry trade security services finance policy energy health education transport relations"
    " product marketing sales operations engineering research strategy communications investor business customer"
    " technology information human resources legal science international media digital programme program"
    " kong faso leone guinea salvador verde ireland wales scotland london washington"
    " institute ministry department agency office university hospital service center centre school college authority"
    " district territory province oblast okrug county prefecture area zone city division unit team desk"
    " corp inc ltd llc plc gmbh foundation association society capital holdings partners securities news"
    " instituto comisión secretaría hospital banco universidad ministerio consejo programa empresa"
)

#: Forms of address, part of the name.
HONORIFICS = _plain(words.HONORIFICS) | _set(
    "mister madam mssrs messrs rt honourable honorable honourables excellency señor señora señorita don doña exmo exma"
    " sig dott dra avv onorevole mag ddr univ pater herra rouva hr fru mevrouw sayın gospod gospa гн п пан пані"
    " heer sr.a domnul doamna shri shrimati smt kumari doctor"
    " товарищ mr'ın السيد السيدة الدكتور מר גב' ח\"כ"
)

#: … what they say of who is addressed.
MALE = _set(
    "mr mister sir heer domnul shri herr monsieur señor sr don lord pan signor sig hr herra baron exmo пан господин г-н"
)
FEMALE = _set(
    "mrs ms miss mme mlle madam madame frau señora sra señorita srta doña dame lady baroness pani signora fru rouva"
    " mevrouw exma sr.a doamna shrimati smt kumari г-жа госпожа пані"
)

#: … and what stands around them.
BEFORE_HONORIFICS = _set("the right most very his her el la los las o a os as il le les de der die das un une by")

#: After a name, and part of it.
SUFFIXES = _set("jr sr ii iii iv esq phd md jd qc kc sc dds msc mba cpa rn cbe obe mbe")

#: After a name: the assembly that somebody is a member of.
MEMBERSHIPS = _set("mp mps mep msp mla mlc mpp mdb mdl am ms td mna mhk mca")

#: Written small in a name, or large in one that is all capitals.
PARTICLES = _plain(words.PARTICLES) | _set("vom la las los lo y i o'")

#: Joining words that no name holds.
JOINS = (_plain(words.JOINS) | _set("para por con en pour par avec sur au aux")) - PARTICLES

#: An office's object begins after one of these.
PREPOSITIONS = _set("of for de del du des di da do dos von für and at to in y et und")

#: The last signs of an office where words have no blanks between them.
OFFICE_SIGNS = (
    *("長", "长", "大臣", "委員", "委员", "議員", "议员", "主席", "總統", "总统", "總理", "总理", "主任", "主持人"),
    *("主持", "代表", "記者", "记者", "司会", "司會"),
    *("의장", "위원장", "위원", "의원", "장관", "총리", "대통령", "사회자"),
)

#: The last letters of a patronymic: the family name comes first then.
PATRONYMICS = tuple(map(plain, ("ович", "евич", "йович", "овна", "евна", "івна", "ївна")))

#: Signs that stand before a speaker's name in minutes.
BULLETS = "○◯●◎◆■"

#: … and of a form of address.
ADDRESS_SIGNS = ("君", "さん", "氏", "様", "先生", "女士", "小姐", "씨", "님")
