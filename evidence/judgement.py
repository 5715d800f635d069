"""What every detector says of a repository whose facts are known: pure functions."""

from __future__ import annotations

from evidence import COLLECTOR
from evidence.evidence import (
    LOCATIONS_MAX,
    SCHEMA,
    Evidence,
    Kind,
    Location,
    PastQuarter,
    PastSignal,
    Signal,
    State,
    Strength,
)
from evidence.hotspots import PastMarkers, admitted_debt, hotspots, touched
from evidence.repository import Repository
from evidence.signals import SIGNALS
from evidence.signals.detector import Detector, Finding
from evidence.source import display
from evidence.storage import storage_of

MESSAGE_LENGTH_MAX = 400
UNPARSED_MAX = 1_000
_IN_WORDS = {
    Kind.APPLICATION: "an application",
    Kind.LIBRARY: "a library",
    Kind.NOTEBOOKS: "a set of notebooks",
    Kind.TEMPLATE: "a template",
}
_RANK = {Strength.WEAK: 0, Strength.STRONG: 1, Strength.DIRECT: 2}


def judge(
    repository: Repository,
    *,
    history: tuple[PastQuarter, ...] = (),
    past_markers: PastMarkers = (),
    notes: tuple[str, ...] = (),
) -> Evidence:
    """The evidence of a repository, with what is known of its past quarters and further notes."""
    unparsed = repository.unparsed
    notes = (*repository.notes, *notes)
    if len(unparsed) > UNPARSED_MAX:
        notes = (*notes, f"{len(unparsed) - UNPARSED_MAX} more files could not be read and are not listed.")
    storage, left_out = storage_of(repository)
    if left_out:
        notes = (*notes, f"{left_out} more names of tables, topics and buckets are not listed.")
    return Evidence(
        schema=SCHEMA,
        repository=repository.name,
        kind=repository.kind,
        commit=repository.commit,
        collector=COLLECTOR,
        files=len(repository.members),
        notebooks=len(repository.notebooks),
        lines_by_language=dict(sorted(repository.lines_by_language.items())),
        signals=tuple(signal_of(detector, repository) for _, detector in sorted(SIGNALS.items())),
        unparsed=unparsed[:UNPARSED_MAX],
        notes=notes,
        history=history,
        hotspots=hotspots(repository),
        admitted=admitted_debt(repository, past_markers),
        touched=touched(repository),
        storage=storage,
    )


def past_signals(repository: Repository) -> tuple[PastSignal, ...]:
    """What every detector says of a past commit: only what a trend needs."""
    signals = (signal_of(detector, repository) for _, detector in sorted(SIGNALS.items()))
    return tuple(
        PastSignal(
            id=signal.id,
            state=signal.state,
            value=signal.value,
            denominator=signal.denominator,
            version=signal.version,
        )
        for signal in signals
    )


def signal_of(detector: Detector, repository: Repository) -> Signal:
    """What one detector says of a repository. It may claim less than its strength, never more."""
    if repository.kind not in detector.applies_to:
        finding = Finding(state=State.NOT_APPLICABLE, message=f"Not asked of {_IN_WORDS[repository.kind]}.")
    else:
        finding = detector.look(repository)
    strength = min(finding.strength or detector.strength, detector.strength, key=_RANK.__getitem__)
    return Signal(
        id=detector.id,
        statement=detector.statement,
        message=display(finding.message, MESSAGE_LENGTH_MAX),
        area=detector.area,
        questions=detector.questions,
        polarity=detector.polarity,
        state=finding.state,
        strength=strength,
        value=None if finding.value is None else float(finding.value),
        denominator=None if finding.denominator is None else float(finding.denominator),
        locations=tuple(
            Location(path=display(location.path), line=location.line) for location in finding.locations[:LOCATIONS_MAX]
        ),
        cannot_see=detector.cannot_see,
        fix=detector.fix,
        version=detector.version,
    )
