"""Who asks: from the Authorization header to a caller. Verified tokens are remembered until they expire."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from adapters.record.door import Caller
from adapters.record.errors import NotPermitted
from adapters.record.load import EVERYONE
from api.problems import Problem
from api.tokens import MAX_TOKEN_BYTES, Claims, TokenRefused, TokenVerifier
from domain.roles import ROLES, Role

REMEMBERED: Final = 4_096
"""Verified tokens kept at most. Checking a signature takes half a millisecond, finding it again one microsecond."""
UNBOUNDED: Final = frozenset({Role.AUDITOR})
"""Roles that see the cases of every party."""
_SCHEME: Final = b"bearer "


@dataclass(frozen=True, slots=True)
class Bearer:
    """A caller with what their token says about itself."""

    caller: Caller
    issuer: str
    expires_at: int
    """Seconds since 1970."""

    @property
    def subject(self) -> str:
        """The token's subject."""
        return str(self.caller.actor)

    def needs(self, permission: str) -> None:
        """Let the caller pass who has the permission.

        :raises NotPermitted: otherwise.
        """
        if permission not in self.caller.permissions:
            raise NotPermitted(permission)


class Guard:
    """Stands before every route but the open ones."""

    def __init__(self, verifier: TokenVerifier, now: Callable[[], float] = time.time) -> None:
        self._verifier: Final = verifier
        self._now: Final = now
        self._known: Final[dict[bytes, Bearer]] = {}

    def bearer(self, headers: Iterable[tuple[bytes, bytes]]) -> Bearer:
        """Return who asks.

        :raises Problem: ``token.missing`` without a token.
        :raises TokenRefused: when it is not genuine, or comes twice.
        """
        given = [value for name, value in headers if name == b"authorization"]
        if not given:
            raise Problem("token.missing")
        if len(given) > 1 or given[0][: len(_SCHEME)].lower() != _SCHEME:
            raise TokenRefused
        token = given[0][len(_SCHEME) :]
        if len(token) > MAX_TOKEN_BYTES:
            raise TokenRefused
        known = self._known.get(token)
        if known is not None:
            if known.expires_at > self._now():
                return known
            del self._known[token]
        bearer = _bearer(self._verifier.verify(token))
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[token] = bearer
        return bearer


def _bearer(claims: Claims) -> Bearer:
    try:
        roles = {Role(role) for role in claims.roles}
    except ValueError:
        raise TokenRefused from None
    parties = frozenset({EVERYONE} if roles & UNBOUNDED else {claims.agency, claims.country} - {None})
    caller = Caller(
        actor=claims.subject,
        agency=claims.agency,
        country=claims.country,
        permissions=frozenset().union(*(ROLES[role] for role in roles)),
        parties=frozenset(party for party in parties if party is not None),
    )
    return Bearer(caller, claims.issuer, claims.expires_at)
