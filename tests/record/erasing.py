"""Keys that are gone as after an erasure: destroyed in the database, and named by a fence outside it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import psycopg

from adapters.keys.fences import Fence, FenceFolder
from adapters.record.keys import KeyName, fingerprint
from adapters.settings import Settings
from domain.privacy import PERSONAL_CLASSES, BlockLabel


def destroy(url: str, settings: Settings, *people: UUID, labels: Collection[BlockLabel] = PERSONAL_CLASSES) -> None:
    """Destroy keys of these people."""
    prints = [fingerprint(KeyName(person, label)) for person in people for label in labels]
    FenceFolder.of(settings).publish(Fence(tuple(sorted(prints))))
    with psycopg.connect(url) as superuser:
        superuser.execute(
            "UPDATE keys.subject_key SET state = 'destroyed', wrapped = '' WHERE subject = ANY(%s) AND class = ANY(%s)",
            (list(people), [label.value for label in labels]),
        )
