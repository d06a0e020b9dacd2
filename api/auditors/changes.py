"""``GET /v1/cases/{case_id}/diff``: what is different in a case between two moments, and the facts behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from adapters.record.door import Reading
from adapters.views.timeline import timeline_row
from api.caseworkers.confided import of_what_is_confided
from api.caseworkers.erased import not_erased
from api.caseworkers.facilities import facility_names
from api.caseworkers.opened import OPENABLE
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.messages import CATALOGUES, preferred
from api.moments import KnownAt, today
from api.problems import Problem
from api.services import Services
from api.shown import shown
from domain.clocks import Moment
from domain.confided import may_be_told, unsaid
from domain.diff import Change, Path, changes
from domain.kernel import Recorded
from domain.purposes import Purpose

router = APIRouter(tags=["auditors"])

CONFIDED: Final[frozenset[Path]] = frozenset(
    {
        ("assurances",), ("consent",), ("kin",),
        *(("protection", part) for part in (
            "guardianships", "specific_needs", "best_interests", "views", "risks", "of_age_since",
        )),
    }
)  # fmt: skip
"""Parts of a case of which not every officer is told."""

Day = Annotated[date | None, Query(description="The state on this day, in valid time.", examples=["2021-10-15"])]
Known = Annotated[KnownAt | None, Query(description="As far as it had been recorded by then.")]


@router.get("/v1/cases/{case_id}/diff", summary="Say what is different between two moments", response_class=Response)
async def diff(
    request: Request,
    case_id: str,
    services: TheServices,
    asker: Asker,
    from_as_of: Day = None,
    from_known_at: Known = None,
    to_as_of: Day = None,
    to_known_at: Known = None,
    opens: Annotated[
        list[OPENABLE], Query(alias="open", max_length=6, description="Personal classes to compare; this is recorded.")
    ] = [],  # noqa: B006  the framework copies it
    purpose: Annotated[Purpose | None, Query(description="Why they are opened; needed with open.")] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Each thing that is different in a case, before and after, with the facts that made it.

    Between two days it says what happened; of one day known at two times, what was learned about it. The second moment
    is today with everything known, unless stated; what is not stated of the first is as in the second. Sealed values
    are compared as far as they are opened.
    """
    if opens and purpose is None:
        raise Problem("purpose.missing")
    reading = Reading(
        "case", stream_named(case_id), asker.caller, request.scope["request_id"], frozenset(opens), purpose or ""
    )
    facts = (await services.door.read(reading)).facts
    not_erased(asker, facts)
    until = Moment(to_as_of or today(), await _position(services, to_known_at))
    since = Moment(
        from_as_of or until.as_of, until.known_at if from_known_at is None else await _position(services, from_known_at)
    )
    found, told = changes(facts, since, until), may_be_told(asker.caller.permissions)
    if not told:
        found = list(_without_confided(found, of_what_is_confided(facts)))
    catalogue, names = preferred(accept_language, CATALOGUES), await facility_names(services)

    def say(topic: str, params: Mapping[str, Any]) -> str:
        return catalogue.fact(topic, params if told else unsaid(params), names)

    behind = frozenset(fact_id for change in found for fact_id in change.facts)
    body = {
        "case_id": reading.stream,
        "from": since,
        "to": until,
        "changes": [_change(change) for change in found],
        "facts": _told(facts, behind, say),
    }
    headers = {"Content-Language": catalogue.language}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


async def _position(services: Services, known_at: int | datetime | None) -> int | None:
    return await services.record.position_at(known_at) if isinstance(known_at, datetime) else known_at


def _without_confided(found: Iterable[Change], hidden: frozenset[UUID]) -> Iterator[Change]:
    """Yield what may be told to everybody who may see the case."""
    for change in found:
        told = tuple(fact_id for fact_id in change.facts if fact_id not in hidden)
        if not {change.path[:1], change.path[:2]} & CONFIDED and (told or not change.facts):
            yield change._replace(facts=told)


def _change(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "before": shown(change.before),
        "after": shown(change.after),
        "facts": change.facts,
        "imprecise": change.imprecise,
    }


def _told(
    facts: Sequence[Recorded], behind: frozenset[UUID], say: Callable[[str, Mapping[str, Any]], str]
) -> dict[str, dict[str, Any]]:
    """Return fact id → what it says in a sentence, when it occurred, and when and by which agency it was recorded."""
    told = {}
    for recorded in facts:
        stamp, fact = recorded
        if stamp.fact_id in behind:
            params = orjson.loads(timeline_row(recorded).params)
            told[str(stamp.fact_id)] = {
                "version": stamp.version,
                "position": stamp.position,
                "code": fact.topic,
                "sentence": say(fact.topic, params),
                "occurred_on": stamp.occurred_on.text,
                "recorded_at": stamp.recorded_at,
                "agency": stamp.agency,
            }
    return told
