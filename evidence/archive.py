"""Archives as bounded streams: a zip or a .tar.gz is listed, checked and read in memory, and never extracted."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from evidence.source import (
    KIB,
    LOCAL_WAY_OUT,
    MIB,
    NOTE_LINK,
    NOTE_SPECIAL,
    RATIO_FREE_BYTES,
    Limits,
    Member,
    Notes,
    Refused,
    Source,
    choose_members,
    display,
)

CHUNK_BYTES = 64 * KIB
DIRECTORY_HEADER_BYTES = 46


def open_archive(stream: BinaryIO, *, size: int, limits: Limits) -> Source:
    """Take a zip or .tar.gz from a seekable stream of `size` bytes. Raises Refused."""
    if size > limits.packed_bytes:
        raise Refused(
            f"The archive is {size / MIB:.0f} MiB, more than {limits.packed_bytes // MIB} MiB; leave data and model "
            f"files out, or {LOCAL_WAY_OUT}."
        )
    stream.seek(0)
    start = stream.read(4)
    if start[:2] == b"\x1f\x8b":
        return TarSource(stream, limits)
    if start[:2] == b"PK":
        return ZipSource(stream, limits)
    raise Refused("This is not a zip or .tar.gz archive; pack the repository's folder as a zip and try again.")


def count_zip_entries(stream: BinaryIO, entries_max: int) -> int:
    """Count the central directory's entries, at most `entries_max` + 1, before anything is made of them.

    The number in the end record may be forged, and the reader goes by the directory's length, so the directory
    itself is walked. Raises zipfile.BadZipFile.
    """
    end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]
    if not end:
        raise zipfile.BadZipFile("no end record")
    length, offset, place = end[zipfile._ECD_SIZE], end[zipfile._ECD_OFFSET], end[zipfile._ECD_LOCATION]  # type: ignore[attr-defined]
    if end[zipfile._ECD_SIGNATURE] == b"PK\x06\x06":  # type: ignore[attr-defined]
        place -= zipfile.sizeEndCentDir64 + zipfile.sizeEndCentDir64Locator  # type: ignore[attr-defined]
    start = place - length
    if length < 0 or offset < 0 or start < 0:
        raise zipfile.BadZipFile("the directory lies outside the file")
    stream.seek(start)
    directory = stream.read(length)
    position = count = 0
    while position + DIRECTORY_HEADER_BYTES <= len(directory) and count <= entries_max:
        name, extra, comment = struct.unpack_from("<HHH", directory, position + 28)
        position += DIRECTORY_HEADER_BYTES + name + extra + comment
        count += 1
    return count


def _too_many(limits: Limits) -> Refused:
    return Refused(
        f"The archive holds more than {limits.entries:,} entries; leave environments, caches and data out, "
        f"or {LOCAL_WAY_OUT}."
    )


def _too_large(limits: Limits) -> Refused:
    return Refused(
        f"The archive unpacks to more than {limits.unpacked_bytes // MIB} MiB; leave data and model files out, "
        f"or {LOCAL_WAY_OUT}."
    )


def _bomb(name: str) -> Refused:
    return Refused(
        f"{display(name, 80)} unpacks to far more than its packed size, as archives made to harm do; leave it out."
    )


def _broken() -> Refused:
    return Refused("The archive is damaged or not a real zip or .tar.gz; pack the folder again and try again.")


class ZipSource:
    """A zip, read from its stream. Only wanted members are unpacked, in memory, one at a time, by real bytes."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.commit: str | None = None
        self._limits = limits
        try:
            if count_zip_entries(stream, limits.entries) > limits.entries:
                raise _too_many(limits)
            stream.seek(0)
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError, EOFError, IndexError):
            raise _broken() from None
        notes = Notes()
        regular = [entry for entry in self._zip.infolist() if self._is_regular(entry, notes)]
        self._entries: dict[str, zipfile.ZipInfo] = {}
        members = choose_members([(entry.filename, entry.file_size) for entry in regular], notes)
        for position, member in members.items():
            self._entries[member.path] = regular[position]
        self._check_claims()
        self.members: tuple[Member, ...] = tuple(sorted(members.values(), key=lambda member: member.path))
        self.notes: tuple[str, ...] = notes.sentences()

    def _is_regular(self, entry: zipfile.ZipInfo, notes: Notes) -> bool:
        if entry.flag_bits & 0x41:  # encrypted, or strong encryption
            raise Refused("The archive is encrypted; pack the folder without a password and try again.")
        if entry.is_dir():
            return False
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind == stat.S_IFLNK:
            notes.count(NOTE_LINK, entry.filename)
            return False
        if kind not in (0, stat.S_IFREG):
            notes.count(NOTE_SPECIAL, entry.filename)
            return False
        return True

    def _check_claims(self) -> None:
        total = 0
        for path, entry in self._entries.items():
            total += entry.file_size
            if entry.file_size > RATIO_FREE_BYTES and entry.file_size > self._limits.ratio * max(
                1, entry.compress_size
            ):
                raise _bomb(path)
        if total > self._limits.unpacked_bytes:
            raise _too_large(self._limits)
        packed = sum(entry.compress_size for entry in self._entries.values())
        if total > 4 * RATIO_FREE_BYTES and total > self._limits.ratio * max(1, packed):
            raise _bomb("It")

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        """Yield each wanted member with its bytes. What is counted is what comes out, not what the header claims."""
        left = self._limits.unpacked_bytes
        for member in self.members:
            if wanted(member):
                content = self._read(self._entries[member.path], left)
                left -= len(content)
                yield member, content

    def _read(self, entry: zipfile.ZipInfo, left: int) -> bytes:
        chunks = []
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:
                        raise _too_large(self._limits)
                    chunks.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
            raise _broken() from None
        return b"".join(chunks)


class _Counted(io.RawIOBase):
    """The bytes of a gzip stream up to a limit; past it the reading is refused."""

    def __init__(self, stream: BinaryIO, limits: Limits, size: int) -> None:
        stream.seek(0)
        self._stream = gzip.GzipFile(fileobj=stream, mode="rb")
        self._left = limits.unpacked_bytes
        self._limits = limits
        self._packed = size

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        chunk = self._stream.read(CHUNK_BYTES if size is None or size < 0 else min(size, CHUNK_BYTES))
        self._left -= len(chunk)
        if self._left < 0:
            raise _too_large(self._limits)
        return chunk


class TarSource:
    """A .tar.gz (a PyPI source archive), streamed twice: once to list and check it, once for the wanted contents."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.commit: str | None = None
        self._stream = stream
        self._limits = limits
        notes = Notes()
        self._positions: dict[int, Member] = {}
        regular: list[tuple[str, int]] = []
        places: list[int] = []
        for place, (entry, _) in enumerate(self._entries()):
            if place >= limits.entries:
                raise _too_many(limits)
            if entry.issym() or entry.islnk():
                notes.count(NOTE_LINK, entry.name)
            elif entry.isreg() and not entry.issparse():
                regular.append((entry.name, entry.size))
                places.append(place)
            elif not entry.isdir():
                notes.count(NOTE_SPECIAL, entry.name)
        for position, member in choose_members(regular, notes).items():
            self._positions[places[position]] = member
        self.members: tuple[Member, ...] = tuple(sorted(self._positions.values(), key=lambda member: member.path))
        self.notes: tuple[str, ...] = notes.sentences()

    def _entries(self) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
        """The archive's headers in order. Broken, endless and over-long archives are refused on the way."""
        self._stream.seek(0, io.SEEK_END)
        counted = _Counted(self._stream, self._limits, self._stream.tell())
        try:
            with tarfile.open(fileobj=counted, mode="r|", errorlevel=1) as archive:
                while (entry := archive.next()) is not None:
                    archive.members = []  # type: ignore[attr-defined]  # a stream never goes back: keep no list of what has passed
                    yield entry, archive
        except (
            tarfile.TarError,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            RecursionError,
            OverflowError,
            UnicodeError,
        ):
            raise _broken() from None

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        """Yield each wanted member with its bytes, in the archive's order."""
        for place, (entry, archive) in enumerate(self._entries()):
            member = self._positions.get(place)
            if member is None or not wanted(member):
                continue
            stream = archive.extractfile(entry)  # a view on the stream: nothing is written
            if stream is None:
                raise _broken()
            yield member, stream.read()
