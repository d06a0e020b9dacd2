"""Given facts, when a request, then an outcome. Expecting nothing is the default.

Every scenario sends its facts through sealing and opening before it folds them, and repeats every granted request to
see that the second one records nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Self
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.header import Provenance
from adapters.record.keys import DataKey, KeyChain, KeyName, commitment_of
from adapters.record.mapper import FactMapper
from adapters.record.sealer import subjects_of
from domain.case.case import CaseState
from domain.case.journey import ClearedToDepart
from domain.case.status import Overlay, Status, overlays, status
from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.deciding import Conclusion, concluded
from domain.kernel import Act, Command, CommandKind, Fact, Recorded, Refused, Stamp
from domain.privacy import PERSONAL_CLASSES
from domain.registry import AGGREGATES
from domain.roles import ROLES
from tests.examples import AL_HOL, EVIDENCE_SHA256, REGISTERED, ROJ
from tests.examples_record import STREAM, fact_id

TODAY = date(2021, 10, 15)
BEFORE = date(2021, 10, 1)
"""When given facts occurred and were recorded, unless said otherwise."""
COMMAND = UUID("88888888-8888-4888-8888-888888888888")
CASEWORKER = UUID("77777777-7777-4777-8777-777777777777")
SUPERVISOR = UUID("66666666-6666-4666-8666-666666666666")


def made(n: int = 0) -> UUID:
    """Return the n-th id that the request of a scenario makes."""
    return uuid5(COMMAND, str(n))


def an_act(on: date = TODAY, *, actor: UUID = SUPERVISOR, agency: str = "SY-AANES", command_id: UUID = COMMAND) -> Act:
    """Return an act at noon, UTC."""
    return Act(
        command_id=command_id,
        actor=actor,
        agency=agency,
        recorded_at=datetime.combine(on, time(12), tzinfo=UTC),
        evidence_sha256=EVIDENCE_SHA256,
    )


def recorded(
    fact: Fact,
    version: int,
    *,
    occurred_on: PartialDate | date | str = BEFORE,
    recorded_on: date = TODAY,
    actor: UUID = CASEWORKER,
    stream: UUID = STREAM,
    position: int | None = None,
) -> Recorded:
    """Return the fact with a stamp."""
    stamp = Stamp(
        stream=stream,
        version=version,
        position=version if position is None else position,
        fact_id=fact_id(version, stream),
        command_id=COMMAND,
        actor=actor,
        agency="SY-AANES",
        recorded_at=datetime.combine(recorded_on, time(12), tzinfo=UTC),
        occurred_on=partial(occurred_on),
    )
    return Recorded(stamp, fact)


def partial(given: PartialDate | date | str) -> PartialDate:
    """Return a date as facts hold it."""
    if isinstance(given, PartialDate):
        return given
    return PartialDate.of(given) if isinstance(given, date) else PartialDate.parse(given)


@cache
def _keys_of(person: UUID) -> dict[KeyName, DataKey]:
    secret = os.urandom(32)
    key = DataKey(AESGCMSIV(secret), commitment_of(secret).hex())
    return {KeyName(person, label): key for label in PERSONAL_CLASSES}


def through_storage(given: Recorded) -> Recorded:
    """Return the fact as it is read back after it was sealed, everything opened."""
    stream = given.stamp.stream
    chain = KeyChain(_keys_of(stream))
    for _, person in subjects_of(stream, given.fact):
        chain.add(_keys_of(person))
    mapper = FactMapper(Provenance("scenario", 1), chain, opens=PERSONAL_CLASSES)
    return mapper.open(mapper.seal(*given).state, given.stamp.position)


class Scenario:
    """One stream, one request, one outcome; other streams stand beside it, at first two camps."""

    def __init__(
        self, aggregate: str = "case", stream: UUID = STREAM, house: dict[UUID, Scenario] | None = None
    ) -> None:
        self.aggregate = AGGREGATES[aggregate]
        self.stream = stream
        self.house = {} if house is None else house
        self.house[stream] = self
        self.history: list[Recorded] = []
        self.outcome: list[tuple[Fact, PartialDate]] | Refused = []
        self.elsewhere: list[tuple[UUID, Fact, PartialDate]] = []
        self.review: list[Fact] = []
        self.permissions = frozenset[str]().union(*ROLES.values())
        for camp in (AL_HOL, ROJ) if house is None else ():
            self.beside(camp, REGISTERED, aggregate="facility")

    @property
    def others(self) -> dict[UUID, Any]:
        """The states of the streams beside."""
        return {stream: scenario.state for stream, scenario in self.house.items() if stream != self.stream}

    @property
    def state(self) -> Any:
        """The state after everything so far."""
        return self.aggregate.fold(self.history)

    @property
    def case(self) -> CaseState:
        """The state of a case."""
        state = self.state
        assert isinstance(state, CaseState)
        return state

    def given(
        self,
        *facts: Fact,
        on: PartialDate | date | str = BEFORE,
        by: UUID | None = None,
        recorded_on: date | None = None,
    ) -> Self:
        """Add facts that occurred on a day, recorded by then or on the day stated.

        By the caseworker; a clearance by the supervisor, since who clears is not who requested.
        """
        when = recorded_on or min(partial(on).latest, TODAY)
        for fact in facts:
            actor = by or (SUPERVISOR if isinstance(fact, ClearedToDepart) else CASEWORKER)
            stamped = recorded(
                fact, len(self.history) + 1, occurred_on=on, recorded_on=when, actor=actor, stream=self.stream
            )
            self.history.append(through_storage(stamped))
        return self

    def when(
        self,
        command: Command,
        *,
        on: date = TODAY,
        by: UUID = SUPERVISOR,
        agency: str = "SY-AANES",
        evidence: str | None = EVIDENCE_SHA256,
    ) -> Self:
        """Make the request on a day. What is granted is recorded, and asked again."""
        before = self.state
        try:
            self.outcome, self.elsewhere = self._concluded(command, by, on, agency, evidence)
        except Refused as refusal:
            self.outcome = refusal
            return self
        for fact, day in self.outcome:
            self.given(fact, on=day, by=by, recorded_on=on)
        for stream, fact, day in self.elsewhere:
            self.house[stream].given(fact, on=day, by=by, recorded_on=on)
        self._reviewed(command, before)
        again = self._concluded(command, by, on, agency, evidence)
        assert again == ([], []), f"{command.verb} asked twice records something"
        return self

    def by_another_request(self, command: Command, agency: str = "SY-AANES") -> Conclusion:
        """Return what follows from the same command under another key; nothing of it is recorded."""
        return self._concluded(command, SUPERVISOR, TODAY, agency, EVIDENCE_SHA256, command_id=made(99))

    def _concluded(
        self, command: Command, by: UUID, on: date, agency: str, evidence: str | None, command_id: UUID = COMMAND
    ) -> Conclusion:
        others: dict[UUID, Any] = {}
        streams = command.rests_on(self.state)
        while further := (streams & self.house.keys()) - others.keys() - {self.stream}:
            others |= {stream: self.house[stream].state for stream in further}
            streams = command.rests_further_on(others)
        act = an_act(on, actor=by, agency=agency, command_id=command_id)._replace(
            evidence_sha256=evidence,
            others=others,
            stream=self.stream,
            facts=tuple(self.history),
            permissions=self.permissions,
        )
        return concluded(command, self.state, act)

    def _reviewed(self, command: Command, before: Any) -> None:
        """Whatever is reported and does not fit raises a task for somebody to look at it, and nothing else does.

        The task is the same in every scenario: it is checked here and not told again in :meth:`then`.
        """
        if isinstance(self.outcome, Refused) or self.aggregate.name != "case" or command.rests_on_facts:
            return  # a request that puts the record right looks at all of it and raises tasks of its own
        odd = len(self.state.anomalies) > len(before.anomalies)
        expected = task(an_act(), 0, TaskKind.REVIEW_ANOMALY).fact
        self.review = [fact for fact, _ in self.outcome if fact == expected]
        assert bool(self.review) == (odd and command.nature is CommandKind.OBSERVATION), "an anomaly is a task"
        self.outcome = [(fact, day) for fact, day in self.outcome if fact != expected]

    def beside(self, stream: UUID, *facts: Fact, aggregate: str = "case") -> Self:
        """Let another stream hold facts; a request that rests on it finds it as it stands then."""
        Scenario(aggregate, stream, self.house).given(*facts)
        return self

    def of(self, stream: UUID) -> Scenario:
        """Return the scenario of a stream that stands beside."""
        return self.house[stream]

    def then(self, *facts: Fact) -> Self:
        """Expect exactly these facts; none when none is named."""
        assert not isinstance(self.outcome, Refused), f"refused: {self.outcome.code} {self.outcome.details}"
        assert [fact for fact, _ in self.outcome] == list(facts)
        return self

    def then_nothing(self) -> Self:
        """Expect that it was already so."""
        return self.then()

    def then_refused(self, code: str, *, rules: Iterable[str] | None = None) -> Self:
        """Expect a refusal with this code, and exactly these unmet rules where rules are meant."""
        assert isinstance(self.outcome, Refused), f"granted: {self.outcome}"
        assert self.outcome.code == code
        if rules is not None:
            told = self.outcome.details["rules"]
            assert isinstance(told, list)
            assert [rule["code"] for rule in told] == list(rules)
        return self

    def then_status(self, expected: Status, on: date = TODAY) -> Self:
        """Expect the status of a day."""
        assert status(self.case, on) is expected
        return self

    def then_overlays(self, *expected: Overlay, on: date = TODAY) -> Self:
        """Expect exactly these overlays, apart from the doubt about an age of which nothing is on record."""
        assert overlays(self.case, on) - {Overlay.POSSIBLY_CHILD} == set(expected)
        return self

    def then_odd(self, *codes: str) -> Self:
        """Expect exactly these anomalies."""
        assert [anomaly.code for anomaly in self.state.anomalies] == list(codes)
        return self
