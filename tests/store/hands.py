"""What other processes do in these tests: `python -m tests.store.hands DEED URL ...` says each deed when it is done."""

from __future__ import annotations

import sys

from store.errors import StorageFull
from store.store import open_store
from tests.store.world import an_answer


def say(word: object) -> None:
    print(word, flush=True)


def open_at_once(url: str) -> None:
    """Open the database on the word."""
    say("ready")
    sys.stdin.readline()
    open_store(url).close()
    say("open")


def write_for_ever(url: str, name: str) -> None:
    """Count the level of one question up and down, saying each revision once it is acknowledged."""
    store = open_store(url)
    current = store.read(lambda records: records.answers("churn-2026Q4")).get(name)
    rev = current.rev if current else 0
    while True:
        level = (rev + 1) % 5
        kept = store.write(lambda r, level=level, rev=rev: r.save_answer("churn-2026Q4", an_answer(name, level), rev))
        rev = kept.rev
        say(rev)


def fill_the_disk(url: str, bytes_max: str) -> None:
    """Save long notes under a limit on the size of files until it is reached; lift it; save one more."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    store = open_store(url)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(bytes_max), hard))
    kept = 0
    try:
        while True:
            answer = an_answer(f"Q-{kept}", note="n" * 5_000)
            store.write(lambda records, answer=answer: records.save_answer("churn-2026Q4", answer, 0))
            kept += 1
    except StorageFull as error:
        say(kept)
        say(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    store.write(lambda records: records.save_answer("churn-2026Q4", an_answer("AFTER"), 0))
    say("room again")


def read_only(url: str) -> None:
    """Open a current database and read."""
    with open_store(url) as store:
        store.read(lambda records: records.systems())
    say("sqlite_utils" in sys.modules)


DEEDS = {deed.__name__: deed for deed in (open_at_once, write_for_ever, fill_the_disk, read_only)}

if __name__ == "__main__":
    sys.modules["pandas"] = None  # sqlite-utils would import it, and these processes have to start quickly
    DEEDS[sys.argv[1]](*sys.argv[2:])
