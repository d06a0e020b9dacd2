"""What a reading route asks of the framework: the services of this process, and who asks."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from api.guard import Bearer
from api.services import Services


def services_of(request: Request) -> Services:
    """Return the services of the process."""
    services: Services = request.app.state.services
    return services


class _Token(SecurityBase):
    """The bearer token, as the documentation describes it and as the guard checks it."""

    def __init__(self) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="An access token (RFC 9068) of the pinned issuer.")
        self.scheme_name = "token"

    async def __call__(self, request: Request) -> Bearer:
        return services_of(request).guard.bearer(request.scope["headers"])


TOKEN: Final = _Token()

TheServices = Annotated[Services, Depends(services_of)]
Asker = Annotated[Bearer, Security(TOKEN)]
