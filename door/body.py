"""The body of a request as it comes in: counted piece by piece, read away when it is not wanted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Message, Receive

MB = 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Body:
    """The body of one request."""

    receive: Receive
    discard_bytes_max: int  #: of a refused body; what comes after that is cut off
    discard_seconds_max: float
    bytes: int = 0
    ended: bool = False

    async def read(self) -> Message:
        """The next piece."""
        message = await self.receive()
        self.bytes += len(message.get("body", b""))
        self.ended = not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Read away what is left, within limits, and keep none of it.

        A client that is cut off while it still sends sees a broken connection instead of our sentence.
        """
        bytes_max = self.bytes + self.discard_bytes_max
        with suppress(TimeoutError):
            async with asyncio.timeout(self.discard_seconds_max):
                while not self.ended and self.bytes <= bytes_max:
                    await self.read()
