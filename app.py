"""The web door: the pages behind a guard, with our own addresses beside them. `streamlit run app.py` starts it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware

from door.addresses import OpenAddressesOnly
from door.headers import SafeHeaders
from door.opening import Opening
from door.routes import own_routes
from door.uploads import HeldByStreamlit, Quota, UploadQuota, check_setting, limits, sweeping
from door.visitors import LocalVisitorsOnly
from operations.errors import InvalidInput, StoreError
from operations.workplace import close_shared_workplace, shared_workplace, shipped_checklist

quota = Quota(held=HeldByStreamlit(), limits=limits())


#: What the first page needs: read while the browser still fetches the scripts, so that nobody waits for it.
NEEDED_FIRST = ("pages.place", "ui.area_panel", "ui.grids")
#: What the first table needs, half a second of work: read when the first page is served.
NEEDED_NEXT = ("pandas", "ui.question_card", "operations.demonstration", "operations.exports", "operations.upkeep")
FIRST_PAGE_SECONDS = 4.0


def warm_up() -> None:
    """Import and read what the first visitor will need, a little before they need it."""
    for module in NEEDED_FIRST:
        import_module(module)
    time.sleep(FIRST_PAGE_SECONDS)
    shipped_checklist()
    for module in NEEDED_NEXT:
        import_module(module)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Get ready for the first visitor; while the pages are served, drop the uploads that closed pages left behind."""
    Thread(target=warm_up, daemon=True).start()
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
