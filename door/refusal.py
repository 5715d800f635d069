"""How the door says no: one plain sentence with the way out, as a page, as text or as JSON. Never a traceback."""

from __future__ import annotations

from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - Arrears</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}}</style></head>
<body><main><h1>{title}</h1><p>{sentence}</p><p><a href="/">Go to the portfolio</a></p></main></body></html>
"""

API = "/api/"  #: below it programs talk to us: every answer is JSON

_TITLES = {400: "Not understood", 403: "Not let in", 404: "Not found", 429: "Too much at once", 503: "Not ready"}


def refusal(scope: Scope, status: int, sentence: str, *, close: bool = False) -> Response:
    """The answer `status` with `sentence`: JSON below /api/, a page for a browser that asks for one, else plain text.

    `close` ends the connection, so that the rest of an unread request body is not waited for.
    """
    headers = {"Cache-Control": "no-store"}
    if close:
        headers["Connection"] = "close"
    if API in str(scope.get("path", "")):
        return JSONResponse({"error": sentence, "problems": []}, status_code=status, headers=headers)
    if "text/html" in Headers(scope=scope).get("accept", ""):
        page = _PAGE.format(title=_TITLES.get(status, "That did not work"), sentence=escape(sentence))
        return HTMLResponse(page, status_code=status, headers=headers)
    return PlainTextResponse(sentence + "\n", status_code=status, headers=headers)
