"""The commonest words, endings and letters of each language: what tells one from another in running text.

Words are case-folded; one that several languages share stands with each of them.  An ending is three letters
that close longer words, for languages that say with endings what others say with small words.
"""

from __future__ import annotations

#: Languages written in Latin letters.
LATIN: dict[str, str] = {
    "en": "the of and to in a is that for it was on are as with his they at be this from have or by one had not but"
    " what all were when we there can an your which their said if will each about how up out them then she many some"
    " so these would other into has more her two like him see time could no make than been its who now people my"
    " made over did down only way find use may i you he me us our don't it's i'm that's we're think know going very"
    " just because well do get here want say any should those where being why right everyone without against through"
    " law rights freedom shall such no own both same also equal under must yes thank good really something mean lot",
    "de": "der die und das ist in zu den nicht von mit sich des auf für dem ein eine als auch es an werden aus er"
    " hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur"
    " bis mehr durch man sein wurde wir ich ihr uns mir mich ihm ihn unser unsere kann können muss müssen soll"
    " sollen will wenn dann da hier jetzt schon doch ja nein was wer wo warum weil also sehr gut immer wieder keine"
    " kein jeder jede alle alles diese dieser dieses diesem ihre ihrer ihren seine seiner seinen gegen ohne zwischen"
    " unter worden sowie recht anspruch menschen damen herren habe bin bist seid hatte waren gibt heute mal eben"
    " ganz darf daß sondern",
    "fr": "de la le et les des en un une est que du dans pour qui par sur au ne se ce il pas plus sont avec son"
    " cette aux ou nous vous ils elle je tu mais on leur ses sa ces comme tout toute tous être fait ont été peut"
    " ainsi aussi si même bien très sans entre doit sous donc alors deux avoir faire dire parce puis quand où dont"
    " c'est d'un d'une qu'il n'est j'ai l'on s'est à avait était sera soit droit toutes personne autres notre nos"
    " votre vos mes mon ma moi lui eux cela ça oui non merci monsieur madame pays aujourd'hui encore rien chose"
    " toujours jamais depuis contre selon lorsque celui celle ceux chaque quel quelle leurs voilà c'était qu'on y a"
    " d' l'",
    "es": "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque"
    " esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra"
    " otros ese eso ante ellos e esto mí antes algunos qué unos yo otro otras otra él tanto esa estos mucho quienes"
    " nada muchos cual poco ella estar estas algunas algo nosotros es son está están ser era fue ha han hemos he"
    " había tiene tienen tenemos vamos hacer puede pueden sea toda todas derecho derechos persona personas así"
    " entonces bueno señor señora gracias ahora país aquí años cada día gobierno usted ustedes tiene cualquier ley"
    " bien fueron",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu"
    " sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter"
    " seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas havia"
    " seja qual será nós tenho lhe deles essas esses pelas este fosse dele tu te vocês vos lhes todo todos toda"
    " todas direito direitos pessoa pessoas então aqui porque são muita isto obrigado obrigada senhor senhora bem"
    " agora vai fazer pode podem nosso nossa ainda assim outro outros contra onde sobre qualquer sendo à",
    "it": "di e il la che in un a per è una sono del non con si da i le alla della dei come anche più lo nel al ma"
    " delle gli ha dal nella se o questo questa sua suo ci ed dalla essere ad hanno sul loro tra quando molto cui"
    " perché tutti tutto ogni anni stato dove chi io mi noi voi lui lei fare può c'è era degli agli alle ai dalle"
    " dai nei nelle sulla così poi ancora già senza dopo prima due sia siamo abbiamo ho hai questi queste quello"
    " quella quindi cosa bene grazie signor signora presidente nostro nostra loro solo contro diritto diritti"
    " individuo qualsiasi qui oggi però proprio sempre niente nessun stata stati fatto deve all'",
    "nl": "de van het een en in is dat op te zijn met voor die niet aan er om ook als dan maar door bij wordt uit"
    " naar of worden heeft tot over hij ze ik je we wij u jij zij hun hem haar mij ons onze mijn uw dit deze nog wel"
    " al was waren had hebben heb kan kunnen moet moeten zal zullen zou wil willen meer geen zo nu hier daar wat wie"
    " waar waarom omdat want dus heel veel goed altijd alle alles ieder iedere een andere zonder tussen tegen onder"
    " na recht rechten mensen dank ja nee even gaan doen gaat komt zich haar zijne hun eigen werd zoals toch weer"
    " iets eens ben bent",
    "pl": "w i na z nie się do że jest to o jak ale za po od przez co dla ma już tak są jego tym czy lub oraz który"
    " która które przy tego być może tylko ze był była było były ich jej go mnie pan pani państwo my wy ja ty on ona"
    " oni nas wam nam wszystkich wszystko bardzo jeszcze więc też także kiedy gdzie kto dlatego bo jeśli jeżeli aby"
    " żeby pod nad przed między bez każdy każda człowiek prawo prawa ma mają mamy będzie będą proszę dziękuję tej"
    " tych temu swoje swego swojej sobie których którym można trzeba teraz dziś nasz nasze a u we każdego jakie"
    " dlaczego",
    "cs": "a se v na je že o s z do i to jako za by k ale ve pro si po jsou jeho který která které tak od jak už"
    " nebo jsem jsme při také byl byla bylo byli co má jen až kde kdy kdo než však ze podle může mezi více před"
    " jejich které být není nebude bude budou protože když tedy ještě velmi dnes pane paní děkuji prosím ano ne my"
    " vy já ty oni ona on nás vás nám vám mi mě tento tato toto této těchto každý každý má právo práva lidé všechny"
    " všech svého svou své bez nad pod ani aby či pak tady teď nic něco dobře mají máme jsou ho mu ji jí něj",
    "sk": "a sa v na je že o s z do i to ako za by k ale vo pre si po sú jeho ktorý ktorá ktoré tak od už alebo som"
    " sme pri tiež bol bola bolo boli čo má len až kde kedy kto než však zo podľa môže medzi viac pred ich byť nie"
    " nebude bude budú pretože keď teda ešte veľmi dnes pán pani ďakujem prosím áno my vy ja ty oni ona on nás vás"
    " nám vám mi ma tento táto toto tejto týchto každý má právo práva ľudia všetky všetkých svojho svoju svoje bez"
    " nad pod ani aby či potom tu teraz nič niečo dobre majú máme ho mu ju jej so aj som ste slobody",
    "sl": "in je v na se da za ki so z s pa ne po od do kot ali tudi bi pri iz bo ko še o ter k kar lahko ni več le"
    " že ga sem smo jih biti to ta te tega tem jo mu jim njegov njihov ima imajo imamo med pred brez nad pod vsi vse"
    " vsak vsakdo pravico pravice človek kdo kaj kje kdaj kako zakaj ker če torej zato zelo danes gospod gospa hvala"
    " prosim ja jaz ti on ona mi vi oni nas vas nam vam meni sebe svoje svojega bil bila bilo bili bomo boste bodo"
    " samo potem tukaj zdaj dobro moramo mora kateri katera katere tako ampak pravi sta si nič nekaj kakršne",
    "hr": "i u je na se za da su s od o a kao koji koja koje ili do iz će po ne to biti nije što sa ali bi te sve"
    " može samo prema kako već jer još bio bila bilo bili sam smo ste ima imaju imamo među pred bez nad pod svi"
    " svatko svako pravo prava čovjek tko ko gdje kad kada zašto ako dakle zato vrlo danas gospodin gospođa hvala"
    " molim da ja ti on ona mi vi oni nas vas nam vam meni sebe svoje svoga svog svojih treba moramo mora zatim"
    " ovdje sada dobro neki kojim kojih njegov njegova njihov ovaj ova ovo toga tome nema ni niti takva li jedan"
    " zbog tako onda",
    "hu": "a az és hogy nem is egy van ez azt meg ezt de volt csak már el ha mert mint minden még vagy kell lehet"
    " nagyon most itt ott ki mi te ő én mi ti ők nekem neki azért ezért után alatt között szerint által illetve"
    " valamint joga joga van ember emberi minden egyes sem aki ami amely amelyet amelyek hol mikor hogyan miért igen"
    " köszönöm tisztelt elnök úr képviselő lesz lenni volna voltak vannak nincs nincsen olyan ilyen így úgy akkor"
    " tehát hiszen pedig akár senki senkit teljes jogot egyenlő fel be össze egész több más saját azok ezek ahol"
    " szabad jól kérem",
    "ro": "de și în a la cu nu o pe care din că un este mai pentru să sunt sau au ca prin fi ale al lui ei fost se"
    " ce după dar dacă le i am ai are aceasta acest această foarte când unde cine cum nici fără între către sub"
    " despre toate toți orice om persoană are dreptul drepturile drepturi noi voi eu tu el ea ele vă ne mă te îl îi"
    " lor sa său sale săi acum aici apoi bine mulțumesc domnule doamnă da decât doar încă numai astfel trebuie poate"
    " pot vom va vor fie nostru noastră fiecare altă alte cele cei cel cea dintre atunci doi asta ăsta ar",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan man"
    " när år säger hon under också efter eller nu sin där vid mot ska skulle kommer ut får finns vara hade alla"
    " andra mycket än här då sedan över bara in blir upp även vad få två vill ha många hur mer går sitt sina du ni"
    " mig dig oss er honom henne dem detta denna dessa var och rätt rättigheter envar mänskliga utan mellan tack"
    " herr talman därför eftersom just väl ja nej något någon inga ingen måste skall blev varit dess åt samt kunna"
    " bli våra vår",
    "da": "og i at det er en til af på som for med den der de har ikke et jeg han var men vi sig fra så kan man når"
    " om hun under også efter eller nu sin ved mod skal skulle kommer ud får være havde alle andre meget end her da"
    " siden over bare ind bliver op hvad to vil have mange hvordan mere går sit sine du i mig dig os jer ham hende"
    " dem dette denne disse ret rettigheder enhver uden mellem tak hr formand derfor fordi vel ja nej noget nogen"
    " ingen må blev været hvor hvem hvilke hvorfor lige selv ikke dog gør blive kunne ville sagt altså nogle af"
    " deres vores",
    "nb": "og i det er på som en til å av for at med den de har ikke et jeg han var men vi seg fra så kan man når om"
    " hun under også etter eller nå sin ved mot skal skulle kommer ut får være hadde alle andre mye enn her da siden"
    " over bare inn blir opp hva to vil ha mange hvordan mer går sitt sine du dere meg deg oss ham henne dem dette"
    " denne disse rett rettigheter enhver uten mellom takk herr president derfor fordi vel ja nei noe noen ingen må"
    " ble vært hvor hvem hvilke hvorfor selv gjør bli kunne ville sagt altså av deres våre vår slik blitt gjennom uten",
    "fi": "ja on ei se että hän oli mutta ovat kun kuin joka myös sen tai ole jos niin mitä ollut tämä hänen voi nyt"
    " vain sitä siitä jo minä sinä me te he minun meidän teidän heidän sekä jonka jotka joita kaikki kaikilla kanssa"
    " mukaan jälkeen ennen ilman kuten koska siis hyvin tänään herra rouva kiitos kyllä olen olemme olette olivat"
    " olisi täytyy pitää tulee tule saa oikeus oikeudet jokaisella ihmisellä jokainen eikä ettei mikä miksi missä"
    " milloin miten kuka tässä siinä täällä siellä tämän näin vielä enemmän aina koskaan mukaisesti kohti yli alla"
    " sellainen toinen",
    "et": "ja on ei et see oli ta aga kui ka siis oma või ning mis kes selle seda nad nii ma sa me te meie teie"
    " nende tema tema minu sinu kõik kõigi iga igal igaühel inimesel õigus õigused õigust ilma koos järgi pärast"
    " enne sest väga täna härra proua aitäh palun jah olen oleme olete olid oleks peab peavad tuleb saab võib mitte"
    " midagi miks kus millal kuidas siin seal nüüd veel rohkem alati olema olla selles sellest neid need juba ainult"
    " üle all nagu vaid poolt vastu ühe üks kaks teda mida keegi keda kellegi kelle eest",
    "lv": "un ir uz no ar par ka kas to bet kā vai tas tā ne pie pēc pa arī nav lai tiek bija būt es tu viņš viņa"
    " mēs jūs viņi mums jums man mani savu savas sava tikai jau vēl ļoti šodien kungs kundze paldies lūdzu jā nē ja"
    " tad tāpēc jo kur kad kurš kura kuri kāpēc visi viss visu katram katrs cilvēkam tiesības tiesību cilvēka bez"
    " starp zem pret līdz caur vairāk kopā var būs ir esam esat šo šī šis šajā tiem tās tam tādā nedrīkst neviens"
    " nevienu vajag nevar savā gan pats paši tomēr labi mūsu jūsu",
    "lt": "ir yra į iš kad su tai ne bet kaip ar už apie taip po jo jų tik savo nuo dėl prie jau dar buvo būti aš tu"
    " jis ji mes jūs jie mums jums man mane labai šiandien ponas ponia ačiū prašau nes jei jeigu tada todėl kur kada"
    " kuris kuri kurie kodėl visi viskas visų kiekvienas žmogus teisę teisės teisių turi be tarp prieš iki per"
    " daugiau kartu gali bus esame esate šis ši šią šiame tiems tos tam negalima niekas nė reikia negali pats gerai"
    " mūsų jūsų arba bei taip pat kiekvieno tokia kai o tačiau buvau",
    "tr": "ve bir bu da de için ile çok ne o gibi daha olarak olan var en kadar sonra ben sen biz siz onlar bize"
    " size bana sana onu onun bunu bunun değil mi mı mu mü ama ancak fakat çünkü veya ya hem her herkes şey şu nasıl"
    " neden niçin nerede kim hiç bütün tüm yok olduğu olduğunu oldu olan olur olacak olmak etmek eden edilen hakkı"
    " hakları hürriyet haiz göre karşı arasında üzerinde içinde bugün şimdi burada evet hayır teşekkür sayın başkan"
    " diye ise iki kendi herhangi hakkına vardır hakkıdır edilemez şahsın öyle böyle artık bizim sizin değildir",
    "vi": "và của là có được cho không các trong một người những với để này đã khi từ cũng đến về ở như trên ra thì"
    " mà vào phải nhiều hay hoặc bị tôi anh chị em chúng ta ông bà họ nó quyền mọi do đó theo sẽ rất làm gì nào đây"
    " thế nước tự mình cả việc sự nếu nhưng vì sao ai đang rồi lại còn chỉ hơn năm ngày thưa xin cảm ơn vâng đều bất"
    " cứ đối bảo vệ pháp luật con nhau giữa tại hội cùng sau trước",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka"
    " lebih kata tahun sudah atau saat oleh menjadi orang setiap kita kami anda dia ia adalah sebagai bahwa seperti"
    " dapat telah berhak hak atas secara para harus tanpa bagi antara serta maupun apa siapa mengapa bagaimana kapan"
    " mana hanya sangat banyak terima kasih bapak ibu ya bukan belum masih lagi semua seseorang ketika kalau jika"
    " maka hari apakah tentang sebuah seorang terhadap kepada agar",
    "ca": "de la i que el en a les per un els una amb no del és al es com més dels son seu seva o ha pel van són va"
    " si aquest aquesta també sobre entre però fins quan tot tots tota totes molt sense ser està hi ho li els ens us"
    " em et jo tu ell ella nosaltres vosaltres ells dret drets persona persones té tenen tenim hem han fer pot poden"
    " cal perquè on qui què així doncs ara aquí avui gràcies senyor senyora sí cada altre altres contra llei seves"
    " seus nostre nostra qualsevol ni mai res cap ja havia era l' d' s'ha dins sota",
    "gl": "de a o que e do da en un para é con non unha os no se na por máis as dos como pero foi ao el das ten á"
    " seu súa ou ser cando moi hai nos xa está eu tamén só polo pola ata iso ela entre era despois sen mesmo aos ter"
    " seus quen nas me ese eles están ti vostede tiña foron esa nin súas meu ás miña teñen polos elas había sexa cal"
    " será nós teño lle todo todos toda todas dereito dereitos persoa persoas entón aquí porque son isto grazas"
    " señor señora ben agora vai facer pode poden noso nosa aínda así outro outros contra onde sobre calquera sendo"
    " coa cos unhas uns",
    "eu": "eta da ez du bat ere dira izan dute baina hori egin beste edo da hau zen ditu den dela bere izango dago"
    " gizon eskubide eskubidea orok guztiek guztien guzti nahi behar arabera gabe artean kontra gure zure haien nire"
    " ni zu gu hura haiek zer nor non noiz nola zergatik bai eskerrik asko jauna andrea gaur orain hemen han oso"
    " asko gehiago beti beraz izateko egiteko ezin daiteke dezan dadin dena direnean baita nahiz zein hala beharko"
    " gara zara naiz dugu duzu dituen duen duten zuen zuten horiek hauek bakoitzak",
    "is": "og að í er á sem við til um með það en af ekki fyrir var hann hún þeir þau þær ég þú við þið okkur ykkur"
    " mér mig þér þig honum henni þeim eða svo ef þegar þar hér nú líka mjög alla allir allar allt hver hvað hvar"
    " hvenær hvers vegna því hafa hefur hafði hefði verið vera eru voru skal skulu skulum verður verða getur geta má"
    " rétt rétt til menn maður manna maður herra frú takk já nei án milli undir yfir eftir frá úr sín síns sínum"
    " sitt þess þessi þetta þessum þeirra eigi enginn engan annað aðra frjáls",
    "sq": "e të në i dhe për me që një nga është si ka në se nuk më do këtë kjo ky por ose edhe ishte janë kanë kemi"
    " jam jemi unë ti ai ajo ne ju ata atij asaj tyre tij saj tonë tuaj mund duhet gjithë çdo njeri kush ka të"
    " drejtë drejta drejtën pa midis ndërmjet kundër sipas kur ku pse çfarë cili cila sot tani këtu atje po jo"
    " faleminderit zoti zonja shumë vetëm qoftë qenë bërë kësaj këtij atë asnjë askush tjera tjetër duke deri mbi nën",
    "af": "die van en in het is 'n nie dat te vir met op wat hy sy aan om as ook maar was by tot uit word hulle ons"
    " jy julle my hom haar hul u ek dit deur sal kan moet wees geen elke iedereen reg regte vryheid of sonder tussen"
    " teen onder na hierdie daardie baie nou hier daar waar wie hoekom omdat want dus goed altyd alle alles ander"
    " dankie ja nee gaan doen kom mense wou sou het gehad nog so dan een word se mag",
    "ga": "agus an na a ar is i le go do ní ag de tá sé sí siad seo sin mar ach nó bhí bheith chun faoi gan idir ó"
    " as ina aon gach duine ceart cearta dhuine saoirse againn agam agat acu aige aici sibh sinn mé tú muid é í iad"
    " cad cé conas cathain cén fáth mura má nuair anois anseo inniu go raibh maith agat atá nach bhfuil raibh beidh"
    " féidir caithfidh dlí den don leis trí roimh thar uile sna ann",
    "cy": "y yr a i o yn ar am mae ac gan ei eu ein eich fy dy na ni nid yw oedd bod wedi i'r o'r a'r neu ond hefyd"
    " fel er mewn at dan dros rhwng heb pob pawb unrhyw un hawl hawliau rhyddid sydd bydd byddai gall rhaid fod chi"
    " ti fe hi nhw hwn hon hyn hynny beth pwy ble pryd sut pam nawr yma heddiw diolch ydy ydych ydw roedd maent trwy"
    " wrth ym yng gyda'i bo a'i nac",
    "mt": "il u li ta' ta ma fil fl għal bil b' minn hu hi huma aħna jien inti intom dan din dawn kull kulħadd dritt"
    " drittijiet jew mhux kien kienet kienu għandu għandha għandhom għandna meta fejn min kif għax imma biss iżjed"
    " ħafna illum issa hawn hemm iva le grazzi sur ikun tkun jkun bejn kontra taħt mingħajr skont kif",
    "tl": "ang ng sa na mga at ay ko ako ka siya kami kayo sila tayo ito iyan iyon hindi may mayroon para kung"
    " ngunit pero dahil bawat tao karapatan kalayaan lahat nang kanyang kaniyang kanilang ating aking iyong walang o"
    " din rin lamang po opo salamat ano sino saan kailan paano bakit ngayon dito doon kapag upang ni nina si sina",
    "sw": "na ya wa kwa ni katika za la kila mtu ana haki ya kuwa au cha vya watu hii hiyo huyo hao wao yake yao"
    " yangu sisi mimi wewe yeye nyinyi lakini kama sana pia hapa pale sasa leo ndiyo hapana asante bwana bibi nini"
    " nani wapi lini vipi kwanini hakuna bila kati ili wote yote mwenye ambayo ambao wake kuhusu",
    "eo": "la kaj de en al estas ne mi vi li ŝi ni ili tio ĉi kiu kiuj kiel por kun aŭ sed ankaŭ pri per sen inter"
    " ĉiu ĉiuj homo rajton rajtoj havas esti estis estos oni si sia lia ŝia nia via ilia kie kiam kial kio jes"
    " dankon tre nur pli ol el ĝi tiu tiuj ke se do ĉar jam nun tie",
    "sr-Latn": "i u ne na ja što on sa kao to po ali oni mi vi ka kod za bi iz tako ga sve od do me ti su je će da"
    " se si bio bila bilo bili samo još već ako ili ni biti kada evo ima mnogo nas vas mene njega nju njih"
    " ko gde zašto koji koja koje ovaj ova ovo može treba svako čovek pravo prava pri bez između protiv"
    " pod nad posle pred sada danas ovde tamo hvala molim gospodin gospođa s o a njihov njegov sam smo ste"
    " niko nijedan pošto niti šta pre uvek čovečanstva lepo mesto dve hteo videti umesto takođe jeste",
    "ms": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke kerana tersebut boleh ada"
    " mereka lebih kata tahun sudah atau ketika oleh menjadi orang setiap kita kami anda dia ia adalah"
    " ialah sebagai bahawa seperti dapat telah berhak hak atas secara para mesti tanpa bagi antara serta"
    " mahupun apa siapa mengapa bagaimana bila mana hanya sangat banyak terima kasih encik puan tuan ya"
    " bukan belum masih lagi semua seseorang sesiapa kalau jika maka hari tentang sebuah seorang terhadap"
    " kepada supaya hendaklah sahaja iaitu daripada beliau awak kerajaan tiada mempunyai kepunyaan yb"
    " berhormat",
    "nn": "og i det er på som ein til å av for at med den dei har ikkje eit eg han var men vi seg frå så kan"
    " når om ho også etter eller no sin ved mot skal skulle kjem ut får vere hadde alle andre mykje enn"
    " her då sidan over berre inn blir opp kva to vil ha mange korleis meir går sitt sine du de meg deg"
    " oss henne dette denne desse rett utan mellom takk herr president difor fordi vel ja nei noko nokon"
    " ingen må vart vore kvar kven kvifor sjølv gjer kunne ville sagt altså deira vår slik gjennom"
    " kvarandre",
    "az": "və bir bu üçün ilə ki hər olan malikdir hüququ hüquq olmaq də da nə o mən sən biz siz onlar bizim"
    " sizin var yox daha çox ən kimi kim hansı öz özünün onun bütün heç şəxs insan bilər edilə olunur"
    " qarşı görə sonra əgər amma lakin çünki bəli xeyr təşəkkür hörmətli cənab deyil idi olub",
    "uz": "va bir bu uchun bilan har huquqi huquqiga ega ham yoki edi emas bo'lgan bo'lishi kerak men sen biz"
    " siz ular u o'z o'zining uning barcha hech inson kishi lozim qarshi ko'ra keyin agar lekin chunki ha"
    " yo'q rahmat hurmatli janob bo'lib qilish qanday nima kim qayerda mumkin haqida",
    "la": "et in est non ad ut cum quod qui quae sed si a ab ex per de hoc sunt esse ne nec aut ac atque etiam"
    " enim autem eius eorum quam quo qua omnes omnium omni ius iure habet quisque homo hominis nemo sua"
    " suum suam sui se sibi vel pro sine inter contra nos vos ego tu ille illa haec hic quia erat fuit",
    "oc": "de la lo que e los en las un una per es a del dins amb non pas aquel aquesta sus mai son sa sas sos"
    " o se al als pel tota tot totas totes persona drech dreches dreit dret cada cal pòt aver far ieu"
    " nosautres vosautres eles elas el ela qual ont quand perqué mas tanben ren òc",
    "lb": "de déi den d'an dat ass net vun mat fir op mir dir si hien hatt ech et e eng en ze zu och wéi oder"
    " awer well wann wat wien wou hunn huet sinn war goufen gëtt kann muss soll all jiddereen recht mënsch"
    " säi seng hir hire ouni tëscht géint no vir dës dëst dësen merci nee jo",
    "fy": "de en it is fan yn in dat te hat net op foar mei oan by as om ek hy sy wy jim jo ik dy har syn hja"
    " wurde wurdt hawwe moat moatte kin kinne mar of elk elkenien rjocht rjochten minske frij sûnder"
    " tusken tsjin nei ûnder dizze dit wat wa wêr wêrom omdat want tankber ja nee gjin alle oer út troch",
}

#: Languages written in Cyrillic letters.
CYRILLIC: dict[str, str] = {
    "ru": "и в не на я что он с как это по но они мы вы к у же за бы из то так его все от для о мне был была было были"
    " только ещё еще уже если или ни быть до когда вот да нет есть очень чтобы себя их ему ей нам вам нас вас меня тебя"
    " кто где почему потому который которая которые которое этого этом этой том тоже также может можно надо нужно"
    " должен каждый человек имеет право права при без между против под над после перед сейчас сегодня здесь там спасибо"
    " пожалуйста уважаемые господин будет будут со об во ли тем чем эти этот эта свой своей своего"
    " ну ж ведь меня тебе него нее неё ними такой такая какой какая какое теперь потом даже опять совсем знаю хочу буду"
    " говорит сказал моя мое мой мои твой ваш ваша ваше наш наша наше куда отчего разве хоть хотя либо нибудь вдруг"
    " ничего никто никогда один одна одно два раз чего чем лишь более нее всех всем всего весь вся сам сама самый",
    "uk": "і в не на я що він з як це по але вони ми ви до у ж за б із то так його все від для про мені був була"
    " було були тільки ще вже якщо або ні бути коли ось та є дуже щоб себе їх йому їй нам вам нас вас мене тебе хто"
    " де чому тому який яка які яке цього цьому цієї цей ця також може можна треба потрібно повинен кожна кожен"
    " людина має право права при без між проти під над після перед зараз сьогодні тут там дякую прошу шановні пан"
    " пані буде будуть зі й свої своєї свого їхній й ні",
    "be": "і ў не на я што ён з як гэта па але яны мы вы да у ж за б са то так яго усе ад для пра мне быў была было"
    " былі толькі яшчэ ўжо калі ці або ні быць вось ды ёсць вельмі каб сябе іх яму ёй нам вам нас вас мяне цябе хто"
    " дзе чаму таму які якая якія якое гэтага гэтым гэтай гэты таксама можа можна трэба павінен кожны чалавек мае"
    " права правы пры без паміж супраць пад над пасля перад цяпер сёння тут там дзякуй калі ласка будзе будуць"
    " з'яўляецца сваё свайго",
    "bg": "и в не на аз че той с как това по но те ние вие към у за бих из то така го всички от до ме ти ми са е ще"
    " да се си беше бяха само още вече ако или ни бъде когато ето има много за нас вас мен него нея тях кой къде"
    " защо който която които което този тази тези това може трябва всеки човек право права при без между против под"
    " над след пред сега днес тук там благодаря моля господин госпожа като със във им му ѝ ги нито никой бил била"
    " били съм сме сте",
    "sr": "и у не на ја што он са као то по али они ми ви ка код за би из тако га све од до ме ти су је ће да се си"
    " био била било били само још већ ако или ни бити када ево има много нас вас мене њега њу њих ко где зашто који"
    " која које овај ова ово може треба свако човек право права при без између против под над после пред сада данас"
    " овде тамо хвала молим господин госпођа с о а њихов његов сам смо сте нико ниједан пошто нити",
    "mk": "и во не на јас што тој со како тоа по но тие ние вие кон кај за би од така го сите до ме ти ми се е ќе да"
    " си беше беа само уште веќе ако или ни биде кога еве има многу нас вас мене него неа нив кој каде зошто која"
    " кои кое овој оваа овие ова може треба секој човек право права при без меѓу против под над после пред сега"
    " денес тука таму благодарам молам господин госпоѓа нивните неговите сум сме сте никој нема ниту ги им му ја бил"
    " била",
    "kk": "және бар бір осы бұл де да үшін мен сен ол біз сіз олар еді емес болып болған болады бойынша туралы адам"
    " әр әрбір құқығы құқық құқықтары құқылы керек өз өзінің оның барлық немесе сондай ақ бойы кейін қарсы жоқ қалай"
    " неге кім қайда рахмет деп тиіс ешкім қандай жағдайда арқылы ретінде арасында",
    "ky": "жана бар бир ушул бул да үчүн мен сен ал биз сиз алар эле эмес болуп болгон болот боюнча жөнүндө адам ар"
    " укугу укук укуктары укуктуу керек өз өзүнүн анын бардык же кийин каршы жок кандай эмне ким кайда рахмат деп"
    " тийиш эч катары",
    "mn": "нь ба бол юм энэ тэр би бид та тэд нар байна байх байсан бөгөөд буюу хүн хүний эрх эрхтэй эрхийг бүр бүх"
    " өөрийн тухай дагуу хувьд гэж гэсэн гэх мөн болон байгаа ямар хэн хаана яагаад баярлалаа үгүй тийм аль ч эсхүл уу",
    "tg": "ва дар аз ба ки ин он бо барои ҳар мо ман шумо онҳо аст буд шуд мебошад дорад ҳуқуқ ҳуқуқи дорад инсон ё"
    " на бе байни худ худро ҳама бояд метавонад ташаккур чӣ кӣ кай чаро имрӯз ҳеҷ",
}

#: Languages written in Devanagari.
DEVANAGARI: dict[str, str] = {
    "hi": "के है में की और का को से हैं पर यह इस कि जो कर ने हो भी तो ही था थे थी एक हम आप वह ये वे मैं नहीं लिए अपने"
    " किया गया या तक उस उन इन अधिकार प्रत्येक व्यक्ति किसी बहुत क्या क्यों कौन कहाँ धन्यवाद जी हूँ रहा रहे रही",
    "mr": "आहे आणि या च्या ची चा चे व हे ते तो ती मी आम्ही आपण त्या त्यांच्या त्याच्या असे आहेत होते होता नाही पण किंवा"
    " साठी मध्ये प्रत्येक मनुष्याला अधिकार कोणत्याही सर्व स्वतःच्या काय का कोण कुठे धन्यवाद करण्याचा म्हणून असलेल्या",
    "ne": "छ र को मा का लाई ले हो यो त्यो म हामी तपाईं उनी छन् थियो थिए हुन्छ गर्न गर्ने भएको पनि वा प्रत्येक"
    " व्यक्तिलाई अधिकार हुनेछ कुनै सबै आफ्नो के किन को कहाँ धन्यवाद गरी तथा",
}

#: Three letters that close a word of five or more.
ENDINGS: dict[str, str] = {
    "en": "ing ion ity ness ous ted ers",
    "de": "ung gen hen ten ich eit ten",
    "fr": "ent tés eux ait ées",
    "es": "ión dad ado mos nte aci",
    "pt": "ção ões ade mos nte",
    "it": "ione ità are ato nte zza gli",
    "nl": "ing den ijk eid gen",
    "pl": "ych ego ści nia ego ści eni",
    "cs": "ých ého ost ení ích",
    "sk": "ých ého osť nie ích",
    "sl": "nje ega ih ost nja",
    "hr": "nje nja ost nog ima",
    "hu": "ban ben nak nek ság ség hoz hez tól ért ott ett",
    "ro": "lor lui ilor ția țiu ului ere ele",
    "sv": "ning rna het tet nde",
    "da": "ing erne hed nde",
    "nb": "ing ene het nde",
    "fi": "ssa ssä sta stä lla llä lle nen sen een iin uus yys ksi aan ään tta ttä ista",
    "et": "use sed tud nud mis ste dus dab ist sse ega",
    "lv": "ību iem jas šan ība ņēm ais anas",
    "lt": "mas imo ymo ams oms iai ius uos yje",
    "tr": "lar ler nın nin dır dir ını ini mak mek rın rin",
    "eu": "ren tan tik tzen eko ari ean rik",
    "id": "kan nya ang",
    "eo": "ojn oj aj oj as is os",
    "is": "inn num ður ina ðar",
    "sq": "ve ës it ave ëve",
    "sw": "isha iwa ika",
}

#: Letters that few languages have.
LETTERS: dict[str, str] = {
    "de": "ßäöü",
    "fr": "éèêçàùœ",
    "es": "ñ¿¡",
    "pt": "ãõçê",
    "it": "àèòù",
    "pl": "łąęśćżźńó",
    "cs": "řěůčšžý",
    "sk": "ľĺŕôčšžý",
    "sl": "čšž",
    "hr": "đćčšž",
    "sr-Latn": "đćčšž",
    "nn": "æøå",
    "az": "əğışçöü",
    "oc": "òçè",
    "lb": "ëéä",
    "fy": "ûêú",
    "hu": "őűáéö",
    "ro": "țșăâîţş",
    "sv": "åäö",
    "da": "æøå",
    "nb": "æøå",
    "fi": "äö",
    "et": "õäöü",
    "lv": "āēīūņļķģšž",
    "lt": "ėęųūįšž",
    "tr": "ğışçöü",
    "vi": "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơưđ",
    "ca": "·çèòà",
    "is": "ðþæö",
    "sq": "ëç",
    "mt": "ħżġċ",
    "eo": "ĉĝĥĵŝŭ",
    "cy": "ŵŷ",
    "ga": "áéíóú",
    "af": "ê",
    "ru": "ыэёщъ",
    "uk": "іїєґ",
    "be": "ўіёыэ",
    "bg": "ъщѝ",
    "sr": "ђјљњћџ",
    "mk": "ѓѕјљњќџ",
    "kk": "әғқңөұүһі",
    "ky": "өүң",
    "mn": "өүэ",
    "tg": "ҳқҷӣӯғ",
}

#: What languages call themselves, and what they are called in English.
NAMES: dict[str, str] = {
    name: code
    for code, names in {
        "en": "english englisch anglais inglés",
        "de": "german deutsch allemand",
        "fr": "french français",
        "es": "spanish español castellano",
        "pt": "portuguese português",
        "it": "italian italiano",
        "nl": "dutch nederlands",
        "pl": "polish polski",
        "cs": "czech čeština",
        "sk": "slovak slovenčina",
        "sl": "slovenian slovenščina",
        "hr": "croatian hrvatski",
        "sr": "serbian српски srpski",
        "hu": "hungarian magyar",
        "ro": "romanian română",
        "sv": "swedish svenska",
        "da": "danish dansk",
        "no": "norwegian norsk",
        "fi": "finnish suomi",
        "et": "estonian eesti",
        "lv": "latvian latviešu",
        "lt": "lithuanian lietuvių",
        "tr": "turkish türkçe",
        "el": "greek ελληνικά",
        "ru": "russian русский",
        "uk": "ukrainian українська",
        "bg": "bulgarian български",
        "ar": "arabic العربية",
        "he": "hebrew עברית",
        "fa": "persian farsi فارسی",
        "hi": "hindi हिन्दी",
        "ja": "japanese 日本語",
        "ko": "korean 한국어",
        "zh": "chinese 中文",
        "zh-Hant": "繁體中文 正體中文",
        "zh-Hans": "简体中文",
        "vi": "vietnamese",
        "id": "indonesian",
        "ca": "catalan català",
    }.items()
    for name in names.split()
}
