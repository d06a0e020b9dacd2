"""The token issuer of newcomer mode: a key in the data folder, and tokens for invented officers.

In production tokens come from the ministry's own issuer and only its public keys lie here, in ``issuer.jwks.json``.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4, uuid5

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from adapters.settings import Settings

KEY_FILE: Final = "token-issuer.pem"
PINNED_KEYS_FILE: Final = "issuer.jwks.json"
_OFFICERS: Final = UUID("6f1d6b0e-5b57-4c9e-9a2e-6c5c0f0d9b11")
"""Namespace of invented officers: the same role, agency and number are the same person on every day."""


class UnusableIssuer(Exception):  # noqa: N818 - what it is
    """The keys by which tokens are checked cannot be used; the sentence says what to do."""


class LocalIssuer:
    """Issues tokens on this machine, for newcomers only."""

    def __init__(self, key: ECKey, *, issuer: str, audience: str) -> None:
        self._key: Final = key
        self._issuer: Final = issuer
        self._audience: Final = audience

    @classmethod
    def open(cls, settings: Settings) -> LocalIssuer:
        """Read the key of the data folder, making it on first use.

        :raises UnusableIssuer: outside newcomer mode, or when others can read the key.
        """
        if settings.mode != "newcomer":
            raise UnusableIssuer("Tokens are made here in newcomer mode only; in production by your own issuer.")
        file = settings.data_dir / "secrets" / KEY_FILE
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _write_whole(file, ECKey.generate_key("P-256", private=True).as_pem(private=True))
        if file.stat().st_mode & 0o077:
            raise UnusableIssuer(f"{file} can be read by others; make it private (mode 0600).")
        try:
            key = ECKey.import_key(file.read_bytes())
        except (JoseError, ValueError):
            raise UnusableIssuer(f"{file} is not a key; remove it, and a new one is made.") from None
        return cls(key, issuer=settings.issuer, audience=settings.audience)

    def public_keys(self) -> KeySet:
        """Return what checking tokens needs."""
        return KeySet([ECKey.import_key({**self._key.as_dict(private=False), "kid": self._key.thumbprint()})])

    def issue(
        self,
        *,
        role: str,
        agency: str,
        country: str | None,
        life_seconds: int,
        officer: int = 1,
        now: float | None = None,
    ) -> str:
        """Return a token for the ``officer``-th invented holder of a role at an agency, living ``life_seconds``."""
        issued_at = int(time.time() if now is None else now)
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(uuid5(_OFFICERS, f"{role}/{agency}/{officer}")),
            "iat": issued_at,
            "exp": issued_at + life_seconds,
            "jti": str(uuid4()),
            "roles": [role],
            "agency": agency,
        }
        if country is not None:
            claims["country"] = country
        return jwt.encode({"alg": "ES256", "kid": self._key.thumbprint(), "typ": "at+jwt"}, claims, self._key)


def pinned_keys(settings: Settings) -> KeySet:
    """Return the public keys by which tokens are checked: the local issuer's, or in production those pinned in a file.

    :raises UnusableIssuer: when there are none.
    """
    if settings.mode == "newcomer":
        return LocalIssuer.open(settings).public_keys()
    file = settings.data_dir / "secrets" / PINNED_KEYS_FILE
    try:
        return KeySet.import_key_set(json.loads(file.read_bytes()))
    except (OSError, ValueError, KeyError, JoseError):
        raise UnusableIssuer(f"{file} must hold the public keys (JWKS) of {settings.issuer}.") from None


def _write_whole(file: Path, content: bytes) -> None:
    """Write a private file completely or not at all; of two that start at once, one wins."""
    draft = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()
