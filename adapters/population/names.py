"""What people are called: names of one family, in Arabic, Latin and Cyrillic, the way a register meets them.

Invented by combining common names; any likeness to a living person is chance. Everything here is a pure function of the
dice that are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from adapters.population import name_tables as tables
from adapters.population.name_tables import Spelt
from domain.values import NameKind, Script, Sex


@dataclass(frozen=True, slots=True)
class Culture:
    """How people of a region are named."""

    men: tuple[Spelt, ...]
    women: tuple[Spelt, ...]
    families: tuple[Spelt, ...]
    script: Script
    """Script of their own papers."""
    lineage: bool = False
    """Named by descent (given name, father, grandfather, tribe) rather than by given name and surname."""
    inflects: bool = False
    """Women's surnames take an ending, and a patronymic follows the given name."""


_ARAB: Final = Culture(tables.MEN, tables.WOMEN, tables.ARAB_FAMILIES, Script.ARABIC, lineage=True)
_MAGHREB: Final = Culture(tables.MEN, tables.WOMEN, tables.MAGHREB_FAMILIES, Script.LATIN)
_CENTRAL: Final = Culture(
    tables.MEN + tables.CENTRAL_ASIAN_MEN * 2,
    tables.WOMEN + tables.CENTRAL_ASIAN_WOMEN * 2,
    tables.CENTRAL_ASIAN_FAMILIES,
    Script.CYRILLIC,
    inflects=True,
)
_BALKAN: Final = Culture(
    tables.MEN + tables.BALKAN_MEN * 3, tables.WOMEN + tables.BALKAN_WOMEN * 3, tables.BALKAN_FAMILIES, Script.LATIN
)
_TURKISH: Final = Culture(tables.MEN, tables.WOMEN, tables.TURKISH_FAMILIES, Script.LATIN)
_WESTERN: Final = Culture(
    tables.MEN + tables.WESTERN_MEN * 2, tables.WOMEN + tables.WESTERN_WOMEN * 2, tables.WESTERN_FAMILIES, Script.LATIN
)
_SOUTH_ASIAN: Final = Culture(tables.MEN, tables.WOMEN, tables.SOUTH_ASIAN_FAMILIES, Script.LATIN)
_SOUTH_EAST_ASIAN: Final = Culture(
    tables.MEN + tables.SOUTH_EAST_ASIAN_MEN * 4,
    tables.WOMEN + tables.SOUTH_EAST_ASIAN_WOMEN * 4,
    tables.SOUTH_EAST_ASIAN_FAMILIES,
    Script.LATIN,
)
_UYGHUR: Final = Culture(tables.UYGHUR_MEN, tables.UYGHUR_WOMEN, tables.UYGHUR_MEN, Script.ARABIC)
_AFRICAN: Final = Culture(tables.MEN, tables.WOMEN, tables.AFRICAN_FAMILIES, Script.LATIN)

_REGIONS: Final[dict[Culture, str]] = {
    _ARAB: "IQ SY SA JO EG LB PS YE LY SD",
    _MAGHREB: "TN MA DZ",
    _CENTRAL: "RU KZ UZ KG TJ TM AZ GE UA",
    _BALKAN: "XK AL BA MK RS",
    _TURKISH: "TR",
    _WESTERN: "FR DE GB BE NL SE DK AT FI NO ES IT CH US CA AU IE TT",
    _SOUTH_ASIAN: "PK IN BD AF MV",
    _SOUTH_EAST_ASIAN: "ID MY PH",
    _UYGHUR: "CN",
    _AFRICAN: "SO ZA",
}
CULTURES: Final = {country: culture for culture, countries in _REGIONS.items() for country in countries.split()}

NISBAS: Final = {
    "IQ": "العراقي", "SY": "السوري", "SA": "السعودي", "JO": "الأردني", "EG": "المصري", "LB": "اللبناني",
    "PS": "الفلسطيني", "YE": "اليمني", "LY": "الليبي", "SD": "السوداني", "TN": "التونسي", "MA": "المغربي",
    "DZ": "الجزائري", "RU": "الروسي", "KZ": "الكازاخي", "UZ": "الأوزبكي", "KG": "القيرغيزي", "TJ": "الطاجيكي",
    "TM": "التركماني", "AZ": "الأذري", "GE": "الجورجي", "UA": "الأوكراني", "XK": "الكوسوفي", "AL": "الألباني",
    "BA": "البوسنوي", "MK": "المقدوني", "RS": "الصربي", "TR": "التركي", "FR": "الفرنسي", "DE": "الألماني",
    "GB": "البريطاني", "BE": "البلجيكي", "NL": "الهولندي", "SE": "السويدي", "DK": "الدنماركي",
    "AT": "النمساوي", "FI": "الفنلندي", "NO": "النرويجي", "ES": "الإسباني", "IT": "الإيطالي",
    "CH": "السويسري", "US": "الأمريكي", "CA": "الكندي", "AU": "الأسترالي", "IE": "الأيرلندي",
    "TT": "الترينيدادي", "PK": "الباكستاني", "IN": "الهندي", "BD": "البنغالي", "AF": "الأفغاني",
    "MV": "المالديفي", "ID": "الإندونيسي", "MY": "الماليزي", "PH": "الفلبيني", "CN": "التركستاني",
    "SO": "الصومالي", "ZA": "الأفريقي",
}  # fmt: skip
"""What a camp register calls a person after the country, in Arabic."""


class Lineage(NamedTuple):
    """What the members of one family share."""

    country: str
    father: Spelt
    grandfather: Spelt
    family: Spelt


class Told(NamedTuple):
    """A name as it was told to an officer."""

    kind: NameKind
    parts: tuple[str, ...]
    script: Script


def lineage(dice: Random, country: str) -> Lineage:
    """Return the descent that children of one father share."""
    culture = CULTURES[country]
    pick = dice.choice
    return Lineage(country, pick(culture.men), pick(culture.men), pick(culture.families))


def given(dice: Random, country: str, sex: Sex) -> Spelt:
    """Return a given name."""
    culture = CULTURES[country]
    return dice.choice(culture.men if sex is Sex.MALE else culture.women)


def as_registered(own: Spelt, of: Lineage, sex: Sex) -> Told:
    """Return the full name in Arabic, as the camp's register has it."""
    if CULTURES[of.country].lineage:
        return Told(
            NameKind.FULL, (own.arabic, of.father.arabic, of.grandfather.arabic, of.family.arabic), Script.ARABIC
        )
    nisba = NISBAS[of.country] + ("ة" if sex is Sex.FEMALE else "")
    return Told(NameKind.FULL, (own.arabic, of.father.arabic, nisba), Script.ARABIC)


def as_on_papers(dice: Random, own: Spelt, of: Lineage, sex: Sex) -> Told:
    """Return the full name in the script of the person's own papers, or in Latin as an officer types an Arabic one."""
    culture = CULTURES[of.country]
    if culture.script is Script.CYRILLIC:
        parts = (surname(of.family.cyrillic, sex, "а"), own.cyrillic, _patronymic(of.father.cyrillic, sex))
        return Told(NameKind.FULL, parts, Script.CYRILLIC)
    return in_latin(dice, own, of, sex)


def in_latin(dice: Random, own: Spelt, of: Lineage, sex: Sex) -> Told:
    """Return the name in one of its Latin spellings: from two to four parts, in the order of the region."""
    culture = CULTURES[of.country]
    pick = dice.choice
    first, family = pick(own.latin), pick(of.family.latin)
    if culture.lineage:
        told = (first, pick(of.father.latin), pick(of.grandfather.latin), family)
        return Told(NameKind.FULL, dice.choice((told, (*told[:2], family), (first, family))), Script.LATIN)
    if culture.inflects:
        return Told(NameKind.FULL, (surname(family, sex, "a"), first), Script.LATIN)
    return Told(NameKind.FULL, (first, family), Script.LATIN)


def kunya(dice: Random, eldest: Spelt, sex: Sex) -> Told:
    """Return the name after a child, in Arabic or in Latin."""
    man = sex is Sex.MALE
    if dice.random() < 0.7:
        return Told(NameKind.KUNYA, ("أبو" if man else "أم", eldest.arabic), Script.ARABIC)
    return Told(NameKind.KUNYA, ("Abu" if man else "Umm", dice.choice(eldest.latin)), Script.LATIN)


def newborn(mother: Spelt, sex: Sex) -> Told:
    """Return what a child is called before it has a name."""
    return Told(NameKind.ALIAS, ("ابن" if sex is Sex.MALE else "ابنة", mother.arabic), Script.ARABIC)


def surname(text: str, sex: Sex, ending: str) -> str:
    """Return a surname with the ending of a woman where one is due."""
    return text + ending if sex is Sex.FEMALE and text[-1] in "vв" else text


def _patronymic(father: str, sex: Sex) -> str:
    stem, soft = (father[:-1], True) if father[-1] in "ьйияаэ" else (father, False)
    return stem + ("евич" if soft else "ович") if sex is Sex.MALE else stem + ("евна" if soft else "овна")
