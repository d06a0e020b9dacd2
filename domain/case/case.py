"""The case as one frozen record of its facets, and the only fold that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.case import (  # noqa: F401 - each enters facts that evolve a facet
    arrivals,
    assessment,
    block_reviews,
    contested,
    deprivation,
    determination,
    documents,
    hospital,
    manifests,
    newborn,
    papers,
    release,
    restoration,
    reversals,
    reviews,
    spontaneous_return,
    transfers,
    verification,
)
from domain.case.absence import WhereaboutsLost
from domain.case.assurances import ASSURANCES, Assurances
from domain.case.blocks import BLOCKS, Blocks
from domain.case.consent import CONSENT, Consents
from domain.case.decisions import DECISIONS, Decisions
from domain.case.identity import IDENTITY, Birth, Particulars
from domain.case.journey import JOURNEY, HandedOver, Journey
from domain.case.kin import KIN, Kin
from domain.case.life import LIFE, DeathRecorded, Life
from domain.case.nationality import NATIONALITY, Nationality
from domain.case.protection import CARE, Care
from domain.case.record import RECORD, Keeping
from domain.case.registration import REGISTRATION, CaseClosed, CaseOpened, CaseReopened, Registration
from domain.case.screening import SCREENING, Screenings
from domain.case.stays import STAYS, Stays
from domain.case.whereabouts import (
    WHEREABOUTS,
    Place,
    Whereabouts,
)
from domain.case.work import WORK, TaskRaised, Work
from domain.corrections import effective
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Aggregate, Anomaly, Fact, Odd, Recorded, Stamp, ValidFrom, by_fact


@dataclass(frozen=True)
class CaseState:
    """What is known about one person. Folded from facts, never stored, never set."""

    registration: Registration = REGISTRATION.empty
    identity: Particulars = IDENTITY.empty
    nationality: Nationality = NATIONALITY.empty
    whereabouts: Whereabouts = WHEREABOUTS.empty
    stays: Stays = STAYS.empty
    life: Life = LIFE.empty
    protection: Care = CARE.empty
    kin: Kin = KIN.empty
    consent: Consents = CONSENT.empty
    assurances: Assurances = ASSURANCES.empty
    screening: Screenings = SCREENING.empty
    blocks: Blocks = BLOCKS.empty
    decisions: Decisions = DECISIONS.empty
    journey: Journey = JOURNEY.empty
    work: Work = WORK.empty
    record: Keeping = RECORD.empty
    version: int = 0
    """Of the last fact in the stream; 0 when there is none."""
    anomalies: tuple[Anomaly, ...] = ()
    """Facts that did not fit where they stand, in the order of the fold."""
    past: frozenset[tuple[Fact, PartialDate]] = frozenset()
    """Facts, with their days, that came after what they precede and left a facet as it was."""

    @property
    def in_transit(self) -> bool:
        """Whether the person departed and is not known to have arrived."""
        return self.whereabouts.place is Place.GONE and self.journey.returned is None

    def after(self, recorded: Recorded) -> CaseState:
        """Return the case after one more fact."""
        return evolve(self, recorded)


FACETS: Final = (
    REGISTRATION, IDENTITY, NATIONALITY, WHEREABOUTS, STAYS, LIFE, CARE, KIN, CONSENT, ASSURANCES, SCREENING, BLOCKS,
    DECISIONS, JOURNEY, WORK, RECORD,
)  # fmt: skip

_EVOLVERS: Final = by_fact(FACETS)

SHOWS_ALIVE: Final[frozenset[type[Fact]]] = (frozenset(WHEREABOUTS.evolvers) | {HandedOver}) - {WhereaboutsLost}
"""Facts of which each says that the person was alive on that day."""


_new: Final = object.__new__
_set_fields: Final = vars(CaseState)["__dict__"].__set__


def evolve(case: CaseState, recorded: Recorded) -> CaseState:
    """Return the case after one more fact. Never raises: what does not fit is kept as an anomaly."""
    stamp, fact = recorded
    evolvers = _EVOLVERS.get(type(fact))
    if evolvers is None:
        return _found(case, stamp, ["record.foreign-fact"])
    # A frozen record copied by its dictionary: dataclasses.replace would take four times as long.
    values = case.__dict__.copy()
    if stamp.version > case.version:
        values["version"] = stamp.version
    codes: list[str] | None = None
    for name, function in evolvers:
        was = values[name]
        outcome = function(fact, stamp, was)
        if type(outcome) is Odd:
            outcome, code = outcome
            codes = [*(codes or ()), code]
        if outcome is was:
            values["past"] = values["past"] | {(fact, stamp.occurred_on)}
        values[name] = outcome
    now = _new(CaseState)
    _set_fields(now, values)
    told = case.identity.birth
    if (
        case.life.death is not None
        or case.registration.closed is not None
        or type(fact) is DeathRecorded
        or (told is not None and _before_birth(told, stamp))
    ):
        codes = [*(codes or ()), *_out_of_time(case, stamp, fact)]
    return _found(now, stamp, codes) if codes else now


def _found(case: CaseState, stamp: Stamp, codes: Iterable[str]) -> CaseState:
    found = tuple(Anomaly(code, stamp.fact_id, stamp.position) for code in codes)
    return replace(case, anomalies=case.anomalies + found, version=max(case.version, stamp.version))


def _out_of_time(case: CaseState, stamp: Stamp, fact: Fact) -> list[str]:
    """Return the codes of what one facet cannot see: life before birth and after death, work on a closed case."""
    codes = []
    death, closed = case.life.death, case.registration.closed
    if death is not None and type(fact) in SHOWS_ALIVE and stamp.occurred_on.earliest > death.on.latest:
        codes.append("life.seen-after-death")
    if type(fact) is DeathRecorded:
        seen = case.whereabouts.seen_on
        if seen is not None and seen.earliest > stamp.occurred_on.latest:
            codes.append("life.died-before-last-seen")
    told = case.identity.birth
    if type(fact) in SHOWS_ALIVE | {DeathRecorded} and told is not None and _before_birth(told, stamp):
        codes.append("life.before-birth")
    if closed is not None and stamp.occurred_on.earliest > closed.on.latest and _is_work(fact):
        codes.append("registration.after-closure")
    return codes


def _before_birth(told: Birth, stamp: Stamp) -> bool:
    """Whether a day lies before the birth, as far as the birth can be read."""
    birth = told.birth
    return type(birth) is PartialDate and stamp.occurred_on.latest < birth.earliest


_NO_WORK: Final[frozenset[type[Fact]]] = frozenset({CaseOpened, CaseClosed, CaseReopened, TaskRaised, *RECORD.evolvers})
"""What happens to a closed case as well: what is odd about it is looked at, and its record is kept."""


def _is_work(fact: Fact) -> bool:
    return fact.valid is not ValidFrom.ALWAYS and type(fact) not in _NO_WORK


CASE: Final = Aggregate("case", CaseState(), evolve, effective)

FACTS_OF_A_CASE: Final[Mapping[str, type[Fact]]] = {cls.topic: cls for cls in _EVOLVERS}
"""Topic → fact class, for every fact that a case can hold."""
