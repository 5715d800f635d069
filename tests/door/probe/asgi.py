"""The application of the probe: the real headers around the page of attacks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from door.headers import SafeHeaders


async def healthz(_request: Request) -> Response:
    return Response("ok")


async def file(_request: Request) -> Response:
    return Response("a,b\r\n", media_type="text/csv", headers={"Content-Disposition": "attachment; filename=file.csv"})


app = st.App(
    Path(__file__).parent / "page.py",
    routes=[Route("/healthz", healthz), Route("/file.csv", file)],
    middleware=[Middleware(SafeHeaders)],
)
