"""What months and days of the week are called: in small letters, without a closing period."""

from __future__ import annotations

from itertools import chain

#: Names of each month, abbreviated and inflected as they stand in dates.
_NAMES = (
    (
        "january jan januar januari janvier janv enero ene janeiro gennaio genn janeiro xaneiro gener ianuarie januarja"
        " jänner januára januar januára ledna leden stycznia styczeń siječnja januarja január január jan tammikuuta"
        " tammikuu jaanuar jaanuaril janvāris janvārī janvārris sausio sausis ocak ιανουαρίου ιανουάριος января январь"
        " янв січня січень студзеня януари јануар јануара јануари urtarrilaren janúar ינואר بناير يناير januaro qaңtar"
    ),
    (
        "february feb febr februar februari février févr fevr febrero fevereiro febbraio febbr febrer febreiro"
        " februarie februarja února únor lutego luty veljače február februára helmikuuta helmikuu veebruar"
        " veebruaril februāris februārī vasario vasaris şubat φεβρουαρίου φεβρουάριος февраля февраль фев лютого"
        " лютий лютага февруари фебруар фебруара февруари otsailaren febrúar פברואר فبراير"
    ),
    (
        "march mar märz maerz mrz mars marzo março marco març marzo maart martie marca března březen marca marec ožujka"
        " március márc maaliskuuta maaliskuu märts märtsil marts martā kovo kovas mart μαρτίου μάρτιος марта март"
        " березня березень сакавіка март марта martxoaren מרץ مارس maret mac marts"
    ),
    (
        "april apr avril abril aprile abr abril aprilie aprila dubna duben kwietnia kwiecień apríl apríla travnja"
        " április ápr huhtikuuta huhtikuu aprill aprillil aprīlis aprīlī balandžio balandis nisan απριλίου απρίλιος"
        " апреля апрель апр квітня квітень красавіка април априла apirilaren apríl אפריל أبريل ابريل nisan"
    ),
    (
        "may mai mayo maio maggio magg maig maj mei mai maja května květen maja máj mája svibnja május máj toukokuuta"
        " toukokuu mail maijs maijā gegužės gegužė mayıs μαΐου μαίου μάιος мая май травня травень мая траўня мај маја"
        " maiatzaren maí מאי مايو"
    ),
    (
        "june jun juni juin junio junho giugno giu xuño juny iunie junija června červen czerwca czerwiec jún júna"
        " lipnja június jún kesäkuuta kesäkuu juuni juunil jūnijs jūnijā birželio birželis haziran ιουνίου ιούνιος"
        " июня июнь червня червень чэрвеня юни јун јуна јуни ekainaren júní יוני يونيو"
    ),
    (
        "july jul juli juillet juil julio julho luglio xullo juliol iulie julija července červenec lipca lipiec júl"
        " júla srpnja július júl heinäkuuta heinäkuu juuli juulil jūlijs jūlijā liepos liepa temmuz ιουλίου ιούλιος"
        " июля июль липня липень ліпеня юли јул јула јули uztailaren júlí יולי يوليو"
    ),
    (
        "august aug août aout agosto ago agost augustus avgusta srpna srpen sierpnia sierpień august augusta kolovoza"
        " augusztus aug elokuuta elokuu augustil augusts augustā rugpjūčio rugpjūtis ağustos αυγούστου αύγουστος"
        " августа август авг серпня серпень жніўня август августа abuztuaren ágúst אוגוסט أغسطس agustus ogos"
    ),
    (
        "september sept sep septembre septiembre setiembre setembro settembre sett setembre septembrie septembra září"
        " września wrzesień rujna szeptember szept syyskuuta syyskuu septembril septembris septembrī rugsėjo rugsėjis"
        " eylül σεπτεμβρίου σεπτέμβριος сентября сентябрь сент вересня вересень верасня септември септембар септембра"
        " irailaren ספטמבר سبتمبر"
    ),
    (
        "october oct oktober okt octobre octubre outubro ottobre ott octubre octombrie oktobra října říjen października"
        " październik október októbra október okt lokakuuta lokakuu oktoober oktoobril oktobris oktobrī spalio spalis"
        " ekim οκτωβρίου οκτώβριος октября октябрь окт жовтня жовтень кастрычніка октомври октобар октобра urriaren"
        " október אוקטובר أكتوبر"
    ),
    (
        "november nov novembre noviembre novembro noiembrie novembra november studenoga studenog listopadu"
        " marraskuuta marraskuu novembril novembris novembrī lapkričio lapkritis kasım νοεμβρίου νοέμβριος ноября"
        " ноябрь нояб листопада листопад лістапада ноември новембар новембра azaroaren nóvember נובמבר نوفمبر"
    ),
    (
        "december dec dezember dez décembre déc decembre diciembre dezembro dicembre dic desembre decembrie decembra"
        " prosince prosinec grudnia grudzień prosinca december decembra joulukuuta joulukuu detsember detsembril"
        " decembris decembrī gruodžio gruodis aralık δεκεμβρίου δεκέμβριος декабря декабрь дек грудня грудень снежня"
        " декември децембар децембра abenduaren desember դեկտեմբերի דצמבר ديسمبر desember disember"
    ),
)

#: Number of each name.
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}

#: One name, two months: which, is a question of the language.
BY_LANGUAGE: dict[str, dict[str, int]] = {"listopada": {"pl": 11, "hr": 10}}

#: Days of the week.
WEEKDAYS: frozenset[str] = frozenset(
    chain.from_iterable(
        names.split()
        for names in (
            "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun",
            "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
            "lundi mardi mercredi jeudi vendredi samedi dimanche",
            "lunes martes miércoles jueves viernes sábado domingo",
            "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
            "lunedì martedì mercoledì giovedì venerdì sabato domenica",
            "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
            "poniedziałek wtorek środa czwartek piątek sobota niedziela",
            "pondělí úterý středa čtvrtek pátek sobota neděle pondelok utorok streda štvrtok piatok nedeľa",
            "ponedeljek torek sreda četrtek petek nedelja ponedjeljak utorak srijeda četvrtak petak subota nedjelja",
            "hétfő kedd szerda csütörtök péntek szombat vasárnap luni marți miercuri joi vineri sâmbătă duminică",
            "måndag tisdag onsdag torsdag fredag lördag söndag mandag lørdag søndag",
            "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
            "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
            "понедельник вторник среда четверг пятница суббота воскресенье",
            "понеділок вівторок середа четвер п'ятниця субота неділя",
            "понеделник вторник сряда четвъртък петък събота неделя",
            "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή",
            "星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
        )
    )
)
