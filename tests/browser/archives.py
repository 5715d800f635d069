"""A real repository archive that is on every machine that can run the tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy


def numpy_archive() -> bytes:
    """The core of numpy as its users have it, as a zip.

    A source archive of a project would need the network, and a committed one would bloat the repository. The installed
    copy of numpy is real code by many hands, permissively licensed, and always here because Streamlit needs it. Its
    tests are left out, as in many a wheel: so the archive contradicts whoever says that everything is tested.
    """
    home = Path(numpy.__file__).parent
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((*home.glob("*.py"), *(home / "_core").rglob("*.py"))):
            place = path.relative_to(home.parent)
            if "tests" not in place.parts and path.name != "conftest.py":
                archive.write(path, f"numpy-{numpy.__version__}/{place}")
    return packed.getvalue()


def archive_of(files: dict[str, str]) -> bytes:
    """A zip of these texts by member name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()
