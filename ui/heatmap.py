"""The debt heatmap: a grid of cells drawn by our own component, its table twin and its summary in words."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import streamlit as st

from scoring.bands import BAND_WORDS, BANDS, band
from ui import numbers, session
from ui.components import colour_variables, source
from ui.numbers import DASH

if TYPE_CHECKING:
    from pandas import DataFrame

Kind = Literal["score", "unanswered", "not_applicable", "empty"]
Change = Literal["worse", "better"]

UNANSWERED: Final = "not answered yet"
NOT_APPLICABLE: Final = "does not apply"
EMPTY: Final = "nothing recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. Debt, limits and coverage are 0..1; `difference` is this period's debt minus the compared one's.

    The accessible words are put together from these parts ("51, band C, 44 to 60, 92 % known, worse than Q3 2026");
    `label` replaces them when a page knows better words. Give no label to send fewer bytes.

    Without a band (too little is known for one) the cell keeps the colour of its debt, shows the ring for low
    confidence and no letter: fading would shift the colour and lie about the score.
    """

    kind: Kind
    debt: float | None = None
    band: str | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    change: Change | None = None  #: only when the difference is more than noise
    difference: float | None = None  #: shown in a total column, as points
    uncertain: bool = False
    contradicted: bool = False
    hatched: bool = False  #: from evidence only, nobody answered
    aim: str = ""  #: its target in words, where it has one; marked with a flag
    aim_missed: bool = False  #: it is behind its target, or has missed it
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowHead:
    """The head of a row. Rows with the same group that follow each other stand together, with a gap before the next.

    `href` is an address within Arrears such as "/system?system=..."; following it keeps the session.
    """

    id: str
    label: str
    note: str = ""
    group: str | None = None
    href: str | None = None
    summary: bool = False  #: a row about several systems, e.g. a team's median


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHead:
    """The head of a column: a short label and the full title. A total column shows number, letter and difference."""

    id: str
    short: str
    title: str
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A heatmap: cells[i][j] belongs to rows[i] and columns[j]."""

    caption: str
    rows: tuple[RowHead, ...]
    columns: tuple[ColumnHead, ...]
    cells: tuple[tuple[Cell, ...], ...]
    corner: str  #: what the rows are, e.g. "System"
    compared: str = ""  #: what changes refer to, e.g. "Q3 2026"


# -- drawing --
def _legend() -> str:
    blocks = "".join(
        f'<li><i style="background: var(--{letter.lower()}); color: var(--{letter.lower()}i)">{letter}</i>'
        f"{escape(BAND_WORDS[letter])}</li>"
        for letter in BANDS
    )
    marks = (
        (
            '<i class="mark"><svg class="worse" viewBox="0 0 8 8"><path d="M4 .8 7.4 7.2H.6z"/></svg></i>',
            "worse than before",
        ),
        ('<i class="mark"><svg viewBox="0 0 8 8"><path d="M4 7.2 .6 .8H7.4z"/></svg></i>', "better than before"),
        ('<i class="mark"><svg viewBox="0 0 8 8"><path d="M4 1a3 3 0 1 0 .01 0z"/></svg></i>', "low confidence"),
        (
            '<i class="mark"><svg viewBox="0 0 8 8"><path d="M.5 2.6H7.5M.5 5.4H7.5M6 .4 2 7.6"/></svg></i>',
            "answer and evidence disagree",
        ),
        ('<i class="mark"><svg viewBox="0 0 8 8"><path d="M1.5 7.5V.8L6.8 2.9 1.5 5"/></svg></i>', "has a target"),
        (
            '<i class="mark"><svg class="worse" viewBox="0 0 8 8"><path d="M1.5 7.5V.8L6.8 2.9 1.5 5"/></svg></i>',
            "behind its target",
        ),
        ('<i class="ask">?</i>', UNANSWERED),
        (f'<i class="na">{DASH}</i>', NOT_APPLICABLE),
        ('<i class="hatch"></i>', "from evidence only"),
    )
    listed = "".join(f"<li>{mark.replace('<svg', '<svg aria-hidden=true')}{words}</li>" for mark, words in marks)
    return f'<ul aria-label="Colours, higher is worse">{blocks}</ul><ul aria-label="Marks">{listed}</ul>'


_component = st.components.v2.component(
    "arrears_heatmap",
    html=source("heatmap.html").replace("<!-- legend -->", _legend()),
    css=colour_variables(".heatmap") + source("heatmap.css"),
    js=source("heatmap.js"),
)


def heatmap(grid: Grid, *, key: str, selected: tuple[str, str] | None = None) -> tuple[str, str] | None:
    """Draw the grid and return the selected (row id, column id), None when no cell is selected.

    What the person does last wins, and so does a page that asks for another cell: `selected` counts when it is
    neither what the page asked for nor what it was told in the run before (a deep link, a closed drawer).

    AppTest draws the component as an unknown element and cannot click in it: act like a click by setting
    `at.session_state[ui.session.cell_key(key)] = (row_id, column_id)` before the run.

    Raises ValueError for a grid whose cells do not fit its heads, for two rows with one id, and for an address that
    leaves Arrears.
    """
    _check(grid)
    # A page that keeps the selection in its link asks for what it was told one run before: an echo, not a wish.
    if selected not in (session.asked_cell(key), session.returned_cell(key)):
        session.select_cell(key, selected)
    current = session.selected_cell(key)
    session.note_cells(key, asked=selected, returned=current)
    # The callback runs before the next run of the page and knows the very grid that was clicked in, so a page may
    # read ui.session.selected_cell(key) before it draws anything.
    _component(
        key=key,
        data=payload(grid, selected=current, key=key),
        on_chosen_change=lambda: _choose(grid, key),
    )
    return current


def _choose(grid: Grid, key: str) -> None:
    chosen = st.session_state[key].get("chosen")
    if chosen is not None:
        session.select_cell(key, _cell_of(grid, chosen))


def _check(grid: Grid) -> None:
    if len(grid.cells) != len(grid.rows) or any(len(row) != len(grid.columns) for row in grid.cells):
        raise ValueError(f"{len(grid.rows)} x {len(grid.columns)} heads need as many cells")
    if len({row.id for row in grid.rows}) != len(grid.rows):
        raise ValueError("two rows have the same id")
    for row in grid.rows:
        if row.href is not None and (not row.href.startswith(("/", "?")) or row.href.startswith(("//", "/\\"))):
            raise ValueError(f"{row.href!r} leaves Arrears; write an address that starts with one / or with ?")


# -- what travels to the browser --
_NOT_KNOWN: Final = 127
_KINDS: Final = {"score": 0, "unanswered": 1, "not_applicable": 2, "empty": 3}


def payload(grid: Grid, *, selected: tuple[str, str] | None = None, key: str = "") -> bytes:
    """Pack the grid, deflated: a line with the selection, a line with the heads as JSON, then five bytes a cell.

    Byte 1: kind (2 bits), change (2), uncertain, contradicted, hatched, has a letter. Bytes 2 to 5: debt, low, high
    and coverage as whole numbers 0..100 (127: not known); the high bits of the first three hold the band, 1..5.
    Every word is sent once: a cell's accessible words are put together in the browser.
    """
    tokens = row_tokens(tuple(row.id for row in grid.rows))
    groups = list(dict.fromkeys(row.group for row in grid.rows if row.group is not None))
    hrefs = [row.href for row in grid.rows if row.href is not None]
    prefix = _common_start(hrefs)
    moved: dict[int, str] = {}
    labels: dict[int, str] = {}
    aims: dict[int, list[Any]] = {}
    cells = bytearray()
    for r, row in enumerate(grid.cells):
        for c, cell in enumerate(row):
            cells += _pack(cell)
            index = r * len(grid.columns) + c
            if cell.label:
                labels[index] = cell.label
            if cell.aim:
                aims[index] = [int(cell.aim_missed), cell.aim]
            if grid.columns[c].total and cell.kind == "score" and cell.difference is not None:
                moved[index] = numbers.change(cell.difference)
    heads = {
        "key": key,
        "caption": grid.caption,
        "corner": grid.corner,
        "compared": grid.compared,
        "rows": [
            _trimmed(
                tokens[row.id],
                row.label,
                row.note,
                -1 if row.group is None else groups.index(row.group),
                None if row.href is None else row.href[len(prefix) :],
                int(row.summary),
            )
            for row in grid.rows
        ],
        "groups": groups,
        "href": prefix,
        "columns": [[column.short, column.title, int(column.total)] for column in grid.columns],
        "moved": moved,
        "labels": labels,
        "aims": aims,
    }
    # Level 6 of deflate: 500 systems shrink to half in about two milliseconds; the browser unpacks it by itself.
    return zlib.compress(b"%s\n%s\n%s" % (_json(_selection(grid, selected, tokens)), _json(heads), bytes(cells)), 6)


def _common_start(texts: list[str]) -> str:
    if not texts:
        return ""
    least, greatest = min(texts), max(texts)
    same = next(
        (i for i, (a, b) in enumerate(zip(least, greatest, strict=False)) if a != b), min(len(least), len(greatest))
    )
    return least[:same]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _trimmed(*values: Any) -> list[Any]:
    """Leave out the last values that are what the browser assumes anyway."""
    defaults: tuple[Any, ...] = (object(), object(), "", -1, None, 0)
    kept = len(values)
    while values[kept - 1] == defaults[kept - 1]:
        kept -= 1
    return list(values[:kept])


def _pack(cell: Cell) -> bytes:
    kind = _KINDS[cell.kind]
    if cell.kind != "score":
        return bytes((kind, _NOT_KNOWN, _NOT_KNOWN, _NOT_KNOWN, _NOT_KNOWN))
    letter = cell.band or (None if cell.debt is None else band(min(1.0, max(0.0, cell.debt))))
    number = 0 if letter is None else BANDS.index(letter) + 1
    flags = (
        kind
        | {None: 0, "worse": 1, "better": 2}[cell.change] << 2
        | (cell.uncertain or cell.band is None) << 4
        | cell.contradicted << 5
        | cell.hatched << 6
        | (cell.band is not None) << 7
    )
    return bytes(
        (
            flags,
            _points(cell.debt) | (number & 1) << 7,
            _points(cell.low) | (number >> 1 & 1) << 7,
            _points(cell.high) | (number >> 2 & 1) << 7,
            _NOT_KNOWN if cell.coverage is None else numbers.percent_points(cell.coverage),
        )
    )


def _points(value: float | None) -> int:
    return _NOT_KNOWN if value is None else min(100, max(0, numbers.points(value)))


def row_tokens(ids: tuple[str, ...]) -> dict[str, str]:
    """Give each row id a short token: a hash as long as it takes to tell these ids apart.

    A click names its row by the token, so it still means the same system when the rows have moved meanwhile.
    """
    length = 4
    while True:
        tokens = {one: hashlib.blake2b(one.encode(), digest_size=16).hexdigest()[:length] for one in ids}
        if len(set(tokens.values())) == len(tokens):
            return tokens
        length += 2


def _selection(grid: Grid, selected: tuple[str, str] | None, tokens: dict[str, str]) -> list[Any] | None:
    if selected is None:
        return None
    row, column = selected
    columns = [head.id for head in grid.columns]
    return [tokens[row], columns.index(column)] if row in tokens and column in columns else None


def _cell_of(grid: Grid, chosen: Any) -> tuple[str, str] | None:
    """Read what the browser sent: [token, column number], or [] when the selection was cleared. It may be nonsense."""
    if not (isinstance(chosen, list) and len(chosen) == 2):
        return None
    token, column = chosen
    if not (isinstance(token, str) and token and isinstance(column, int) and 0 <= column < len(grid.columns)):
        return None
    hits = [
        row.id for row in grid.rows if hashlib.blake2b(row.id.encode(), digest_size=16).hexdigest().startswith(token)
    ]
    return (hits[0], grid.columns[column].id) if len(hits) == 1 else None


# -- in words --
def cell_words(cell: Cell, *, compared: str = "") -> str:
    """Say a cell in words, e.g. "51, band C, 44 to 60, 92 % known, worse than Q3 2026": the browser says the same."""
    if cell.label:
        return cell.label
    if cell.kind != "score":
        return {"unanswered": UNANSWERED, "not_applicable": NOT_APPLICABLE, "empty": EMPTY}[cell.kind]
    said = [numbers.debt(cell.debt), f"band {cell.band}" if cell.band else "no band yet"]
    if cell.low is not None and cell.high is not None:
        said.append(f"{numbers.debt(cell.low)} to {numbers.debt(cell.high)}")
    if cell.coverage is not None:
        said.append(numbers.coverage(cell.coverage))
    if cell.change:
        said.append(f"{cell.change} than {compared}" if compared else cell.change)
    if cell.uncertain or cell.band is None:
        said.append("low confidence")
    if cell.contradicted:
        said.append("answer and evidence disagree")
    if cell.hatched:
        said.append("from evidence only")
    if cell.aim:
        said.append(cell.aim)
    return ", ".join(said)


def heatmap_table(grid: Grid) -> DataFrame:
    """Build the table twin of the grid: one row a row head, one text column a column head ("51 C", "?", "–")."""
    from pandas import DataFrame

    grouped = any(row.group for row in grid.rows)
    table: dict[str, list[str]] = {grid.corner: [row.label for row in grid.rows]}
    if grouped:
        table["Group"] = [row.group or "" for row in grid.rows]
    for index, column in enumerate(grid.columns):
        title = column.title
        while title in table:
            title += " "
        table[title] = [_in_table(row[index]) for row in grid.cells]
    return DataFrame(table)


def _in_table(cell: Cell) -> str:
    if cell.kind != "score":
        return {"unanswered": "?", "not_applicable": DASH, "empty": ""}[cell.kind]
    text = numbers.debt_with_band(cell.debt, cell.band)
    return text + {"worse": " ▲", "better": " ▽", None: ""}[cell.change] + (" ≠" if cell.contradicted else "")


def heatmap_sentence(grid: Grid) -> str:
    """Say the grid in up to three sentences: the worst cells, what changed most, how much is unanswered.

    Plain text with names people wrote: show it through ui.text.plain or st.text.
    """
    scored = [
        (row, column, cell)
        for row, cells in zip(grid.rows, grid.cells, strict=True)
        for column, cell in zip(grid.columns, cells, strict=True)
        if not column.total and not row.summary and cell.kind == "score" and cell.debt is not None
    ]
    if not scored:
        return "Nothing is assessed yet."
    worst = sorted(scored, key=lambda entry: -(entry[2].debt or 0))[:3]
    listed = [
        f"{row.label}, {column.title} {numbers.debt_with_band(cell.debt, cell.band)}" for row, column, cell in worst
    ]
    sentences = [f"Most debt: {'; '.join(listed)}."]
    moved = [entry for entry in scored if entry[2].change and entry[2].difference]
    if moved:
        row, column, cell = max(moved, key=lambda entry: abs(entry[2].difference or 0))
        since = f" since {grid.compared}" if grid.compared else ""
        sentences.append(
            f"Changed most{since}: {row.label}, {column.title} {numbers.change(cell.difference or 0)} ({cell.change})."
        )
    asked = sum(
        cell.kind == "unanswered"
        for row, cells in zip(grid.rows, grid.cells, strict=True)
        for column, cell in zip(grid.columns, cells, strict=True)
        if not column.total and not row.summary
    )
    sentences.append(
        f"{numbers.count(asked, 'cell is', 'cells are')} {UNANSWERED}." if asked else "No cell is unanswered."
    )
    return " ".join(sentences)


# -- the interval bar --
_bar = st.components.v2.component(
    "arrears_interval",
    html=source("interval.html"),
    css=colour_variables(".interval") + source("interval.css"),
    js=source("interval.js"),
)


def interval_bar(low: float, estimate: float | None, high: float, *, label: str, key: str | None = None) -> None:
    """Draw low, estimate and high (0..1) on a scale of 0..100 with the band limits; `label` says what is measured.

    Two bars with the same values and label on one page need different keys.
    """
    from scoring.bands import band_limits

    inner = [0.0, *band_limits, 1.0]
    data = {
        "label": f"{label}: {numbers.interval(estimate, low, high)}",
        "low": low,
        "high": high,
        "estimate": estimate,
        "bands": [[start, end, letter] for (start, end), letter in zip(pairwise(inner), BANDS, strict=True)],
    }
    _bar(key=key, data=data)
