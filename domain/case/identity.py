"""Identity: names, birth and sex as they were told, each with the strength of its evidence.

Several names and contradicting births stand side by side: a claim is not a fact, and conflict is a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from domain.case.age import may_now_be_child, refuse_implausible
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp, ValidFrom
from domain.privacy import BlockLabel, Identity, Narrative, Open, Unreadable
from domain.text import SAFE_TEXT, FreeText
from domain.values import Evidence, NameKind, PersonName, Sex

if TYPE_CHECKING:
    from domain.case.age import AgeAssessment
    from domain.case.case import CaseState
    from domain.case.documents import BiometricReference, IdentityPaper
    from domain.case.verification import Dispute, Verification

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), SAFE_TEXT]
"""A place or the reference of a document, in the words of whoever told it; one line."""


class NameRecorded(Fact, topic="case.name-recorded", valid=ValidFrom.ALWAYS):
    """The person was said to be called so."""

    name_id: Open[UUID]
    kind: Open[NameKind]
    name: Identity[PersonName]
    strength: Open[Evidence]


@unique
class NameRetractionCause(StrEnum):
    """Why a name was never the person's."""

    MISHEARD = "misheard"
    NAME_OF_ANOTHER = "name_of_another"
    DENIED_BY_PERSON = "denied_by_person"
    RECORDED_IN_ERROR = "recorded_in_error"


class NameRetracted(Fact, topic="case.name-retracted", valid=ValidFrom.ALWAYS):
    """A name on record was never the person's."""

    name_id: Open[UUID]
    cause: Open[NameRetractionCause]
    reason: Narrative[FreeText | None]


class BirthRecorded(Fact, topic="case.birth-recorded", valid=ValidFrom.ALWAYS):
    """The person was said to be born then and there."""

    birth: Identity[PartialDate]
    place: Identity[ShortText | None]
    strength: Open[Evidence]


class SexRecorded(Fact, topic="case.sex-recorded", valid=ValidFrom.ALWAYS):
    """The person's sex was recorded."""

    sex: Identity[Sex]


@dataclass(frozen=True)
class Name:
    """One name, and how well it is supported."""

    kind: NameKind
    name: PersonName | Unreadable
    strength: Evidence


@dataclass(frozen=True)
class Birth:
    """One account of the birth, and how well it is supported."""

    birth: PartialDate | Unreadable
    place: str | Unreadable | None
    strength: Evidence


@dataclass(frozen=True)
class Particulars:
    """What is on record about who the person is."""

    names: Mapping[UUID, Name] = field(default_factory=dict)
    births: tuple[Birth, ...] = ()
    """Every account, in the order recorded."""
    birth: Birth | None = None
    """The account to go by: the best supported, and of equals the last."""
    sex: Sex | Unreadable | None = None
    assessments: tuple[AgeAssessment, ...] = ()
    """Every assessment of the age, in the order recorded; together with the births see :mod:`domain.case.age`."""
    papers: Mapping[UUID, IdentityPaper] = field(default_factory=dict)
    """Documents seen, by id."""
    biometrics: tuple[BiometricReference, ...] = ()
    """What the systems of others found, in the order recorded; never a template."""
    retracted: frozenset[UUID] = frozenset()
    """Ids of names that were retracted."""
    verification: Verification | None = None
    """The last one that was not revoked, whether or not it was disputed since."""
    revoked: bool = False
    """Whether the last verification was revoked."""
    disputes: tuple[Dispute, ...] = ()
    """The disputes since the last verification."""
    settled_on: PartialDate | None = None
    """Day of the last verification, dispute or revocation."""

    @property
    def disputed(self) -> bool:
        """Whether an agency disputes who the person is, and nobody has verified it since."""
        return bool(self.disputes)

    @property
    def verified(self) -> Verification | None:
        """The verification in force: neither disputed nor revoked since."""
        return None if self.disputes else self.verification

    def told(self, birth: Birth) -> Particulars:
        """Return the particulars after one more account of the birth."""
        best = birth if self.birth is None or birth.strength >= self.birth.strength else self.birth
        return replace(self, births=(*self.births, birth), birth=best)


IDENTITY: Final = Facet("identity", Particulars())


@IDENTITY.evolves
def _(fact: NameRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    return replace(was, names={**was.names, fact.name_id: Name(fact.kind, fact.name, fact.strength)})


@IDENTITY.evolves
def _(fact: NameRetracted, _stamp: Stamp, was: Particulars) -> Particulars | Odd[Particulars]:
    others = {name_id: name for name_id, name in was.names.items() if name_id != fact.name_id}
    now = replace(was, names=others, retracted=was.retracted | {fact.name_id})
    return now if fact.name_id in was.names else Odd(now, "name.unknown")


@IDENTITY.evolves
def _(fact: BirthRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    return was.told(Birth(fact.birth, fact.place, fact.strength))


@IDENTITY.evolves
def _(fact: SexRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    return replace(was, sex=fact.sex)


class RecordName(CaseObservation):
    """Record a name as it was told. Other names stay.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    kind: NameKind
    name: PersonName
    strength: Evidence = Evidence.CLAIMED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the name, unless it is on record with at least this evidence."""
        for known in case.identity.names.values():
            same = readable(known.name) == self.name and known.kind is self.kind
            if same and known.strength >= self.strength:
                return
        yield NameRecorded(name_id=act.new_id(), kind=self.kind, name=self.name, strength=self.strength)


class RetractName(CaseDecision):
    """Take back a name that was never the person's. It stays in the record and no longer names anybody.

    :raises Refused: ``name.unknown`` when no such name is on record.
    """

    permission = "case:record"
    after_closure = True
    after_death = True
    name_id: UUID
    cause: NameRetractionCause
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Retract the name, unless it is retracted."""
        del act
        if self.name_id in case.identity.retracted:
            return
        if self.name_id not in case.identity.names:
            raise Refused("name.unknown", "No such name is on this case.")
        yield NameRetracted(name_id=self.name_id, cause=self.cause, reason=self.reason)


class RecordBirth(CaseObservation):
    """Record when and where the person was born, as it was told. Other accounts stay.

    A clearance in force is withdrawn when the person was held to be an adult and may now be a child.

    :raises Refused: ``record.in-future`` for a birth to come, ``birth.hijri`` and ``birth.too-long-ago`` for a year
        that cannot be meant, ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    birth: PartialDate
    place: ShortText | None = None
    strength: Evidence = Evidence.CLAIMED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the account, unless it is the one to go by or adds nothing to a better one."""
        refuse_implausible(self.birth, act)
        best = case.identity.birth
        told = Birth(self.birth, self.place, self.strength)
        for known in case.identity.births:
            readable(known.birth)
        if best is None or (told != best and (told.strength >= best.strength or told not in case.identity.births)):
            yield BirthRecorded(birth=self.birth, place=self.place, strength=self.strength)
            if may_now_be_child(case, case.identity.told(told), act.today):
                yield from withdrawal(case, act, WithdrawalCause.IDENTITY)


class RecordSex(CaseObservation):
    """Record the person's sex; the last recorded counts.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    sex: Sex

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the sex, unless it is on record."""
        del act
        if case.identity.sex is None or readable(case.identity.sex) is not self.sex:
            yield SexRecorded(sex=self.sex)
