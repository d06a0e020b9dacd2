"""A house in which people are forgotten: the record, its read models, and an eraser that nobody has to wait for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from adapters.forgetting.erasing import Erased, Eraser
from adapters.keys.fences import FenceFolder
from adapters.record.door import Caller, Reading, Receipt, Stream
from adapters.record.record import Record
from domain.case.identity import RecordBirth, RecordName
from domain.dates import PartialDate
from domain.kernel import Command
from domain.privacy import PERSONAL_CLASSES
from domain.subject_request.answering import ApproveErasure
from domain.subject_request.asking import RequestErasure
from domain.subject_request.facts import AskedBy, ErasureGround
from domain.values import NameKind, PersonName, Script
from tests.views.conftest import OFFICER, House, caller

APPROVER = caller("UN-UNHCR")


class ForgettingHouse(House):
    """A house whose officers also erase."""

    def person(self, *names: str) -> UUID:
        """Open a case with a name and a birth."""
        name = PersonName(parts=names or ("Amina", "Yusuf"), script=Script.LATIN)
        return self.case(
            RecordName(kind=NameKind.FULL, name=name),
            RecordBirth(birth=PartialDate.parse("1994-03-07"), place="Tal Afar"),
        )

    def ask(self, command: Command, case: UUID | None = None, *, by: Caller = OFFICER) -> Receipt:
        """Ask on the version of now, whoever wrote last."""
        if case is not None:
            self.versions[case] = self.rows("SELECT max(version) FROM record.fact WHERE stream = %s", case)[0][0]
        return super().ask(command, case, by=by)

    def requested(self, case: UUID) -> UUID:
        """Write down that somebody asks to be forgotten."""
        asked = RequestErasure(case_id=case, by=AskedBy.PERSON, ground=ErasureGround.NO_LONGER_NEEDED)
        return self.ask(asked).stream

    def agreed(self, case: UUID) -> UUID:
        """Ask for a person to be forgotten and let a second person agree; return the request."""
        request = self.requested(case)
        self.ask(ApproveErasure(), request, by=APPROVER)
        self.project()
        return request

    def eraser(self) -> Eraser:
        """Return an eraser that waits for no process to forget."""
        return Eraser(self.databases, self.settings, clock=self.clock, remembered_seconds=0)

    def erased(self, case: UUID) -> UUID:
        """Have a person erased, after the time to think again; return the request."""
        request = self.agreed(case)
        self.today += timedelta(days=self.settings.erasure_cooling_days)
        assert [one.request_id for one in self.eraser().step()] == [request]
        self.project()
        return request

    def step(self) -> list[Erased]:
        """Let the eraser look once."""
        return self.eraser().step()

    def read_anew(self, case: UUID) -> Stream:
        """Read everything of a case in a process that remembers nothing."""

        async def reading() -> Stream:
            async with await Record.open(self.databases, self.settings) as record:
                door = type(self.door)(record)
                return await door.read(Reading("case", case, APPROVER, case, PERSONAL_CLASSES, "test"))

        return self.run(reading())

    @property
    def fences(self) -> FenceFolder:
        """The fences as another process finds them."""
        return FenceFolder.of(self.settings)
