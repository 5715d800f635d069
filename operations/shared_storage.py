"""The same table, topic, bucket, view or model in two systems' repositories: what may be an undeclared consumer."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from evidence.evidence import Evidence, Mode, StorageKind
from store.connection_records import DATA, FEATURES, OUTPUTS, PlaceOfUse, StorageUseRow

PLACES_MAX = 3  #: of one system that a suggestion shows
READERS_MAX = 4  #: what more systems only read is common ground, and says nothing of any two of them
SUGGESTIONS_MAX = 200
_OUTPUT = re.compile(r"(?i)(?:^|[._/-])(?:scor|predict|inferenc|recommend|forecast|propensit|embedding|output|rank)")
_FEATURE = re.compile(r"(?i)(?:^|[._/-])features?(?:[._/-]|$)")
_OF_EVERYBODY = ("bigquery-public-data.", "s3://noaa-", "gs://cloud-samples-data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A connection that two repositories show, for a person to decide on."""

    source_id: str  #: of what is only read, the one that comes first by id
    target_id: str
    kind: str  #: what goes over, guessed from the name; a person may know better
    directed: bool  #: one writes what the other reads; False: both only read it
    weak: bool  #: both only read it, or only the bucket is the same
    name: str  #: as the source writes it
    places: tuple[PlaceOfUse, ...]


def storage_rows(system_id: str, found: Evidence) -> list[StorageUseRow]:
    """What a scan says of shared storage, as it is kept: a row a place."""
    return [
        StorageUseRow(
            system_id=system_id,
            kind=use.kind.value,
            name=use.name,
            mode=use.mode.value,
            path=place.path,
            line=place.line,
        )
        for use in found.storage
        for place in use.locations
    ]


def suggest(uses: Iterable[StorageUseRow]) -> tuple[Suggestion, ...]:
    """What one system writes and another reads, then what two systems only read; the order of `uses` is no matter."""
    by_kind: dict[str, dict[str, list[StorageUseRow]]] = defaultdict(lambda: defaultdict(list))
    for use in sorted(uses, key=lambda use: (use.system_id, use.path, use.line, use.name, use.mode)):
        by_kind[use.kind][use.name.casefold()].append(use)
    found: list[Suggestion] = []
    for kind, named in sorted(by_kind.items()):
        found += _consumers(kind, named)
        if kind != StorageKind.MODEL:  # a model of a public hub is read by everybody
            found += _fellow_readers(kind, named)
    once = {(s.source_id, s.target_id, s.directed, s.name.casefold()): s for s in reversed(found)}
    ordered = sorted(once.values(), key=lambda s: (s.weak, not s.directed, s.source_id, s.target_id, s.name.casefold()))
    return tuple(ordered[:SUGGESTIONS_MAX])


def _consumers(kind: str, named: Mapping[str, Sequence[StorageUseRow]]) -> Iterator[Suggestion]:
    written = {name: [u for u in uses if u.mode == Mode.WRITTEN] for name, uses in named.items()}
    index = _Names(kind, [name for name, uses in written.items() if uses])
    for name, uses in sorted(named.items()):
        readers = [use for use in uses if use.mode == Mode.READ]
        if not readers:
            continue
        for other, weak in index.like(name):
            for source_id, writing in _by_system(written[other]).items():
                for target_id, reading in _by_system(readers).items():
                    if source_id != target_id:
                        yield Suggestion(
                            source_id=source_id,
                            target_id=target_id,
                            kind=_guess(kind, writing[0].name),
                            directed=True,
                            weak=weak,
                            name=writing[0].name,
                            places=_places([*writing[:PLACES_MAX], *reading[:PLACES_MAX]]),
                        )


def _fellow_readers(kind: str, named: Mapping[str, Sequence[StorageUseRow]]) -> Iterator[Suggestion]:
    for name, uses in sorted(named.items()):
        readers = _by_system(uses)
        if any(use.mode == Mode.WRITTEN for use in uses) or not 2 <= len(readers) <= READERS_MAX:
            continue
        if name.startswith(_OF_EVERYBODY) or (kind == StorageKind.BUCKET and name.count("/") < 3):
            continue
        for one, other in combinations(sorted(readers), 2):
            yield Suggestion(
                source_id=one,
                target_id=other,
                kind=DATA,
                directed=False,
                weak=True,
                name=readers[one][0].name,
                places=_places([*readers[one][:PLACES_MAX], *readers[other][:PLACES_MAX]]),
            )


class _Names:
    """The names that are written, to be found by a name that is read and may be longer or shorter."""

    def __init__(self, kind: str, names: Sequence[str]) -> None:
        self._kind = kind
        self._parts = {name: _parts(kind, name) for name in names}
        self._by_part: dict[str, list[str]] = defaultdict(list)
        for name, parts in self._parts.items():
            for part in parts:
                self._by_part[part].append(name)
        self._sorted = sorted(names)

    def like(self, name: str) -> Iterator[tuple[str, bool]]:
        """The written names that are, or lie within or around, what is read; and whether that is only a weak sign."""
        found = dict.fromkeys(self._by_part.get(name, ()))
        found |= dict.fromkeys(part for part in _parts(self._kind, name) if part in self._parts)
        if name.endswith("*"):
            start = bisect_left(self._sorted, name[:-1])
            for other in self._sorted[start:]:
                if not other.startswith(name[:-1]):
                    break
                found[other] = None
        for other in sorted(found):
            bare = self._kind == StorageKind.BUCKET and min(name, other, key=len).count("/") < 3
            yield other, bare and name != other


def _parts(kind: str, name: str) -> tuple[str, ...]:
    """The names that mean the same or hold it: of a table without its schemas, of a path the folders around it."""
    if kind == StorageKind.TABLE:
        words = name.split(".")
        return tuple(".".join(words[start:]) for start in range(len(words)))
    if kind == StorageKind.BUCKET:
        scheme, _, rest = name.partition("://")
        folders = rest.split("/")
        return tuple(f"{scheme}://{'/'.join(folders[:end])}" for end in range(len(folders), 0, -1))
    return (name,)


def _by_system(uses: Iterable[StorageUseRow]) -> dict[str, list[StorageUseRow]]:
    by_system: dict[str, list[StorageUseRow]] = defaultdict(list)
    for use in uses:
        by_system[use.system_id].append(use)
    return by_system


def _places(uses: Iterable[StorageUseRow]) -> tuple[PlaceOfUse, ...]:
    return tuple(
        PlaceOfUse(system_id=use.system_id, mode=use.mode, name=use.name, path=use.path, line=use.line) for use in uses
    )


def _guess(kind: str, name: str) -> str:
    """What a name says of what goes over."""
    if kind == StorageKind.VIEW or _FEATURE.search(name):
        return FEATURES
    return OUTPUTS if kind == StorageKind.MODEL or _OUTPUT.search(name) else DATA
