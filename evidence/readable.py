"""Evidence for a person at a terminal: by area, what was found first, each with its places and its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from evidence.evidence import Evidence, Location, PastQuarter, Polarity, Signal, State, Strength
from evidence.source import UNPRINTABLE
from evidence.terminal import WIDTH, Paint

PLACES_SHOWN = 5
UNPARSED_SHOWN = 10
REASONS_SHOWN = 8
LANGUAGES_SHOWN = 5
#: The areas as the checklist names them; a test holds the two together.
AREAS = {
    "ENT": "Entanglement and model boundaries",
    "FBL": "Feedback loops",
    "DAT": "Data dependencies",
    "CFG": "Configuration",
    "MON": "Monitoring and a changing world",
    "RPG": "Research-to-production gap",
    "PIP": "Pipelines and glue code",
    "TST": "Testing and reproducibility",
    "PRO": "Process, ownership and culture",
    "FMD": "Foundation models, prompts and agents",
}
_RANKS = {Strength.DIRECT: 0, Strength.STRONG: 1, Strength.WEAK: 2}
_INKS = {Strength.DIRECT: ("bold", "red"), Strength.STRONG: ("yellow",), Strength.WEAK: ("dim",)}
_SAYS = {
    Strength.DIRECT: "direct: the fact itself was seen, it may contradict an answer",
    Strength.STRONG: "strong: may contradict the best answer",
    Strength.WEAK: "weak: asks, never counts",
}
_LABEL = 10  #: columns before a finding's words
_NUMBER = 3  #: columns a quarter's number takes
_TITLE_MIN, _TITLE_MAX = 33, 44  #: columns before an area's numbers
QUARTERS_SHOWN = 14  #: what 80 columns hold beside the titles


def summary(evidence: Evidence, *, colours: bool = False) -> str:
    """The evidence in plain words, 80 columns wide, ending in a newline. Nothing in it can steer a terminal."""
    paint = Paint(colours)
    parts = [
        _heading(evidence, paint),
        *_areas(evidence, paint),
        _hotspots(evidence, paint),
        _admitted(evidence, paint),
        _history(evidence, paint),
        *_rest(evidence, paint),
        _totals(evidence, paint),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def place(location: Location) -> str:
    """A place as people write it: path, path:line, or path with the cell of a notebook."""
    if not location.line:
        return location.path
    return f"{location.path}{' cell ' if location.path.endswith('.ipynb') else ':'}{location.line}"


def rank(signal: Signal) -> tuple[int, float, str]:
    """The order of findings: the strongest first, then the largest."""
    return (_RANKS[signal.strength], -(signal.value or 0), signal.id)


def debts_found(evidence: Evidence) -> list[Signal]:
    """The signs of debt that were found, the weightiest first."""
    return sorted(_of(evidence, Polarity.DEBT, State.FOUND), key=rank)


def _of(evidence: Evidence, polarity: Polarity, state: State) -> list[Signal]:
    return [signal for signal in evidence.signals if signal.polarity is polarity and signal.state is state]


def _clean(text: str) -> str:
    """A text that may come from a stranger's repository, without what would steer a terminal."""
    return UNPRINTABLE.sub("?", text)


def _fill(text: str, indent: int = 0, first: str | None = None) -> list[str]:
    """The text in lines of WIDTH. Names and paths stay whole, so that they can be copied."""
    blank = " " * indent
    return wrap(
        _clean(text),
        WIDTH,
        initial_indent=blank if first is None else first,
        subsequent_indent=blank,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _heading(evidence: Evidence, paint: Paint) -> list[str]:
    facts = [evidence.kind.value, counted(evidence.files, "file")]
    facts += [counted(evidence.notebooks, "notebook")] if evidence.notebooks else []
    facts += [f"commit {evidence.commit[:12]}"] if evidence.commit else []
    name, *more = _fill(f"{evidence.repository}: {', '.join(facts)}")
    languages = sorted(evidence.lines_by_language.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [f"{number:,} {language}" for language, number in languages[:LANGUAGES_SHOWN]]
    rest = sum(number for _, number in languages[LANGUAGES_SHOWN:])
    shown += [f"{rest:,} other"] if rest else []
    return [paint(name, "bold"), *more, *(_fill(f"lines: {', '.join(shown)}") if shown else [])]


def _areas(evidence: Evidence, paint: Paint) -> Iterable[list[str]]:
    """A block an area in which debt was found, the area with the strongest signs first."""
    debts = debts_found(evidence)
    if not debts:
        yield ["No sign of debt was found. That is no proof that there is none."]
    for area in _areas_by_weight(debts):
        own = [signal for signal in debts if signal.area == area]
        title = f"{area}  {AREAS.get(area, '')}".rstrip()
        lines = [paint(_clean(title), "bold", "cyan") + paint(f"  {_strengths(own)}", "dim")]
        for signal in own:
            lines += _finding(signal, paint)
        yield lines


def _areas_by_weight(debts: Sequence[Signal]) -> list[str]:
    counts = {
        area: tuple(-sum(1 for s in debts if s.area == area and s.strength is strength) for strength in _RANKS)
        for area in {signal.area for signal in debts}
    }
    return sorted(counts, key=lambda area: (counts[area], _position(area)))


def _strengths(signals: Sequence[Signal]) -> str:
    """How many of each strength: "2 direct, 1 weak"."""
    counts = [(sum(1 for signal in signals if signal.strength is strength), strength) for strength in _RANKS]
    return ", ".join(f"{number} {strength.value}" for number, strength in counts if number)


def _finding(signal: Signal, paint: Paint) -> list[str]:
    """One finding: its strength and statement, what was seen, where, and the remedy."""
    label = f"{signal.strength.value:<{_LABEL - 2}}"
    head, *more = _fill(f"{signal.statement} [{signal.id}]", _LABEL)
    lines = ["", f"  {paint(label, *_INKS[signal.strength])}{paint(head.lstrip(), 'bold')}"]
    lines += [paint(line, "bold") for line in more]
    lines += _fill(signal.message, _LABEL)
    lines += [paint(line, "cyan") for line in _places(signal.locations)]
    lines += [paint(line, "green") for line in _fill(f"Remedy: {signal.fix}", _LABEL)]
    return lines


def _places(locations: Sequence[Location]) -> list[str]:
    """The places by file: "a.py:3, :9", "b.ipynb cells 1, 4"."""
    files: dict[str, list[int]] = {}
    for location in locations:
        files.setdefault(location.path, []).append(location.line)
    shown = list(files)[:PLACES_SHOWN]
    lines = [f"{' ' * _LABEL}{_clean(_in_file(path, files[path]))}" for path in shown]
    more = sum(len(files[path]) for path in files if path not in shown)
    return [*lines, f"{' ' * _LABEL}and {counted(more, 'more place')}"] if more else lines


def _in_file(path: str, lines: Sequence[int]) -> str:
    """A file with as many of its lines as stand on one line of the terminal, one at least."""
    cells = path.endswith(".ipynb") and len(lines) > 1
    text = f"{path} cells {lines[0]}" if cells else place(Location(path=path, line=lines[0]))
    for number, line in enumerate(lines[1:], 1):
        following = f", {line}" if cells else f", :{line}"
        more = f" and {len(lines) - number} more"
        room = WIDTH - _LABEL - (len(more) if number + 1 < len(lines) else 0)
        if len(text) + len(following) > room:
            return text + more
        text += following
    return text


def _hotspots(evidence: Evidence, paint: Paint) -> list[str]:
    """The files that cost most: changed often and hard to change."""
    if not evidence.hotspots:
        return []
    rows = [
        f"  {spot.changes:7,} {spot.complexity:11,} {spot.authors:8,} {spot.lines:8,}  {_clean(spot.path)}"
        for spot in evidence.hotspots
    ]
    head = f"  {'changes':>7} {'complexity':>11} {'authors':>8} {'lines':>8}  file"
    title = "Hotspots: changed within twelve months and hard to change"
    return [paint(title, "bold", "cyan"), paint(head, "dim"), *rows]


def _admitted(evidence: Evidence, paint: Paint) -> list[str]:
    """Where the authors themselves write that something is owed."""
    if not evidence.admitted:
        return []
    rows = []
    for debt in evidence.admitted:
        where = _clean(place(Location(path=debt.path, line=debt.line)))
        rows.append(f"  {_clean(debt.marker):<10}  {_age(debt.age_days):>9}  {where}")
    return [paint("Debt the authors admit in comments, oldest first", "bold", "cyan"), *rows]


def _age(days: int | None) -> str:
    if days is None:
        return ""
    years, months = days // 365, days // 30
    return counted(years, "year") if years else counted(months, "month") if months else counted(days, "day")


def _history(evidence: Evidence, paint: Paint) -> list[str]:
    """How many signs of debt each area showed at the end of each quarter: a line an area."""
    if not evidence.history:
        return []
    quarters = evidence.history[-QUARTERS_SHOWN:]
    width = max(_TITLE_MIN, min(_TITLE_MAX, WIDTH - _NUMBER * len(quarters) - len(" now")))
    states = [_states(quarter) for quarter in quarters] + [{s.id: s.state for s in evidence.signals}]
    by_area: dict[str, list[str]] = {}
    for signal in evidence.signals:
        if signal.polarity is Polarity.DEBT:
            by_area.setdefault(signal.area, []).append(signal.id)
    rows = []
    for area in sorted(by_area, key=_position):
        title = f"  {area}  {AREAS.get(area, '')}"
        title = title if len(title) <= width else f"{title[: width - 1]}…"
        numbers = [_seen([state.get(name) for name in by_area[area]]) for state in states]
        if set(numbers) != {"."}:
            *before, now = numbers
            row = f"{title:<{width}}{''.join(f'{number:>{_NUMBER}}' for number in before)}{now:>{_NUMBER + 1}}"
            rows.append(_clean(row))
    years = [quarter.period[2:4] for quarter in quarters]
    line = "".join(f"{'' if year in years[:number] else year:>{_NUMBER}}" for number, year in enumerate(years))
    names = "".join(f"{quarter.period[-2:]:>{_NUMBER}}" for quarter in quarters)
    return [
        paint("Signs of debt at the end of each quarter (. = could not be told)", "bold", "cyan"),
        paint(_clean(f"{' ' * width}{line}".rstrip()), "dim"),
        paint(_clean(f"{' ' * width}{names} now"), "dim"),
        *rows,
    ]


def _states(quarter: PastQuarter) -> dict[str, State]:
    return {signal.id: signal.state for signal in quarter.signals}


def _seen(states: Sequence[State | None]) -> str:
    """How many were found; a dot when nothing could be told."""
    told = [state for state in states if state in (State.FOUND, State.ABSENT)]
    return str(sum(1 for state in told if state is State.FOUND)) if told else "."


def _position(area: str) -> tuple[int, str]:
    """The order of the checklist; areas it does not know come last."""
    return (list(AREAS).index(area) if area in AREAS else len(AREAS), area)


def _rest(evidence: Evidence, paint: Paint) -> Iterable[list[str]]:
    """What was seen of care, not seen, not told and not read."""
    care = _of(evidence, Polarity.CARE, State.FOUND)
    if care:
        yield [paint("Care that was seen", "bold", "cyan"), *(line for signal in care for line in _care(signal, paint))]
    yield _named("Care looked for and not seen (it may live elsewhere)", evidence, Polarity.CARE, State.ABSENT, paint)
    yield _named("Debt looked for and not seen", evidence, Polarity.DEBT, State.ABSENT, paint)
    yield _reasons("Could not be told", evidence, State.UNKNOWN, paint)
    yield _reasons("Does not apply", evidence, State.NOT_APPLICABLE, paint)
    if evidence.unparsed:
        lines = [paint(f"Could not be read: {counted(len(evidence.unparsed), 'file')}", "bold", "cyan")]
        for entry in evidence.unparsed[:UNPARSED_SHOWN]:
            lines += _fill(f"{entry.path}: {entry.reason}", 4, first="  ")
        more = len(evidence.unparsed) - UNPARSED_SHOWN
        yield [*lines, f"  and {counted(more, 'more file')}; --json lists them all"] if more > 0 else lines
    if evidence.notes:
        notes = [line for note in evidence.notes for line in _fill(note, 4, first="  ")]
        yield [paint("About this scan", "bold", "cyan"), *notes]


def _care(signal: Signal, paint: Paint) -> list[str]:
    seen = f", {place(signal.locations[0])}" if signal.locations else ""
    return [paint(line, "green") for line in _fill(f"{signal.statement} [{signal.id}]{seen}", 4, first="  ")]


def _named(title: str, evidence: Evidence, polarity: Polarity, state: State, paint: Paint) -> list[str]:
    """Signals of which nothing more is to be said than their names."""
    names = [signal.id for signal in _of(evidence, polarity, state)]
    return (
        [paint(f"{title}: {len(names)}", "bold", "cyan"), *(paint(line, "dim") for line in _fill(", ".join(names), 2))]
        if names
        else []
    )


def _reasons(title: str, evidence: Evidence, state: State, paint: Paint) -> list[str]:
    """Signals that say neither yes nor no, by the reason they give."""
    by_reason: dict[str, list[str]] = {}
    for signal in evidence.signals:
        if signal.state is state:
            by_reason.setdefault(signal.message, []).append(signal.id)
    if not by_reason:
        return []
    ranked = sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[1]))
    lines = [line for reason, names in ranked[:REASONS_SHOWN] for line in _named_reason(reason, names)]
    rest = sorted(name for _, names in ranked[REASONS_SHOWN:] for name in names)
    lines += _named_reason("Each for a reason of its own, which --json tells:", rest) if rest else []
    head = f"{title}: {sum(map(len, by_reason.values()))}"
    return [paint(head, "bold", "cyan"), *(paint(line, "dim") for line in lines)]


def _named_reason(reason: str, names: Sequence[str]) -> list[str]:
    return _fill(f"{reason} [{', '.join(names)}]", 4, first="  ")


def _totals(evidence: Evidence, paint: Paint) -> list[str]:
    """The last lines, which stand on the screen when a long summary has scrolled by."""
    debts = debts_found(evidence)
    areas = counted(len({signal.area for signal in debts}), "area")
    told = f"{counted(len(debts), 'sign')} of debt in {areas} ({_strengths(debts)})" if debts else "no sign of debt"
    care = len(_of(evidence, Polarity.CARE, State.FOUND))
    unknown = sum(1 for signal in evidence.signals if signal.state is State.UNKNOWN)
    total = f"{told}, {care} of care; {unknown} of {len(evidence.signals)} could not be told"
    lines = [paint(line, "bold") for line in _fill(f"In all: {total}.")]
    said = [words for strength, words in _SAYS.items() if any(signal.strength is strength for signal in debts)]
    return [*lines, *(paint(line, "dim") for line in _fill(f"{'; '.join(said)}." if said else ""))]


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 file", "3 files"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
