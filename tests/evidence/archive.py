"""A record, its log, and somebody with all the rights of a database superuser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import psycopg

from adapters.database import Databases
from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.heads import HeadFile
from adapters.evidence.log import record_log
from adapters.evidence.sealer import Sealer
from adapters.evidence.signing import LOG_KEY, local_signer
from adapters.record.door import Receipt
from adapters.record.record import Record
from adapters.record.submission import Fate, Outcome, Submission
from adapters.settings import Settings
from domain.kernel import Fact
from tests.following import following
from tests.record.asking import Desk
from tests.record.submissions import a_command


class Archive:
    """What a test records in, seals, and breaks."""

    def __init__(self, databases: Databases, settings: Settings, superuser_url: str) -> None:
        self.databases = databases
        self.settings = settings
        self.superuser_url = superuser_url
        self.log = record_log(settings)
        self.signer = local_signer(settings.data_dir / "keys" / LOG_KEY, settings.origin)
        self.heads = HeadFile(settings.published_dir, self.log.name)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self.record = self._runner.run(Record.open(self.databases, self.settings))
        self.desk = Desk(self.record)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self.record.close())
        self._runner.close()

    def facts(self, count: int) -> None:
        """Record facts that say nothing, a hundred to a command, all commands at once."""
        commands = [a_command(uuid4(), facts=min(100, count - start)) for start in range(0, count, 100)]
        outcomes = self._runner.run(self._appended(commands))
        assert {outcome.fate for outcome in outcomes} <= {Fate.RECORDED}

    async def _appended(self, commands: Sequence[Submission]) -> list[Outcome]:
        return await asyncio.gather(*(self.record.append(command) for command in commands))

    def acknowledged(self, submission: Submission) -> Receipt:
        """Record a command and return its receipt."""
        outcome = self._runner.run(self.record.append(submission))
        assert outcome.fate is Fate.RECORDED
        return Receipt(
            stream=submission.facts[0].stream if submission.facts else uuid4(),
            epoch=self.record.log.epoch,
            positions=tuple(outcome.positions),
            versions=tuple(fact.originator_version for fact in submission.facts),
            leaves=tuple(fact.leaf.hex() for fact in submission.facts),
            version=len(submission.facts),
        )

    def case(self, *facts: Fact) -> UUID:
        """Record these facts of one person."""
        return self._runner.run(self.desk.given(*facts))

    def sealer(self, **options: Any) -> Sealer:
        return Sealer(self.databases, self.log, self.signer, self.heads, **options)

    @contextmanager
    def sealing(self) -> Iterator[list[Checkpoint]]:
        """Let a sealer run; it fills the list with the heads that it published."""
        heads: list[Checkpoint] = []
        with following(self.sealer(noted=heads.append).run, self.databases):
            yield heads

    def seal(self) -> Checkpoint:
        return self.sealer().catch_up()

    def published(self) -> Checkpoint:
        note = self.heads.read()
        assert note is not None
        return Checkpoint.verified(note, self.signer.verifier)

    def destroy_keys(self, person: UUID) -> None:
        """Leave tombstones in the place of a person's keys, as an erasure does."""
        self.as_superuser("UPDATE keys.subject_key SET state = 'destroyed', wrapped = '' WHERE subject = %s", person)

    def as_superuser(self, statement: str, *values: object) -> list[Any]:
        """Do something that no role of the product may do, past every trigger."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def frames(self) -> list[bytes]:
        return [frame for (frame,) in self.as_superuser("SELECT frame FROM record.fact ORDER BY position")]

    def tile(self, level: int, number: int) -> bytes:
        ((hashes,),) = self.as_superuser(
            "SELECT hashes FROM evidence.tile WHERE level = %s AND number = %s", level, number
        )
        return bytes(hashes)
