"""Several operations as one transaction: a store that is one already open transaction of another store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import TypeVar

from operations.workplace import Workplace
from store.records import Records
from store.store import Store

T = TypeVar("T")


class _Joined(Store):
    """A store whose reads and writes all belong to the transaction it was made in."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._asked = count()

    def read(self, work: Callable[[Records], T]) -> T:
        return work(self._records)

    def write(self, work: Callable[[Records], T]) -> T:
        return work(self._records)

    def version(self) -> str:
        """Another one each time: what is read in the middle of a transaction is never remembered."""
        return f"{id(self)}:{next(self._asked)}"

    def forget(self) -> None:
        """Nothing: the transaction is not over."""


def in_one_transaction(workplace: Workplace, work: Callable[[Workplace], T]) -> T:
    """Run operations on the workplace given to `work` so that all of them are kept, or none.

    Each operation checks and writes what it always does; only the wait for the disk happens once, at the end. The
    database lets no one else write meanwhile, so `work` stays short, starts no scan and catches no store error.
    """
    return workplace.store.write(lambda records: work(replace(workplace, store=_Joined(records))))
