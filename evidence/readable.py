"""Evidence for a person at a terminal: by area, what was found first, each with its places and its remedy."""

from __future__ import annotations

from textwrap import fill

from evidence.evidence import Evidence, Location, Polarity, Signal, State, Strength

WIDTH = 100
PLACES_SHOWN = 5
UNPARSED_SHOWN = 10
_STRENGTH = {Strength.DIRECT: 0, Strength.STRONG: 1, Strength.WEAK: 2}
_SAYS = {
    Strength.DIRECT: "may contradict an answer",
    Strength.STRONG: "may contradict the best answer",
    Strength.WEAK: "asks, never counts",
}


def summary(evidence: Evidence) -> str:
    """The evidence in plain words, ending in a newline."""
    lines = [_heading(evidence), ""]
    debts = [signal for signal in evidence.signals if signal.polarity is Polarity.DEBT and signal.state is State.FOUND]
    for area in sorted({signal.area for signal in debts}):
        lines.append(area)
        for signal in sorted((one for one in debts if one.area == area), key=_rank):
            lines += [*_finding(signal), ""]
    if not debts:
        lines += ["No sign of debt was found. That is no proof that there is none.", ""]
    lines += _list("Care that was seen", [s for s in evidence.signals if s.polarity is Polarity.CARE], State.FOUND)
    lines += _list("Looked for and not seen", list(evidence.signals), State.ABSENT)
    lines += _list("Nothing to look at", list(evidence.signals), State.UNKNOWN)
    lines += _list("Does not apply", list(evidence.signals), State.NOT_APPLICABLE)
    if evidence.unparsed:
        lines.append(f"Files that could not be read ({len(evidence.unparsed)}):")
        lines += [f"  {entry.path}: {entry.reason}" for entry in evidence.unparsed[:UNPARSED_SHOWN]]
        if len(evidence.unparsed) > UNPARSED_SHOWN:
            lines.append(f"  and {len(evidence.unparsed) - UNPARSED_SHOWN} more")
        lines.append("")
    lines += [fill(note, WIDTH) for note in evidence.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def place(location: Location) -> str:
    """A place as people write it: path, path:line, or path with the cell of a notebook."""
    if not location.line:
        return location.path
    return f"{location.path}{' cell ' if location.path.endswith('.ipynb') else ':'}{location.line}"


def _heading(evidence: Evidence) -> str:
    languages = sorted(evidence.lines_by_language.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = ", ".join(f"{number:,} lines of {language}" for language, number in languages[:4])
    commit = f" at {evidence.commit[:12]}" if evidence.commit else ""
    return fill(
        f"{evidence.repository}{commit}: {evidence.kind.value}, {evidence.files:,} files, "
        f"{evidence.notebooks:,} notebooks{', ' if lines else ''}{lines}",
        WIDTH,
    )


def _rank(signal: Signal) -> tuple[int, float, str]:
    return (_STRENGTH[signal.strength], -(signal.value or 0), signal.id)


def _finding(signal: Signal) -> list[str]:
    questions = ", ".join(signal.questions)
    lines = [
        f"  {signal.statement}  [{signal.id}; {signal.strength.value}: {_SAYS[signal.strength]}; {questions}]",
        fill(signal.message, WIDTH, initial_indent="    ", subsequent_indent="    "),
    ]
    lines += [f"      {place(location)}" for location in signal.locations[:PLACES_SHOWN]]
    more = len(signal.locations) - PLACES_SHOWN
    if more > 0:
        lines.append(f"      and {more} more")
    lines.append(fill(f"Remedy: {signal.fix}", WIDTH, initial_indent="    ", subsequent_indent="    "))
    return lines


def _list(title: str, signals: list[Signal], state: State) -> list[str]:
    chosen = [signal for signal in signals if signal.state is state]
    if not chosen:
        return []
    return [
        f"{title}:",
        *(
            fill(f"{signal.id} - {signal.message}", WIDTH, initial_indent="  ", subsequent_indent="    ")
            for signal in chosen
        ),
        "",
    ]
