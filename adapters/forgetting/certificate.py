"""The certificate of an erasure: what was destroyed, where the log says so, and from when no backup opens anything.

Anyone can check it with the log's public key: each fact comes with its path in the tree of the published head.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import psycopg

from adapters.evidence.kept import LogRows
from adapters.evidence.local import log_of_record
from adapters.evidence.log import LogRefused
from adapters.evidence.merkle import inclusion_path
from adapters.evidence.standing import published_head
from adapters.evidence.tiles import nodes_in
from adapters.record.frame import leaf_of
from adapters.record.header import Provenance
from adapters.record.keys import KeyChain
from adapters.record.mapper import FactMapper
from adapters.settings import Settings
from domain.case.record import PersonErased
from domain.kernel import Recorded
from domain.subject_request.facts import SubjectKeyDestroyed

FORM: Final = "homeward/1 certificate of erasure"
OF_REQUEST: Final = "SELECT position, frame FROM record.fact WHERE stream = %s ORDER BY version"
OF_CASES: Final = """
SELECT position, frame FROM record.fact WHERE stream = ANY(%s) AND topic = 'case.person-erased' ORDER BY position
"""


class NotErased(Exception):  # noqa: N818 - what it is
    """There is nothing to certify: the keys are not destroyed, or it is not sealed yet. ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code: Final = code


def certificate(connection: psycopg.Connection[Any], settings: Settings, request: UUID) -> dict[str, Any]:
    """Return the certificate of a request, as JSON holds it.

    :raises NotErased: ``erasure.not-done``, or ``erasure.not-sealed`` for a second after it was.
    """
    mapper = FactMapper(Provenance(settings.origin, 1), KeyChain())
    asked = _facts(mapper, connection.execute(OF_REQUEST, (request,)).fetchall())
    done = next((fact for _, _, (_, fact) in asked if isinstance(fact, SubjectKeyDestroyed)), None)
    if done is None:
        raise NotErased("erasure.not-done")
    erased = _facts(mapper, connection.execute(OF_CASES, (list(done.covers),)).fetchall())
    local = log_of_record(settings)
    try:
        head = published_head(local.heads, local.signer)
    except LogRefused:
        raise NotErased("erasure.not-sealed") from None
    proven = [*asked, *(one for one in erased if _of(one[2], done.fence_sha256))]
    if any(position > head.size for position, _, _ in proven):
        raise NotErased("erasure.not-sealed")
    nodes = nodes_in(LogRows(connection, local.log).reader(head.size))
    return {
        "form": FORM,
        "request_id": str(request),
        "covers": [str(case) for case in done.covers],
        "keys_destroyed": done.keys,
        "fence_sha256": done.fence_sha256,
        "backups_covered_from": done.backups_covered_from.isoformat(),
        "log_key": local.signer.verifier.text(),
        "checkpoint": local.heads.read(),
        "facts": [
            {
                "position": position,
                "topic": recorded.fact.topic,
                "recorded_at": recorded.stamp.recorded_at.isoformat(),
                "leaf": leaf_of(frame, settings.origin).hex(),
                "path": [step.hex() for step in inclusion_path(position - 1, head.size, nodes)],
            }
            for position, frame, recorded in proven
        ],
    }


def _facts(mapper: FactMapper, rows: list[tuple[Any, ...]]) -> list[tuple[int, bytes, Recorded]]:
    return [(position, frame, mapper.open(frame, position)) for position, frame in rows]


def _of(recorded: Recorded, fence_sha256: str) -> bool:
    return isinstance(recorded.fact, PersonErased) and recorded.fact.fence_sha256 == fence_sha256
