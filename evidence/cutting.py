"""Long Python texts cut where a statement of the top level begins, so that their trees are made part by part.

A tree takes some sixty times the room of its text while it is made. One that fits into what a processor keeps close is
made, walked and freed about a quarter faster, and the most memory a scan holds is smaller. Where to cut is guessed by
the look of the lines, and parsing proves it: a text cut inside of a string, a bracket or a compound statement is not
valid by itself, and where all parts are, the text is what they make together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.source import KIB

PART_BYTES = 8 * KIB  #: of text, after which the next place to cut is taken
UNEVEN = re.compile(rb"[\r\f\x00]|\A\xef\xbb\xbf")  # letters or lines may mean others
_PLACE = re.compile(rb"\n\n(?=(?!(?:else|elif|except|finally)\b)[A-Za-z_@])")


def can_be_cut(text: bytes) -> bool:
    """Whether the parts of a text mean what they mean in the whole: no signs or coding that say how it is read."""
    return not UNEVEN.search(text) and b"coding" not in b"".join(text.split(b"\n", 2)[:2])


def parts_of(text: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts of a text in their order, each with the number of lines above it; one part where it is short."""
    start = above = 0
    if len(text) > 2 * PART_BYTES and can_be_cut(text):
        double = single = asked = 0
        at = PART_BYTES
        while (found := _PLACE.search(text, at)) is not None:
            at = found.end()
            double += text.count(b'"""', asked, at)
            single += text.count(b"'''", asked, at)
            asked = at
            if double % 2 == 0 and single % 2 == 0:  # else it stands inside of a long string
                yield above, text[start:at]
                above += text.count(b"\n", start, at)
                start, at = at, at + PART_BYTES
    yield above, text[start:]
