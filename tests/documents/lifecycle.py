"""``docs/lifecycle.md``: the statuses in the order in which they are asked, what follows what, the overlays."""

from __future__ import annotations

import ast
import inspect
from enum import Enum
from typing import Final

from domain.case.status import AT_ANY_TIME, LEADS_TO, ORDER, Overlay, Status

HEAD: Final = """\
# The life of a case

Made from the code by `python -m tests.write_documents`. Nobody sets a status: caseworkers record what happened, and the
first of these that holds is the status.
"""


FOLLOWS: Final = """\
Within *held* each can follow each: screenings are answered, expire and are reversed; states approve, refuse and revoke.
Only a clearance leads on.
"""


def lifecycle() -> str:
    """Return the page."""
    page = HEAD + "\n| | status | holds when |\n|---|---|---|\n"
    said = _sentences(Status)
    asked = [status for status, _ in ORDER]
    asked += [status for status in Status if status not in asked]
    page += "".join(f"| {nth} | {_name(status)} | {said[status.name]} |\n" for nth, status in enumerate(asked, start=1))
    page += "\n## What follows what\n\n" + FOLLOWS + "\n```mermaid\nstateDiagram-v2\n    [*] --> registered\n"
    held = _held()
    page += "    state held {\n" + "".join(f"        {status}\n" for status in held) + "    }\n"
    for before in Status:
        after = LEADS_TO[before]
        if before not in held and after >= set(held):
            page += f"    {before} --> held\n"
        page += "".join(f"    {before} --> {status}\n" for status in sorted(after - set(held)))
    page += "```\n\nBeside these, at any time: " + ", ".join(
        _name(status) for status in Status if status in AT_ANY_TIME
    )
    page += ".\n\n## Overlays\n\nTrue of a case whatever its status.\n\n| overlay | true when |\n|---|---|\n"
    told = _sentences(Overlay)
    return page + "".join(f"| {_name(overlay)} | {told[overlay.name]} |\n" for overlay in Overlay)


def _held() -> list[Status]:
    """Return the statuses of which each can follow each, in the order of the enumeration, first entered last."""
    largest: list[Status] = []
    for status in Status:
        together = [other for other in Status if other is status or other in LEADS_TO[status]]
        together = [one for one in together if all(other is one or other in LEADS_TO[one] for other in together)]
        largest = max(largest, together, key=len)
    return largest


def _name(member: Status | Overlay) -> str:
    return member.value.replace("_", " ")


def _sentences(cls: type[Enum]) -> dict[str, str]:
    """Return member → the sentence written under it.

    :raises KeyError: later, when a member has none: each must say when it holds.
    """
    (body,) = ast.parse(inspect.getsource(cls)).body
    assert isinstance(body, ast.ClassDef)
    said: dict[str, str] = {}
    name = ""
    for line in body.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            name = line.targets[0].id
        elif isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and name:
            said[name] = " ".join(str(line.value.value).split())
    return said
