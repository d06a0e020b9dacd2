"""The schemas and tables of the read models, by name: for those who write SQL and need no description of columns."""

from __future__ import annotations

from typing import Final

LIVE: Final = "views"
"""What is read."""
NEXT: Final = "views_next"
"""What a rebuild fills, beside it."""
PERSONAL: Final = ("worklist", "case_sheet", "timeline", "people", "block", "task", "flag", "correction", "breach")
"""Rows of cases: under row-level security, removed together when a person is erased."""
TABLES: Final = (*PERSONAL, "subject_request", "erased", "break_glass", "facility")
"""What a digest covers and a rebuild fills."""
