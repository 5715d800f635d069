"""Untrusted archives: one child process per upload, with limits on memory, time and files, and a short queue."""

from __future__ import annotations

import contextlib
import io
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, BinaryIO

from evidence.archive import open_archive
from evidence.document import BYTES_MAX, InvalidEvidence, from_json, to_json
from evidence.evidence import Evidence
from evidence.folder import open_regular_file
from evidence.source import LOCAL_WAY_OUT, MIB, UPLOAD_LIMITS, Limits, Refused, display

__all__ = ["Refused", "collect_untrusted"]

MEMORY_BYTES_MAX = 1024 * MIB
CPU_SECONDS_MAX = 30
WALL_SECONDS_MAX = 45.0
OPEN_FILES_MAX = 32
NICENESS = 10
CHILDREN_MAX = 2
QUEUE_SECONDS_MAX = 60.0
ANSWER_BYTES_MAX = BYTES_MAX + 4096
PIPE_BYTES = 64 * 1024

_places = threading.BoundedSemaphore(CHILDREN_MAX)
_PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent)  # inside one zipped file this is that file
_START = "import sys; sys.path.insert(0, sys.argv[1]); from evidence.sandbox import serve; serve(sys.argv[2])"


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


def _ask_child(content: bytes, stream: BinaryIO | None, name: str) -> Evidence:
    """Run one child over the content (or the open stream) and read its answer."""
    if os.name != "posix":
        raise Refused(f"This server's system cannot contain a stranger's archive; {LOCAL_WAY_OUT}.")
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and code, no shell
        [sys.executable, "-I", "-S", "-B", "-c", _START, _PACKAGE_PARENT, name],
        stdin=subprocess.PIPE if stream is None else stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={key: os.environ[key] for key in ("LD_LIBRARY_PATH", "TMPDIR") if key in os.environ},
        start_new_session=True,
    )
    try:
        answer = _converse(child, memoryview(content), time.monotonic() + WALL_SECONDS_MAX)
        code = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        raise _too_long() from None
    finally:
        _end(child)
    return _read_answer(answer, code)


def _converse(child: subprocess.Popen[bytes], content: memoryview, deadline: float) -> bytes:
    """Hand the content over and take the answer, both in pieces, until the child closes its end. Raises Refused."""
    answer = bytearray()
    with selectors.DefaultSelector() as selector:
        streams: list[IO[bytes]] = [stream for stream in (child.stdin, child.stdout) if stream is not None]
        for stream in streams:
            os.set_blocking(stream.fileno(), False)
        if child.stdin is not None:
            selector.register(child.stdin, selectors.EVENT_WRITE)
        if child.stdout is not None:
            selector.register(child.stdout, selectors.EVENT_READ)
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
                else:
                    piece = os.read(key.fd, PIPE_BYTES)
                    answer += piece
                    if len(answer) > ANSWER_BYTES_MAX:
                        raise Refused(f"The repository shows more than one report can hold; {LOCAL_WAY_OUT}.")
                    if not piece:
                        selector.unregister(key.fileobj)
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


def _too_long() -> Refused:
    return Refused(f"Reading the archive took too long and was stopped; leave generated files out, or {LOCAL_WAY_OUT}.")


def _too_hungry() -> Refused:
    return Refused(
        f"Reading the archive took more memory than is allowed; leave generated files out, or {LOCAL_WAY_OUT}."
    )


def _read_answer(answer: bytes, code: int) -> Evidence:
    """The child's answer as evidence, or as Refused: the child read hostile bytes, so its words are checked too."""
    if code in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        raise _too_long()
    if code != 0 or not answer:
        raise Refused(f"The archive could not be read safely and the reader was stopped; {LOCAL_WAY_OUT}.")
    if answer[:1] == b"E":
        try:
            return from_json(answer[1:].decode("utf-8"))
        except (InvalidEvidence, UnicodeDecodeError):
            raise Refused(f"The archive was read, but its report is not valid; {LOCAL_WAY_OUT}.") from None
    if answer[:1] == b"M":
        raise _too_hungry()
    raise Refused(display(answer[1:].decode("utf-8", "replace"), 400))


def serve(name: str) -> None:
    """The child's whole life: limits first, then read the archive on standard input and answer on standard output.

    The answer is one letter and a text: E evidence as JSON, R a refusal's sentence, M out of memory.
    """
    _limit_self()
    try:
        answer = b"E" + to_json(_collect_stream(sys.stdin.buffer, name, UPLOAD_LIMITS)).encode("utf-8")
    except Refused as refusal:
        answer = b"R" + refusal.reason.encode("utf-8", "replace")
    except MemoryError:
        answer = b"M"
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing to tidy up: no files, no threads


def _collect_stream(stream: BinaryIO, name: str, limits: Limits) -> Evidence:
    from evidence.collector import collect_source  # after the limits are set

    if not stream.seekable():
        stream = io.BytesIO(stream.read(limits.packed_bytes + 1))
    size = stream.seek(0, io.SEEK_END)
    return collect_source(open_archive(stream, size=size, limits=limits), name=name, limits=limits)


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
