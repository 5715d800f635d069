"""One's own checkout or archive, read in a forked child: a file that crashes, hangs or eats memory is left out."""

from __future__ import annotations

import contextlib
import mmap
import os
import selectors
import signal
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from evidence.cache import Cache
from evidence.collector import FILES, asked_of, collect_anew, remembered
from evidence.document import InvalidEvidence, from_json, to_json
from evidence.evidence import Evidence, Kind
from evidence.facts import (
    STOPPED_AGAIN,
    STOPPED_READER,
    TOOK_MEMORY,
    TOOK_TIME,
    FileFacts,
    ReadFacts,
    facts_of,
    read_whole,
    unread,
)
from evidence.history import Progress, Report
from evidence.python_source import PythonFile
from evidence.source import MIB, Refused

ATTEMPTS_MAX = 8  #: each leaves out the file at which the one before was stopped; the last one reads no contents
LOOK_SECONDS = 0.1  #: between two looks at how far the child is
PATIENCE_SECONDS = 3.0  #: for a child to tidy up when the person stops the scan
PIPE_BYTES = 64 * 1024
PAGE_BYTES = 4096
PARTLY_PAST = "Files of past quarters stopped the reader and are left out of them."
NO_PAST = "The reader was stopped again and again, so no past quarters were read."

_AT = struct.Struct("=?Qq")  # at a file or not, steps so far, the file's mark
_TOLD = struct.Struct("=qq60s")  # progress: done, total, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the reading of a person's own repository may take. Generous: a million lines take a twentieth of it."""

    memory_bytes: int = 4096 * MIB  #: of addresses, for the whole repository
    file_cpu_seconds: int = 60  #: one file
    file_wall_seconds: float = 300.0  #: one file
    still_seconds: float = 900.0  #: between two files: listing, git, signals


BOUNDS = Bounds()


def collect_contained(
    path: Path,
    *,
    name: str | None = None,
    kind: Kind | None = None,
    quarters: int = 0,
    cache: Path | None = None,
    progress: Report | None = None,
    bounds: Bounds = BOUNDS,
    read: ReadFacts = facts_of,
) -> Evidence:
    """Do what `collect` does, with whatever may fail inside a child process. Raises Refused.

    The file at which a child is stopped (a crash, the limits of `bounds`, or anything from outside) is left out by the
    next, and named in the evidence with what stopped it. Where no child can be forked safely (Windows, a process with
    threads), all is read in this process, and only what Python itself can stop is left out.
    """
    asked = asked_of(path, name=name, kind=kind)
    store = None if cache is None else Cache(cache)
    kept = remembered(path, asked, quarters=quarters, store=store)
    if kept is not None:
        return kept
    if not _can_fork():
        return collect_anew(path, asked, quarters=quarters, store=store, progress=progress, read=read)
    left_out: dict[int, str] = {}
    notes: dict[str, None] = {}
    for attempt in range(1, ATTEMPTS_MAX + 1):
        reads = attempt < ATTEMPTS_MAX
        if quarters and not reads and path.is_dir():
            quarters, notes = 0, {NO_PAST: None}
        page = _Page()
        work = partial(
            collect_anew,
            path,
            asked,
            quarters=quarters,
            store=None if left_out or notes else store,  # what was left out today may be read tomorrow
            progress=page.tell,
            read=_Reading(page, bounds, left_out, read, reads=reads),
        )
        try:
            evidence = _ask_child(work, page, bounds, progress, has_git=(path / ".git").is_dir())
            return replace(evidence, notes=(*evidence.notes, *notes)) if notes else evidence
        except _Failed:
            if left_out:
                raise Refused(_crashed().reason) from None
            return collect_anew(path, asked, quarters=quarters, store=store, progress=progress, read=read)
        except _Stopped as stopped:
            mark, _, (_, _, what) = page.step()
            looked_back = what not in ("", FILES)
            if mark is not None and mark not in left_out and reads:
                left_out[mark] = stopped.why
                notes.update({PARTLY_PAST: None} if looked_back else {})
            elif quarters and looked_back:
                quarters, notes = 0, {NO_PAST: None}
            else:
                raise Refused(stopped.reason) from None
    raise AssertionError("the last attempt answers or raises")


class _Failed(Exception):
    """The child met an error that no file is to blame for."""


class _Stopped(Refused):
    """The child was ended before it answered. `why` is for the file it was reading then, if it was reading one."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"The reading {what} at no file in particular; give a part of it, such as one package.")
        self.why = why


def _too_long() -> _Stopped:
    return _Stopped("took too long and was stopped", TOOK_TIME)


def _too_hungry() -> _Stopped:
    return _Stopped("took more memory than is allowed and was stopped", TOOK_MEMORY)


def _crashed() -> _Stopped:
    return _Stopped("was stopped", STOPPED_READER)


def _can_fork() -> bool:
    """Whether a copy of this process would be whole: nothing else runs in it that might hold a lock."""
    if not hasattr(os, "fork") or threading.active_count() != 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # not Linux
        return True


class _Step(NamedTuple):
    """Where a child is."""

    mark: int | None  #: of the contents it has begun and not ended
    steps: int  #: grows while it goes on
    progress: Progress


class _Page:
    """A page of memory that parent and child share: the child says where it is without waking the parent."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, PAGE_BYTES)
        self._steps = 0

    def begin(self, mark: int) -> None:
        """A file is begun."""
        self._steps += 1
        _AT.pack_into(self._memory, 0, True, self._steps, mark)

    def end(self) -> None:
        """It is done."""
        self._memory[0] = 0

    def tell(self, progress: Progress) -> None:
        """How far the scan is."""
        self._steps += 1
        _AT.pack_into(self._memory, 0, False, self._steps, 0)
        _TOLD.pack_into(self._memory, _AT.size, progress.done, progress.total, progress.what.encode())

    def step(self) -> _Step:
        """What was said last."""
        at_file, steps, mark = _AT.unpack_from(self._memory)
        done, total, what = _TOLD.unpack_from(self._memory, _AT.size)
        return _Step(
            mark if at_file else None, steps, Progress(done, total, what.rstrip(b"\0").decode("utf-8", "replace"))
        )


class _Reading:
    """The reading of one file after the other in the child, each announced before it is begun.

    Files are told apart by their contents, so that today's file is not blamed for what stood in it years ago.
    """

    def __init__(
        self, page: _Page, bounds: Bounds, left_out: Mapping[int, str], read: ReadFacts, *, reads: bool
    ) -> None:
        self._page = page
        self._bounds = bounds
        self._left_out = left_out
        self._read = read
        self._reads = reads
        self._parent = os.getpid()

    def __call__(
        self, content: bytes, path: str, *, read_code: Callable[[bytes], PythonFile] = read_whole
    ) -> FileFacts:
        """The facts of one file, or why there are none."""
        mark = hash(content)  # the same in all children: they are copies of one process
        if mark in self._left_out:
            return unread(self._left_out[mark])
        if not self._reads:
            return unread(STOPPED_AGAIN)
        if os.getppid() != self._parent:
            raise KeyboardInterrupt  # nobody waits for an answer
        self._page.begin(mark)
        _limit("RLIMIT_CPU", int(time.process_time()) + self._bounds.file_cpu_seconds)
        try:
            return self._read(content, path, read_code=read_code)
        except MemoryError:
            return unread(TOOK_MEMORY)
        except Exception:  # noqa: BLE001 - whatever it is, it costs this file and not the scan
            return unread(STOPPED_READER)
        finally:
            _limit("RLIMIT_CPU", None)
            self._page.end()


@lru_cache
def _own_limit(name: str) -> tuple[int, int, int] | None:
    """A limit as it is for this process anyway: which, soft, hard; None where the system does not know it."""
    import resource

    kind: int | None = getattr(resource, name, None)
    return None if kind is None else (kind, *resource.getrlimit(kind))


def _limit(name: str, most: int | None) -> None:
    """Set a limit for this process, never above its own; None gives it its own again."""
    import resource

    own = _own_limit(name)
    if own is not None:
        kind, soft, hard = own
        lower = most is not None and (soft == resource.RLIM_INFINITY or most < soft)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most if lower and most is not None else soft, hard))


def _ask_child(
    work: Callable[[], Evidence], page: _Page, bounds: Bounds, progress: Report | None, *, has_git: bool
) -> Evidence:
    """Fork a child, let it do the work, take its answer. Raises Refused, _Stopped or _Failed; no child lives on."""
    with contextlib.ExitStack() as stack:
        # what a child that is ended did not tidy up goes with this folder
        room = stack.enter_context(_room()) if has_git else None
        try:
            read_end, write_end = os.pipe()
            stack.callback(os.close, read_end)
            stack.callback(_close, write_end)
            child = os.fork()
        except OSError:  # no room for another process
            raise _Failed from None
        if child == 0:
            try:
                os.close(read_end)
                _serve(work, write_end, bounds, room)
            finally:
                os._exit(1)
        ended = False
        try:
            _close(write_end)
            answer = _listen(read_end, page, bounds, progress)
            code = _wait(child)
            ended = True
        except KeyboardInterrupt:
            ended = _interrupt(child, read_end)
            raise
        finally:
            if not ended:
                with contextlib.suppress(OSError):
                    os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        return _read_answer(answer, code)


def _close(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.close(descriptor)


@contextlib.contextmanager
def _room() -> Iterator[str | None]:
    """A folder for what the child puts down; None when there is no place for one."""
    try:
        made = tempfile.TemporaryDirectory(prefix="arrears-", ignore_cleanup_errors=True)
    except OSError:
        yield None
        return
    with made as folder:
        yield folder


def _listen(read_end: int, page: _Page, bounds: Bounds, progress: Report | None) -> bytes:
    """Take the answer, in pieces, until the child closes its end; meanwhile tell how far it is. Raises _Stopped."""
    answer = bytearray()
    steps, still, looked = -1, 0.0, time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(read_end, selectors.EVENT_READ)
        while True:
            ready = selector.select(LOOK_SECONDS)
            if ready:
                piece = os.read(read_end, PIPE_BYTES)
                if not piece:
                    return bytes(answer)
                answer += piece
            now, step = time.monotonic(), page.step()
            if ready or step.steps != steps:
                steps, still = step.steps, 0.0
                if progress is not None and step.progress.what:
                    progress(step.progress)
            else:
                still += min(now - looked, 10 * LOOK_SECONDS)  # the time a sleeping machine slept is nobody's
                if still > (bounds.still_seconds if step.mark is None else bounds.file_wall_seconds):
                    raise _too_long()
            looked = now


def _wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _interrupt(child: int, read_end: int) -> bool:
    """Ask the child to stop and to tidy up, and wait a little. Whether it has ended."""
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGINT)
    end = time.monotonic() + PATIENCE_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(read_end, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if selector.select(left) and not os.read(read_end, PIPE_BYTES):
                os.waitpid(child, 0)
                return True
    return False


def _read_answer(answer: bytes, code: int) -> Evidence:
    """The child's answer as evidence. Raises what it says, or what its end says."""
    if code == -signal.SIGXCPU:
        raise _too_long()
    if code != 0 or not answer:
        raise _crashed()
    kind, words = answer[:1], answer[1:].decode("utf-8", "surrogatepass")
    if kind == b"E":
        try:
            return from_json(words)
        except InvalidEvidence:
            raise _Failed from None
    if kind == b"R":
        raise Refused(words)
    if kind == b"M":
        raise _too_hungry()
    if kind == b"K":
        raise KeyboardInterrupt
    raise _Failed


def _serve(work: Callable[[], Evidence], write_end: int, bounds: Bounds, room: str | None) -> None:
    """The child's whole life. The answer is one letter and a text.

    E evidence as JSON, R a refusal's sentence, M out of memory, K stopped by the person, X an error of ours.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop_once)
    tempfile.tempdir = room
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # an interpreter that crashes complains; the parent says it in its own words
        os.dup2(nowhere, stream)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_AS", bounds.memory_bytes)
    try:
        answer = b"E" + to_json(work()).encode("utf-8", "surrogatepass")
    except Refused as refusal:
        answer = b"R" + refusal.reason.encode("utf-8", "surrogatepass")
    except MemoryError:
        answer = b"M"
    except KeyboardInterrupt:
        answer = b"K"
    except BaseException:  # noqa: BLE001 - the parent does it again and lets it show itself
        answer = b"X"
    with contextlib.suppress(OSError):
        view = memoryview(answer)
        while view:
            view = view[os.write(write_end, view) :]
    os._exit(0)


def _stop_once(*_: object) -> None:
    """The person stops the scan. A terminal tells the child and the parent tells it too: once is enough."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
