"""The feed: CloudEvents in the order of the record, with nothing personal in them, as pages and as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from adapters.feed.envelope import View
from adapters.keys.local import LocalRootKey
from adapters.record.record import StoredPosition
from api.cursors import Cursors
from api.integrators.streams import STREAMS_PER_CONSUMER
from domain.publication import PUBLICATION, STAYS
from tests.api.paging import pages
from tests.examples import EXAMPLES

SECRET = "Zaynab-al-Mawsiliyya"


@pytest.fixture
def integrator(fresh_api: Any) -> Any:
    return fresh_api.officer("integrator", agency="UN-UNHCR", country=None)


def a_case_with_a_secret(api: Any) -> str:
    """Record one case with something personal in every kind of block."""
    officer, security = api.officer("caseworker"), api.officer("security_officer", agency="IQ-INSS")
    case: str = api.case(officer)
    admitted = {"facility": api.facility(), "occurred_on": "2020~", "late_reason": "paper_backlog"}
    officer.granted(f"{case}/admit-to-facility", admitted)
    officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    officer.granted(f"{case}/record-name", {"kind": "full", "name": {"parts": [SECRET], "script": "Latn"}})
    officer.granted(f"{case}/record-birth", {"birth": "1994-03-08", "place": SECRET})
    officer.granted(f"{case}/record-sex", {"sex": "female"})
    block = {"agency": "IQ-INSS", "ground": "watch_list", "review_due_on": "2099-01-01"}
    security.granted(f"{case}/impose-security-block", block, version=6)
    officer.granted(f"{case}/record-death", {"manner": "unlawful_killing"})
    return case


def test_every_fact_that_leaves_is_a_cloud_event_in_the_order_of_the_record(fresh_api: Any, integrator: Any) -> None:
    a_case_with_a_secret(fresh_api)
    ((batch, headers),) = pages(integrator, limit=100)
    for event in batch:
        read = JSONFormat().read(CloudEvent, json.dumps(event).encode())
        assert (read.get_id(), read.get_specversion()) == (event["id"], "1.0")
    assert [int(event["sequence"]) for event in batch] == list(range(1, 10))
    assert all(len(event["sequence"]) == 20 for event in batch)
    assert {event["type"] for event in batch} <= {published.type for published in PUBLICATION.values()}
    assert (headers["Feed-Head"], headers["Feed-Scanned-To"]) == ("9", "9")


def test_nothing_personal_and_no_case_id_is_in_the_feed(fresh_api: Any, integrator: Any) -> None:
    case = a_case_with_a_secret(fresh_api)
    text = integrator.read("/v1/events?limit=100").text
    for personal in (SECRET, case.rpartition("/")[2], "1994", "female", "watch_list", "unlawful_killing"):
        assert personal not in text
    events = json.loads(text)
    fields = {published.type: set(published.fields) for published in PUBLICATION.values()}
    assert all(set(event["data"]) == fields[event["type"]] for event in events)
    people = {event["subject"] for event in events if ".case." in event["type"]}
    assert len(people) == 1


def test_times_are_days_and_an_imprecise_one_is_told_as_such(fresh_api: Any, integrator: Any) -> None:
    a_case_with_a_secret(fresh_api)
    opened, _, admitted, *_ = integrator.shown("/v1/events")
    today = datetime.now(UTC).date().isoformat()
    assert (opened["time"], opened["recordedtime"]) == (f"{today}T00:00:00Z", today)
    assert admitted["occurredon"] == "2020~"
    assert "time" not in admitted


def test_two_views_know_a_person_under_names_that_cannot_be_joined() -> None:
    person, secret = uuid4(), bytes(32)
    one, other = (View(name, origin="o", secret=secret) for name in ("one", "other"))
    assert one.pseudonym(person) == View("one", origin="o", secret=secret).pseudonym(person)
    assert len({one.pseudonym(person), other.pseudonym(person), one.pseudonym(uuid4()), person.hex}) == 4


def test_what_is_not_listed_does_not_leave() -> None:
    stored = StoredPosition(1, uuid4(), 1, "case.note-added", datetime.now(UTC), bytes(32), b"\x01")
    assert View("v", origin="o", secret=bytes(32)).event(stored) is None


def test_every_fact_of_the_examples_leaves_or_stays_on_purpose() -> None:
    topics = {topic for example in EXAMPLES for topic in example.yields}
    assert topics <= PUBLICATION.keys() | STAYS


def test_pages_of_any_size_give_the_same_events_once_each(fresh_api: Any, integrator: Any) -> None:
    for _ in range(3):
        a_case_with_a_secret(fresh_api)
    whole = [event for batch, _ in pages(integrator, limit=1000) for event in batch]
    assert len(whole) == 27
    for limit in (1, 5, 7):
        again = [event for batch, _ in pages(integrator, limit=limit) for event in batch]
        assert again == whole
    assert integrator.read("/v1/events?limit=7").content == integrator.read("/v1/events?after=0&limit=7").content


def test_whoever_is_caught_up_goes_on_from_the_same_link(fresh_api: Any, integrator: Any) -> None:
    fresh_api.case()
    first = integrator.read("/v1/events")
    assert first.headers["Feed-Caught-Up"] == "true"
    empty = integrator.read(first.links["next"]["url"])
    assert (empty.json(), empty.headers["Feed-Caught-Up"]) == ([], "true")
    fresh_api.case()
    (event,) = integrator.shown(empty.links["next"]["url"])
    assert int(event["sequence"]) == 2


def test_an_empty_record_is_an_empty_page(integrator: Any) -> None:
    answer = integrator.read("/v1/events")
    assert (answer.json(), answer.headers["Feed-Head"], answer.headers["Feed-Caught-Up"]) == ([], "0", "true")
    assert integrator.shown(answer.links["next"]["url"]) == []


@pytest.mark.parametrize("cursor", ["1", "-1", "AAAA", "A" * 400, "%00", "é"])
def test_a_cursor_that_is_not_ours_is_refused(api: Any, cursor: str) -> None:
    integrator = api.officer("integrator", agency="UN-UNHCR", country=None)
    for answer in (integrator.read(f"/v1/events?after={cursor}"), integrator.read(f"/v1/events/stream?after={cursor}")):
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor.refused")


def test_a_cursor_beyond_the_record_says_that_its_tail_was_lost(fresh_api: Any, integrator: Any) -> None:
    fresh_api.case()
    root = LocalRootKey.open(fresh_api.settings.data_dir / "keys")
    lost = Cursors(root.derive("cursors"), "feed").write(7, "open", "1")
    answer = integrator.read(f"/v1/events?after={lost}")
    assert (answer.status_code, answer.json()["code"]) == (409, "log.forked")
    assert integrator.shown(f"/v1/events?after={answer.json()['head']}") == []


def test_only_who_may_reads_the_feed(api: Any) -> None:
    answer = api.officer("caseworker").read("/v1/events")
    assert (answer.status_code, answer.json()["permission"]) == (403, "feed:read")


# ---------------------------------------------------------------- stream
def frames(answer: httpx.Response) -> Iterator[dict[str, str]]:
    frame: dict[str, str] = {}
    for line in answer.iter_lines():
        if not line:
            if frame:
                yield frame
            frame = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            frame[name] = value


def open_stream(integrator: Any, **headers: str) -> Any:
    return integrator.client.stream("GET", "/v1/events/stream", headers={**integrator.authorization, **headers})


def test_a_stream_tells_what_was_and_what_comes_and_goes_on_where_it_was_left(fresh_api: Any, integrator: Any) -> None:
    case = fresh_api.case()
    with open_stream(integrator) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["X-Accel-Buffering"] == "no"
        told = frames(answer)
        first = next(told)
        fresh_api.officer("caseworker").granted(f"{case}/claim-nationality", {"country": "IQ"})
        second = next(told)
    with open_stream(integrator, **{"Last-Event-ID": first["id"]}) as answer:
        assert next(frames(answer)) == second
    events = [json.loads(frame["data"]) for frame in (first, second)]
    assert events == integrator.shown("/v1/events")
    after_second = integrator.read(f"/v1/events?after={second['id']}")
    assert after_second.json() == []


def open_one(integrator: Any) -> int:
    with open_stream(integrator) as answer:
        return int(answer.status_code)


def test_a_consumer_holds_four_streams_and_a_fifth_when_one_is_closed(fresh_api: Any, integrator: Any) -> None:
    fresh_api.case()
    with ExitStack() as held:
        told = [frames(held.enter_context(open_stream(integrator))) for _ in range(STREAMS_PER_CONSUMER)]
        assert all(next(each) for each in told)
        with open_stream(integrator) as fifth:
            assert fifth.status_code == 429
            assert fifth.headers["Retry-After"]
        assert open_one(fresh_api.officer("integrator", agency="UN-OCHA", country=None)) == 200
    answers = (open_one(integrator) for _ in range(100))
    assert 200 in answers  # as soon as the service has noticed that the others are gone


def test_a_record_grows_in_order_for_who_follows_it(fresh_api: Any, integrator: Any) -> None:
    officer = fresh_api.officer("caseworker")
    with open_stream(integrator) as answer:
        told = frames(answer)
        for _ in range(30):
            fresh_api.case(officer)
        sequences = [int(json.loads(next(told)["data"])["sequence"]) for _ in range(30)]
    assert all(later == earlier + 1 for earlier, later in pairwise(sequences))
