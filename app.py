"""The web door: the pages behind a guard, with our own addresses beside them. `streamlit run app.py` starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from door.addresses import OpenAddressesOnly
from door.headers import SafeHeaders
from door.opening import Opening
from door.routes import own_routes
from door.uploads import HeldByStreamlit, Quota, UploadQuota, check_setting, limits, sweeping
from door.visitors import LocalVisitorsOnly
from operations.errors import InvalidInput, StoreError
from operations.workplace import close_shared_workplace, shared_workplace

quota = Quota(held=HeldByStreamlit(), limits=limits())


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """While the pages are served, drop the uploads that closed pages left behind."""
    async with sweeping(quota):
        yield


app = st.App(
    Path(__file__).parent / "pages" / "shell.py",
    routes=own_routes(),
    middleware=[  # the first is the outermost: it sees a request first and an answer last
        Middleware(
            Opening,
            open_workplace=shared_workplace,
            close_workplace=close_shared_workplace,
            refusals=(StoreError, InvalidInput),
            checks=(check_setting,),
        ),
        Middleware(SafeHeaders),
        Middleware(LocalVisitorsOnly),
        Middleware(OpenAddressesOnly),
        Middleware(UploadQuota, quota=quota),
    ],
    lifespan=lifespan,
)
