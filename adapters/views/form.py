"""The form of the read models: which tables with which columns, and what their rows mean."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from adapters.views.folding import VIEWS

MEANING: Final = 1
"""Counted up when rows come to say something else although no column changed."""
FORM: Final = sha256(
    "\n".join([str(MEANING), *(f"{view.name} {' '.join(view.row._fields)}" for view in VIEWS)]).encode()
).hexdigest()[:16]
"""Noted beside how far the tables have followed the record, by whoever fills them from the beginning."""
