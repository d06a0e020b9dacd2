"""For whoever runs the process: is it alive, is it ready, how far behind. No token, nothing personal."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request, Response

from adapters.evidence.lag import seal_lag
from api.entrance import TheServices
from api.metrics import Metrics

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="Say that the process lives", response_class=Response)
async def healthz() -> Response:
    """Answers without asking anything of the database."""
    return Response(b'{"alive":true}', media_type="application/json")


@router.get("/readyz", summary="Say whether requests can be served", response_class=Response)
async def readyz(services: TheServices) -> Response:
    """Head of the record, position of the read models, and the lag between them in positions and seconds.

    503 when the database does not answer. A lag is no reason to send requests elsewhere: it is the same everywhere.
    """
    lag = await services.freshness.lag()
    body = {
        "ready": True,
        "head": lag.head,
        "projected": lag.position,
        "lag_positions": lag.facts,
        "lag_seconds": round(lag.seconds, 3),
    }
    return Response(orjson.dumps(body), media_type="application/json")


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(request: Request, services: TheServices) -> Response:
    """Requests by route and status, head of the record, lag of the read models and of the log, open streams."""
    kept: Metrics = request.app.state.metrics
    lag, sealed = await services.freshness.lag(), await seal_lag(services.reader)
    exposition = kept.exposition(lag, sealed, streams=services.streams.total)
    return Response(exposition, media_type=kept.content_type)
