"""Untrusted archives: one child process per upload, with limits on memory, time and files, and a short queue."""

from __future__ import annotations

import contextlib
import io
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

from evidence.archive import open_archive
from evidence.document import BYTES_MAX, InvalidEvidence, from_json, to_json
from evidence.evidence import Evidence
from evidence.facts import STOPPED_AGAIN, STOPPED_READER, TOOK_MEMORY, TOOK_TIME, FileFacts, facts_of, unread
from evidence.folder import open_regular_file
from evidence.source import LOCAL_WAY_OUT, MIB, UPLOAD_LIMITS, Limits, Refused, display

__all__ = ["Refused", "collect_untrusted"]

MEMORY_BYTES_MAX = 1024 * MIB
CPU_SECONDS_MAX = 30
READING_CPU_SECONDS_MAX = 18  #: afterwards no further file is begun
FILE_CPU_SECONDS_MAX = 6
WALL_SECONDS_MAX = 45.0
ATTEMPTS_MAX = 4  #: each leaves out the file at which the one before was stopped; the last one reads no contents
OPEN_FILES_MAX = 32
NICENESS = 10
CHILDREN_MAX = 2
QUEUE_SECONDS_MAX = 60.0
ANSWER_BYTES_MAX = BYTES_MAX + 4096
PIPE_BYTES = 64 * 1024
JOURNAL_BYTES_KEPT = 4096

_places = threading.BoundedSemaphore(CHILDREN_MAX)
_PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent)  # inside one zipped file this is that file
_START = "import sys; sys.path.insert(0, sys.argv[1]); from evidence.sandbox import serve; serve(*sys.argv[2:])"


def collect_untrusted(archive: Path | bytes, *, name: str) -> Evidence:
    """Read a stranger's zip or .tar.gz in a child process with limits.

    `archive` is the bytes, or a path that *we* chose; the child gets an open stream, never a name from the client.
    At most CHILDREN_MAX run at once in this process; a further caller waits up to QUEUE_SECONDS_MAX. Whatever the
    archive does to the child, the caller gets evidence or Refused with one sentence.
    """
    stream: BinaryIO | None = None
    if isinstance(archive, Path):
        stream, size = open_regular_file(archive)
    else:
        size = len(archive)
    try:
        _check_size(size)
        if not _places.acquire(timeout=QUEUE_SECONDS_MAX):
            raise Refused("Other repositories are being read right now; try again in a minute.")
        try:
            return _ask_child(archive if isinstance(archive, bytes) else b"", stream, display(name, 200))
        finally:
            _places.release()
    finally:
        if stream is not None:
            stream.close()


def _check_size(size: int) -> None:
    if size > UPLOAD_LIMITS.packed_bytes:
        raise Refused(
            f"The archive is {size / MIB:.0f} MiB, more than {UPLOAD_LIMITS.packed_bytes // MIB} MiB; leave data and "
            f"model files out, or {LOCAL_WAY_OUT}."
        )
    if size == 0:
        raise Refused("The archive is empty; pack the repository's folder as a zip and try again.")


class _Stopped(Refused):
    """The child ended before it answered. `why` is for the file it was reading then, if it was reading one."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(reason)
        self.why = why


def _ask_child(content: bytes, stream: BinaryIO | None, name: str) -> Evidence:
    """The evidence of the content (or the open stream). The file at which a child is stopped is left out by the next.

    Bombs are thereby reported one by one; when there are too many of them, nothing but names and sizes is read.
    """
    if os.name != "posix":
        raise Refused(f"This server's system cannot contain a stranger's archive; {LOCAL_WAY_OUT}.")
    left_out: dict[str, str] = {}
    for attempt in range(1, ATTEMPTS_MAX + 1):
        journal = bytearray()
        try:
            return _ask_once(content, stream, name, journal, left_out, reads=attempt < ATTEMPTS_MAX)
        except _Stopped as stopped:
            path = _last_line(journal)
            if not path or path in left_out or attempt == ATTEMPTS_MAX:
                raise Refused(stopped.reason) from None
            left_out[path] = stopped.why
    raise AssertionError("the last attempt answers or raises")


def _last_line(journal: bytearray) -> str:
    """The path the child had begun and not ended, "" when there is none."""
    return bytes(journal).rpartition(b"\n")[0].rpartition(b"\n")[2].decode("utf-8", "replace")


def _ask_once(
    content: bytes, stream: BinaryIO | None, name: str, journal: bytearray, left_out: Mapping[str, str], *, reads: bool
) -> Evidence:
    """Run one child and read its answer; `journal` takes what it writes of the file it is at. Raises Refused."""
    read_end, write_end = os.pipe()
    try:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and code, no shell
            [
                *(sys.executable, "-I", "-S", "-B", "-c", _START, _PACKAGE_PARENT, name),
                json.dumps({"journal": write_end, "left_out": left_out, "reads": reads}),
            ],
            stdin=subprocess.PIPE if stream is None else stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={key: os.environ[key] for key in ("LD_LIBRARY_PATH", "TMPDIR") if key in os.environ},
            start_new_session=True,
            pass_fds=(write_end,),
        )
    finally:
        os.close(write_end)
    try:
        deadline = time.monotonic() + WALL_SECONDS_MAX
        answer = _converse(child, memoryview(content), read_end, journal, deadline)
        code = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        raise _too_long() from None
    finally:
        _end(child)
        os.close(read_end)
    return _read_answer(answer, code)


def _converse(
    child: subprocess.Popen[bytes], content: memoryview, journal_end: int, journal: bytearray, deadline: float
) -> bytes:
    """Hand the content over and take answer and journal, in pieces, until the child closes its ends. Raises Refused."""
    answer = bytearray()
    with selectors.DefaultSelector() as selector:
        streams: list[IO[bytes]] = [stream for stream in (child.stdin, child.stdout) if stream is not None]
        for stream in streams:
            os.set_blocking(stream.fileno(), False)
        if child.stdin is not None:
            selector.register(child.stdin, selectors.EVENT_WRITE)
        if child.stdout is not None:
            selector.register(child.stdout, selectors.EVENT_READ)
        selector.register(journal_end, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise _too_long()
            for key, _ in selector.select(left):
                if key.fileobj is child.stdin and child.stdin is not None:
                    content = _hand_over(child.stdin, content)
                    if not content:
                        selector.unregister(child.stdin)
                        with contextlib.suppress(OSError):
                            child.stdin.close()
                    continue
                piece = os.read(key.fd, PIPE_BYTES)
                if not piece:
                    selector.unregister(key.fileobj)
                elif key.fd == journal_end:
                    journal += piece
                    del journal[:-JOURNAL_BYTES_KEPT]
                else:
                    answer += piece
                    if len(answer) > ANSWER_BYTES_MAX:
                        raise Refused(f"The repository shows more than one report can hold; {LOCAL_WAY_OUT}.")
    return bytes(answer)


def _hand_over(pipe: IO[bytes], content: memoryview) -> memoryview:
    """Write the next piece; what is left. A child that has gone takes no more."""
    try:
        return content[os.write(pipe.fileno(), content[:PIPE_BYTES]) :] if content else content
    except BlockingIOError:
        return content
    except OSError:
        return content[:0]


def _end(child: subprocess.Popen[bytes]) -> None:
    """Make sure that neither the child nor anything it started lives on, and that its pipes are closed."""
    with contextlib.suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    child.wait()


def _too_long() -> _Stopped:
    return _Stopped(
        f"Reading the archive took too long and was stopped; leave generated files out, or {LOCAL_WAY_OUT}.",
        TOOK_TIME,
    )


def _too_hungry() -> _Stopped:
    return _Stopped(
        f"Reading the archive took more memory than is allowed; leave generated files out, or {LOCAL_WAY_OUT}.",
        TOOK_MEMORY,
    )


def _read_answer(answer: bytes, code: int) -> Evidence:
    """The child's answer as evidence, or as Refused: the child read hostile bytes, so its words are checked too."""
    if code in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        raise _too_long()
    if code != 0 or not answer:
        raise _Stopped(
            f"The archive could not be read safely and the reader was stopped; {LOCAL_WAY_OUT}.",
            STOPPED_READER,
        )
    if answer[:1] == b"E":
        try:
            return from_json(answer[1:].decode("utf-8"))
        except (InvalidEvidence, UnicodeDecodeError):
            raise Refused(f"The archive was read, but its report is not valid; {LOCAL_WAY_OUT}.") from None
    if answer[:1] == b"M":
        raise _too_hungry()
    raise Refused(display(answer[1:].decode("utf-8", "replace"), 400))


def serve(name: str, asked: str) -> None:
    """The child's whole life: limits first, then read the archive on standard input and answer on standard output.

    The answer is one letter and a text: E evidence as JSON, R a refusal's sentence, M out of memory. `asked` is JSON:
    the descriptor to write the path of each file to when it is begun, and an empty line when it is done; the files to
    be left out with their reasons; whether contents are to be read at all.
    """
    _limit_self()
    words = json.loads(asked)
    read = _in_turn(words["journal"], words["left_out"], reads=words["reads"])
    try:
        answer = b"E" + to_json(_collect_stream(sys.stdin.buffer, name, UPLOAD_LIMITS, read)).encode("utf-8")
    except Refused as refusal:
        answer = b"R" + refusal.reason.encode("utf-8", "replace")
    except MemoryError:
        answer = b"M"
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing to tidy up: no files, no threads


def _in_turn(journal: int, left_out: Mapping[str, str], *, reads: bool) -> Callable[[bytes, str], FileFacts]:
    """The reading of one file after the other, each announced before it is begun."""

    def read(content: bytes, path: str) -> FileFacts:
        if path in left_out:
            return unread(left_out[path])
        if not reads:
            return unread(STOPPED_AGAIN)
        used = time.process_time()
        if used > READING_CPU_SECONDS_MAX:
            return unread("not read, because the time for one repository was used up")
        os.write(journal, path.encode("utf-8", "replace") + b"\n")
        _limit_time(int(used) + FILE_CPU_SECONDS_MAX)
        facts = facts_of(content, path)
        _limit_time(CPU_SECONDS_MAX)
        os.write(journal, b"\n")
        return facts

    return read


def _limit_time(seconds: int) -> None:
    """Let this process be ended when it has used so many seconds of processor since its start."""
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (min(seconds, CPU_SECONDS_MAX), CPU_SECONDS_MAX))


def _collect_stream(stream: BinaryIO, name: str, limits: Limits, read: Callable[[bytes, str], FileFacts]) -> Evidence:
    from evidence.collector import collect_source  # after the limits are set

    if not stream.seekable():
        stream = io.BytesIO(stream.read(limits.packed_bytes + 1))
    size = stream.seek(0, io.SEEK_END)
    return collect_source(open_archive(stream, size=size, limits=limits), name=name, limits=limits, read=read)


def _limit_self() -> None:
    """Take away from this process what reading an archive does not need. What a system does not know is left."""
    import resource

    limits: dict[str, int] = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": OPEN_FILES_MAX,
        "RLIMIT_CPU": CPU_SECONDS_MAX,
        "RLIMIT_AS": MEMORY_BYTES_MAX,
    }
    for limit, value in limits.items():
        kind: Any = getattr(resource, limit, None)
        if kind is not None:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value))
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
