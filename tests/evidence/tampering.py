"""Every way to change the past, again and again, and honest bundles between them: what is found, what is accused.

``python -m tests.evidence.tampering`` does it at length (``make tamper``) and writes the figures into
``docs/tampering.md``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from adapters.evidence.bundle import Selection
from tests.evidence.archive import Archive
from tests.evidence.auditor import TAMPERED, VERIFIED, Auditor
from tests.evidence.forger import Forger
from tests.examples import FACT

OPENED, NAME, BLOCK = (FACT[f"case.{name}"] for name in ("case-opened", "name-recorded", "security-block-imposed"))
PERSONS: Final = 6
Progress = Callable[[int], None]


def a_record(archive: Archive, auditor: Auditor, *, facts: int = 240) -> tuple[Path, Path]:
    """Fill and seal a record of more than one tile; return the heads that the auditor kept on the way."""
    erased = [archive.case(OPENED, NAME, BLOCK) for _ in range(PERSONS)]
    archive.facts(facts)
    archive.seal()
    older = auditor.keep_head("older.note")
    for person in erased[::2]:
        archive.destroy_keys(person)
    for _ in range(PERSONS):
        archive.case(OPENED, NAME, BLOCK)
    archive.seal()
    return older, auditor.keep_head("newer.note")


def forged(archive: Archive, auditor: Auditor, edits: int, seed: int, done: Progress = lambda _: None) -> Counter[str]:
    """Forge so often, each way in turn; return how often each way was found.

    :raises AssertionError: at the first forgery that is not found, or found at another position.
    """
    older, newer = a_record(archive, auditor)
    forger = Forger(archive, auditor.folder, seed, older=older, newer=newer)
    found: Counter[str] = Counter()
    try:
        for nth in range(edits):
            way = forger.ways[nth % len(forger.ways)]
            trace = way()
            auditor.export(by=trace.by)
            finding = auditor.verify(*trace.options)
            assert finding.code == TAMPERED, (way.__name__, nth, finding)
            assert trace.first in {None, finding.first}, (way.__name__, nth, trace, finding)
            found[way.__name__] += 1
            forger.undo()
            done(nth + 1)
        auditor.export()
        assert auditor.verify("--since", newer).code == VERIFIED, "what was brought back is what was sealed"
    finally:
        forger.close()
    return found


def honest(
    archive: Archive, auditor: Auditor, bundles: int, seed: int, done: Progress = lambda _: None
) -> Counter[str]:
    """Write and verify bundles of a record that grows and in which people are erased; return the verdicts of facts.

    :raises AssertionError: when a fact of an honest bundle is accused.
    """
    dice = random.Random(seed)
    persons: list[UUID] = []
    verdicts: Counter[str] = Counter()
    kept = None
    for nth in range(bundles):
        persons.append(archive.case(OPENED, NAME, BLOCK))
        archive.facts(dice.randint(1, 30))
        if dice.random() < 0.4:
            archive.destroy_keys(dice.choice(persons))
        size = archive.seal().size
        first = dice.randint(1, size)
        selection = dice.choice(
            [Selection(), Selection(case=dice.choice(persons)), Selection(first=first, last=dice.randint(first, size))]
        )
        auditor.export(selection)
        whole = selection == Selection()
        finding = auditor.verify(*(("--since", kept) if kept and whole else ()))
        assert finding.code == VERIFIED, (nth, selection, finding)
        verdicts.update(finding.facts)
        if whole:
            kept = auditor.keep_head()
        done(nth + 1)
    return verdicts
