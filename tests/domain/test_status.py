"""Status and overlays follow from what happened and from the calendar; nobody sets them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from domain.case.age import age_on, birthday
from domain.case.case import CASE
from domain.case.journey import ArrivedInCountry, Departed
from domain.case.person import person_at
from domain.case.record import Restriction
from domain.case.registration import CaseClosed, ClosureReason
from domain.case.screening import ScreeningResult
from domain.case.status import AT_ANY_TIME, LEADS_TO, ORDER, Overlay, Status, overlays, settled_until, status
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.privacy import WITHHELD, BlockLabel
from domain.values import Evidence, Sex
from tests.domain.living import lives
from tests.examples import (
    ADMITTED,
    AL_HOL,
    APPROVED,
    ASKED_TO_SCREEN,
    BLOCKED,
    CLEARED,
    CONFIRMED,
    DEPRIVED,
    FACT,
    HELD,
    LEFT,
    OPENED,
    READY,
    REFUSED,
    SCREENED,
    VERIFIED,
)
from tests.examples import FACTS as EXAMPLE_FACTS
from tests.scenario import TODAY, Scenario, recorded

ON_MANIFEST = FACT["case.placed-on-manifest"]
TAKEN_ON = (FACT["case.referral-made"], FACT["case.referral-accepted"])
ADVERSE = SCREENED.model_copy(update={"result": ScreeningResult.ADVERSE})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (HELD, Status.REGISTERED),
        ((*HELD, ASKED_TO_SCREEN), Status.SCREENING),
        ((*HELD, ASKED_TO_SCREEN, SCREENED), Status.CLEARED),
        ((*HELD, ASKED_TO_SCREEN, ADVERSE), Status.REGISTERED),
        ((*HELD, ASKED_TO_SCREEN, SCREENED, REFUSED), Status.REFUSED),
        ((*HELD, REFUSED, APPROVED), Status.APPROVED),
        ((*HELD, APPROVED, REFUSED), Status.REFUSED),
        ((*HELD, APPROVED, REFUSED.model_copy(update={"country": "TR"})), Status.APPROVED),
        ((*READY, CLEARED), Status.READY),
        ((*READY, CLEARED, FACT["case.clearance-withdrawn"]), Status.APPROVED),
        (LEFT, Status.IN_TRANSIT),
        ((*LEFT, ArrivedInCountry(country="IQ")), Status.RECEIVED),
        ((*LEFT, FACT["case.repatriation-recorded"]), Status.RECEIVED),
        ((*LEFT, ArrivedInCountry(country="IQ"), ADMITTED), Status.APPROVED),
        ((*READY, CLEARED, FACT["case.escape-reported"]), Status.MISSING),
        ((*READY, FACT["case.escape-reported"], FACT["case.recaptured"]), Status.APPROVED),
        ((*LEFT, FACT["case.death-recorded"]), Status.DECEASED),
        ((*HELD, FACT["case.death-recorded"], CaseClosed(reason=ClosureReason.DECEASED)), Status.CLOSED),
        ((*HELD, VERIFIED), Status.REGISTERED),
        ((*HELD, CONFIRMED), Status.REGISTERED),
        ((*HELD, VERIFIED, CONFIRMED), Status.IDENTIFIED),
        ((*HELD, VERIFIED, CONFIRMED, FACT["case.identity-disputed"]), Status.REGISTERED),
        ((*HELD, VERIFIED, CONFIRMED, ASKED_TO_SCREEN, ADVERSE), Status.IDENTIFIED),
        ((*HELD, VERIFIED, CONFIRMED, ASKED_TO_SCREEN), Status.SCREENING),
        ((*READY, CLEARED, ON_MANIFEST), Status.MANIFESTED),
        ((*READY, ON_MANIFEST), Status.APPROVED),
        ((*READY, CLEARED, ON_MANIFEST, FACT["case.removed-from-manifest"]), Status.READY),
        ((*READY, CLEARED, ON_MANIFEST, Departed(destination="IQ")), Status.IN_TRANSIT),
        ((*HELD, FACT["case.uncleared-transfer-reported"]), Status.IN_TRANSIT),
        ((*LEFT, FACT["case.handed-over"]), Status.RECEIVED),
        ((*LEFT, FACT["case.handed-over"], *TAKEN_ON), Status.AFTERCARE),
        ((*LEFT, *TAKEN_ON), Status.IN_TRANSIT),
        ((*HELD, *TAKEN_ON), Status.REGISTERED),
        ((*LEFT, FACT["case.handed-over"], FACT["case.referral-made"]), Status.RECEIVED),
        ((*LEFT, FACT["case.returned-after-abort"]), Status.APPROVED),
        ((*READY, FACT["case.released-locally"]), Status.RELEASED_LOCALLY),
        ((*HELD, FACT["case.released-locally"], ADMITTED), Status.REGISTERED),
        ((*READY, FACT["case.whereabouts-lost"]), Status.MISSING),
        ((*READY, FACT["case.case-merged-into"]), Status.MERGED),
        ((*HELD, FACT["case.death-recorded"], FACT["case.case-merged-into"]), Status.MERGED),
        ((*HELD, FACT["case.case-merged-into"], CaseClosed(reason=ClosureReason.MERGED)), Status.CLOSED),
        ((*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT), FACT["case.case-reopened"]), Status.REGISTERED),
    ],
)
def test_status_follows_from_what_happened(case: Scenario, facts: tuple, expected: Status) -> None:
    case.given(*facts).then_status(expected)


def test_every_status_stands_in_the_order_and_leads_somewhere() -> None:
    assert [name for name, _ in ORDER] + [Status.REGISTERED] == list(Status)
    assert set(LEADS_TO) == set(Status)
    assert set().union(*LEADS_TO.values()) | AT_ANY_TIME == set(Status)
    assert all(name not in leads for name, leads in LEADS_TO.items())


def test_nobody_becomes_ready_but_through_an_approval() -> None:
    for goal in (Status.READY, Status.MANIFESTED):
        assert goal not in AT_ANY_TIME
        before = {name for name, leads in LEADS_TO.items() if goal in leads}
        assert before == {Status.APPROVED, Status.READY, Status.MANIFESTED} - {goal}


@settings(max_examples=150)
@given(st.data())
def test_no_life_takes_a_step_that_the_table_does_not_have(data: st.DataObject) -> None:
    """Whatever is asked in whatever order, and as the calendar goes on."""
    for step in lives(data):
        for before, after in pairwise(
            [status(step.before, step.since), status(step.before, step.on), status(step.after, step.on)]
        ):
            if before is not after:
                event(f"{before} to {after}")
                assert after in LEADS_TO[before] | AT_ANY_TIME, f"{before} to {after} by {step.command.verb}"


def test_no_status_rests_on_what_is_sealed() -> None:
    """A read model without a key shows the same status: nothing sealed decides it, ages apart no overlay either."""
    for known in EXAMPLE_FACTS:
        if known.topic.startswith("case."):
            seen = CASE.fold([recorded(fact, nth) for nth, fact in enumerate((*READY, CLEARED, known), start=1)])
            hidden = CASE.fold(
                [recorded(withheld(fact), nth) for nth, fact in enumerate((*READY, CLEARED, known), start=1)]
            )
            assert status(seen, TODAY) is status(hidden, TODAY), known.topic
            ages = {Overlay.CHILD, Overlay.POSSIBLY_CHILD}
            assert overlays(seen, TODAY) - ages == overlays(hidden, TODAY) - ages, known.topic


def withheld(fact: Fact) -> Fact:
    personal = [name for name, label in fact.labels().items() if label is not BlockLabel.OPEN]
    return fact.model_copy(update=dict.fromkeys(personal, WITHHELD))


def test_a_clearance_holds_through_its_last_day(case: Scenario) -> None:
    last = CLEARED.expires_on
    case.given(*READY, CLEARED).then_status(Status.READY, on=last)
    case.then_status(Status.APPROVED, on=last + timedelta(days=1))


def test_a_screening_that_expires_leaves_the_person_registered_again(case: Scenario) -> None:
    case.given(*HELD, ASKED_TO_SCREEN, SCREENED).then_status(Status.CLEARED, on=date(2022, 4, 1))
    case.then_status(Status.REGISTERED, on=date(2022, 4, 2))


def test_a_case_foretells_the_day_after_which_a_screening_or_a_clearance_has_expired(case: Scenario) -> None:
    case.given(*HELD, ASKED_TO_SCREEN, SCREENED)
    assert settled_until(case.case, TODAY) == date(2022, 4, 2)
    assert settled_until(case.case, date(2022, 4, 2)) is None


def test_what_holds_to_the_end_of_time_is_never_foretold_to_end(case: Scenario) -> None:
    case.given(*HELD, ASKED_TO_SCREEN, SCREENED.model_copy(update={"valid_until": date.max}))
    assert settled_until(case.case, TODAY) is None


def test_an_approval_by_any_state_survives_the_refusal_of_another(case: Scenario) -> None:
    case.given(*HELD, APPROVED, REFUSED.model_copy(update={"country": "GB"})).then_status(Status.APPROVED)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), set()),
        ((BLOCKED,), {Overlay.BLOCKED}),
        ((FACT["case.nationality-disputed"],), {Overlay.NATIONALITY_DISPUTED}),
        ((FACT["case.moved-to-facility"],), {Overlay.SEPARATED_FAMILY}),
        ((FACT["case.uncleared-transfer-reported"],), {Overlay.NON_COMPLIANT_TRANSFER}),
        ((FACT["case.departed"],), {Overlay.NON_COMPLIANT_TRANSFER}),
        ((FACT["case.access-restricted"],), {Overlay.RESTRICTED}),
        ((FACT["case.access-restricted"].model_copy(update={"restriction": Restriction.NONE}),), set()),
        ((FACT["case.retention-hold-placed"],), {Overlay.HOLD}),
        ((FACT["case.retention-hold-placed"], FACT["case.retention-hold-released"]), set()),
        ((FACT["case.person-erased"],), {Overlay.ERASED}),
    ],
)
def test_overlays_say_what_is_true_whatever_the_status(
    case: Scenario, facts: tuple[Fact, ...], expected: set[Overlay]
) -> None:
    case.given(*HELD, *facts).then_overlays(*expected)


def test_a_hold_lasts_through_its_last_day_and_the_case_foretells_it(case: Scenario) -> None:
    last = date(2025, 1, 1)
    case.given(*HELD, FACT["case.retention-hold-placed"]).then_overlays(Overlay.HOLD, on=last)
    case.then_overlays(on=last + timedelta(days=1))
    assert settled_until(case.case, TODAY) == last + timedelta(days=1)


# ---------------------------------------------------------------- age
@pytest.mark.parametrize(
    ("birth", "overlay"),
    [
        ("2003-10-16", Overlay.CHILD),
        ("2003-10-15", None),
        ("2003", Overlay.POSSIBLY_CHILD),
        ("2004", Overlay.CHILD),
        ("2000~", None),
        ("2001~", Overlay.POSSIBLY_CHILD),
        ("2003~", Overlay.POSSIBLY_CHILD),
        ("XXXX", Overlay.POSSIBLY_CHILD),
        ("2021-10-15", Overlay.CHILD),
        ("1891", None),
    ],
)
def test_doubt_about_an_age_benefits_the_child(case: Scenario, birth: str, overlay: Overlay | None) -> None:
    born = FACT["case.birth-recorded"].model_copy(update={"birth": PartialDate.parse(birth)})
    assert overlays(case.given(*HELD, born).case, TODAY) == ({overlay} if overlay else set())


def test_a_person_of_whose_birth_nothing_is_on_record_may_be_a_child(case: Scenario) -> None:
    assert overlays(case.given(*HELD).case, TODAY) == {Overlay.POSSIBLY_CHILD}


def test_an_age_that_may_not_be_read_is_not_guessed() -> None:
    hidden = FACT["case.birth-recorded"].model_copy(update={"birth": WITHHELD})
    state = CASE.fold([recorded(OPENED, 1), recorded(hidden, 2)])
    assert overlays(state, TODAY) == set()


def test_who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    born = PartialDate.parse("2004-02-29")
    assert age_on(born, date(2022, 2, 28)) == (17, 17)
    assert age_on(born, date(2022, 3, 1)) == (18, 18)
    assert birthday(born.earliest, 18) == date(2022, 3, 1)
    assert birthday(born.earliest, 16) == date(2020, 2, 29)
    assert birthday(date(9990, 1, 1), 18) is None


def test_an_unknown_birth_gives_every_age_and_a_birth_to_come_gives_none() -> None:
    assert age_on(PartialDate.unknown(), TODAY) == (0, 2020)
    assert age_on(PartialDate.parse("2023"), TODAY) == (0, 0)


# ---------------------------------------------------------------- the calendar
def test_a_case_says_when_the_calendar_alone_will_change_it(case: Scenario) -> None:
    born = FACT["case.birth-recorded"].model_copy(
        update={"birth": PartialDate.parse("2004-03"), "strength": Evidence.DOCUMENTED}
    )
    order = DEPRIVED.model_copy(update={"effective_from": PartialDate.parse("2021-10-20")})
    case.given(*READY, CLEARED, born, order)
    turns = [TODAY]
    while (turn := settled_until(case.case, turns[-1])) is not None:
        turns.append(turn)
    assert turns[1:] == [
        date(2021, 10, 20),  # the order takes effect
        date(2021, 11, 15),  # the clearance has expired
        date(2022, 3, 1),  # a child becomes possibly a child
        date(2022, 3, 31),  # and an adult
    ]


def test_a_case_that_only_facts_can_change_says_so(case: Scenario) -> None:
    assert settled_until(case.given(*HELD, BLOCKED).case, TODAY) is None
    assert status(case.case, date.max) is Status.REGISTERED


# ---------------------------------------------------------------- the person
def test_a_person_is_present_from_admission_until_departure(case: Scenario) -> None:
    assert not person_at(case.given(OPENED).case).present
    held = person_at(case.given(ADMITTED, FACT["case.sex-recorded"]).case)
    assert (held.present, held.facility, held.sex, held.nationality) == (True, AL_HOL, Sex.FEMALE, "XXX")
    left = person_at(Scenario().given(*LEFT).case)
    assert (left.present, left.facility, left.departed_from, left.returned_to) == (False, None, AL_HOL, None)
    home = person_at(Scenario().given(*LEFT, ArrivedInCountry(country="IQ")).case)
    assert (home.departed_from, home.returned_to, str(home.returned_on)) == (AL_HOL, "IQ", "2021-10-01")


@pytest.mark.parametrize(
    "fact",
    [FACT["case.death-recorded"], FACT["case.escape-reported"], CaseClosed(reason=ClosureReason.MERGED)],
    ids=lambda fact: fact.topic,
)
def test_who_died_escaped_or_was_merged_is_not_present(case: Scenario, fact: object) -> None:
    assert not person_at(case.given(*HELD, fact).case).present  # type: ignore[arg-type]


def test_the_killed_are_counted_where_they_died(case: Scenario) -> None:
    killed = person_at(case.given(*HELD, FACT["case.death-recorded"]).case)
    assert (str(killed.died_on), killed.death_manner, killed.death_facility) == (
        "2021-10-01",
        "unlawful_killing",
        AL_HOL,
    )


def test_a_person_shows_nationality_orders_and_care(case: Scenario) -> None:
    claimed, cared_for = FACT["case.nationality-claimed"], FACT["case.care-status-determined"]
    shown = person_at(case.given(*HELD, claimed, DEPRIVED, cared_for).case)
    assert (shown.nationality, shown.deprived_by, shown.care) == ("IQ", ("IQ",), "unaccompanied")
