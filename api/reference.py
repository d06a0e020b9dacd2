"""``/docs``: the OpenAPI document as a page to read, made here: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response

router = APIRouter(tags=["operations"])

SECURITY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}
h2{margin-top:3rem;border-bottom:1px solid #ccd}summary{cursor:pointer;padding:.2rem 0}
code,pre{font:14px/1.45 ui-monospace,monospace;background:#f3f5f8;border-radius:4px}
pre{padding:.7rem;overflow:auto}code{padding:.1rem .3rem}
.m{display:inline-block;width:3.2rem;font-weight:600;color:#0a5}.POST{color:#a50}
td{padding:.15rem .8rem .15rem 0;vertical-align:top}.n{color:#667}
"""
_GROUPS: Final = (
    "cases",
    "caseworkers",
    "facilities",
    "subject-requests",
    "break-glass",
    "auditors",
    "integrators",
    "operations",
)


@router.get("/openapi.json", summary="The OpenAPI document", response_class=Response)
async def openapi(request: Request) -> Response:
    """Every route, with an example for each command."""
    return Response(_document(request.app), media_type="application/json")


@router.get("/docs", summary="This page", response_class=Response)
async def docs(request: Request) -> Response:
    """The OpenAPI document to read."""
    return Response(_page(request.app), media_type="text/html", headers={"Content-Security-Policy": SECURITY})


@cache
def _document(app: Any) -> bytes:
    return orjson.dumps(app.openapi())


@cache
def _page(app: Any) -> bytes:
    return "".join(_html(app.openapi())).encode()


def _html(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f"<style>{STYLE}</style><h1>{escape(info['title'])} {escape(info['version'])}</h1>"
    yield f'<pre>{escape(info["description"].strip())}</pre><p><a href="/openapi.json">openapi.json</a></p>'
    for group in _GROUPS:
        yield f"<h2>{escape(group)}</h2>"
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if group in operation.get("tags", ()):
                    yield from _operation(path, method.upper(), operation)
    yield "</html>"


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f'<details><summary><span class="m {method}">{method}</span> <code>{escape(path)}</code> '
    yield f'<span class="n">{escape(operation.get("summary", ""))}</span></summary>'
    yield f"<pre>{escape(operation.get('description', ''))}</pre>"
    own = operation.get("x-homeward")
    if own:
        opens = ", ".join(own["opens"]) or "nothing"
        yield f"<p>A{'n' * (own['nature'] == 'observation')} <b>{own['nature']}</b>; needs "
        yield f"<code>{escape(own['permission'])}</code>; opens {escape(opens)}.</p>"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "<table>"
        for one in parameters:
            needed = "needed" if one.get("required") else "optional"
            yield f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}, {needed}"
            yield f"<td>{escape(one.get('description', ''))}"
        yield "</table>"
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    for example in body.get("examples", {}).values():
        shown = json.dumps(example["value"], ensure_ascii=False, indent=2)
        yield f"<p>Body, for example:</p><pre>{escape(shown)}</pre>"
    yield "<table>"
    for status, answer in operation["responses"].items():
        yield f"<tr><td><code>{status}</code><td>{escape(answer.get('description', ''))}"
    yield "</table></details>"
