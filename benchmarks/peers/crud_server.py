"""A CRUD service as it is usually written, behind the same guard: FastAPI, SQLAlchemy's ORM, one row per case.

The same token check and roles, the same rule about whose case it is, a version under a row lock, an idempotency row, an
audit row. No history, no sealing, no proof. A program of its own, with greenlet on its path, which
SQLAlchemy asks for: ``python -m benchmarks.peers.crud_server PORT``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel
from sqlalchemy import JSON, ForeignKey, LargeBinary, MetaData, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from adapters.settings import read_settings
from api.guard import Bearer, Guard
from api.issuer import pinned_keys
from api.tokens import NEWCOMER_LIFE_SECONDS, TokenVerifier
from domain.values import PartialDate

POOL: Final = 32


class Base(DeclarativeBase):
    """Tables of the service."""

    metadata = MetaData()


class CaseRow(Base):
    """A case as it is now."""

    __tablename__ = "case_row"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    version: Mapped[int]
    agency: Mapped[str]
    country: Mapped[str]
    name: Mapped[str]
    sex: Mapped[str]
    nationality: Mapped[str]
    facility: Mapped[UUID]
    birth: Mapped[str]
    birth_place: Mapped[str | None]
    changed_at: Mapped[datetime]


class AuditRow(Base):
    """Who changed what."""

    __tablename__ = "audit_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_row.id"), index=True)
    version: Mapped[int]
    actor: Mapped[UUID]
    agency: Mapped[str]
    action: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class KeyRow(Base):
    """A request that was answered."""

    __tablename__ = "key_row"
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)


class RecordBirth(BaseModel):
    """The body."""

    birth: PartialDate
    place: str | None = None


router = APIRouter()


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    """Lend a session; its transaction ends with the answer."""
    async with request.app.state.sessions() as opened:
        yield opened


async def bearer(request: Request) -> Bearer:
    """Return who asks."""
    guard: Guard = request.app.state.guard
    return guard.bearer(request.scope["headers"])


@router.post("/v1/cases/{case_id}/record-birth")
async def record_birth(
    case_id: UUID,
    told: RecordBirth,
    response: Response,
    database: Annotated[AsyncSession, Depends(session)],
    asker: Annotated[Bearer, Depends(bearer)],
    if_match: Annotated[str, Header()],
    idempotency_key: Annotated[str, Header()],
) -> dict[str, Any]:
    """Update the row of a case, when the caller may and names its version; once for each key."""
    asker.needs("case:record")
    body = told.model_dump(mode="json")
    digest = sha256(f"{case_id}{body}".encode()).digest()
    key = f"{asker.subject}/{idempotency_key}"
    known = await database.get(KeyRow, key)
    if known is not None:
        if known.request != digest:
            raise HTTPException(409)
        return known.answer
    case = await database.get(CaseRow, case_id, with_for_update=True)
    if case is None or not {case.agency, case.country} & asker.caller.parties:
        raise HTTPException(404)
    if if_match != f'"{case.version}"':
        raise HTTPException(412)
    now = datetime.now(UTC).replace(tzinfo=None)
    case.birth, case.birth_place, case.version, case.changed_at = told.birth.text, told.place, case.version + 1, now
    answer = {"case_id": str(case_id), "version": case.version}
    database.add(
        AuditRow(
            case_id=case_id,
            version=case.version,
            actor=asker.caller.actor,
            agency=asker.caller.agency,
            action="record-birth",
            body=body,
            at=now,
        )
    )
    database.add(KeyRow(key=key, request=digest, answer=answer))
    await database.commit()
    response.headers["ETag"] = f'"{case.version}"'
    return answer


def make_app() -> FastAPI:
    """Return the service on the database of ``DATABASE_URL``; its tables are made."""
    settings = read_settings()
    verifier = TokenVerifier(
        pinned_keys(settings),
        issuer=settings.issuer,
        audience=settings.audience,
        longest_life_seconds=NEWCOMER_LIFE_SECONDS,
    )
    app = FastAPI()
    app.include_router(router)
    app.state.guard = Guard(verifier)
    Base.metadata.create_all(create_engine(os.environ["DATABASE_URL"]))
    engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=POOL, max_overflow=0)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    return app


def main() -> None:
    """Serve on the port that is given."""
    uvicorn.run(
        make_app(), host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
        timeout_keep_alive=60,
    )  # fmt: skip


if __name__ == "__main__":
    main()
