"""Text of people on its way out: one line, without what runs, mentions or refers, in each target's own markup."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

#: First characters by which spreadsheets take a cell for a formula, also in their full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNSEEN = "\u200b"  #: between a sign and a name it looks like the same text and is no mention, no reference
TEXT_MAX = 2_000  #: characters of one text in an issue

Cell = str | float | None


def one_line(text: str, most: int = TEXT_MAX) -> str:
    """Text on one line: no control, no invisible or direction-changing characters, at most `most` characters."""
    seen = (
        " "
        if unicodedata.category(character) in {"Cc", "Zl", "Zp"}
        else ""
        if unicodedata.category(character) in {"Cf", "Cs", "Co", "Cn"}
        else character
        for character in text
    )
    line = " ".join("".join(seen).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


# -- tables


def csv_text(text: str) -> str:
    """Text as a spreadsheet shows it and never runs it: what looks like a formula gets an apostrophe in front."""
    return f"'{text}" if text.lstrip(" '\"").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def csv_file(rows: Sequence[Sequence[Cell]], *, spreadsheet: bool) -> bytes:
    """RFC 4180: commas, CRLF, quotes where needed, UTF-8.

    With `spreadsheet` a byte order mark comes first, without which Excel takes UTF-8 for something else; importers of
    issues take the mark for a part of the first heading.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([csv_text(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return out.getvalue().encode("utf-8-sig" if spreadsheet else "utf-8")


# -- markup

#: What trackers turn into a mention, or into a link that leaves a note at the other end: @name, #12, !3, ~label, GH-4,
#: [issue:5]. And a bare address: GitLab looks for it in the finished page, Jira knows no escape for it.
_REFERENCE = re.compile(
    r"@(?=[\w\"'-])|[#!&$^](?=\d)|[~%](?=[\"\w])|(?<![A-Za-z])G[HL]-(?=\d)|\[(?=\w+:)|:(?=//)|(?<=\bwww)\.(?=\w)",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~&$@!^=%]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
_JIRA = re.compile(r"[{}\[\]|*+^~!]|\?(?=\?)|(?<!\w)[-_]|[-_](?!\w)|[:;](?=[()DPp])|\((?=[!?/xyni*+-])")


def title_text(text: str, most: int) -> str:
    """Text as the title of an issue, at most `most` characters: titles know no markup, but mentions and references."""
    line = one_line(text, most)
    while (over := len(_apart(line)) - most) > 0:  # what is put in counts, or an importer refuses the whole file
        line = one_line(line, len(line) - over)
    return _apart(line)


def markdown_text(text: str) -> str:
    """Text that Markdown (CommonMark, GitHub, GitLab) shows as it is: no markup, HTML, link, mention or reference.

    Escapes alone do not stop a mention on GitHub, which looks for it in the finished page; the unseen space does.
    Not for the start of a line without words of ours before it: a slash there is a command to GitLab.
    """
    return _MARKDOWN.sub(lambda sign: f"\\{sign[0]}", _apart(one_line(text)))


def jira_text(text: str) -> str:
    """Text that Jira's wiki markup shows as it is: no macro, link, image, mention or style.

    A backslash is written as an entity, for two of them break the line. Not for the start of a line without words of
    ours before it, where "h1." and "bq." count.
    """
    plain = _apart(one_line(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "&#92;".join(_JIRA.sub(lambda sign: f"\\{sign[0]}", part) for part in plain.split("\\"))


def _apart(line: str) -> str:
    return _REFERENCE.sub(lambda sign: sign[0] + UNSEEN, line)


def safe_link(url: str) -> str:
    """A link to http, https or mail, with everything percent-encoded that ends a link in some markup; else empty."""
    line = one_line(url)
    try:
        scheme, host = urlsplit(line).scheme.lower(), urlsplit(line).netloc
    except ValueError:
        return ""
    if scheme not in {"http", "https", "mailto"} or (scheme != "mailto" and not host):
        return ""
    return quote(line, safe="%/:?#@!$&+,;=~-._" if scheme != "mailto" else "%/:?@&+=-._")


# -- texts of a report

NAME_MAX = 120  #: characters of a name; longer ones end with an ellipsis
MARKS_MAX = 2  #: combining marks on one letter; a tower of them would print over its neighbours
REPLACED = "\ufffd"
_JOINERS = frozenset("\u200c\u200d")  #: invisible, and a part of how Persian, Indic and emoji are written


def clean_text(text: str, most: int = TEXT_MAX) -> str:
    """Text for a report: on one line, composed, nothing invisible, at most `most` characters.

    Letters of every script stay, whether or not a font at hand can draw them. What no file may hold (halves of
    surrogate pairs, non-characters) is replaced where it stands, so that it is seen.
    """
    if text.isascii() and text.isprintable() and len(text) <= most:  # as nearly always
        return " ".join(text.split())
    seen: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: most * 4]):
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > MARKS_MAX:
                continue
        else:
            marks = 0
        if category in {"Cc", "Zl", "Zp"}:
            seen.append(" ")
        elif category == "Cs" or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
            seen.append(REPLACED)
        elif category != "Cf" or character in _JOINERS:
            seen.append(character)
    line = " ".join("".join(seen).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def clean_name(text: str, otherwise: str = "(no name)") -> str:
    """A name of a system, a team or a person, never empty."""
    return clean_text(text, NAME_MAX).strip("\u200c\u200d") or otherwise
