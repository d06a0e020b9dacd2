"""Who was erased is gone for officers: no sheet, no timeline, no readiness, of whatever day. Auditors still replay."""

from __future__ import annotations

from collections.abc import Sequence

from api.guard import Bearer
from api.problems import Problem
from domain.case.record import PersonErased
from domain.kernel import Recorded


def not_erased(asker: Bearer, facts: Sequence[Recorded]) -> None:
    """Let the facts of a case pass, all that there are, whose person was not erased; and auditors.

    :raises Problem: ``case.erased``.
    """
    if "audit:read" in asker.caller.permissions:
        return
    if any(isinstance(known.fact, PersonErased) for known in facts):
        raise Problem("case.erased")
