"""A wire between the record and its server that can be cut at the worst moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from pathlib import Path
from typing import Final, get_args
from urllib.parse import parse_qs, urlsplit, urlunsplit

from adapters.database import Databases
from adapters.roles import Role

ASKED_TO_COMMIT: Final = b"COMMIT\x00"
COMMITTED: Final = b"C\x00\x00\x00\x0bCOMMIT\x00"
"""Command complete, in the server's protocol (PostgreSQL manual, 54.7)."""
PARSE_HEAD: Final = 6
"""Bytes of a Parse message before its text: its letter, its length, and the empty name of its statement."""
CHUNK: Final = 1 << 16


class Cut(Enum):
    """At which moment the wire is cut, once."""

    BEFORE_COMMIT = auto()
    """The commands have arrived; the word to commit them does not."""
    BEFORE_THE_REPLY = auto()
    """The server has committed; nobody hears of it."""
    WHILE_UNDECIDED = auto()
    """The server has the word to commit and has not come to it; it goes on, and nobody hears of it."""


class Wire:
    """Carries bytes both ways until it is told to cut them off."""

    def __init__(self, socket: Path) -> None:
        self._socket: Final = socket
        self._port = 0
        self._server: asyncio.Server | None = None
        self._carrying: Final[set[asyncio.Task[None]]] = set()
        self._gone = asyncio.Event()
        self.cut: Cut | None = None
        """When to cut next; ``None`` once it has been done."""

    @property
    def cut_was_made(self) -> bool:
        """Whether nothing is left to cut."""
        return self.cut is None

    async def up(self) -> None:
        """Let connections through, always at the same place."""
        self._gone.clear()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Be a server that is gone: end what is open and take nothing new."""
        assert self._server is not None
        self._server.close()
        self._gone.set()
        while self._carrying:
            await asyncio.wait(self._carrying)
        await self._server.wait_closed()

    def through(self, databases: Databases) -> Databases:
        """Return the databases as they are reached over this wire."""
        return Databases({role: self._over(databases.url(role)) for role in get_args(Role)})

    def _over(self, url: str) -> str:
        return urlunsplit(urlsplit(url)._replace(query=f"host=127.0.0.1&port={self._port}&sslmode=disable"))

    async def _carry(self, client_reads: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        server_reads, server = await asyncio.open_unix_connection(self._socket)
        ways = [
            asyncio.create_task(self._to_server(client_reads, client, server)),
            asyncio.create_task(self._to_client(server_reads, client)),
            asyncio.create_task(self._wait_until_gone()),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for writer in (client, server):
            writer.transport.abort()
        for way in ways:
            way.cancel()
        self._carrying.discard(task)

    async def _wait_until_gone(self) -> None:
        await self._gone.wait()

    async def _to_server(
        self, reads: asyncio.StreamReader, client: asyncio.StreamWriter, server: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while chunk := await reads.read(CHUNK):
                word = chunk.find(ASKED_TO_COMMIT)
                if word >= 0 and self.cut is Cut.BEFORE_COMMIT:
                    self.cut = None
                    server.write(chunk[: word - PARSE_HEAD])
                    await server.drain()
                    return
                server.write(chunk)
                await server.drain()
                if word >= 0 and self.cut is Cut.WHILE_UNDECIDED:
                    self.cut = None
                    client.transport.abort()
                    await self._gone.wait()  # until then the server's end stays open

    async def _to_client(self, reads: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reads.read(CHUNK):
                if COMMITTED in chunk and self.cut is Cut.BEFORE_THE_REPLY:
                    self.cut = None
                    return
                if not client.is_closing():
                    client.write(chunk)
                    await client.drain()


@asynccontextmanager
async def a_wire(databases: Databases) -> AsyncIterator[Wire]:
    """Yield a wire to the server of these databases."""
    query = parse_qs(urlsplit(databases.url("writer")).query)
    wire = Wire(Path(query["host"][0]) / f".s.PGSQL.{query['port'][0]}")
    await wire.up()
    try:
        yield wire
    finally:
        await wire.down()
