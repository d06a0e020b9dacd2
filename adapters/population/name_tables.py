"""Names by the tables: common given and family names, each in the scripts in which a camp register meets it.

Public knowledge about names, no list of persons. One line is one name: Arabic script, the Latin spellings that officers
really type (separated by ``/``), Cyrillic. The spellings of one line are one name, written by different hands.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Spelt(NamedTuple):
    """One name in the scripts of a register."""

    arabic: str
    latin: tuple[str, ...]
    cyrillic: str


def _table(lines: str) -> tuple[Spelt, ...]:
    rows = (line.split("|") for line in lines.strip().splitlines())
    return tuple(Spelt(arabic, tuple(latin.split("/")), cyrillic) for arabic, latin, cyrillic in rows)


MEN: Final = _table("""
محمد|Mohammed/Muhammad/Mohamed/Mohammad|Мухаммад
محمود|Mahmoud/Mahmud|Махмуд
أحمد|Ahmed/Ahmad|Ахмад
علي|Ali|Али
حسن|Hassan/Hasan|Хасан
حسين|Hussein/Husayn/Hussain|Хусейн
عمر|Omar/Umar|Умар
خالد|Khaled/Khalid|Халид
يوسف|Yusuf/Youssef/Yousif|Юсуф
إبراهيم|Ibrahim/Ebrahim|Ибрагим
إسماعيل|Ismail/Ismael|Исмаил
عبد الله|Abdullah/Abdallah|Абдулла
عبد الرحمن|Abdulrahman/Abd al-Rahman/Abdurrahman|Абдурахман
مصطفى|Mustafa/Mostafa|Мустафа
سعيد|Said/Saeed|Саид
صالح|Saleh/Salih|Салих
حمزة|Hamza|Хамза
بلال|Bilal|Билал
طارق|Tariq/Tarek|Тарик
زيد|Zaid/Zayd|Зейд
أنس|Anas|Анас
مروان|Marwan|Марван
رشيد|Rashid/Rachid|Рашид
كريم|Karim/Kareem|Карим
جمال|Jamal/Gamal|Джамал
ماجد|Majid/Majed|Маджид
سليمان|Suleiman/Sulayman|Сулейман
داود|Dawud/Daoud|Дауд
موسى|Musa/Moussa|Муса
عيسى|Isa/Issa|Иса
يعقوب|Yaqub/Yacoub|Якуб
أيوب|Ayyub/Ayoub|Аюб
زكريا|Zakariya/Zakaria|Закария
يحيى|Yahya|Яхья
قاسم|Qasim/Kasim|Касим
جابر|Jaber/Jabir|Джабир
فارس|Faris/Fares|Фарис
نور الدين|Nour al-Din/Nureddin|Нуреддин
صلاح|Salah|Салах
عدنان|Adnan|Аднан
""")

WOMEN: Final = _table("""
فاطمة|Fatima/Fatma/Fatimah|Фатима
عائشة|Aisha/Aicha/Ayesha|Аиша
خديجة|Khadija/Khadijah|Хадиджа
مريم|Maryam/Mariam|Марьям
زينب|Zainab/Zaynab|Зейнаб
آمنة|Amina/Aminah|Амина
سمية|Sumaya/Soumaya|Сумая
أسماء|Asma/Asmaa|Асма
حفصة|Hafsa|Хафса
سارة|Sara/Sarah|Сара
هاجر|Hajar/Hagar|Хаджар
ليلى|Layla/Leila|Лейла
نور|Nour/Noor|Нур
هدى|Huda/Houda|Худа
سلمى|Salma|Сальма
رقية|Ruqayya/Roqaya|Рукия
أم كلثوم|Umm Kulthum/Oum Kalthoum|Уммукульсум
زهراء|Zahra/Zahraa|Захра
إيمان|Iman/Eman|Иман
رحمة|Rahma|Рахма
جميلة|Jamila|Джамиля
صفية|Safiya/Safia|Сафия
حليمة|Halima|Халима
سعاد|Suad/Souad|Суад
ياسمين|Yasmin/Jasmin|Ясмин
رنا|Rana|Рана
دعاء|Duaa/Doaa|Дуа
شيماء|Shaima/Chaima|Шайма
بشرى|Bushra/Bouchra|Бушра
نسيبة|Nusayba|Нусайба
صباح|Sabah|Сабах
وفاء|Wafa/Wafaa|Вафа
ابتسام|Ibtisam|Ибтисам
حنان|Hanan/Hanane|Ханан
منى|Muna/Mona|Муна
رابعة|Rabia|Рабия
""")

# Given names of one region beside the common ones.
CENTRAL_ASIAN_MEN: Final = _table("""
رسلان|Ruslan|Руслан
تيمور|Timur|Тимур
رستم|Rustam|Рустам
فرهاد|Farhod/Farkhad|Фархад
علي شير|Alisher|Алишер
بختيار|Bakhtiyor/Bakhtiyar|Бахтияр
شامل|Shamil|Шамиль
إسلام|Islam|Ислам
نورلان|Nurlan|Нурлан
بهروز|Behruz|Бехруз
جمشيد|Jamshid/Dzhamshed|Джамшед
مراد|Murad/Murat|Мурад
""")
CENTRAL_ASIAN_WOMEN: Final = _table("""
أيغول|Aigul/Aygul|Айгуль
غولنارة|Gulnara|Гульнара
مدينة|Madina|Мадина
زليخة|Zuleikha/Zulaykha|Зулейха
نيغورة|Nigora|Нигора
ديلارام|Dilorom|Дилором
باتيمات|Patimat|Патимат
آسيت|Aset/Asiyat|Асият
لويزا|Luiza|Луиза
شهناز|Shahnoza|Шахноза
""")
BALKAN_MEN: Final = _table("""
أربن|Arben|Арбен
بسنيك|Besnik|Бесник
فيسنيك|Visnik|Висник
إمير|Emir|Эмир
سمير|Samir|Самир
فاتون|Faton|Фатон
لبينوت|Labinot|Лабинот
مرساد|Mersad|Мерсад
""")
BALKAN_WOMEN: Final = _table("""
أربنورا|Arbnora|Арбнора
فيولا|Vjollca|Вьолца
إمينة|Emina|Эмина
سميرة|Samira|Самира
لومنيا|Lumnije|Лумние
ميرلا|Merjeme|Мерьеме
بسا|Besa|Беса
""")
WESTERN_MEN: Final = _table("""
لوكا|Luca/Lukas|Лука
توماس|Thomas|Томас
دانيال|Daniel|Даниэль
آدم|Adam|Адам
ميكائيل|Mikael/Michael|Михаэль
نيكولا|Nicolas|Николя
رايان|Ryan/Rayan|Райан
سامي|Sami|Сами
""")
WESTERN_WOMEN: Final = _table("""
صوفيا|Sofia/Sophie|София
لينا|Lina/Lena|Лина
إيما|Emma|Эмма
جوليا|Julia/Julie|Юлия
لورا|Laura|Лаура
نادية|Nadia|Надия
هانا|Hanna/Hannah|Ханна
ميلا|Mila|Мила
""")
SOUTH_EAST_ASIAN_MEN: Final = _table("""
بودي|Budi|Буди
أغوس|Agus|Агус
رزال|Rizal|Ризал
فيصل|Faisal|Файсал
هندرا|Hendra|Хендра
""")
SOUTH_EAST_ASIAN_WOMEN: Final = _table("""
سيتي|Siti|Сити
ديوي|Dewi|Деви
نور الهداية|Nurul Hidayah|Нурул Хидая
رينا|Rina|Рина
وحيوني|Wahyuni|Вахьюни
""")
UYGHUR_MEN: Final = _table("""
تورسون|Tursun|Турсун
ئابلىز|Abliz|Аблиз
مەمەت|Memet|Мемет
غوپۇر|Ghopur|Гопур
""")
UYGHUR_WOMEN: Final = _table("""
ئايشەم|Ayshem|Айшем
گۈلبوستان|Gulbostan|Гульбостан
زەينەپ|Zeynep|Зейнеп
پاتىگۈل|Patigul|Патигуль
""")

# Families: a tribe or a town where people are named after one, a surname elsewhere.
ARAB_FAMILIES: Final = _table("""
الجبوري|al-Jubouri/al-Juburi/Aljubouri|аль-Джубури
الدليمي|al-Dulaimi/al-Dulaymi|аль-Дулайми
الشمري|al-Shammari/Alshammari|аш-Шаммари
العبيدي|al-Obaidi/al-Ubaydi|аль-Убайди
العزاوي|al-Azzawi|аль-Аззави
الحديدي|al-Hadidi|аль-Хадиди
اللهيبي|al-Luhaibi/al-Lahibi|аль-Люхайби
الجميلي|al-Jumaili/al-Jumayli|аль-Джумайли
الموصلي|al-Mawsili/al-Mosuli|аль-Мосули
التكريتي|al-Tikriti|ат-Тикрити
الراوي|al-Rawi|ар-Рави
العاني|al-Ani|аль-Ани
الفلوجي|al-Falluji|аль-Фаллуджи
البغدادي|al-Baghdadi|аль-Багдади
الحمداني|al-Hamdani|аль-Хамдани
السامرائي|al-Samarrai|ас-Самарраи
الهاشمي|al-Hashimi/Alhashemi|аль-Хашими
الحلبي|al-Halabi|аль-Халаби
الديري|al-Deiri/al-Dayri|ад-Дейри
الشامي|al-Shami|аш-Шами
الرقاوي|al-Raqqawi|ар-Раккави
الحمصي|al-Homsi|аль-Хомси
العكيدي|al-Okaidi/al-Ugaydi|аль-Укайди
المحمد|al-Mohammed/Almohammad|аль-Мухаммад
الخلف|al-Khalaf/Alkhalaf|аль-Халаф
العلي|al-Ali|аль-Али
الحسن|al-Hassan|аль-Хасан
النعيمي|al-Nuaimi/al-Naimi|ан-Нуайми
الزبيدي|al-Zubaidi|аз-Зубайди
الأنصاري|al-Ansari|аль-Ансари
""")
MAGHREB_FAMILIES: Final = _table("""
التونسي|Tounsi/al-Tunisi|Тунси
بن علي|Ben Ali|Бен Али
بن سالم|Ben Salem|Бен Салем
العمراني|El Amrani/Amrani|Амрани
الإدريسي|El Idrissi/Idrissi|Идрисси
الطرابلسي|Trabelsi|Трабелси
بوزيد|Bouzid|Бузид
الفاسي|El Fassi|Фасси
حداد|Haddad|Хаддад
مرزوق|Marzouk|Марзук
""")
CENTRAL_ASIAN_FAMILIES: Final = _table("""
ماغوميدوف|Magomedov|Магомедов
علييف|Aliev/Aliyev|Алиев
إسماعيلوف|Ismailov|Исмаилов
رحيموف|Rahimov/Rakhimov|Рахимов
كريموف|Karimov|Каримов
حسنوف|Hasanov/Khasanov|Хасанов
يوسوبوف|Yusupov|Юсупов
عبد اللهيف|Abdullaev/Abdullayev|Абдуллаев
سعيدوف|Saidov|Саидов
ميرزاييف|Mirzaev/Mirzoyev|Мирзоев
نزاروف|Nazarov|Назаров
دودايف|Daudov|Даудов
إبراهيموف|Ibragimov|Ибрагимов
عثمانوف|Osmanov|Османов
تاغييف|Tagiev|Тагиев
سلطانوف|Sultanov|Султанов
""")
BALKAN_FAMILIES: Final = _table("""
كراسنيقي|Krasniqi|Красничи
غاشي|Gashi|Гаши
بريشا|Berisha|Бериша
هوتي|Hoti|Хоти
شالا|Shala|Шаля
حاجيتش|Hadžić|Хаджич
إبراهيموفيتش|Ibrahimović|Ибрагимович
عثماني|Osmani|Османи
زنيلي|Zeneli|Зенели
""")
TURKISH_FAMILIES: Final = _table("""
يلماز|Yılmaz/Yilmaz|Йылмаз
كايا|Kaya|Кая
دمير|Demir|Демир
شاهين|Şahin/Sahin|Шахин
أوزتورك|Öztürk/Ozturk|Озтюрк
أرسلان|Arslan|Арслан
كوتش|Koç/Koc|Коч
""")
WESTERN_FAMILIES: Final = _table("""
الوزاني|Ouazzani|Уаззани
بنسعيد|Bensaid|Бенсаид
ديالو|Diallo|Диалло
خان|Khan|Хан
حسين|Hussain|Хуссейн
يلدز|Yildiz|Йылдыз
مارتن|Martin|Мартен
لارسن|Larsen/Larsson|Ларсен
شميت|Schmidt/Schmitz|Шмидт
فان دايك|Van Dijk|Ван Дейк
ورسمة|Warsame|Варсаме
رحمن|Rahman|Рахман
موريس|Morris|Моррис
نيلسون|Nilsson/Nielsen|Нильссон
""")
SOUTH_ASIAN_FAMILIES: Final = _table("""
خان|Khan|Хан
تشودري|Chowdhury/Chaudhry|Чоудхури
مالك|Malik|Малик
أحمدزاي|Ahmadzai|Ахмадзай
شيخ|Sheikh/Shaikh|Шейх
قريشي|Qureshi|Куреши
دراني|Durrani|Дуррани
""")
SOUTH_EAST_ASIAN_FAMILIES: Final = _table("""
سانتوسو|Santoso|Сантосо
ويجايا|Wijaya|Виджая
هداية|Hidayat|Хидаят
ابن عثمان|bin Osman|бин Осман
ماكاسر|Makassar|Макасар
""")
AFRICAN_FAMILIES: Final = _table("""
ورسمة|Warsame|Варсаме
عبدي|Abdi|Абди
عثمان|Osman|Осман
نور|Nur|Нур
البشير|Elbashir/al-Bashir|аль-Башир
دلاميني|Dlamini|Дламини
""")
