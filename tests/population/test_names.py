from __future__ import annotations

from random import Random

import pytest

from adapters.population.calibration import COUNTRIES
from adapters.population.names import (
    CULTURES,
    NISBAS,
    Lineage,
    as_on_papers,
    as_registered,
    given,
    in_latin,
    kunya,
    lineage,
    newborn,
    surname,
)
from domain.text import refuse_unsafe
from domain.values import NameKind, Script, Sex


@pytest.mark.parametrize("country", COUNTRIES)
def test_people_of_every_country_have_names_that_a_register_accepts(country: str) -> None:
    dice = Random(country)
    for sex in (Sex.FEMALE, Sex.MALE):
        own, descent = given(dice, country, sex), lineage(dice, country)
        for told in (as_registered(own, descent, sex), as_on_papers(dice, own, descent, sex), kunya(dice, own, sex)):
            assert 1 <= len(told.parts) <= 4
            assert all(refuse_unsafe(part) == part == part.strip() != "" for part in told.parts)
    assert NISBAS[country]


def test_an_iraqi_is_named_by_descent_and_the_spelling_in_latin_varies() -> None:
    dice = Random(1)
    culture = CULTURES["IQ"]
    descent = Lineage("IQ", culture.men[0], culture.men[2], culture.families[0])
    assert as_registered(culture.men[3], descent, Sex.MALE).parts == ("علي", "محمد", "أحمد", "الجبوري")
    spellings = {in_latin(dice, culture.men[3], descent, Sex.MALE).parts for _ in range(60)}
    assert {parts[0] for parts in spellings} == {"Ali"}
    assert {parts[1] for parts in spellings if len(parts) > 2} >= {"Mohammed", "Muhammad"}


def test_a_woman_of_the_caucasus_has_a_patronymic_and_the_ending_of_a_woman() -> None:
    culture = CULTURES["RU"]
    descent = Lineage("RU", culture.men[0], culture.men[2], culture.families[0])
    told = as_on_papers(Random(1), culture.women[0], descent, Sex.FEMALE)
    assert told.script is Script.CYRILLIC
    assert told.parts == ("Магомедова", "Фатима", "Мухаммадовна")
    assert as_registered(culture.women[0], descent, Sex.FEMALE).parts == ("فاطمة", "محمد", "الروسية")


def test_surnames_take_an_ending_only_where_one_is_due() -> None:
    assert surname("Magomedov", Sex.MALE, "a") == "Magomedov"
    assert surname("Magomedov", Sex.FEMALE, "a") == "Magomedova"
    assert surname("Larsen", Sex.MALE, "a") == "Larsen"


def test_parents_are_called_after_the_eldest_and_a_newborn_after_its_mother() -> None:
    mother = CULTURES["IQ"].women[0]
    assert newborn(mother, Sex.FEMALE) == (NameKind.ALIAS, ("ابنة", "فاطمة"), Script.ARABIC)
    called = {kunya(Random(nth), CULTURES["IQ"].men[0], Sex.FEMALE).parts[0] for nth in range(20)}
    assert called == {"أم", "Umm"}
