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
    # Written as text, for every fact that is made: only what anybody may choose has to be quoted by a JSON library.
    text = _ALWAYS % (
        _quoted(log.origin),
        log.epoch,
        stamp.stream.int,
        stamp.version,
        fact.topic,
        fact.schema_version,
        stamp.fact_id.int,
        stamp.command_id.int,
        stamp.actor.int,
        _quoted(stamp.agency),
        written(stamp.recorded_at),
        stamp.occurred_on.text,
    )
    if stamp.causation_id is not None:
        text += ',"causation":"' + stamp.causation_id.hex + '"'
    if stamp.correlation_id is not None:
        text += ',"correlation":"' + stamp.correlation_id.hex + '"'
    if stamp.late_reason is not None:
        text += ',"late_reason":"' + stamp.late_reason + '"'
    if stamp.source is not None:
        text += ',"source":"' + stamp.source + '"'
    if stamp.reliability is not None:
        text += ',"reliability":"' + stamp.reliability + '"'
    if stamp.legal_basis is not None:
        text += ',"legal_basis":"' + stamp.legal_basis + '"'
    if stamp.country is not None:
        text += ',"country":' + _quoted(stamp.country)
    if stamp.simulated:
        text += ',"simulated":true'
    if commitments:
        text += ',"keys":' + orjson.dumps(commitments).decode()
    return salt + text.encode() + b"}"


_ALWAYS: Final = (
    '{"origin":%s,"epoch":%d,"stream":"%032x","version":%d,"topic":"%s","schema":%d,"fact":"%032x","command":"%032x",'
    f'"actor":"%032x","agency":%s,"recorded_at":"%s","occurred_on":"%s","compartment":"{COMPARTMENT}"'
)


@lru_cache(maxsize=4_096)
def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


@lru_cache(maxsize=1024)
def written(time: datetime) -> str:
    """Return an aware time as it stands in a header."""
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    day = PartialDate.of(time.date()).text
    return "%sT%02d:%02d:%02d.%06dZ" % (day, time.hour, time.minute, time.second, time.microsecond)  # noqa: UP031 - twice as quick


def read_header(block: bytes) -> dict[str, Any]:
    """Return the header's JSON object."""
    header: dict[str, Any] = orjson.loads(block[SALT_BYTES:])
    return header


def stamp_of(header: Mapping[str, Any], position: int) -> Stamp:
    """Return the stamp that a header and a position make."""
    get = header.get
    # In the order of the fields: by name it takes twice as long, and every fact that is read passes here.
    return Stamp(
        _repeated_id(header["stream"]),
        header["version"],
        position,
        id_of(int(header["fact"], 16)),
        id_of(int(header["command"], 16)),
        _repeated_id(header["actor"]),
        header["agency"],
        datetime.fromisoformat(header["recorded_at"]),
        PartialDate.parse(header["occurred_on"]),
        _LATE_REASONS[get("late_reason")],
        _SOURCES[get("source")],
        _RELIABILITIES[get("reliability")],
        _LEGAL_BASES[get("legal_basis")],
        get("country"),
        _id(cause) if (cause := get("causation")) else None,
        _id(correlation) if (correlation := get("correlation")) else None,
        get("simulated", False),
    )


_LATE_REASONS: Final[Mapping[str | None, LateReason | None]] = {
    None: None,
    **{known.value: known for known in LateReason},
}
_SOURCES: Final[Mapping[str | None, SourceType | None]] = {None: None, **{known.value: known for known in SourceType}}
_RELIABILITIES: Final[Mapping[str | None, Reliability | None]] = {
    None: None,
    **{known.value: known for known in Reliability},
}
_LEGAL_BASES: Final[Mapping[str | None, LegalBasis | None]] = {
    None: None,
    **{known.value: known for known in LegalBasis},
}


def _id(digits: str) -> UUID:
    return id_of(int(digits, 16))


_repeated_id: Final = lru_cache(maxsize=16_384)(_id)
"""Streams and actors recur in fact after fact."""
