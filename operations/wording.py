"""The one cleaning of words that people type: trimmed, without control characters, within a length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from operations.errors import InvalidInput

NAME_MAX = 80
LINE_MAX = 300
NOTE_MAX = 4000
LINK_MAX = 500
LINKS_MAX = 10
TAG_MAX = 30
TAGS_MAX = 10

_PLACE = re.compile(r"[^:]+:[0-9]+")  #: train.py:42

_NOT_IN_LINKS = re.compile(r"[\s<>\"'`\\^{|}]")  #: never part of an address as a browser shows it

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT = {"\n", "\t", "\u200d"}


def clean(text: str, *, field: str, longest: int, required: bool = False) -> str:
    """The text as it is kept. Raises InvalidInput naming the field when it is missing or too long."""
    shown = "".join(
        c for c in unicodedata.normalize("NFC", text) if c in _KEPT or unicodedata.category(c) not in _INVISIBLE
    ).strip()
    if required and not shown:
        raise InvalidInput(field, "is empty; please fill it in")
    if len(shown) > longest:
        raise InvalidInput(field, f"has {len(shown):,} characters; at most {longest:,} are kept, please shorten it")
    return shown


def clean_line(text: str, *, field: str, longest: int = LINE_MAX, required: bool = False) -> str:
    """Like `clean`, on one line."""
    return " ".join(clean(text, field=field, longest=longest, required=required).split())


def clean_links(text: str) -> tuple[str, ...]:
    """Evidence links, one a line: web addresses or paths in the repository. Raises InvalidInput."""
    links = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(links) > LINKS_MAX:
        raise InvalidInput("evidence links", f"{len(links)} are given; at most {LINKS_MAX} are kept, one a line")
    cleaned = tuple(clean_line(link, field="evidence links", longest=LINK_MAX) for link in links)
    for link in cleaned:
        scheme = link.split(":", 1)[0].lower() if ":" in link.split("/", 1)[0] else ""
        if scheme and scheme not in {"http", "https"} and not _PLACE.fullmatch(link):
            raise InvalidInput("evidence links", f"{link[:60]!r} starts with {scheme!r}; use http(s) or a path")
    return cleaned


def clean_tags(tags: Iterable[str]) -> frozenset[str]:
    """Tags as they are kept: on one line, each once whatever its capitals. Raises InvalidInput.

    A comma would split a tag in two wherever they are typed in one line, so it is the end of one here as well.
    """
    kept: dict[str, str] = {}
    for tag in (part for given in tags for part in given.split(",")):
        cleaned = clean_line(tag, field="tags", longest=TAG_MAX)
        if cleaned:
            kept.setdefault(cleaned.casefold(), cleaned)
    if len(kept) > TAGS_MAX:
        raise InvalidInput("tags", f"{len(kept)} are given; at most {TAGS_MAX} are kept for a system")
    return frozenset(kept.values())


def clean_tracker_link(text: str) -> str:
    """A link into a team's tracker, "" for none: http, https or mailto. Raises InvalidInput."""
    link = clean_line(text, field="link", longest=LINK_MAX)
    if not link:
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    whole = bool(parts.netloc) if parts.scheme in {"http", "https"} else "@" in parts.path
    if parts.scheme not in {"http", "https", "mailto"} or not whole or _NOT_IN_LINKS.search(link):
        raise InvalidInput("link", f"{link[:60]!r} is not a link; begin with https://, http:// or mailto:")
    return link
