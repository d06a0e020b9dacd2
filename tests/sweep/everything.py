"""Every example of a command, sent over HTTP to cases that stand as it needs them, with other texts in it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, ValidationError

from adapters.record.record import Record
from api.commands import path_of
from domain.kernel import Command
from domain.roles import ROLES, Role
from tests.api.conftest import Api, Officer
from tests.examples import AL_HOL, EXAMPLES, REGISTERED, Example
from tests.record.asking import Desk, aimed

Place = tuple[str | int, ...]

ROUTED: Final = tuple(example for example in EXAMPLES if example.command.routed)
LONG: Final = 6
"""How often a word is repeated where a field asks for a whole sentence."""


@dataclass(frozen=True)
class Sent:
    """One command, as it was sent and answered."""

    command: Command
    stream: UUID
    """That it was sent to; of a command that creates its own, any."""
    officer: Officer
    body: dict[str, Any]
    words: list[str]
    """That were written into it."""
    answer: httpx.Response


class Stand(NamedTuple):
    """An example, and the ids of its own streams."""

    example: Example
    here: UUID
    there: UUID

    @property
    def command(self) -> Command:
        """The command, about these streams."""
        return aimed(self.example.command, self.here, self.there)


class Everything:
    """Sends examples to a service whose decisions are taken at noon of the scenarios' day, in whatever role may.

    ``senders`` officers ask at the same time.
    """

    def __init__(
        self, api: Api, record: Record, runner: asyncio.Runner, *, camp: str = "Al-Hol", senders: int = 4
    ) -> None:
        self.api: Final = api
        self._desk: Final = Desk(record)
        self._runner: Final = runner
        self._senders: Final = senders
        named = REGISTERED.model_copy(update={"name": camp})
        runner.run(self._desk.given(named, seen_by=(), stream=AL_HOL))

    def stand(self, examples: Sequence[Example]) -> list[Stand]:
        """Let streams hold what each example needs."""
        stands = [Stand(example, uuid4(), uuid4()) for example in examples]
        self._runner.run(self._given(stands))
        return stands

    def send(self, stands: Sequence[Stand], words: Iterator[str]) -> list[Sent]:
        """Send each example to its streams, with other words wherever it takes any text."""
        with ThreadPoolExecutor(self._senders) as senders:
            asked = [(stand, *written(stand.command, words)) for stand in stands]
            return list(senders.map(lambda one: self._sent(*one), asked))

    def _sent(self, stand: Stand, body: dict[str, Any], said: list[str]) -> Sent:
        command, path, version = stand.command, path_of(type(stand.command)), None
        if not command.creates:
            path, version = f"{path.partition('{')[0]}{stand.here}/{command.verb}", len(stand.example.given)
        for role in roles_for(command):
            officer = self.api.officer(role, stand.example.agency, "IQ")
            answer = officer.ask(path, body, version=version)
            if answer.is_success:
                break
        return Sent(command, stand.here, officer, body, said, answer)

    async def _given(self, stands: Sequence[Stand]) -> None:
        desk = self._desk
        await asyncio.gather(
            *(
                desk.given(*(aimed(fact, stand.here, stand.there) for fact in facts), stream=stream)
                for stand in stands
                for stream, facts in ((stand.here, stand.example.given), (stand.there, stand.example.beside))
                if facts
            )
        )


def roles_for(command: Command) -> list[Role]:
    """Return the roles that carry a command; at least one."""
    return [role for role, permissions in ROLES.items() if command.permission in permissions]


def written(command: Command, words: Iterator[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the body of a command with the next word in every field that takes any text, and these words."""
    body: dict[str, Any] = command.model_dump(mode="json", exclude_none=True)
    said: list[str] = []
    word = next(words, None)
    for place in [*texts(body), *((name,) for name in sorted(type(command).model_fields.keys() - body.keys()))]:
        if word is None:
            break
        for text in (word, " ".join([word] * LONG)):
            if fits(type(command), changed := changed_at(body, place, text)):
                body = changed
                said.append(word)
                word = next(words, None)
                break
    return body, said


def texts(body: object, place: Place = ()) -> Iterator[Place]:
    """Yield where texts stand in a JSON value."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from texts(value, (*place, name))
    elif isinstance(body, list):
        for nth, value in enumerate(body):
            yield from texts(value, (*place, nth))
    elif isinstance(body, str):
        yield place


def changed_at(body: dict[str, Any], place: Place, text: str) -> dict[str, Any]:
    """Return a JSON object with another text at one place."""
    changed = deepcopy(body)
    at: Any = changed
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = text
    return changed


def fits(cls: type[BaseModel], body: dict[str, Any]) -> bool:
    """Whether a model takes these values."""
    try:
        cls.model_validate(body)
    except ValidationError:
        return False
    return True


def words_in(value: object, known: Collection[str]) -> set[str]:
    """Return which of the known words stand in a value of a fact."""
    text = str(value)
    return {word for word in known if word in text}
