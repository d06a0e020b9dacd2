"""Whatever a database superuser changes is found; an honest bundle accuses nobody, whoever was erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evidence.archive import Archive
from tests.evidence.auditor import Auditor
from tests.evidence.tampering import forged, honest

EDITS = 1_008
BUNDLES = 100


@pytest.mark.slow
def test_a_thousand_changes_of_every_kind_are_all_found(archive: Archive, tmp_path: Path) -> None:
    with Auditor(archive, tmp_path) as auditor:
        found = forged(archive, auditor, EDITS, seed=20220120)
    assert sum(found.values()) == EDITS
    assert set(found.values()) == {EDITS // len(found)}


@pytest.mark.slow
def test_a_hundred_honest_bundles_accuse_nobody(archive: Archive, tmp_path: Path) -> None:
    with Auditor(archive, tmp_path) as auditor:
        verdicts = honest(archive, auditor, BUNDLES, seed=20220121, erased_share=0.15)
    assert verdicts.keys() == {"verified", "sealed", "erased", "people_erased"}
    assert verdicts["people_erased"] > 10
    assert verdicts["erased"] > 50
