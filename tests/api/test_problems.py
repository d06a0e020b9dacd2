"""Problems: one table from what went wrong inside to what is answered; nothing of the inside is told."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import psycopg
import pytest
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from adapters.record import errors
from adapters.record.keys import MissingKey
from adapters.record.sealing import Tampered
from adapters.views.freshness import NotYetProjected
from api.front import problem_of
from api.problems import BY_EXCEPTION, KINDS, Problem
from api.tokens import TokenRefused
from domain.kernel import Refused

SECRET = "Zaynab-al-Mawsiliyya"

ANSWERS: list[tuple[Exception, int, str]] = [
    (errors.NotVisible(), 404, "not-found"),
    (errors.NotPermitted("case:close"), 403, "permission.missing"),
    (errors.StaleVersion(7), 412, "version.stale"),
    (errors.PreconditionMissing(), 428, "version.missing"),
    (errors.KeyReused(), 409, "idempotency-key.reused"),
    (errors.TooContended(), 503, "record.contended"),
    (errors.RecordUnavailable(fate_known=True), 503, "record.unavailable"),
    (errors.RecordUnavailable(fate_known=False), 503, "record.fate-unknown"),
    (psycopg.OperationalError(SECRET), 503, "record.unavailable"),
    (psycopg.errors.AdminShutdown(SECRET), 503, "record.unavailable"),
    (PoolTimeout(SECRET), 503, "record.unavailable"),
    (NotYetProjected(9, 3), 503, "position.not-reached"),
    (TokenRefused(), 401, "token.refused"),
    (Refused("case.closed", "The case is closed.", reason="merged"), 409, "case.closed"),
    (HTTPException(404, SECRET), 404, "not-found"),
    (HTTPException(405, headers={"Allow": "GET"}), 405, "method.not-allowed"),
    (HTTPException(418, SECRET), 500, "fault"),
    (RequestValidationError([{"type": "missing", "loc": ("query", "x"), "input": SECRET}]), 422, "query.malformed"),
    (RequestValidationError([{"type": "uuid", "loc": ("path", "x"), "input": SECRET}]), 404, "not-found"),
    (psycopg.errors.UndefinedTable(SECRET), 500, "fault"),
    (MissingKey(SECRET), 500, "record.altered"),
    (Tampered(SECRET), 500, "record.altered"),
    (ValueError(SECRET), 500, "fault"),
    (KeyError(SECRET), 500, "fault"),
]


@pytest.mark.parametrize(("error", "status", "code"), ANSWERS, ids=lambda one: type(one).__name__)
def test_what_goes_wrong_inside_is_answered_by_the_table_and_not_told(error: Exception, status: int, code: str) -> None:
    answer = problem_of(error)
    body: dict[str, Any] = json.loads(answer.body)
    assert (answer.status, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:homeward:problem:{code}"
    assert SECRET not in answer.body.decode()
    headers = dict(answer.headers)
    assert headers[b"content-type"] == b"application/problem+json"
    assert int(headers[b"content-length"]) == len(answer.body)
    if status == 503:
        assert headers[b"retry-after"]


def test_every_error_of_the_record_has_a_row() -> None:
    kinds = {cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)}
    assert kinds <= BY_EXCEPTION.keys()


def test_a_code_stands_in_the_table_once() -> None:
    assert set(Counter(kind.code for kind in KINDS).values()) == {1}


def test_a_problem_that_the_table_does_not_know_cannot_be_raised_unseen() -> None:
    with pytest.raises(KeyError):
        problem_of(Problem("not-invented-yet"))


def test_a_refusal_tells_its_details() -> None:
    body = json.loads(problem_of(Refused("block.not-yours", "Only they can.", agency="IQ-INSS")).body)
    assert (body["detail"], body["agency"]) == ("Only they can.", "IQ-INSS")
