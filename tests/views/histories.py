"""Random lives, as commands: plausible and impossible ones, in order and out of it, told at once or years later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4, uuid5

from adapters.record.errors import NotVisible
from domain.case.absence import RecordRecapture, ReportEscape
from domain.case.arrivals import RecordArrival, RecordRepatriation
from domain.case.assessment import AssessmentMethod, RecordAgeAssessment
from domain.case.blocks import BlockGround, ImposeSecurityBlock
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture
from domain.case.correcting import NEVER_CORRECTED, CorrectFact, RetractFact
from domain.case.decisions import ApproveRepatriation, RefuseRepatriation, RequestRepatriation
from domain.case.deprivation import RecordCitizenshipDeprivation
from domain.case.identity import BirthRecorded, RecordBirth, RecordName, RecordSex, SexRecorded
from domain.case.life import DeathManner, DeathRecorded, RecordDeath
from domain.case.nationality import ClaimNationality, ConfirmNationality, NationalityClaimed
from domain.case.protection import CareStatus, CareStatusDetermined, DetermineCareStatus
from domain.case.registration import Circumstances, CloseCase, ClosureReason, OpenCase
from domain.case.screening import CompleteScreening, RequestScreening, ScreeningResult
from domain.case.whereabouts import AdmittedToFacility, AdmitToFacility, MoveToFacility
from domain.corrections import CHANGES, replacement_of
from domain.dates import PartialDate
from domain.facility import RegisterFacility
from domain.kernel import Command, Fact, Refused
from domain.values import FacilityKind, LateReason, Sex
from tests.examples import EXAMPLES, FACT
from tests.travelling import preparations
from tests.views.conftest import House, caller

SUPERVISOR = caller("UN-OFFICE")
COUNTRIES = ("IQ", "DK", "DE", "GB", "US", "KZ", "XK")
PLACES = (
    ("SY-AL-HOL", FacilityKind.CAMP, "SY"),
    ("SY-HASAKA", FacilityKind.DETENTION, "SY"),
    ("IQ-TRANSIT", FacilityKind.TRANSIT, "IQ"),
)
BIRTHS = ("1990-05-04", "2004-02-29", "2003-10-16", "2003~", "201X", "XXXX", "2021", "1961/1963")

Make = Callable[[Random, Sequence[UUID], dict[str, object]], Command]
MOST: Sequence[Make] = (
    lambda r, _, at: RecordName(kind="full", name={"parts": (f"N{r.random()}",), "script": "Latn"}, **at),
    lambda r, _, at: RecordBirth(birth=PartialDate.parse(r.choice(BIRTHS)), strength=r.randint(1, 4), **at),
    lambda r, _, at: RecordAgeAssessment(
        method=r.choice(list(AssessmentMethod)), assessor="UN-UNICEF", min_years=(y := r.randint(9, 19)),
        max_years=y + r.randint(0, 4), **at,
    ),
    lambda r, _, at: RecordSex(sex=r.choice(list(Sex)), **at),
    lambda r, _, at: ClaimNationality(country=r.choice((*COUNTRIES, "XXA")), strength=r.randint(1, 4), **at),
    lambda r, _, at: ConfirmNationality(country=(c := r.choice(COUNTRIES)), authority=f"{c}-MFA", **at),
    lambda r, _, at: RecordCitizenshipDeprivation(
        country=r.choice(COUNTRIES), ground="not_stated", order_made_on="2019",
        effective_from=r.choice(("2019-05", "2021-10-20", "2022")), **at,
    ),
    lambda r, f, at: AdmitToFacility(facility=r.choice(f), **at),
    lambda r, f, at: MoveToFacility(facility=r.choice(f), separates_family=r.random() < 0.3, **at),
    lambda _, f, at: ReportEscape(facility=f[0], **at),
    lambda r, f, at: RecordRecapture(facility=r.choice(f), **at),
    lambda r, _, at: DetermineCareStatus(status=r.choice(list(CareStatus)), **at),
    lambda r, _, at: ImposeSecurityBlock(
        agency="UN-OFFICE", ground=r.choice(list(BlockGround)), review_due_on=date(2022, 1, 1), **at
    ),
    lambda r, _, at: RequestRepatriation(country=r.choice(COUNTRIES), by="family", **at),
    lambda r, _, at: ApproveRepatriation(
        country=(c := r.choice(COUNTRIES)), authority=f"{c}-MFA", basis="humanitarian", **at
    ),
    lambda r, _, at: RefuseRepatriation(
        country=r.choice(COUNTRIES), reasons=("security",), review_body="DK-COURT", **at
    ),
    lambda r, _, at: ReportDeparture(destination=r.choice((None, *COUNTRIES)), **at),
    lambda r, _, at: RecordArrival(country=r.choice(COUNTRIES), **at),
    lambda r, _, at: RecordRepatriation(country=r.choice(COUNTRIES), **at),
)  # fmt: skip
LAST: Sequence[Make] = (
    lambda r, f, at: RecordDeath(manner=r.choice(list(DeathManner)), facility=r.choice((None, *f)), **at),
    lambda r, _, at: CloseCase(reason=r.choice(list(ClosureReason)), **at),
)


ANYTHING = [
    example.command
    for example in EXAMPLES
    if example.command.aggregate == "case"
    and not example.command.creates
    and not isinstance(example.command, CorrectFact | RetractFact)
]


async def place(house: House, code: str, kind: FacilityKind, country: str) -> UUID:
    name = code.replace("-", " ").title()
    command = RegisterFacility(code=code, name=name, kind=kind, country=country, control="SY-AANES")
    return (await house.asking(command)).stream


async def many_lives(house: House, count: int) -> list[UUID]:
    """Let people live side by side in three places, each by dice of their own; return their cases."""
    facilities = [await place(house, *known) for known in PLACES]
    return await asyncio.gather(*(live(house, Random(nth), facilities, 2 + nth % 15) for nth in range(count)))


async def live(house: House, random: Random, facilities: Sequence[UUID], commands: int) -> UUID:
    """Open a case and ask for random commands; what is refused is part of life."""
    case = (await house.asking(OpenCase(circumstances=random.choice(list(Circumstances)), **_when(random)))).stream
    for nth in range(commands):
        chance = random.random()
        if chance < 0.1:
            await _screen(house, random, case)
        elif chance < 0.15:
            await _clear(house, random, case)
        elif chance < 0.4:
            await _anything(house, random, case)
        elif chance < 0.55:
            await _put_right(house, random, case, facilities)
        else:
            ending = nth > commands - 3 and chance > 0.7
            await _ask(house, case, random.choice(LAST if ending else MOST)(random, facilities, _when(random)))
    return case


def _when(random: Random) -> dict[str, object]:
    """Days of 2021 and before, some of them imprecise; two in three are told on the day."""
    day = date(2019, 1, 1) + timedelta(random.randint(0, 1_010))
    told = random.choice((day.isoformat(), day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"))
    at: dict[str, object] = {"occurred_on": PartialDate.parse(told)}
    return (
        at
        if len(told) == len("2021-10-15") and random.random() < 0.66
        else {**at, "late_reason": LateReason.PAPER_BACKLOG}
    )


async def _screen(house: House, random: Random, case: UUID) -> None:
    due_on = date(2021, 9, 1) + timedelta(random.randint(0, 90))
    command_id = uuid4()
    await _ask(house, case, RequestScreening(agency="IQ-INSS", kind="security", due_on=due_on), command_id)
    if random.random() < 0.8:
        until = random.choice((None, date(2021, 10, 16), date(2021, 11, 1)))
        answer = random.choice(list(ScreeningResult))
        await _ask(
            house, case, CompleteScreening(screening_id=uuid5(command_id, "0"), result=answer, valid_until=until)
        )


async def _clear(house: House, random: Random, case: UUID) -> None:
    country = random.choice(COUNTRIES)
    await _ask(house, case, ConfirmNationality(country=country, authority=f"{country}-MFA"))
    await _ask(house, case, ApproveRepatriation(country=country, authority=f"{country}-MFA", basis="nationality"))
    for command, command_id in preparations(country, alone=random.random() < 0.3):
        await _ask(house, case, command, command_id)
    expires_on = date(2021, 10, 15) + timedelta(random.randint(0, 5))
    await _ask(house, case, ClearToDepart(destination=country, expires_on=expires_on))
    if random.random() < 0.3:
        await _ask(house, case, Depart(destination=country))


async def _anything(house: House, random: Random, case: UUID) -> None:
    """Ask for what some example asks for, on what this case has where it names something by an id."""
    asked = random.choice(ANYTHING)
    named = {
        name: random.choice(known)
        for name in type(asked).model_fields
        if name.endswith("_id")
        and (known := [fact.__dict__[name] for _, fact in await house.reading(case) if name in fact.__dict__])
    }
    await _ask(house, case, asked.model_copy(update={**named, **_when(random)}))


async def _put_right(house: House, random: Random, case: UUID, facilities: Sequence[UUID]) -> None:
    """Retract or correct something that is on record, or an earlier correction or retraction of it."""
    facts = await house.reading(case)
    target = random.choice(facts)
    about = {"target_fact_id": target.stamp.fact_id, "reason": "Looked at again.", "late_reason": LateReason.CORRECTION}
    if type(target.fact) in CHANGES or random.random() < 0.4:
        await _ask(house, case, RetractFact(cause="untrue", **about))
        return
    right = {
        BirthRecorded: {"birth": random.choice(BIRTHS), "strength": random.randint(1, 4)},
        SexRecorded: {"sex": random.choice(list(Sex))},
        NationalityClaimed: {"country": random.choice(COUNTRIES)},
        CareStatusDetermined: {"status": random.choice(list(CareStatus))},
        DeathRecorded: {"manner": random.choice(list(DeathManner))},
        AdmittedToFacility: {"facility": random.choice(facilities)},
    }.get(type(target.fact)) or _otherwise(random, target.fact)
    if type(target.fact) in NEVER_CORRECTED:
        return
    day = _when(random)["occurred_on"] if random.random() < 0.4 else None
    replacement = replacement_of(type(target.fact)).model_validate({"topic": target.fact.topic, **right})
    await _ask(house, case, CorrectFact(cause="mistyped", replacement=replacement, **{**about, "occurred_on": day}))


def _otherwise(random: Random, fact: Fact) -> dict[str, object]:
    """One field of a fact as the example of its kind has it."""
    fields = [name for name in type(fact).model_fields if not name.endswith("_id")]
    name = random.choice(fields) if fields else None
    return {} if name is None else {name: FACT[fact.topic].__dict__[name]}


async def _ask(house: House, case: UUID, command: Command, command_id: UUID | None = None) -> None:
    with suppress(Refused, NotVisible):  # what an example asks for may name a case that is not there
        await house.asking(command, case, by=SUPERVISOR, command_id=command_id)
