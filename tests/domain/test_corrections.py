"""Putting the record right: corrections, retractions, what rests on what, and who may do it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.case.absence import EscapeReported
from domain.case.assessment import AgeAssessed, AssessmentMethod
from domain.case.correcting import CorrectFact, RetractFact
from domain.case.guardianship import GuardianAppointed
from domain.case.identity import BirthRecorded, NameRecorded
from domain.case.kin import KinLinked, RefutedBy
from domain.case.newborn import BornInFacility
from domain.case.registration import CaseClosed, CaseOpened, ClosureReason
from domain.case.relatives import RefuteKin
from domain.case.screening import ScreeningResult
from domain.case.status import Overlay, Status
from domain.case.whereabouts import AdmittedToFacility, MovedToFacility, MoveReason
from domain.case.work import NoteAdded
from domain.clocks import Moment, as_of
from domain.corrections import FactCorrected, FactRetracted, effective, replacement_of
from domain.dates import PartialDate
from domain.kernel import Fact, Recorded, Refused
from domain.privacy import ERASED, WITHHELD
from domain.roles import ROLES, Role
from domain.values import Evidence
from tests.examples import AL_HOL, ASKED_TO_SCREEN, BLOCKED, CLEARED, FACT, HELD, NAMED, OPENED, READY, ROJ, SCREENED
from tests.examples_protection import KIN, LINKED
from tests.examples_record import fact_id
from tests.scenario import TODAY, Scenario

day = PartialDate.parse
BORN_1994 = BirthRecorded(birth=day("1994"), place="Tal Afar", strength=Evidence.CLAIMED)
MOVED = MovedToFacility(facility=ROJ, reason=MoveReason.SAFETY, separates_family=True)


def correct(version: int, kind: type[Fact], on: str | None = None, **fields: Any) -> CorrectFact:
    """Ask to correct the fact at a version of the scenario's case."""
    return CorrectFact(
        target_fact_id=fact_id(version),
        replacement=replacement_of(kind).model_validate({"topic": kind.topic, **fields}),
        cause="mistyped",
        reason="Read from the paper file again.",
        occurred_on=day(on) if on else None,
    )


def retract(version: int, *together_with: int) -> RetractFact:
    """Ask to retract the fact at a version of the scenario's case, with others."""
    return RetractFact(
        target_fact_id=fact_id(version),
        together_with=tuple(map(fact_id, together_with)),
        cause="untrue",
        reason="Told by a neighbour, and not so.",
    )


def counting(case: Scenario) -> list[Fact]:
    """The facts that count, without what changed them."""
    return [fact for _, fact in effective(case.history) if not isinstance(fact, FactCorrected | FactRetracted)]


# ---------------------------------------------------------------- corrections
def test_a_corrected_field_reads_right_and_the_others_as_they_were(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995-03"))
    assert counting(case) == [OPENED, BORN_1994.model_copy(update={"birth": day("1995-03")})]
    assert case.case.identity.birth is not None
    assert case.case.identity.birth.birth == day("1995-03")


def test_what_was_recorded_stays_readable_with_the_reason_of_the_correction(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995-03"))
    (_, first), (_, change) = case.history[1:]
    assert first == BORN_1994
    assert isinstance(change, FactCorrected)
    assert (change.corrected_fields, change.reason) == (("birth",), "Read from the paper file again.")
    assert case.case.record.changed == {fact_id(2): (fact_id(3),)}


def test_what_was_known_before_the_correction_is_what_had_been_recorded(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995-03"))
    told = [as_of(case.history, Moment(TODAY, known_at=known)).state.identity.birth for known in (2, 3)]
    assert [birth and birth.birth for birth in told] == [day("1994"), day("1995-03")]


def test_the_last_correction_of_a_field_wins_and_those_of_others_stand(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995", place="Mosul"))
    case.when(correct(2, BirthRecorded, birth="1996"))
    assert counting(case)[1] == BORN_1994.model_copy(update={"birth": day("1996"), "place": "Mosul"})


def test_a_correction_of_a_correction_corrects_the_same_fact_again(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995"))
    case.when(correct(3, BirthRecorded, birth="1996"))
    change = case.history[-1].fact
    assert isinstance(change, FactCorrected)
    assert change.target_fact_id == fact_id(2)
    assert counting(case)[1] == BORN_1994.model_copy(update={"birth": day("1996")})


def test_a_retracted_correction_gives_back_what_was_so_before(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995"))
    case.when(correct(2, BirthRecorded, birth="1996")).when(retract(4))
    assert counting(case)[1] == BORN_1994.model_copy(update={"birth": day("1995")})
    case.when(retract(3))
    assert counting(case)[1] == BORN_1994


def test_a_correction_that_says_what_is_so_records_nothing(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1994", place="Tal Afar")).then_nothing()
    case.when(correct(2, BirthRecorded)).then_nothing()
    case.when(correct(1, CaseOpened, on="2021-10-01")).then_nothing()


def test_only_what_differs_is_recorded(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1994", strength=Evidence.DOCUMENTED))
    change = case.history[-1].fact
    assert isinstance(change, FactCorrected)
    assert change.corrected_fields == ("strength",)


def test_a_person_of_nineteen_corrected_to_sixteen_is_a_child(case: Scenario) -> None:
    case.given(*HELD, BORN_1994.model_copy(update={"birth": day("2002-05-01"), "strength": Evidence.DOCUMENTED}))
    case.then_overlays()
    case.when(correct(3, BirthRecorded, birth="2005-05-01")).then_overlays(Overlay.CHILD)


def test_a_day_is_corrected_and_the_fact_takes_its_place_in_the_past(case: Scenario) -> None:
    case.given(OPENED, on="2019-01-01").given(AdmittedToFacility(facility=AL_HOL), on="2021-03-01")
    case.when(correct(2, AdmittedToFacility, on="2019-03-01"))
    then = as_of(case.history, Moment(date(2020, 1, 1)))
    assert then.state.whereabouts.located_at == AL_HOL
    assert then.state.whereabouts.since == day("2019-03-01")


def test_the_day_stays_when_a_field_is_corrected_and_comes_back_with_its_correction_retracted(case: Scenario) -> None:
    case.given(OPENED, on="2019-01-01").given(AdmittedToFacility(facility=AL_HOL), on="2021-03-01")
    case.when(correct(2, AdmittedToFacility, on="2020-03-01")).when(correct(2, AdmittedToFacility, facility=ROJ))
    assert (case.case.whereabouts.located_at, case.case.whereabouts.since) == (ROJ, day("2020-03-01"))
    case.when(retract(3))
    assert (case.case.whereabouts.located_at, case.case.whereabouts.since) == (ROJ, day("2021-03-01"))


def test_a_correction_is_never_late(case: Scenario) -> None:
    case.given(OPENED, AdmittedToFacility(facility=AL_HOL), on="2017-03-01")
    case.when(correct(2, AdmittedToFacility, facility=ROJ))
    assert case.case.whereabouts.located_at == ROJ


def test_a_retracted_fact_is_not_corrected(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(retract(2)).when(correct(2, BirthRecorded, birth="1995"))
    case.then_refused("correction.retracted")


def test_ids_are_not_corrected_because_others_refer_to_them(case: Scenario) -> None:
    case.given(OPENED, NAMED).when(correct(2, NameRecorded, name_id=UUID(int=7))).then_refused("correction.of-an-id")


def test_a_correction_names_the_kind_of_fact_that_it_corrects(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, NameRecorded, strength=4)).then_refused("correction.other-kind")
    with pytest.raises(ValidationError):
        CorrectFact.model_validate(
            {
                "target_fact_id": fact_id(2),
                "cause": "mistyped",
                "reason": "x",
                "replacement": {"topic": "case.departed"},
            }
            | {"replacement": {"topic": "case.birth-recorded", "birth": "not a date"}}
        )


def test_a_corrected_birth_is_not_in_the_future(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="2022-05")).then_refused("record.in-future")


def test_a_corrected_fact_does_not_contradict_itself(case: Scenario) -> None:
    told = AgeAssessed(method=AssessmentMethod.INTERVIEW, assessor="UN-UNICEF", min_years=12, max_years=14)
    case.given(OPENED, told).when(correct(2, AgeAssessed, min_years=16)).then_refused("correction.unfit")
    case.when(correct(2, AgeAssessed, min_years=16, max_years=17))
    assert counting(case)[1] == told.model_copy(update={"min_years": 16, "max_years": 17})


@pytest.mark.parametrize("topic", ["case.cleared-to-depart", "case.clearance-withdrawn"])
def test_a_clearance_is_not_put_right(case: Scenario, topic: str) -> None:
    case.given(*READY, FACT[topic]).when(retract(len(READY) + 1)).then_refused("retraction.not-retractable")


def test_what_a_person_has_erased_is_not_corrected(case: Scenario) -> None:
    case.given(OPENED, BORN_1994)
    case.history[1] = Recorded(case.history[1].stamp, BORN_1994.model_copy(update={"birth": ERASED, "place": ERASED}))
    case.when(correct(2, BirthRecorded, birth="1995")).then_refused("record.erased")


def test_a_correction_about_another_person_is_sealed_as_the_fact_is(case: Scenario) -> None:
    appointed = FACT["case.guardian-appointed"]
    assert isinstance(appointed, GuardianAppointed)
    case.given(OPENED, appointed).when(correct(2, GuardianAppointed, guardian=NAMED.name))
    corrected = counting(case)[1]
    assert isinstance(corrected, GuardianAppointed)
    assert corrected == appointed.model_copy(update={"guardian": NAMED.name})


def test_who_does_not_read_the_correction_does_not_read_the_error_as_the_truth(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, BirthRecorded, birth="1995"))
    stamp, change = case.history[-1]
    assert isinstance(change, FactCorrected)
    closed = change.model_copy(update={"replacement": change.replacement.model_copy(update={"birth": WITHHELD})})
    (_, _), (_, birth), _ = effective([*case.history[:2], Recorded(stamp, closed)])
    assert birth == BORN_1994.model_copy(update={"birth": WITHHELD})


# ---------------------------------------------------------------- retractions
def test_a_retracted_fact_does_not_count_and_a_retracted_retraction_lets_it_count_again(case: Scenario) -> None:
    case.given(*HELD, EscapeReported(facility=AL_HOL)).when(retract(3))
    assert case.case.whereabouts.located_at == AL_HOL
    case.when(retract(4)).then_status(Status.MISSING)
    case.when(retract(5))
    assert case.case.whereabouts.located_at == AL_HOL


def test_a_retracted_fact_is_retracted_once(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(retract(2)).when(retract(2)).then_nothing()


def test_a_retracted_fact_was_never_so_on_any_day(case: Scenario) -> None:
    case.given(*HELD, on="2019-03-01").given(EscapeReported(facility=AL_HOL), on="2020-01-01").when(retract(3))
    assert as_of(case.history, Moment(date(2020, 6, 1))).state.whereabouts.located_at == AL_HOL
    assert as_of(case.history, Moment(date(2020, 6, 1), known_at=3)).state.whereabouts.located_at is None


def test_what_was_retracted_may_be_recorded_again(case: Scenario) -> None:
    case.given(*HELD, EscapeReported(facility=AL_HOL)).when(retract(3)).given(EscapeReported(facility=AL_HOL))
    case.then_status(Status.MISSING)


# ---------------------------------------------------------------- I11: what rests on what
def test_a_block_that_was_lifted_is_retracted_with_its_lifting_or_not_at_all(case: Scenario) -> None:
    case.given(*HELD, BLOCKED, FACT["case.security-block-lifted"]).when(retract(3), agency="IQ-INSS")
    case.then_refused("retraction.rested-on")
    assert not isinstance(case.outcome, list)
    assert case.outcome.details["facts"] == [
        {"fact_id": str(fact_id(4)), "topic": "case.security-block-lifted", "version": 4}
    ]
    case.when(retract(3, 4), agency="IQ-INSS")
    assert [type(fact) for fact in counting(case)] == [CaseOpened, AdmittedToFacility]


def test_an_admission_is_not_retracted_from_under_a_move(case: Scenario) -> None:
    case.given(*HELD, MOVED).when(retract(2)).then_refused("retraction.rested-on")
    case.when(retract(3)).when(retract(2))
    assert case.case.whereabouts.located_at is None


def test_a_retracted_lifting_leaves_the_block_open(case: Scenario) -> None:
    case.given(*HELD, BLOCKED, FACT["case.security-block-lifted"]).when(retract(4), agency="IQ-INSS")
    case.then_overlays(Overlay.BLOCKED)


def test_a_case_is_closed_as_opened_in_error_and_not_retracted(case: Scenario) -> None:
    case.given(OPENED).when(retract(1)).then_refused("retraction.not-retractable")


def test_a_correction_that_leaves_something_odd_raises_a_task(case: Scenario) -> None:
    case.given(*HELD, EscapeReported(facility=AL_HOL)).when(correct(2, AdmittedToFacility, on="2021-09-30"))
    assert not case.case.work.tasks
    case.when(correct(3, EscapeReported, facility=ROJ)).then_odd("whereabouts.escaped-elsewhere")
    assert [task.kind for task in case.case.work.tasks.values()] == ["review_anomaly"]


# ---------------------------------------------------------------- what stands on two cases
def test_a_link_of_kin_is_not_put_right_on_one_case_of_two(case: Scenario) -> None:
    case.given(OPENED, LINKED).when(retract(2)).then_refused("retraction.not-retractable")
    case.when(RefuteKin(kin_id=KIN, cause=RefutedBy.MISTAKEN)).when(retract(3))
    case.then_refused("retraction.not-retractable")
    with pytest.raises(ValidationError):
        correct(2, KinLinked, relation="father")


def test_of_a_birth_the_day_is_corrected_and_the_mother_is_refuted(case: Scenario) -> None:
    case.given(FACT["case.born-in-facility"])
    case.when(correct(1, BornInFacility, mother=UUID(int=7))).then_refused("correction.of-kin")
    case.when(retract(1)).then_refused("retraction.not-retractable")
    case.when(correct(1, BornInFacility, birth="2021-10-01"))
    assert not isinstance(case.outcome, Refused)


# ---------------------------------------------------------------- clearances
def test_a_clearance_given_on_a_record_that_is_put_right_is_withdrawn(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(correct(1, CaseOpened, circumstances="found"))
    assert [fact.topic for fact, _ in case.outcome] == ["case.fact-corrected", "case.clearance-withdrawn"]  # type: ignore[union-attr]
    assert case.case.journey.clearance is None


def test_a_note_that_is_corrected_leaves_the_clearance(case: Scenario) -> None:
    case.given(*READY, FACT["case.note-added"], CLEARED).when(
        correct(len(READY) + 1, NoteAdded, text="Her uncle asks for news.")
    )
    assert case.case.journey.clearance is not None


def test_a_retracted_block_gives_no_clearance_back(case: Scenario) -> None:
    case.given(*READY, CLEARED, BLOCKED, FACT["case.clearance-withdrawn"]).when(
        retract(len(READY) + 2), agency="IQ-INSS"
    )
    assert not case.case.blocks.open
    assert case.case.journey.clearance is None


# ---------------------------------------------------------------- who may
def test_only_who_recorded_it_puts_it_right(case: Scenario) -> None:
    case.given(*HELD, BORN_1994).when(retract(3), agency="UN-UNHCR").then_refused("record.not-yours")
    case.when(retract(3), agency="SY-COURT-RAQQA")
    assert case.case.identity.birth is None


def test_a_block_is_put_right_by_the_agency_for_which_it_stands(case: Scenario) -> None:
    case.given(*HELD, BLOCKED).when(retract(3)).then_refused("record.not-yours")
    case.when(correct(3, type(BLOCKED), agency="SY-AANES")).then_refused("record.not-yours")
    case.when(correct(3, type(BLOCKED), review_due_on=date(2022, 2, 1)), agency="IQ-INSS")
    case.when(retract(3), agency="IQ-PMO")
    assert not case.case.blocks.open


def test_who_clears_does_not_first_correct_what_stands_in_the_way(case: Scenario) -> None:
    case.permissions = ROLES[Role.SUPERVISOR]
    case.given(*HELD, ASKED_TO_SCREEN, SCREENED.model_copy(update={"result": ScreeningResult.ADVERSE}))
    case.when(correct(4, type(SCREENED), result="cleared")).then_refused("record.not-in-your-role")
    case.when(retract(4)).then_refused("record.not-in-your-role")
    case.permissions = ROLES[Role.SECURITY_OFFICER]
    case.when(correct(4, type(SCREENED), result="cleared"))
    assert counting(case)[3] == SCREENED


def test_a_fact_of_another_case_is_unknown_here(case: Scenario) -> None:
    case.given(OPENED).when(retract(9)).then_refused("record.unknown-fact")
    case.when(correct(9, BirthRecorded, birth="1995")).then_refused("record.unknown-fact")


def test_the_record_of_the_dead_and_of_a_closed_case_is_put_right(case: Scenario) -> None:
    case.given(*HELD, BORN_1994, FACT["case.death-recorded"], CaseClosed(reason=ClosureReason.DECEASED))
    case.when(correct(3, BirthRecorded, birth="1995"))
    assert case.case.identity.birth is not None
    assert case.case.identity.birth.birth == day("1995")
