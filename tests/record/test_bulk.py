from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters.database import Databases
from adapters.record.append import parameters
from adapters.record.bulk import BulkCommitter, NotNext, Prepared, Sealed, arguments, packed
from adapters.record.committer import bundles_of
from adapters.record.record import Record
from adapters.record.submission import Opened, Scope, Submission
from domain.privacy import BlockLabel
from tests.record.soundness import Promises, contents, faults
from tests.record.submissions import ORIGIN, a_command

pytestmark = pytest.mark.anyio
EARLY = datetime(2019, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)


def a_batch() -> list[Submission]:
    """Three commands of one stream among those of others, with what a decision opened and who may see it."""
    first, second, other = uuid4(), uuid4(), uuid4()
    opened = Opened(first, frozenset({BlockLabel.IDENTITY, BlockLabel.MEDICAL}), uuid4(), "IQ-MFA", "decide")
    times = [EARLY + timedelta(seconds=nth) for nth in range(5)]
    return [
        a_command(first, recorded_at=times[0]),
        a_command(second, facts=2, recorded_at=times[1]),
        a_command(first, 1, recorded_at=times[2])._replace(
            opened=[opened], scopes=[Scope("IQ", first), Scope("IQ-MFA", first)]
        ),
        a_command(other, facts=3, recorded_at=times[3]),
        a_command(first, 2, recorded_at=times[4]),
    ]


def in_bulk(batch: list[Submission]) -> tuple[object, ...]:
    """The parameters of the statement for commands that were prepared elsewhere."""
    return arguments([packed(prepared(one)) for one in batch])


def prepared(one: Submission) -> Prepared:
    (place,) = one.writes
    assert one.command_id is not None
    at = (one.facts[0].recorded_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    sealed = [Sealed(fact.topic, fact.fact_id or uuid4(), fact.leaf, fact.state) for fact in one.facts]
    return Prepared(one.command_id, one.request, *place[:2], at, sealed, one.opened, one.scopes)


def payloads(made: tuple[Any, ...]) -> list[tuple[type, bytes]]:
    return [(type(one), one.payload) for one in made]


def test_what_is_appended_in_bulk_is_byte_for_byte_what_is_appended_one_by_one() -> None:
    batch = a_batch()
    assert payloads(in_bulk(batch)) == payloads(parameters(batch, bundles_of(batch)))


async def test_a_batch_is_recorded_in_the_order_given_and_asked_again_adds_nothing(
    record: Record, databases: Databases
) -> None:
    batch = a_batch()
    committer = await BulkCommitter.open(databases.url("writer"))
    assert await committer.append(in_bulk(batch)) == (8, [1, 2, 4, 5, 8])
    assert await committer.append(in_bulk(batch[-1:])) == (0, [8])
    await committer.close()
    stored = contents(databases.url("writer"))
    assert faults(stored, Promises(), ORIGIN) == []
    assert [row.leaf for row in stored.facts] == [fact.leaf for one in batch for fact in one.facts]
    assert await record.head() == 8


async def test_a_stream_that_somebody_else_wrote_to_stops_a_load_and_not_its_neighbours(
    record: Record, databases: Databases
) -> None:
    batch = a_batch()
    await record.append(a_command(batch[0].facts[0].stream))
    committer = await BulkCommitter.open(databases.url("writer"))
    with pytest.raises(NotNext):
        await committer.append(in_bulk(batch))
    await committer.close()
    stored = contents(databases.url("writer"))
    assert faults(stored, Promises(), ORIGIN) == []
    assert len(stored.facts) == 1 + 2 + 3


def test_a_command_from_which_nothing_follows_is_not_loaded_in_bulk() -> None:
    with pytest.raises(ValueError, match="nothing follows"):
        packed(prepared(a_command(uuid4()))._replace(facts=[]))
