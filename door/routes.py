"""Our own addresses: health, files to hand out, what a desk asks, collectors (door.push), the vote (door.workshop)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from door.push import EvidenceDoor, collector
from door.refusal import refusal
from door.workshop import WorkshopDoor
from operations.authorize import Actor
from operations.errors import InvalidInput, NotFound, StoreError
from operations.workplace import Workplace
from version import VERSION

if TYPE_CHECKING:
    from operations.exports import Export
    from operations.records import Health

_LOG = logging.getLogger(__name__)

HEALTH_SECONDS_MAX = 2.0  #: a store that does not answer a one-row read for so long is not well
BADGE_SECONDS = 300  #: a README may show a letter this old
LOCAL_ACTOR = Actor(name="local", local=True)  #: the door lets this machine in only; a sign-in will name people
_NO_STORE = {"Cache-Control": "no-store"}


def read_health(workplace: Workplace, actor: Actor) -> Health:
    """Ask how the database is. Like the next one it reads its module when it is first asked, not while starting."""
    from operations.upkeep import read_health as read

    return read(workplace, actor)


def export(workplace: Workplace, actor: Actor, kind: str, params: Mapping[str, str]) -> Export:
    """Make a file to hand out."""
    from operations.exports import export as make

    return make(workplace, actor, kind, params)


def read_badge(workplace: Workplace, actor: Actor, system_id: str) -> str:
    """Draw a system's badge."""
    from operations.badges import read_badge as read

    return read(workplace, actor, system_id=system_id)


async def healthz(request: Request) -> Response:
    """200 when a real read of the store comes back in time, 503 with the reason when it does not."""
    reason = f"The database did not answer within {HEALTH_SECONDS_MAX:.0f} seconds."
    with anyio.move_on_after(HEALTH_SECONDS_MAX):
        read = partial(read_health, request.state.workplace, LOCAL_ACTOR)
        try:
            health = await anyio.to_thread.run_sync(read, abandon_on_cancel=True)
        except StoreError as error:
            reason = str(error)
        except Exception:  # noqa: BLE001 - whatever fails here, the answer is that the store is not well
            _LOG.exception("The health of the database cannot be read.")
            reason = "The database cannot be read; the log has the details."
        else:
            database = {"engine": health.engine, "version": health.version, "schema": health.schema_version}
            answer = {"state": "ok", "version": VERSION, "database": database}
            return JSONResponse(answer, headers=_NO_STORE)
    _LOG.error("Not healthy: %s", reason)
    return JSONResponse(
        {"state": "unavailable", "version": VERSION, "reason": reason}, status_code=503, headers=_NO_STORE
    )


async def export_file(request: Request) -> Response:
    """One file to hand on, made for this request and kept nowhere. What does not exist, or may not be seen, is 404."""
    kind, parameters = request.path_params["kind"], {**request.query_params, "address": str(request.base_url)}
    make = partial(export, request.state.workplace, LOCAL_ACTOR, kind, parameters)
    try:
        made = await anyio.to_thread.run_sync(make)
    except NotFound as error:
        return refusal(request.scope, 404, str(error))
    except InvalidInput as error:
        return refusal(request.scope, 400, str(error))
    except StoreError as error:
        return refusal(request.scope, 503, str(error))
    disposition = f"attachment; filename*=utf-8''{quote(made.filename, safe='')}"
    return Response(made.body, media_type=made.media_type, headers={**_NO_STORE, "Content-Disposition": disposition})


def read_seq(workplace: Workplace, actor: Actor, workshop_id: str) -> int | None:
    """Ask how often a workshop has changed."""
    from operations.workshops import read_workshop_seq as read

    return read(workplace, actor, workshop_id=workshop_id)


async def workshop_seq(request: Request) -> Response:
    """How often a workshop has changed, or null: what a desk asks every two seconds. No vote and no name."""
    read = partial(read_seq, request.state.workplace, LOCAL_ACTOR, request.path_params["workshop_id"])
    try:
        seq = await anyio.to_thread.run_sync(read)
    except StoreError as error:
        return refusal(request.scope, 503, str(error))
    return JSONResponse({"seq": seq}, headers=_NO_STORE)


async def badge(request: Request) -> Response:
    """A system's letter and debt as SVG, kept for a short while. What may not be seen is 404 like what is not."""
    read = partial(read_badge, request.state.workplace, LOCAL_ACTOR, request.path_params["system"])
    try:
        drawn = (await anyio.to_thread.run_sync(read)).encode()
    except NotFound as error:
        return refusal(request.scope, 404, str(error))
    except StoreError as error:
        return refusal(request.scope, 503, str(error))
    tag = f'"{hashlib.sha256(drawn).hexdigest()[:32]}"'
    headers = {"Cache-Control": f"private, max-age={BADGE_SECONDS}", "ETag": tag}
    if tag in (part.strip() for part in request.headers.get("If-None-Match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(drawn, media_type="image/svg+xml", headers=headers)


def own_routes() -> list[BaseRoute]:
    """The addresses served beside the pages."""
    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/export/{kind}", export_file, methods=["GET"]),
        Route("/badge/{system}.svg", badge, methods=["GET"]),
        Route("/workshop-seq/{workshop_id:str}", workshop_seq, methods=["GET"]),
        Route("/api/evidence", EvidenceDoor()),
        Route("/collector.pyz", collector, methods=["GET"]),
        *WorkshopDoor().routes(),
    ]
