"""Bearer tokens: what a genuine one looks like, checked without leniency.

RFC 9068 (``typ: at+jwt``), narrowed: two curves, keys from one pinned set, a header of three members and nothing
else, whole seconds, a short life. Whatever a general library would let pass is refused here before it is asked.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey
from pydantic import TypeAdapter, ValidationError

from domain.values import AgencyCode, StateCode

ALGORITHMS: Final = {"ES256": "P-256", "EdDSA": "Ed25519", "Ed25519": "Ed25519"}
"""Name in the header → the one curve that it may stand for. Issuers use both names of the second (RFC 9864)."""
HEADER: Final = frozenset({"alg", "kid", "typ"})
"""Exactly these members: no ``crit``, no ``b64``, no ``jwk``, ``jku`` or ``x5c`` that would bring a key along."""
MAX_TOKEN_BYTES: Final = 8 * 1024
SIGNATURE_BYTES: Final = 64
LIFE_SECONDS: Final = 15 * 60
"""Longest life of a token."""
NEWCOMER_LIFE_SECONDS: Final = 12 * 60 * 60
"""Longest life in newcomer mode, where the issuer is this machine and the people are invented: one working day."""
CLOCK_SKEW_SECONDS: Final = 5
"""How far the issuer's clock may be ahead of ours."""

AGENCY: Final[TypeAdapter[str]] = TypeAdapter(AgencyCode)
STATE: Final[TypeAdapter[str]] = TypeAdapter(StateCode)

_COMPACT: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ROLE: Final = re.compile(r"[a-z][a-z_]{0,31}")
_MAX_ROLES: Final = 8


class TokenRefused(Exception):  # noqa: N818 - what it is
    """The bearer token is not one that this service accepts. Which check failed is not told to who sent it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine token says about its bearer."""

    issuer: str
    subject: UUID
    """The officer's or machine's random reference."""
    roles: frozenset[str]
    agency: str
    country: str | None
    expires_at: int
    """Seconds since 1970; the token is worthless from then on."""


class TokenVerifier:
    """Accepts tokens of one issuer for one audience, signed with a key of one pinned set."""

    def __init__(
        self,
        keys: KeySet,
        *,
        issuer: str,
        audience: str,
        longest_life_seconds: int = LIFE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys: Final = {str(key.kid): key for key in keys.keys if isinstance(key, ECKey | OKPKey) and key.kid}
        self._issuer: Final = issuer
        self._audience: Final = audience
        self._longest_life: Final = longest_life_seconds
        self._now: Final = now

    def verify(self, token: bytes) -> Claims:
        """Return what the token says.

        :raises TokenRefused: unless every check passes.
        """
        if len(token) > MAX_TOKEN_BYTES or _COMPACT.fullmatch(token) is None:
            raise TokenRefused
        parts = [_unpadded(part) for part in token.split(b".")]
        header = _json_object(parts[0])
        if header.keys() != HEADER or header["typ"] != "at+jwt" or len(parts[2]) != SIGNATURE_BYTES:
            raise TokenRefused
        key = self._key(header)
        try:
            with warnings.catch_warnings(category=SecurityWarning, action="ignore"):  # about the name EdDSA, see above
                signed = jws.deserialize_compact(token, key, algorithms=[header["alg"]])
        except (JoseError, ValueError):
            raise TokenRefused from None
        return self._claims(_json_object(signed.payload))

    def _key(self, header: Mapping[str, Any]) -> ECKey | OKPKey:
        kid, algorithm = header["kid"], header["alg"]
        if not isinstance(kid, str) or not isinstance(algorithm, str):
            raise TokenRefused
        key = self._keys.get(kid)
        if key is None or algorithm not in ALGORITHMS or key.curve_name != ALGORITHMS[algorithm]:
            raise TokenRefused
        return key

    def _claims(self, claims: Mapping[str, Any]) -> Claims:
        if _text(claims, "iss") != self._issuer or _text(claims, "aud") != self._audience:
            raise TokenRefused
        issued_at, expires_at = _seconds(claims, "iat"), _seconds(claims, "exp")
        starts_at = _seconds(claims, "nbf") if "nbf" in claims else issued_at
        now = self._now()
        if not (issued_at - CLOCK_SKEW_SECONDS <= now < expires_at and starts_at - CLOCK_SKEW_SECONDS <= now):
            raise TokenRefused
        if not 0 < expires_at - issued_at <= self._longest_life:
            raise TokenRefused
        _text(claims, "jti")
        return Claims(
            issuer=self._issuer,
            subject=_reference(_text(claims, "sub")),
            roles=_roles(claims.get("roles")),
            agency=_code(AGENCY, claims, "agency"),
            country=_code(STATE, claims, "country") if "country" in claims else None,
            expires_at=expires_at,
        )


def _unpadded(part: bytes) -> bytes:
    """Decode base64url in its one canonical spelling: a token has one form, not several."""
    try:
        raw = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise TokenRefused from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part:
        raise TokenRefused
    return raw


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        read = json.loads(raw, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TokenRefused from None
    if not isinstance(read, dict):
        raise TokenRefused
    return read


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a member that stands twice: two readers could believe two different ones."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise TokenRefused
    return read


def _no_constant(_constant: str) -> None:
    raise TokenRefused


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise TokenRefused
    return value


def _code(kind: TypeAdapter[str], claims: Mapping[str, Any], name: str) -> str:
    """Return a code of the domain. What is none could stand for several parties, or for every one."""
    try:
        return kind.validate_python(_text(claims, name), strict=True)
    except ValidationError:
        raise TokenRefused from None


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or value < 0:
        raise TokenRefused
    return value


def _reference(text: str) -> UUID:
    try:
        reference = UUID(text)
    except ValueError:
        raise TokenRefused from None
    if str(reference) != text:
        raise TokenRefused
    return reference


def _roles(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not 0 < len(value) <= _MAX_ROLES:
        raise TokenRefused
    if not all(isinstance(role, str) and _ROLE.fullmatch(role) for role in value):
        raise TokenRefused
    return frozenset(value)
