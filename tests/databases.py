"""New databases for tests: the store makes one in each process, the others are copies of it.

Making one takes the store a fifth of a second, and two thousand tests begin with one. How the store makes it is what
tests/store/test_store_sqlite.py and tests/store/test_store_contract.py look at, on files that were not copied.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store.store import open_store


@lru_cache(maxsize=1)
def _made() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "arrears.db"
        open_store(path).close()
        assert not path.with_name("arrears.db-wal").exists(), "what is not in the file would be missing in the copies"
        return path.read_bytes()


def new_database(path: Path) -> Path:
    """Lay a database at this path as the store makes it, with nothing in it; one that is there stays. The path."""
    if not path.exists():
        path.write_bytes(_made())
        path.chmod(0o600)
    return path
