"""Every way to change the past, again and again, and honest bundles between them: what is found, what is accused.

``make tamper`` does it at length: see :mod:`tests.evidence.at_length`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final
from uuid import UUID

from adapters.evidence.bundle import Selection
from tests.evidence.archive import Archive
from tests.evidence.auditor import TAMPERED, VERIFIED, Auditor
from tests.evidence.forger import Forger
from tests.examples import FACT
from tests.forgetting.house import ForgettingHouse

OPENED, NAME, BLOCK = (FACT[f"case.{name}"] for name in ("case-opened", "name-recorded", "security-block-imposed"))
PERSONS: Final = 6
Progress = Callable[[int], None]


def a_record(archive: Archive, auditor: Auditor, *, facts: int) -> tuple[Path, Path]:
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


def forged(
    archive: Archive, auditor: Auditor, edits: int, seed: int, done: Progress = lambda _: None, *, facts: int = 240
) -> Counter[str]:
    """Forge so often, each way in turn; return how often each way was found.

    :raises AssertionError: at the first forgery that is not found, or found at another position.
    """
    older, newer = a_record(archive, auditor, facts=facts)
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
    archive: Archive,
    auditor: Auditor,
    bundles: int,
    seed: int,
    done: Progress = lambda _: None,
    *,
    erased_share: float = 0.4,
) -> Counter[str]:
    """Write and verify bundles of a record that grows and in which people are erased.

    Before a share of them somebody is erased as anybody is: two officers, the days to think again, the eraser, fences.
    Returns the verdicts of facts, and how many people were erased.

    :raises AssertionError: when a fact of an honest bundle is accused.
    """
    dice = random.Random(seed)
    known: list[UUID] = []
    living: list[UUID] = []
    verdicts: Counter[str] = Counter()
    kept = None
    with closing(ForgettingHouse(archive.databases, archive.settings)) as house:
        for nth in range(bundles):
            living += (came := [house.person() for _ in range(dice.randint(1, 3))])
            known += came
            if dice.random() < erased_share:
                house.erased(living.pop(dice.randrange(len(living))))
            size = archive.seal().size
            first = dice.randint(1, size)
            part = Selection(first=first, last=dice.randint(first, size))
            selection = dice.choice([Selection(), Selection(case=dice.choice(known)), part])
            auditor.export(selection)
            whole = selection == Selection()
            finding = auditor.verify(*(("--since", kept) if kept and whole else ()))
            assert finding.code == VERIFIED, (nth, selection, finding)
            verdicts.update(finding.facts)
            if whole:
                kept = auditor.keep_head()
            done(nth + 1)
    return verdicts + Counter(people_erased=len(known) - len(living))
