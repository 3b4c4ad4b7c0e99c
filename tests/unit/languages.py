"""Invented speeches in many languages, for what must work in all of them.

Some sentences of each language have the quotes, dashes and signs that only newer
encodings hold; the others are in plain letters.
"""

from __future__ import annotations

#: Language to the names of two speakers and what they say in turn, a paragraph a line.
SPEECHES: dict[str, tuple[tuple[str, str], str]] = {
    "en": (
        ("Chair", "Zoë Brontë"),
        """\
Good morning, everybody; it’s a pleasure to see so many of you at this early hour.
I’d like to begin with the report – the “short version”, as we promised – on last year’s harvest.
The café on the corner raised its prices by £2, and the façade still needs a coat of paint.
Let me say this: nobody asked for a protégé, and nobody will get one before the 1st of May.
Temperatures fell to –4 °C in the valley, which is unusual for a résumé of the spring season.
We agreed to meet again in a fortnight… if the minister’s diary allows it, of course.
My naïve question is whether the £300 that we set aside in 2019 were ever spent at all.
That is a cliché, Mr Müller, but the coöperation between both towns has never been better.
""",
    ),
    "de": (
        ("Präsidentin", "Jörg Weißmüller"),
        """\
Guten Morgen, meine Damen und Herren, ich eröffne die Sitzung und begrüße unsere Gäste sehr herzlich.
Für die Gemeinde ist das eine große Chance, denn über die Hälfte der Straßen müsste erneuert werden.
Das Gutachten spricht von „erheblichen Mängeln“ – so steht es wörtlich auf der dritten Seite.
Wir können doch nicht so tun, als wäre während der letzten fünf Jahre überhaupt nichts geschehen.
Die Brücke kostet 40.000 € mehr als geplant; darüber müssen wir im nächsten Ausschuss reden.
Ich möchte zunächst die Frage beantworten, die Frau Köhler vorhin zum Thema Schülerverkehr gestellt hat.
Natürlich gehört auch das Gespräch mit den Bürgerinnen dazu, das wünsche ich mir ausdrücklich.
Schließlich heißt es in der Satzung, dass jedes Mitglied jährlich mindestens zwei Anträge stellen darf.
""",
    ),
    "fr": (
        ("La présidente", "M. Lefèvre"),
        """\
Bonjour à toutes et à tous, je vous remercie d'être venus si nombreux malgré la grève des trains.
L’année dernière, nous avions déjà évoqué ce problème – sans succès – avec le ministère de l’Intérieur.
Les élèves de la région méritent mieux que des salles où la température dépasse trente degrés en été.
Je voudrais répondre à la question posée tout à l'heure : oui, le budget a été voté à l'unanimité.
C’est une œuvre collective… et le cœur du projet, c’est la coopération entre les deux communes.
Où en sommes-nous aujourd'hui ? La réalité, c'est que personne n'a vérifié les chiffres présentés.
Le coût s’élève à 12 000 € par an, ce qui n’est pas négligeable pour un village comme le nôtre.
Le rapporteur a déclaré « qu'il fallait agir vite », et je partage entièrement cette idée générale.
""",
    ),
    "es": (
        ("La señora presidenta", "Íñigo Núñez"),
        """\
Buenos días a todos; empezamos la sesión de hoy con la situación económica de la región.
¿Cómo es posible que después de tres años nadie haya pedido explicaciones a la compañía?
Según el informe – el «informe completo», insisto – la inversión disminuyó un 8 % en el último año.
Mañana volveremos a reunirnos aquí mismo, y entonces votaremos también la petición de los vecinos.
La educación pública necesita más medios, señorías, y aquí está la comisión que puede dárselos.
Muchísimas gracias. ¡Qué alegría ver a tantos jóvenes en una reunión que empieza tan temprano!
El alcalde dijo: “No habrá más retrasos”… y llevamos ya dieciséis meses de espera, 200 € cada día.
También quería añadir que el baño del colegio sigue cerrado, aunque la reparación ya se pagó.
""",
    ),
    "pt": (
        ("A presidente", "João Conceição"),
        """\
Bom dia a todos, vamos começar a sessão com a leitura da ata da última reunião da comissão.
A população não pode esperar mais; há três anos que pedimos a reparação da estação e nada acontece.
O senhor deputado disse que “não há dinheiro” – mas a inflação já está abaixo dos 3 % há meses.
Então, qual é a solução? Nós propomos uma votação até amanhã, às dez horas, nesta mesma sala.
As crianças da região têm direito à educação, à saúde e também a um pouco de atenção, senhores.
Muito obrigado pela questão; é verdade que a informação não chegou a todos os órgãos da câmara.
Não vou repetir o que já foi dito… só lembro que os custos são de 5 € por refeição e por aluno.
""",
    ),
    "it": (
        ("La presidente", "Niccolò Pirrò"),
        """\
Buongiorno a tutti, la seduta è aperta; c'è già una prima domanda da parte della comunità montana.
Perché la società non ha ancora pagato? È una questione di serietà, non soltanto di quantità.
L’assessore ha detto che “la città cambierà” – però finora non è cambiato nulla, purtroppo.
Così non si può andare avanti: già lunedì dovrà esserci una risposta, altrimenti voteremo contro.
Più di metà degli abitanti è favorevole, e ciò vuol dire che la volontà politica non manca affatto.
Ne parlerò volentieri giovedì, quando verrà anche il sindaco; la priorità resta la viabilità.
Il biglietto costerà 3 €… e nessuno, davvero nessuno, si è chiesto se le famiglie potranno pagarlo.
""",
    ),
    "pl": (
        ("Przewodnicząca", "Łukasz Żółkiewski"),
        """\
Dzień dobry państwu, otwieram posiedzenie komisji i bardzo serdecznie witam wszystkich gości.
Chciałbym zapytać, dlaczego w ciągu ostatnich pięciu lat nie zrobiono nic, żeby poprawić tę sytuację.
W sprawozdaniu czytamy o „poważnych uchybieniach” – tak to zostało nazwane przez kontrolerów.
Większość mieszkańców zgadza się, że droga powinna zostać wyremontowana jeszcze przed zimą.
Proszę o ciszę, pan poseł ma głos i będzie mówił najwyżej trzy minuty, później przejdziemy do głosowania.
Myślę, że jeśli będziemy współpracować, to do końca września uda się zakończyć całą inwestycję.
Koszt wynosi 2 tysiące złotych miesięcznie… a szkoła wciąż nie dostała obiecanych książek.
Dziękuję bardzo, to były ważne uwagi i z pewnością weźmiemy je pod uwagę przy następnej okazji.
""",
    ),
    "cs": (
        ("Předsedkyně", "Jiří Dvořák"),
        """\
Dobrý den, vážené kolegyně a vážení kolegové, zahajuji dnešní schůzi a vítám všechny přítomné.
Chtěl bych se zeptat, proč se za poslední čtyři roky nepodařilo opravit ani jednu z těch silnic.
Ve zprávě stojí, že šlo o „závažné nedostatky“ – a právě o nich bychom dnes měli mluvit.
Většina občanů souhlasí s tím, že škola potřebuje novou střechu ještě před příští zimou.
Děkuji za otázku, pokusím se odpovědět stručně, protože už máme zpoždění skoro dvacet minut.
Myslím, že když budeme spolupracovat, dokážeme celou stavbu dokončit do konce září.
Řekl jste, že peníze došly… ale vždyť rozpočet byl schválen teprve před třemi měsíci.
Poprosím o klid v sále, pan poslanec má slovo a bude hovořit nejvýše pět minut.
""",
    ),
    "hu": (
        ("Elnök", "Szűcs Győző"),
        """\
Jó napot kívánok mindenkinek, megnyitom a bizottság ülését, és köszöntöm a kedves vendégeket.
Szeretném megkérdezni, hogy az elmúlt öt évben miért nem történt semmi a híd ügyében.
A jelentés „súlyos hiányosságokról” szól – ezt így, szó szerint írták le a szakértők.
Köszönöm szépen a kérdést, igyekszem röviden válaszolni, mert már húsz perces késésben vagyunk.
A lakosok többsége egyetért azzal, hogy az iskola tetejét még a tél előtt fel kell újítani.
Úgy gondolom, ha együttműködünk, akkor szeptember végéig az egész beruházás elkészülhet.
Csendet kérek a teremben, a képviselő úré a szó, legfeljebb három percig beszélhet.
""",
    ),
    "sv": (
        ("Ordföranden", "Åsa Sjöström"),
        """\
God morgon, jag förklarar mötet öppnat och hälsar er alla hjärtligt välkomna hit till Västerås.
Först vill jag fråga varför ingenting har hänt med den gamla bron under de senaste fem åren.
I rapporten står det om ”allvarliga brister” – så skrev granskarna ordagrant på sidan tre.
Det är en självklarhet att även de äldre ska kunna åka buss, också när det är mörkt och snöar.
Tack för frågan, jag ska försöka svara kort eftersom vi redan är över tjugo minuter försenade.
Jag tror att vi kan bli färdiga före september, om båda kommunerna hjälps åt på riktigt.
""",
    ),
    "lt": (
        ("Pirmininkė", "Žygimantas Šlekys"),
        """\
Laba diena, gerbiami kolegos, pradedame šios dienos posėdį ir sveikiname visus atvykusius svečius.
Norėčiau paklausti, kodėl per pastaruosius penkerius metus niekas nepasikeitė mūsų mieste.
Ataskaitoje rašoma apie „rimtus trūkumus“ – būtent apie juos šiandien turėtume kalbėti.
Dauguma gyventojų sutinka, kad mokyklos stogas turėtų būti sutvarkytas dar prieš žiemą.
Ačiū už klausimą, pasistengsiu atsakyti trumpai, nes jau vėluojame beveik dvidešimt minučių.
Manau, kad jeigu dirbsime kartu, visą statybą užbaigsime iki rugsėjo pabaigos.
Prašyčiau tylos salėje, žodis suteikiamas Seimo nariui, jis kalbės ne ilgiau kaip tris minutes.
""",
    ),
    "ru": (
        ("Председатель", "А.Щербакова"),
        """\
Доброе утро, уважаемые коллеги, начинаем заседание комиссии и приветствуем всех наших гостей.
Хотел бы спросить, почему за последние пять лет никто так и не отремонтировал этот мост.
В отчёте говорится о «серьёзных недостатках» – именно так это и названо на третьей странице.
Большинство жителей согласны с тем, что крышу школы нужно починить ещё до наступления зимы.
Спасибо за вопрос, постараюсь ответить коротко, потому что мы уже опаздываем на двадцать минут.
Думаю, что если мы объединим усилия, то строительство удастся завершить к концу сентября.
Прошу тишины в зале, слово предоставляется депутату, регламент выступления три минуты.
Деньги, как вы сказали, закончились… однако бюджет утвердили всего три месяца назад.
Объект ещё не сдан, а подъезд к нему уже закрыт; это, мягко говоря, вызывает недоумение.
""",
    ),
    "uk": (
        ("Голова", "О.Ґудзь"),
        """\
Доброго ранку, шановні колеги, починаємо засідання комісії та вітаємо всіх наших гостей.
Хотів би запитати, чому за останні п'ять років ніхто так і не відремонтував цей міст.
У звіті йдеться про «серйозні недоліки» – саме так це названо на третій сторінці документа.
Більшість мешканців погоджується з тим, що дах школи потрібно полагодити ще до зими.
Дякую за запитання, спробую відповісти коротко, бо ми вже спізнюємося на двадцять хвилин.
Думаю, що коли ми об'єднаємо зусилля, то будівництво вдасться завершити до кінця вересня.
Прошу тиші в залі, слово надається депутатові, регламент виступу не більше ніж три хвилини.
Її пропозиція дуже цікава, і я її підтримую, хоча ґанок треба буде збудувати заново.
""",
    ),
    "bg": (
        ("Председател", "Й.Цветков"),
        """\
Добро утро, уважаеми колеги, откривам заседанието на комисията и приветствам всички гости.
Искам да попитам защо през последните пет години никой не е поправил този мост край града.
В доклада се говори за „сериозни пропуски“ – точно така е записано на третата страница.
Повечето жители са съгласни, че покривът на училището трябва да се ремонтира преди зимата.
Благодаря за въпроса, ще се опитам да отговоря кратко, защото вече закъсняваме с двадесет минути.
Мисля, че ако работим заедно, строежът може да бъде завършен до края на септември.
""",
    ),
    "el": (
        ("Πρόεδρος", "Γιώργος Αϊβαλής"),
        """\
Καλημέρα σας, κυρίες και κύριοι, αρχίζει η συνεδρίαση της επιτροπής και καλωσορίζω τους καλεσμένους.
Θα ήθελα να ρωτήσω γιατί τα τελευταία πέντε χρόνια κανείς δεν επισκεύασε τη γέφυρα του χωριού.
Η έκθεση μιλάει για «σοβαρές ελλείψεις» – έτσι ακριβώς το γράφει στην τρίτη σελίδα.
Οι περισσότεροι κάτοικοι συμφωνούν ότι η στέγη του σχολείου πρέπει να φτιαχτεί πριν από τον χειμώνα.
Ευχαριστώ για την ερώτηση, θα προσπαθήσω να απαντήσω σύντομα, γιατί έχουμε ήδη καθυστερήσει.
Άλλωστε, όπως είπε και ο δήμαρχος, το έργο θα έχει ολοκληρωθεί ως το τέλος Σεπτεμβρίου.
Παρακαλώ ησυχία στην αίθουσα, τον λόγο έχει ο κύριος βουλευτής για τρία λεπτά.
""",
    ),
    "he": (
        ("היו״ר", "דנה לוי"),
        """\
בוקר טוב לכולם, אני פותחת את ישיבת הוועדה ומברכת את האורחים שהגיעו אלינו היום.
רציתי לשאול למה במשך חמש השנים האחרונות אף אחד לא תיקן את הגשר הישן שליד הכפר.
בדוח כתוב במפורש על ליקויים חמורים, כך זה מופיע בעמוד השלישי של המסמך.
רוב התושבים מסכימים שצריך לשפץ את גג בית הספר עוד לפני תחילת החורף.
תודה על השאלה, אנסה לענות בקצרה, כי אנחנו כבר מאחרים בעשרים דקות – ואולי יותר.
אני חושב שאם נעבוד ביחד נוכל לסיים את כל הבנייה עד סוף חודש ספטמבר.
אבקש שקט באולם, רשות הדיבור לחבר הכנסת, לא יותר משלוש דקות בבקשה.
""",
    ),
    "ar": (
        ("الرئيسة", "سامي الحداد"),
        """\
صباح الخير جميعا، نبدأ الآن جلسة اللجنة ونرحب بجميع الضيوف الذين حضروا اليوم.
أود أن أسأل لماذا لم يقم أحد خلال السنوات الخمس الأخيرة بإصلاح الجسر القديم قرب القرية.
يتحدث التقرير عن «نقائص خطيرة» – هكذا ورد حرفيا في الصفحة الثالثة من الوثيقة.
يتفق معظم السكان على أن سقف المدرسة يحتاج إلى ترميم قبل بداية فصل الشتاء.
شكرا على السؤال، سأحاول أن أجيب باختصار لأننا تأخرنا بالفعل عشرين دقيقة.
أعتقد أننا إذا تعاونا فسوف نتمكن من إنهاء البناء كله قبل نهاية شهر سبتمبر.
أرجو الهدوء في القاعة، الكلمة للسيد النائب لمدة لا تزيد على ثلاث دقائق.
""",
    ),
    "tr": (
        ("Başkan", "Gülşen Işık"),
        """\
Günaydın değerli arkadaşlar, komisyon toplantısını açıyorum ve bütün konuklarımıza hoş geldiniz diyorum.
Son beş yıl içinde köyün yanındaki köprünün neden bir türlü onarılmadığını sormak istiyorum.
Raporda “ciddi eksiklikler” olduğu yazıyor – üçüncü sayfada aynen bu sözcükler geçiyor.
Halkın çoğunluğu, okulun çatısının kış gelmeden önce mutlaka yenilenmesi gerektiğini düşünüyor.
Soru için teşekkür ederim, kısaca cevap vermeye çalışacağım, çünkü yirmi dakika geciktik.
Birlikte çalışırsak inşaatın tamamını eylül ayının sonuna kadar bitirebileceğimize inanıyorum.
Salonda sessizlik rica ediyorum, söz sayın milletvekilinin, konuşma süresi üç dakikadır.
""",
    ),
    "vi": (
        ("Chủ tịch", "Nguyễn Thị Hằng"),
        """\
Xin chào tất cả mọi người, tôi xin khai mạc phiên họp và nhiệt liệt chào mừng các vị khách quý.
Tôi muốn hỏi vì sao trong năm năm vừa qua không ai sửa chữa cây cầu cũ ở gần làng chúng ta.
Báo cáo có nói về “những thiếu sót nghiêm trọng” – trang thứ ba viết đúng như vậy.
Phần lớn người dân đồng ý rằng mái nhà của trường học cần được sửa trước mùa đông.
Cảm ơn câu hỏi của ông, tôi sẽ cố gắng trả lời ngắn gọn vì chúng ta đã trễ hai mươi phút.
Tôi nghĩ nếu cùng nhau làm việc thì đến cuối tháng chín công trình sẽ hoàn thành.
""",
    ),
    "th": (
        ("ประธาน", "สมชาย ใจดี"),
        """\
สวัสดีทุกท่าน ขอเปิดการประชุมคณะกรรมการ และขอต้อนรับแขกทุกท่านที่มาร่วมในวันนี้
ผมอยากถามว่าทำไมห้าปีที่ผ่านมาจึงไม่มีใครซ่อมสะพานเก่าใกล้หมู่บ้านของเราเลย
ชาวบ้านส่วนใหญ่เห็นด้วยว่าควรซ่อมหลังคาโรงเรียนให้เสร็จก่อนฤดูหนาวจะมาถึง
ขอบคุณสำหรับคำถาม จะพยายามตอบสั้นๆ เพราะเราช้าไปแล้วประมาณยี่สิบนาที
ถ้าเราร่วมมือกัน คิดว่าการก่อสร้างทั้งหมดน่าจะเสร็จภายในสิ้นเดือนกันยายน
""",
    ),
    "ja": (
        ("議長", "田中さくら"),
        """\
皆さん、おはようございます。それでは委員会を始めます。本日お越しいただいた方々を歓迎いたします。
この五年間、村の近くの古い橋がなぜ修理されなかったのか、まずお聞きしたいと思います。
報告書には「重大な欠陥」と書かれています。三ページ目にそのままの言葉で載っています。
住民の多くは、冬が来る前に学校の屋根を直すべきだという意見に賛成しています。
ご質問ありがとうございます。もう二十分も遅れていますので、手短にお答えします。
みんなで協力すれば、九月の終わりまでに工事をすべて終えることができるでしょう。
会場の皆さん、お静かに願います。次の発言はコミュニティセンターのスタッフの方です。
""",
    ),
    "zh-Hans": (
        ("主持人", "李晓东"),
        """\
各位早上好，现在开始今天的会议，首先欢迎所有远道而来的客人，感谢大家在百忙之中抽出时间。
我想问一下，过去五年里，为什么没有人修理村子旁边的那座旧桥？这个问题已经提过很多次了。
报告里说存在“严重的缺陷”，第三页上就是这样写的，请大家看一看。
大多数居民都同意，学校的屋顶应该在冬天到来之前修好，这件事不能再拖下去了。
谢谢您的提问，我尽量简短地回答，因为我们已经晚了二十分钟，后面还有三位代表要发言。
我认为，只要我们一起努力，整个工程到九月底就可以完成。
请会场保持安静，下面请议员发言，时间不超过三分钟。
""",
    ),
    "zh-Hant": (
        ("主持人", "林曉東"),
        """\
各位早安，現在開始今天的會議，首先歡迎所有遠道而來的客人，感謝大家在百忙之中抽出時間。
我想問一下，過去五年裡，為什麼沒有人修理村子旁邊的那座舊橋？這個問題已經提過很多次了。
報告裡說存在「嚴重的缺陷」，第三頁上就是這樣寫的，請大家看一看。
大多數居民都同意，學校的屋頂應該在冬天到來之前修好，這件事不能再拖下去了。
謝謝您的提問，我盡量簡短地回答，因為我們已經晚了二十分鐘，後面還有三位代表要發言。
我認為，只要我們一起努力，整個工程到九月底就可以完成。
請會場保持安靜，下面請議員發言，時間不超過三分鐘。
""",
    ),
    "ko": (
        ("위원장", "김민수"),
        """\
여러분 안녕하십니까. 지금부터 위원회 회의를 시작하겠습니다. 오늘 참석해 주신 손님들을 환영합니다.
지난 오 년 동안 왜 아무도 마을 옆의 낡은 다리를 고치지 않았는지 먼저 묻고 싶습니다.
보고서에는 심각한 결함이 있다고 적혀 있습니다. 세 번째 쪽에 그대로 나와 있습니다.
주민 대부분은 겨울이 오기 전에 학교 지붕을 수리해야 한다는 데 동의하고 있습니다.
질문 감사합니다. 벌써 이십 분이나 늦었으니 간단하게 답변드리도록 하겠습니다.
함께 노력한다면 구월 말까지 공사를 모두 끝낼 수 있을 것이라고 생각합니다.
조용히 해 주시기 바랍니다. 다음은 의원님의 발언이며 시간은 삼 분을 넘지 않습니다.
""",
    ),
}
