# ruff: noqa: E501, RUF001 - other alphabets, and sentences kept whole
"""Sentences to speak in other languages than English, written to touch lips often, and how lines are made of them."""

from __future__ import annotations

import numpy as np

_LINES = {
    "de": """Mein Bruder baut ein großes Haus am Ufer.|Fünf schöne Mädchen pflücken früh am Morgen Pflaumen.
Warum hast du mir nichts davon gesagt?|Der Bäcker öffnet um sechs die Tür.|Wir fahren morgen mit dem Zug nach Hamburg.
Möchten Sie einen Kaffee oder lieber Tee?|Das ist doch unmöglich!|Pass bitte auf die Pfütze vor dem Bahnhof auf.
Der Vogel flog über den Wald davon.|Ich weiß nicht, ob er heute noch kommt.|Komm sofort hierher!
Meine Mutter mag Bücher über ferne Völker.""",
    "fr": """Mon père boit un bon vin blanc.|Une jeune femme chante sous la pluie.|Où est-ce que tu vas ce soir ?
Deux petits oiseaux bleus volent vers le bois.|Je voudrais un peu plus de beurre, s'il vous plaît.
Le boulanger ferme la boutique à huit heures.|C'est absolument magnifique !|Elle a vu la lune au-dessus du pont.
Nous partons demain pour Bordeaux.|Il pleut beaucoup en novembre.|Pourquoi ne m'as-tu pas appelé ?
Mes amis habitent près du vieux moulin.""",
    "es": """Mi abuelo vive en un pueblo muy bonito.|El perro corre rápido por la playa.|¿Dónde has puesto las llaves?
Mañana compramos pan y fruta en el mercado.|¡Qué sorpresa tan buena!|La lluvia empapó todos los papeles.
Pablo y María beben un poco de agua.|No me lo puedo creer.|El jueves viajamos a Bilbao en tren.
Mi vecina pinta flores en la pared.|¿Por qué no vienes a verme?|Había mucha gente en la plaza.""",
    "es-mx": """Mi mamá prepara tamales los domingos.|¿Ya viste la película nueva?|El camión pasa por la avenida a las ocho.
Vamos a bailar toda la noche.|¡No manches, qué bonito!|Me gusta el pan dulce con café.
Los niños juegan futbol en el parque.|Se me olvidó comprar las boletas.""",
    "pt": """Meu pai comprou pão e café na padaria.|Amanhã não vou trabalhar.|Onde você deixou o meu livro?
A menina bonita brinca na beira do mar.|Muito obrigado pela ajuda!|O vento abriu a porta da varanda.
Minha família mora perto da ponte.|Hoje choveu muito em São Paulo.|Por que você não me falou?
Um pássaro pequeno pousou na janela.|Eu preferia ficar em casa.|Bebemos um pouco de vinho branco.""",
    "it": """Mio padre beve un bicchiere di vino.|Gli amici giocano a pallone in piazza.|Dove hai messo le chiavi?
Domani compriamo pane, burro e uova.|Che bella sorpresa!|La pioggia ha bagnato tutti i fogli.
Il bambino dorme vicino al camino.|Non ci posso credere.|Giovedì partiamo per Bologna con il treno.
La vicina dipinge fiori sul muro.|Perché non vieni a trovarmi?|Abbiamo perso l'ultimo autobus.""",
    "nl": """Mijn vader bouwt een huis in het bos.|De vrouw koopt bruine schoenen.|Waarom heb je mij niet gebeld?
We fietsen morgen naar de markt.|Wat een mooie verrassing!|De bakker maakt vroeg de winkel open.
Ik weet niet of hij vandaag komt.|Het vuur brandt goed in de haard.|Mag ik nog een kopje koffie?
De boer vond vijf paarse bloemen.""",
    "sv": """Min bror bor i en liten by vid havet.|Mamma köper blåbär på torget.|Varför sa du ingenting?
Sju sjuka sjömän sjöng på båten.|Vilken fin överraskning!|Vi åker till Uppsala på måndag.
Fågeln flög över den mörka skogen.|Jag vet inte om han kommer.|Kan jag få en kopp kaffe?
Pappa bakar bröd varje morgon.""",
    "nb": """Broren min bor på en gård ved fjorden.|Mamma kjøper brød og smør på butikken.|Hvorfor sa du ingenting?
Vi reiser til Bergen på fredag.|For en fin overraskelse!|Fuglen fløy over den mørke skogen.
Jeg vet ikke om han kommer i dag.|Kan jeg få en kopp kaffe?|Far maler båten blå.""",
    "da": """Min bror bor på en gård med mange køer.|Mor køber brød og smør på torvet.|Hvorfor sagde du ikke noget?
Vi rejser til Aalborg på fredag.|Sikke en dejlig overraskelse!|Fuglen fløj over den mørke skov.
Jeg ved ikke, om han kommer.|Må jeg få en kop kaffe?|Drengen spiser rødgrød med fløde.""",
    "fi": """Äiti ostaa mustikoita torilta.|Yö on pimeä ja tuuli puhaltaa.|Miksi et puhunut minulle mitään?
Minun veljeni rakentaa pienen veneen.|Mikä ihana yllätys!|Menemme huomenna junalla Tampereelle.
Lintu lensi mustan metsän yli.|En tiedä, tuleeko hän tänään.|Saanko kupin kahvia?|Poika pesee papan uutta pyörää.
Lumi peittää koko kaupungin.|Me puhumme aina ruoasta.""",
    "pl": """Mama kupiła pięć bułek i masło.|Mój brat buduje dom nad morzem.|Dlaczego mi nie powiedziałeś?
Jutro jedziemy pociągiem do Poznania.|Jaka miła niespodzianka!|Ptak przeleciał nad ciemnym lasem.
Nie wiem, czy on dzisiaj przyjdzie.|Czy mogę prosić o kawę?|W szczebrzeszynie chrząszcz brzmi w trzcinie.
Babcia piecze pyszne ciasto.|Piotr bawi się piłką w parku.""",
    "cs": """Máma peče buchty a táta pije pivo.|Můj bratr staví dům u lesa.|Proč jsi mi nic neřekl?
Zítra pojedeme vlakem do Prahy.|To je ale krásné překvapení!|Pták přeletěl nad temným lesem.
Nevím, jestli dnes přijde.|Mohu prosit kávu?|Babička má bílou kočku.|Ve středu bude bouřka a vítr.
Příliš žluťoučký kůň pil vodu.|Chlapec běží přes most.""",
    "sk": """Mama pečie koláče a otec pije kávu.|Môj brat býva pri rieke.|Prečo si mi nič nepovedal?
Zajtra pôjdeme vlakom do Bratislavy.|To je ale pekné prekvapenie!|Vták preletel ponad tmavý les.
Neviem, či dnes príde.|Babka má bielu mačku.|Chlapec beží cez most.""",
    "hu": """Anyám gyümölcsöt vett a piacon.|A fűben ül egy barna nyúl.|Miért nem mondtál semmit?
Holnap vonattal megyünk Pécsre.|Milyen szép meglepetés!|A madár átrepült az erdő fölött.
Nem tudom, eljön-e ma.|Kérek egy pohár vizet.|A bátyám házat épít a tó partján.|Péntek este mindig főzünk.""",
    "ro": """Mama face pâine și băiatul bea apă.|Fratele meu are o casă pe munte.|De ce nu mi-ai spus nimic?
Mâine plecăm cu trenul la Brașov.|Ce surpriză frumoasă!|Pasărea a zburat peste pădure.
Nu știu dacă vine astăzi.|Vreau o cafea cu lapte.|Bunica are o pisică albă.""",
    "tr": """Babam pazardan üzüm ve peynir aldı.|Güzel gözlü kız pencereden baktı.|Neden bana bir şey söylemedin?
Yarın trenle Bursa'ya gidiyoruz.|Ne güzel bir sürpriz!|Kuş karanlık ormanın üzerinden uçtu.
Bugün gelir mi bilmiyorum.|Bir bardak çay alabilir miyim?|Büyükannem her sabah ekmek yapar.
Ben bu işi çok beğendim.""",
    "ru": """Мама мыла раму, а папа пил воду.|Мой брат построил дом у моря.|Почему ты мне ничего не сказал?
Завтра мы поедем на поезде в Москву.|Какой приятный сюрприз!|Птица полетела над тёмным лесом.
Я не знаю, придёт ли он сегодня.|Можно мне чашку кофе?|Бабушка печёт вкусный пирог.|Жук ползёт по большому листу.
Мы всю жизнь любим музыку.|Пётр объявил перерыв.""",
    "uk": """Мама варить борщ, а бабуся п'є чай.|Мій брат живе біля моря.|Чому ти мені нічого не сказав?
Завтра ми поїдемо до Києва.|Яка приємна несподіванка!|Птах полетів над темним лісом.
Я не знаю, чи він прийде.|Можна мені каву?|Хлопець біжить через міст.""",
    "el": """Η μητέρα μου πίνει νερό.|Ο αδελφός μου μένει κοντά στη θάλασσα.|Γιατί δεν μου είπες τίποτα;
Αύριο πάμε με το τρένο στην Πάτρα.|Τι όμορφη έκπληξη!|Το πουλί πέταξε πάνω από το δάσος.
Δεν ξέρω αν θα έρθει σήμερα.|Μπορώ να έχω έναν καφέ;|Η γιαγιά φτιάχνει ψωμί.""",
    "id": """Bapak membeli buku di pasar pagi.|Ibu memasak nasi dan sayur bayam.|Mengapa kamu tidak memberi tahu saya?
Besok kami pergi ke Bandung naik kereta.|Sungguh kejutan yang bagus!|Burung itu terbang di atas hutan.
Saya tidak tahu apakah dia datang.|Boleh saya minta kopi?|Paman punya kebun mawar.""",
    "ms": """Ayah membeli roti di pasar pagi.|Emak memasak bubur pulut hitam.|Kenapa kamu tidak beritahu saya?
Esok kami pergi ke Melaka.|Bapa saudara saya membaiki perahu.|Boleh beri saya secawan kopi?
Hujan lebat sepanjang malam.|Burung itu terbang jauh.""",
    "sw": """Baba anakula wali na mboga.|Mtoto anapenda kucheza mpira.|Kwa nini hukuniambia?
Kesho tutapanda basi kwenda Mombasa.|Mama anapika ugali na samaki.|Ndege aliruka juu ya msitu.
Sijui kama atakuja leo.|Naomba kikombe cha chai.|Bibi ana paka mweupe.""",
    "eo": """Bona patro trinkas puran akvon.|Mia frato loĝas apud la maro.|Kial vi nenion diris al mi?
Morgaŭ ni veturos per trajno.|Kia bela surprizo!|La birdo flugis super la arbaro.
Mi ne scias, ĉu li venos.|Ĉu mi povas havi kafon?|La panbakisto vendas bonan panon.""",
    "hr": """Majka peče kruh, a dječak pije vodu.|Moj brat živi blizu mora.|Zašto mi ništa nisi rekao?
Sutra putujemo vlakom u Zagreb.|Kakvo lijepo iznenađenje!|Ptica je preletjela preko šume.
Ne znam hoće li danas doći.|Mogu li dobiti kavu?|Baka ima bijelu mačku.""",
    "sr": """Мајка пече хлеб, а дечак пије воду.|Мој брат живи близу мора.|Зашто ми ништа ниси рекао?
Сутра путујемо возом у Београд.|Какво лепо изненађење!|Птица је полетела преко шуме.
Не знам да ли долази данас.|Бака има белу мачку.""",
    "bg": """Мама пече хляб, баща ми пие вода.|Брат ми живее близо до морето.|Защо не ми каза нищо?
Утре пътуваме с влак до Пловдив.|Каква приятна изненада!|Птицата полетя над гората.
Не знам дали ще дойде днес.|Баба има бяла котка.""",
    "sl": """Mati peče kruh, otrok pije vodo.|Moj brat živi blizu morja.|Zakaj mi nisi nič povedal?
Jutri gremo z vlakom v Maribor.|Kakšno lepo presenečenje!|Ptica je poletela čez gozd.
Ne vem, če danes pride.|Babica ima belo mačko.""",
    "et": """Ema ostis poest piima ja võid.|Mu vend elab mere ääres.|Miks sa mulle midagi ei öelnud?
Homme sõidame rongiga Tartusse.|Milline tore üllatus!|Lind lendas üle pimeda metsa.
Ma ei tea, kas ta täna tuleb.|Vanaema küpsetab pirukaid.""",
    "lv": """Māte cep maizi, bērns dzer pienu.|Mans brālis dzīvo pie jūras.|Kāpēc tu man neko neteici?
Rīt braucam ar vilcienu uz Liepāju.|Cik jauks pārsteigums!|Putns pārlidoja pāri mežam.
Es nezinu, vai viņš nāks.|Vecāmāte baro balto kaķi.""",
    "lt": """Mama kepa pyragą, berniukas geria pieną.|Mano brolis gyvena prie jūros.|Kodėl man nieko nesakei?
Rytoj važiuojame į Vilnių.|Kokia graži staigmena!|Paukštis praskrido virš miško.
Nežinau, ar jis šiandien ateis.|Močiutė turi baltą katę.""",
    "cy": """Mae mam yn prynnu bara a llaeth.|Mae fy mrawd yn byw ger y môr.|Pam na ddywedaist ti ddim byd?
Rydym yn mynd i Fangor yfory.|Dyna syrpreis braf!|Hedfanodd yr aderyn dros y coed.
Mae nain yn pobi bara.|Bore da, sut wyt ti?""",
    "ca": """La mare compra pa i vi blanc.|El meu germà viu prop del mar.|Per què no em vas dir res?
Demà anem amb tren a Girona.|Quina sorpresa més bonica!|L'ocell va volar per damunt del bosc.
No sé si vindrà avui.|Puc prendre un cafè?|L'àvia té un gat blanc.|Plou molt a la tardor.""",
    "la": """Puer bonus panem edit et aquam bibit.|Mater mea rosas amat.|Quis venit in villam?
Cras ambulabimus per silvam.|Avis parva supra montem volat.|Nescio quid pater promiserit.
Omnes pueri verba magistri audiunt.|Bona fama omnibus placet.""",
    "vi": """Mẹ tôi mua bánh mì ở chợ.|Bà uống nước và ăn phở.|Anh trai tôi sống gần biển.
Ngày mai chúng tôi đi Hà Nội.|Trời hôm nay đẹp quá!|Con chim bay qua khu rừng.
Tôi không biết bao giờ anh ấy về.|Cho tôi một cốc cà phê.""",
    "hi": """मेरी माँ बाज़ार से फल लाती है।|बच्चा पानी पीता है।|मेरा भाई समुद्र के पास रहता है।|तुमने मुझे कुछ क्यों नहीं बताया?
कल हम रेल से बनारस जाएँगे।|वाह, कितना सुंदर फूल है!|पिता अपना काम पूरा करते हैं।|मुझे एक कप चाय चाहिए।""",
    "mr": """आई बाजारातून फळे आणते.|माझा भाऊ समुद्राजवळ राहतो.|तू मला काही का सांगितले नाहीस?
बाबा रोज सकाळी पेपर वाचतात.|पक्षी जंगलावरून उडाला.|मला एक कप चहा पाहिजे.""",
    "te": """అమ్మ పండు కొన్నది.|మా అన్న ఊరిలో ఉంటాడు.|నువ్వు ఎప్పుడు వస్తావు?|పాప పాలు తాగింది.|బాబు బంతి ఆడుతున్నాడు.
మాకు మంచి పువ్వులు కావాలి.""",
    "ko": """어머니가 시장에서 빵을 사요.|아버지는 물을 마셔요.|왜 아무 말도 안 했어요?|내일 기차로 부산에 가요.
정말 예쁜 꽃이네요!|새가 숲 위로 날아갔어요.|커피 한 잔 주세요.|봄비가 밤새 내렸어요.""",
    "ja": """おかあさんは パンを かいます。|おとうさんは みずを のみます。|どうして なにも いわなかったの？
あしたは でんしゃで おおさかへ いきます。|とても きれいな はなですね。|とりが もりの うえを とびました。
コーヒーを いっぱい ください。|ふゆの びょういんは さむいです。|わたしは まいあさ まちを あるきます。""",
    "zh": """wo3 ba4 ba5 mai3 mian4 bao1.|ma1 ma5 he1 shui3.|peng2 you5 men5 qu4 bei3 jing1.|ni3 wei4 shen2 me5 bu4 shuo1 hua4?
jin1 tian1 tian1 qi4 hen3 hao3.|wo3 xiang3 he1 yi4 bei1 cha2.|xiao3 niao3 fei1 guo4 shu4 lin2.|ming2 tian1 wo3 men5 fu4 mu3 lai2.""",
    "af": """My pa bou 'n huis by die see.|Die vrou koop brood en vis.|Hoekom het jy niks gesê nie?
Môre ry ons met die trein.|Wat 'n mooi verrassing!|Die voël vlieg oor die bos.
Ek weet nie of hy vandag kom nie.|Ouma bak elke week beskuit.""",
    "is": """Mamma bakar brauð og pabbi drekkur vatn.|Bróðir minn býr við sjóinn.|Af hverju sagðir þú ekkert?
Á morgun förum við til Akureyrar.|En falleg gjöf!|Fuglinn flaug yfir fjallið.
Ég veit ekki hvort hann kemur.|Amma á hvítan kött.""",
    "mt": """Ommi xtrat il-ħobż u l-ħalib.|Ħija joqgħod ħdejn il-baħar.|Għaliex ma għidtli xejn?
Għada mmorru l-Belt bil-karozza.|X'sorpriża sabiħa!|L-għasfur tar fuq is-siġar.|Missieri qed jaqra ktieb.""",
    "ka": """დედა პურს აცხობს.|ჩემი ძმა ზღვასთან ცხოვრობს.|რატომ არაფერი მითხარი?|ხვალ მატარებლით მივდივართ.
რა ლამაზი ყვავილია!|ბებიას თეთრი კატა ჰყავს.|მამა ყავას სვამს.""",
    "eu": """Amak ogia erosi du gaur goizean.|Nire anaia itsasoaren ondoan bizi da.|Zergatik ez didazu ezer esan?
Bihar trenez Bilbora goaz.|Hau bai ezusteko polita!|Txoria basoaren gainetik joan zen.|Amonak katu zuri bat du.""",
    "sq": """Nëna pjek bukë, djali pi ujë.|Vëllai im jeton pranë detit.|Pse nuk më the asgjë?|Nesër shkojmë me tren në Durrës.
Sa surprizë e bukur!|Zogu fluturoi mbi pyll.|Gjyshja ka një mace të bardhë.""",
    "ga": """Tá mo mháthair ag ceannach aráin.|Tá mo dheartháir ina chónaí cois farraige.|Cén fáth nach ndúirt tú aon rud?
Beidh muid ag dul go Gaillimh amárach.|Tá cat bán ag mamó.|Maidin mhaith, conas atá tú?""",
    "az": """Anam bazardan alma aldı.|Qardaşım dəniz kənarında yaşayır.|Niyə mənə heç nə demədin?|Sabah qatarla Bakıya gedirik.
Nə gözəl sürpriz!|Quş meşənin üstündən uçdu.|Nənəm hər səhər çörək bişirir.""",
}  # fmt: skip
SENTENCES: dict[str, tuple[str, ...]] = {tag: tuple(t.replace("\n", "|").split("|")) for tag, t in _LINES.items()}


def line(language: str, rng: np.random.Generator, characters: float = 70.0) -> str:
    """One to three different sentences of a language, now and then with a number, about so many characters long."""
    sentences = SENTENCES[language]
    if language == "zh":  # written by syllables, with tones
        characters *= 1.6
    parts: list[str] = []
    for i in rng.permutation(len(sentences)):
        parts.append(sentences[i])
        if sum(map(len, parts)) >= characters * rng.uniform(0.5, 1.1):
            break
    if rng.random() < 0.12:
        parts.insert(int(rng.integers(len(parts) + 1)), f"{rng.integers(2, 2030)}.")
    return " ".join(parts)
