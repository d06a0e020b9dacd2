"""``homeward token``: a token for an invented officer."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from api.console.starting import FAILED, WRONG_SETTING, leave, settings_for
from api.issuer import LocalIssuer, UnusableIssuer
from api.tokens import AGENCY, STATE
from domain.roles import Role


def run_token(
    *, role: str, agency: str, country: str | None, officer: int, hours: float, data_dir: Path | None
) -> None:
    """Print the token, and nothing else."""
    settings = settings_for(data_dir)
    if role not in set(Role):
        leave(f"--role must be one of {', '.join(Role)}.", WRONG_SETTING)
    if not _fits(AGENCY, agency):
        leave("--agency must be a country or body and a short name, such as IQ-MOMD.", WRONG_SETTING)
    if country is not None and not _fits(STATE, country):
        leave("--country must be a state by its two-letter code, such as IQ.", WRONG_SETTING)
    try:
        issuer = LocalIssuer.open(settings)
    except UnusableIssuer as failure:
        leave(str(failure), FAILED)
    life_seconds = round(hours * 3600)
    sys.stdout.write(
        issuer.issue(role=role, agency=agency, country=country, officer=officer, life_seconds=life_seconds) + "\n"
    )


def _fits(kind: TypeAdapter[str], text: str) -> bool:
    try:
        kind.validate_python(text)
    except ValidationError:
        return False
    return True
