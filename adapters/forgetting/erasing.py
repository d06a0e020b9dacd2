"""The eraser: destroys the keys of people whose erasure two officers agreed to, once the time to think again is over.

Each step can be repeated, and a killed eraser goes on where it was: the fact first, so that a block without a key is an
erasure only where the record says so; then the fence outside the database; then the keys; then, when no process can
remember them any more, the rows that were derived; last the fact that it is done.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg
import structlog

from adapters.database import Databases
from adapters.forgetting.destroying import Gone, destroy_keys, fenced_subjects, remove_rows
from adapters.forgetting.enforcing import recorded_fences
from adapters.forgetting.people import cases_of, stream_of
from adapters.keys.fences import Fence, FenceFolder
from adapters.keys.rotation import closes_on
from adapters.record.door import Caller, Door, Request
from adapters.record.errors import NotVisible, RecordUnavailable, StaleVersion
from adapters.record.keys import wrapping_epoch
from adapters.record.load import EVERYONE
from adapters.record.record import Record
from adapters.record.subject_keys import LEASE_SECONDS
from adapters.settings import Settings
from adapters.views.requests import APPROVED
from domain.case.erasing import ErasePerson
from domain.case.record import ErasureBasis
from domain.kernel import Command, Refused
from domain.subject_request.answering import ConfirmErasure
from domain.subject_request.state import SubjectRequestState

REMEMBERED_SECONDS: Final = 3 * LEASE_SECONDS
"""After this time no process remembers a key, nor a fact that was opened with it, nor a state folded from that."""
LOOK_SECONDS: Final = 30.0
ERASER: Final = UUID("5f0b7a52-6c4e-4a0d-9a55-8f1f4c1a0e55")
"""Reference of the machine in the record, and the namespace of its commands."""
PERMISSION: Final = "person:erase"

DUE: Final = "SELECT request_id FROM views.subject_request WHERE state = %s AND approved_at <= %s ORDER BY approved_at"

log: Final = structlog.get_logger()


@dataclass(frozen=True)
class Erased:
    """One erasure that was completed."""

    request_id: UUID
    covers: tuple[UUID, ...]
    keys: int


class Eraser:
    """Erases whoever is due. Synchronous: give it a thread or a process of its own."""

    def __init__(
        self,
        databases: Databases,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        remembered_seconds: float = REMEMBERED_SECONDS,
    ) -> None:
        self._databases: Final = databases
        self._settings: Final = settings
        self._clock: Final = clock
        self._remembered: Final = remembered_seconds
        self._fences: Final = FenceFolder.of(settings)

    def run(self, stop: threading.Event) -> None:
        """Erase whoever is due, and look again, until told to stop; waits out a database that is gone."""
        while not stop.wait(LOOK_SECONDS):
            try:
                self.step()
            except (psycopg.OperationalError, RecordUnavailable):
                log.warning("eraser.database-gone")

    def step(self) -> list[Erased]:
        """Erase whoever is due now and return what was completed.

        :raises FenceRefused: when the fences were altered.
        """
        before = self._clock() - timedelta(days=self._settings.erasure_cooling_days)
        with psycopg.connect(self._databases.url("owner"), autocommit=True) as keeper:
            due = [request for (request,) in keeper.execute(DUE, (APPROVED, before)).fetchall()]
            undone = self._undone(keeper)
            if not due and not undone:
                return []
            return asyncio.run(self._erase(keeper, due, undone))

    async def _erase(
        self, keeper: psycopg.Connection[Any], due: Sequence[UUID], undone: Sequence[tuple[Fence, Sequence[UUID]]]
    ) -> list[Erased]:
        done: list[Erased] = []
        async with await Record.open(self._databases, self._settings) as record:
            erasing = _Erasing(record, Door(record, self._clock), self._fences, keeper, self._settings, self._clock)
            for fence, subjects in undone:
                await erasing.again(fence, subjects)
            started = [one for request in due if (one := await erasing.destroy(request)) is not None]
            if started:
                await asyncio.sleep(self._remembered)
            for request, covers, gone in started:
                remove_rows(keeper, covers)
                await erasing.confirm(request, covers, gone)
                done.append(Erased(request, covers, gone.keys))
        return done

    def _undone(self, keeper: psycopg.Connection[Any]) -> list[tuple[Fence, list[UUID]]]:
        """Return the erasures of which a restored record knows nothing, and the people whose rows it brought back."""
        recorded = {fence.sha256 for fence in recorded_fences(keeper, self._settings)}
        forgotten = [fence for fence in self._fences.all() if fence.sha256 not in recorded]
        prints = [one for fence in forgotten for one in fence.fingerprints]
        found = fenced_subjects(keeper, prints, live=False)
        return [
            (fence, sorted({found[one] for one in fence.fingerprints if one in found}))
            for fence in forgotten
            if any(one in found for one in fence.fingerprints)
        ]


class _Erasing:
    """One round of erasures on an open record."""

    def __init__(
        self,
        record: Record,
        door: Door,
        fences: FenceFolder,
        keeper: psycopg.Connection[Any],
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._record: Final = record
        self._door: Final = door
        self._fences: Final = fences
        self._keeper: Final = keeper
        self._settings: Final = settings
        self._clock: Final = clock

    async def destroy(self, request: UUID) -> tuple[UUID, tuple[UUID, ...], Gone] | None:
        """Record an erasure, publish its fence and destroy the keys; ``None`` when something stands in the way."""
        asked = (await stream_of(self._record, request)).state
        if not isinstance(asked, SubjectRequestState) or asked.asked is None or asked.approved is None:
            return None
        if asked.destroyed is not None:
            return None  # the read models do not show it yet
        root, covers = await cases_of(self._record, asked.asked.case_id)
        fence = Fence.around(covers, asked.approved.basis)
        if not await self._recorded(root, covers, fence, asked.approved.agency, uuid5(ERASER, f"erase {request}")):
            return None
        self._fences.publish(fence)
        return request, covers, destroy_keys(self._keeper, covers, self._clock().date())

    async def confirm(self, request: UUID, covers: tuple[UUID, ...], gone: Gone) -> None:
        """Record that the keys are gone, and from when no backup opens anything either."""
        stream = await stream_of(self._record, request)
        epoch = gone.epoch if gone.epoch is not None else wrapping_epoch(self._clock().date())
        command = ConfirmErasure(
            covers=covers,
            fence_sha256=Fence.around(covers, ErasureBasis.REQUEST).sha256,
            keys=gone.keys,
            backups_covered_from=closes_on(epoch, self._settings.keys_grace_days),
        )
        agency = stream.state.approved.agency
        await self._ask(command, request, stream.version, agency, uuid5(ERASER, f"confirm {request}"))
        log.info("eraser.erased", request=str(request), cases=len(covers), keys=gone.keys)

    async def again(self, fence: Fence, subjects: Sequence[UUID]) -> None:
        """Record once more an erasure that a restore undid."""
        try:
            root, covers = await cases_of(self._record, subjects[0])
        except NotVisible:
            return  # the restored record does not know the person
        command = uuid5(ERASER, f"again {fence.sha256} {(await stream_of(self._record, root)).version}")
        if await self._recorded(root, covers, fence, "XX-HOMEWARD", command):
            remove_rows(self._keeper, covers)
            log.warning("eraser.recorded-again", cases=len(covers))

    async def _recorded(
        self, root: UUID, covers: tuple[UUID, ...], fence: Fence, agency: str, command_id: UUID
    ) -> bool:
        command = ErasePerson(basis=fence.basis, fence_sha256=fence.sha256, covers=covers)
        version = (await stream_of(self._record, root)).version
        try:
            await self._ask(command, root, version, agency, command_id)
        except Refused as refusal:
            log.warning("eraser.refused", code=refusal.code)
            return False
        except StaleVersion:
            return False  # somebody recorded on the case meanwhile; the next round looks again
        return True

    async def _ask(self, command: Command, stream: UUID, version: int, agency: str, command_id: UUID) -> None:
        caller = Caller(ERASER, agency, None, frozenset({PERMISSION}), frozenset({EVERYONE}))
        digest = sha256(command.model_dump_json().encode()).digest()
        await self._door.ask(Request(command, stream, caller, command_id, digest, if_match=version))
