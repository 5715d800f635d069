"""Packs the collector into one file that runs on a bare Python: `arrears-collect.pyz`."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from evidence.command import write_whole

FILE_NAME = "arrears-collect.pyz"
PYTHON_MIN = (3, 11)
SHEBANG = b"#!/usr/bin/env python3\n"
#: Of the house, not of the collector: they make documents and this very file.
LEFT_OUT = frozenset({"package.py", "precision.py", "reference.py", "snippets.py"})
_FOLDER = Path(__file__).resolve().parent
_TIME = (1980, 1, 1, 0, 0, 0)
# Any Python can read this much, so that an old one says what is missing instead of failing somewhere inside.
_MAIN = f"""\
import sys

if sys.version_info < {PYTHON_MIN}:
    sys.stderr.write(
        "{FILE_NAME}: needs Python {PYTHON_MIN[0]}.{PYTHON_MIN[1]} or newer, this is %d.%d; "
        "start it with a newer one\\n" % sys.version_info[:2]
    )
    sys.exit(2)

try:
    from evidence.command import leave, main

    leave(main())
except KeyboardInterrupt:  # before there was anything to end cleanly
    sys.exit(130)
"""


def build_collector() -> bytes:
    """The collector as one file: sources and tables, in a fixed order with a fixed date. Same sources, same bytes.

    It holds no byte code, so that people can read what they let into their build and the bytes do not depend on who
    builds it (docs/decisions/0021).
    """
    stream = io.BytesIO()
    stream.write(SHEBANG)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _add(archive, "__main__.py", _MAIN.encode())
        for path in _files():
            _add(archive, f"evidence/{path.relative_to(_FOLDER).as_posix()}", path.read_bytes())
    return stream.getvalue()


def _files() -> Iterator[Path]:
    """The sources and the tables, in the order of their names."""
    files = [*_FOLDER.rglob("*.py"), *_FOLDER.glob("tables/*.toml")]
    yield from sorted(path for path in files if path.relative_to(_FOLDER).as_posix() not in LEFT_OUT)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # as on Unix, wherever it is built
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, content)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else FILE_NAME)
    target.parent.mkdir(parents=True, exist_ok=True)
    content = build_collector()
    write_whole(target, content)
    sys.stdout.write(f"{target}: {len(content):,} bytes\n")
