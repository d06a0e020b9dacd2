"""Before the first request: keys that a fence names are destroyed, whatever backup the database came from."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import psycopg
import structlog
from psycopg import sql

from adapters.database import Databases
from adapters.forgetting.destroying import destroy_keys, fenced_subjects, remove_rows
from adapters.keys.fences import Fence, FenceFolder, FenceRefused
from adapters.record.header import Provenance
from adapters.record.keys import KeyChain
from adapters.record.mapper import FactMapper
from adapters.settings import Settings
from domain.case.record import PersonErased

ERASURES: Final = sql.SQL("SELECT frame FROM record.fact WHERE topic = {topic} ORDER BY position").format(
    topic=sql.Literal(PersonErased.topic)
)

log: Final = structlog.get_logger()


def enforce(databases: Databases, settings: Settings, *, today: date) -> int:
    """Destroy what fences name and the database still has; return how many people that were.

    An erasure that was recorded and whose fence was not yet published is completed.

    :raises FenceRefused: when the fences were altered, or do not hold what the record says; in production also when
        there is no list of them although the record is not empty.
    """
    fences = FenceFolder.of(settings)
    with psycopg.connect(databases.url("owner"), autocommit=True) as connection:
        _begin(connection, fences, settings)
        for fence in recorded_fences(connection, settings):
            fences.publish(fence)
        back = sorted(set(fenced_subjects(connection, fences.fingerprints(), live=True).values()))
        if back:
            log.warning("fences.keys-came-back", people=len(back))
            destroy_keys(connection, back, today)
            remove_rows(connection, back)
    return len(back)


def recorded_fences(connection: psycopg.Connection[Any], settings: Settings) -> list[Fence]:
    """Return the fence of every erasure that the record knows, in the order recorded.

    :raises FenceRefused: when the record names other keys than those of the cases that it names.
    """
    return [_fence_of(frame, settings) for (frame,) in connection.execute(ERASURES).fetchall()]


def _begin(connection: psycopg.Connection[Any], fences: FenceFolder, settings: Settings) -> None:
    if fences.there:
        return
    row = connection.execute("SELECT FROM record.fact LIMIT 1").fetchone()
    if settings.mode == "production" and row is not None:
        raise FenceRefused(
            "The list of those who were erased is missing: bring back the folder fences of HOMEWARD_PUBLISHED_DIR. "
            "Only where nobody was ever erased, make it by hand, empty."
        )
    fences.begin()


def _fence_of(frame: bytes, settings: Settings) -> Fence:
    """Return the fence of a recorded erasure, made anew from the cases that it covers.

    :raises FenceRefused: when that is another one than was recorded.
    """
    fact = FactMapper(Provenance(settings.origin, 1), KeyChain()).open(frame, 0).fact
    if not isinstance(fact, PersonErased):
        raise FenceRefused("A fact that should say that somebody was erased says something else.")
    fence = Fence.around(fact.covers, fact.basis)
    if fence.sha256 != fact.fence_sha256:
        raise FenceRefused("The record says that other keys were destroyed than those of the cases that it names.")
    return fence
