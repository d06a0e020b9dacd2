"""A stored fact as a CloudEvent of tier 0: codes, country, facility, dates to the day, and a pseudonym for the person.

Only header and open block are read; no key is at hand here. The same fact gives the same bytes for ever.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson

from adapters.record.frame import Block, decode
from adapters.record.header import SALT_BYTES, read_header
from adapters.record.record import StoredPosition
from domain.dates import PartialDate
from domain.kernel import FACTS
from domain.privacy import BlockLabel
from domain.publication import PUBLICATION, Published

TIER: Final = 0
SEQUENCE_DIGITS: Final = 20
_ABOUT_PLACES: Final = "facility."
"""Topics whose subject is a place and no person: its id is public."""


class View:
    """One way of looking at the record: its name, and the pseudonyms that no other view shares."""

    def __init__(self, name: str, *, origin: str, secret: bytes) -> None:
        self.name: Final = name
        self.source: Final = f"urn:homeward:{origin}"
        self._secret: Final = hmac.digest(secret, name.encode(), sha256)

    def event(self, stored: StoredPosition) -> bytes | None:
        """Return the fact as a CloudEvents 1.0 JSON object; ``None`` when it does not leave the house."""
        published = PUBLICATION.get(stored.topic)
        return None if published is None else orjson.dumps(self._event(stored, published))

    def pseudonym(self, stream: UUID) -> str:
        """Return the name under which this view knows a person: stable here, unrelated to any other view's."""
        return hmac.digest(self._secret, stream.bytes, sha256)[:16].hex()

    def _event(self, stored: StoredPosition, published: Published) -> dict[str, object]:
        blocks = decode(stored.frame)
        header = read_header(blocks[0].payload)
        fields = _open_fields(stored.topic, header["schema"], blocks)
        place = stored.topic.startswith(_ABOUT_PLACES)
        subject = str(stored.stream) if place else self.pseudonym(stored.stream)
        event: dict[str, object] = {
            "specversion": "1.0",
            "id": str(UUID(header["fact"])),
            "source": self.source,
            "type": published.type,
            "subject": subject,
            **_when(PartialDate.parse(header["occurred_on"])),
            "recordedtime": stored.recorded_at.date().isoformat(),
            "sequence": str(stored.position).zfill(SEQUENCE_DIGITS),
            "subjectversion": stored.version,
            "partitionkey": subject,
            **_links(header),
            "dataclassification": "open",
            "redactiontier": TIER,
            "logleaf": stored.leaf.hex(),
        }
        facility = str(stored.stream) if place else fields.get("facility")
        if facility is not None:
            event["facility"] = facility
        if header.get("simulated"):
            event["simulated"] = True
        event["datacontenttype"] = "application/json"
        event["data"] = {name: fields.get(name) for name in published.fields}
        return event


def _open_fields(topic: str, schema: int, blocks: Sequence[Block]) -> dict[str, Any]:
    for block in blocks:
        if block.label is BlockLabel.OPEN:
            fields: dict[str, Any] = orjson.loads(memoryview(block.payload)[SALT_BYTES:])
            return FACTS[topic].upcast(schema, BlockLabel.OPEN, fields)
    return {}


def _when(occurred_on: PartialDate) -> dict[str, str]:
    """Return the day as CloudEvents' ``time`` where it is one, and as EDTF where it is not."""
    if occurred_on.exact:
        return {"time": f"{occurred_on.earliest.isoformat()}T00:00:00Z"}
    return {"occurredon": occurred_on.text}


def _links(header: dict[str, Any]) -> dict[str, str]:
    links = {"country": header["country"]} if "country" in header else {}
    for name in ("correlation", "causation"):
        if name in header:
            links[f"{name}id"] = str(UUID(header[name]))
    return links
