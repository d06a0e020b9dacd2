"""The header of a stored fact: everything about it that is no secret, as JSON that outlives this program.

Absent keys mean "none". Ids are 32 hexadecimal digits; times are UTC with microseconds and ``Z``; dates are EDTF.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from domain.dates import PartialDate
from domain.ids import id_of
from domain.kernel import Fact, Stamp
from domain.values import LateReason, LegalBasis, Reliability, SourceType

SALT_BYTES: Final = 16
COMPARTMENT: Final = "case"
"""The compartment of every fact so far; proceedings will have one of their own."""


class Provenance(NamedTuple):
    """Which log a fact belongs to."""

    origin: str
    """Name of the log, constant per deployment."""
    epoch: int
    """From 1; a declared loss after a restore opens the next."""


def encode_header(
    salt: bytes, log: Provenance, stamp: Stamp, fact: type[Fact], commitments: Mapping[str, str]
) -> bytes:
    """Return salt and JSON; ``commitments`` are the keys first used here, ``label:key version:subject`` → hash."""
    header: dict[str, object] = {
        "origin": log.origin,
        "epoch": log.epoch,
        "stream": stamp.stream.hex,
        "version": stamp.version,
        "topic": fact.topic,
        "schema": fact.schema_version,
        "fact": stamp.fact_id.hex,
        "command": stamp.command_id.hex,
        "actor": stamp.actor.hex,
        "agency": stamp.agency,
        "recorded_at": written(stamp.recorded_at),
        "occurred_on": stamp.occurred_on.text,
        "compartment": COMPARTMENT,
    }
    if stamp.causation_id is not None:
        header["causation"] = stamp.causation_id.hex
    if stamp.correlation_id is not None:
        header["correlation"] = stamp.correlation_id.hex
    for key in ("late_reason", "source", "reliability", "legal_basis", "country"):
        if (value := getattr(stamp, key)) is not None:
            header[key] = value
    if stamp.simulated:
        header["simulated"] = True
    if commitments:
        header["keys"] = commitments
    return salt + orjson.dumps(header)


@lru_cache(maxsize=1024)
def written(time: datetime) -> str:
    """Return an aware time as it stands in a header."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_header(payload: bytes) -> dict[str, Any]:
    """Return the header's JSON object."""
    header: dict[str, Any] = orjson.loads(memoryview(payload)[SALT_BYTES:])
    return header


def stamp_of(header: Mapping[str, Any], position: int) -> Stamp:
    """Return the stamp that a header and a position make."""
    get = header.get
    return Stamp(
        stream=_repeated_id(header["stream"]),
        version=header["version"],
        position=position,
        fact_id=_id(header["fact"]),
        command_id=_repeated_id(header["command"]),
        actor=_repeated_id(header["actor"]),
        agency=header["agency"],
        recorded_at=datetime.fromisoformat(header["recorded_at"]),
        occurred_on=PartialDate.parse(header["occurred_on"]),
        late_reason=LateReason(late) if (late := get("late_reason")) else None,
        source=SourceType(source) if (source := get("source")) else None,
        reliability=Reliability(reliability) if (reliability := get("reliability")) else None,
        legal_basis=LegalBasis(basis) if (basis := get("legal_basis")) else None,
        country=get("country"),
        causation_id=_id(cause) if (cause := get("causation")) else None,
        correlation_id=_id(correlation) if (correlation := get("correlation")) else None,
        simulated=get("simulated", False),
    )


def _id(digits: str) -> UUID:
    return id_of(int(digits, 16))


_repeated_id: Final = lru_cache(maxsize=16_384)(_id)
"""Streams, actors and commands recur in fact after fact."""
