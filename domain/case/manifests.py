"""Manifests: the list of an operation on which a cleared person stands, one at a time (G12)."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import JOURNEY, Journey
from domain.case.request import CaseDecision
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Refused, Stamp
from domain.privacy import Open

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ManifestRemoval(StrEnum):
    """Why a person was taken off a manifest."""

    CLEARANCE_ENDED = "clearance_ended"
    OPERATION_CANCELLED = "operation_cancelled"
    NOT_AT_BOARDING = "not_at_boarding"
    REFUSED_TO_BOARD = "refused_to_board"
    SEAT_NEEDED = "seat_needed"
    ENTERED_IN_ERROR = "entered_in_error"


class PlacedOnManifest(Fact, topic="case.placed-on-manifest"):
    """The person was entered on the manifest of an operation."""

    operation_id: Open[UUID]


class RemovedFromManifest(Fact, topic="case.removed-from-manifest"):
    """The person was taken off a manifest."""

    operation_id: Open[UUID]
    cause: Open[ManifestRemoval]


@JOURNEY.evolves
def _(fact: PlacedOnManifest, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    if was.past(stamp.occurred_on):
        return was
    now = replace(was, manifest=fact.operation_id)
    if was.manifest is None:
        return now
    return Odd(now, "manifest.placed-twice" if was.manifest == fact.operation_id else "manifest.on-two")


@JOURNEY.evolves
def _(fact: RemovedFromManifest, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    if was.past(stamp.occurred_on):
        return was
    return replace(was, manifest=None) if was.manifest == fact.operation_id else Odd(was, "manifest.not-on")


class PlaceOnManifest(CaseDecision):
    """Enter a cleared person on the manifest of an operation.

    :raises Refused: ``manifest.on-another``, ``departure.not-cleared`` without an unexpired clearance.
    """

    permission = "case:place-on-manifest"
    operation_id: UUID

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Enter the person, unless they are on it."""
        given, on = case.journey.clearance, case.journey.manifest
        if on == self.operation_id:
            return
        if on is not None:
            raise Refused("manifest.on-another", "The person is on the manifest of another operation.")
        if given is None or not given.in_force(act.today):
            raise Refused("departure.not-cleared", "No clearance is in force: nobody travels without one.")
        yield PlacedOnManifest(operation_id=self.operation_id)


class RemoveFromManifest(CaseDecision):
    """Take the person off the manifest of an operation; the clearance stays as it is."""

    permission = "case:place-on-manifest"
    after_closure = True
    after_death = True
    operation_id: UUID
    cause: ManifestRemoval

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Take the person off, unless they are not on it."""
        del act
        if case.journey.manifest == self.operation_id:
            yield RemovedFromManifest(operation_id=self.operation_id, cause=self.cause)
