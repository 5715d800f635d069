"""The one door through which text written by people reaches a Streamlit element that reads Markdown."""

from __future__ import annotations

import re
import unicodedata

#: Invisible and without width: keeps two characters together on a line, and apart for a pattern that looks for them.
_JOINER = "\u2060"

# Backslashes stop everything the Markdown parser knows: tags, images, links, headings, lists, code, LaTeX, colour
# directives. Only where it could matter: Streamlit hands a label as it stands to screen readers, backslashes included.
_ALWAYS = re.compile(r"([\\`*_\[\]<$~|])")
_SOMEWHERE = (
    (re.compile(r":(?=[^\s\d])"), r"\:"),  # :red[...], ::leaf, :anything
    (re.compile(r"&(?=#?\w+;)"), r"\&"),  # &lt;
    (re.compile(r"(?m)^(#{1,6}|[-+=]+|>|:{2,})"), lambda found: "".join("\\" + c for c in found[0].replace("\\", ""))),
    (re.compile(r"(?m)^(\d{1,9})([.)])"), r"\1\\\2"),  # 1. or 1) would start a list
    (re.compile(r"(?m)(?<![\\#])(#+)$"), lambda found: "\\#" * len(found[0])),  # would close a heading
)

# Some substitutions happen later, on the finished text, and do not see backslashes; only a character between stops
# those.
_LATE = (
    (re.compile(r":(?!\d{1,2}:)(?=[\w+\-/.]{1,80}:)"), ":" + _JOINER),  # :smile: :material/x: :100:, but not 12:03:11
    (re.compile(r"(?i)(https?|ftp|mailto|xmpp):"), r"\1" + _JOINER + ":"),  # bare links
    (re.compile(r"(?i)www\."), lambda found: found[0][:3] + _JOINER + "."),
    (re.compile(r"@"), "@" + _JOINER),  # mail addresses
    (re.compile(r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)"), lambda found: found[0][0] + _JOINER + found[0][1:]),  # arrows
)
_TURNS_TEXT_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str, *, lines: bool = False, most: int | None = None) -> str:
    """Escape `text` so that Streamlit's Markdown shows it letter by letter.

    For every label, option of a radio or segmented control, caption, markdown, error, info, toast, metric and help
    text. Not for elements that already show text as it is: st.text, st.code, selectbox options, dataframe cells, our
    own components; there the backslashes would be seen.

    `lines` keeps line breaks (for running text); without it the text becomes one line (for labels). `most` cuts
    after that many characters and says so with an ellipsis. Control characters and those that turn the reading
    direction around are dropped.
    """
    cleaned = clean(text, lines=lines)
    if most is not None and len(cleaned) > most:
        cleaned = cleaned[: max(0, most - 1)].rstrip() + "…"
    for pattern, replacement in _LATE:
        cleaned = pattern.sub(replacement, cleaned)
    escaped = _ALWAYS.sub(r"\\\1", cleaned)
    for pattern, replacement in _SOMEWHERE:
        escaped = pattern.sub(replacement, escaped)
    return escaped.replace("\n", "\\\n") if lines else escaped


def clean(text: str, *, lines: bool = False) -> str:
    """Drop control and direction characters and needless white space; the rest stays unescaped."""
    kept = "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t"
        or (unicodedata.category(character) not in {"Cc", "Cs"} and character not in _TURNS_TEXT_AROUND)
    )
    if not lines:
        return " ".join(kept.split())
    return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip("\n")


def spoken(text: str) -> str:
    """Reduce `text` to words, for a hidden label: Streamlit hands it to screen readers without reading its Markdown."""
    return " ".join(re.sub(r"[^\w\s]", " ", clean(text)).split())
