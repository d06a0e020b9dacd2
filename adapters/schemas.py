"""The schemas of the database, by name; the tables in them stand in :mod:`adapters.tables`."""

from __future__ import annotations

from typing import Final

SCHEMAS: Final = ("record", "keys", "views", "views_next", "access", "evidence")
"""Facts and what commits with them; keys of persons; read models; who read what; the trees that prove it."""
