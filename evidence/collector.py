"""From a repository to its evidence: read the files once, ask every signal, keep what each one says."""

from __future__ import annotations

from pathlib import Path

from evidence import COLLECTOR
from evidence.archive import open_archive
from evidence.evidence import LOCATIONS_MAX, SCHEMA, Evidence, Kind, Location, Signal, State, Strength
from evidence.folder import FolderSource, open_regular_file
from evidence.repository import Repository, read_repository
from evidence.signals import SIGNALS
from evidence.signals.detector import Detector, Finding
from evidence.source import LOCAL_LIMITS, Limits, Refused, Source, display

MESSAGE_LENGTH_MAX = 400
UNPARSED_MAX = 1_000
_RANK = {Strength.WEAK: 0, Strength.STRONG: 1, Strength.DIRECT: 2}


def collect(path: Path, *, name: str | None = None, kind: Kind | None = None) -> Evidence:
    """Read a folder or an archive of the person's own machine, in this process. Raises Refused.

    `name` is what the repository is called in the evidence; without it the folder's or file's own name, never its
    place on the machine. `kind` says what the repository is for; without it visible marks tell.
    """
    name = name or path.resolve().name
    if path.is_dir():
        return collect_source(FolderSource(path, LOCAL_LIMITS), name=name, limits=LOCAL_LIMITS, kind=kind)
    stream, size = open_regular_file(path)
    with stream:
        source = open_archive(stream, size=size, limits=LOCAL_LIMITS)
        return collect_source(source, name=name, limits=LOCAL_LIMITS, kind=kind)


def collect_source(source: Source, *, name: str, limits: Limits, kind: Kind | None = None) -> Evidence:
    """Read what `source` holds and ask every signal. Raises Refused when it is empty or breaks a limit."""
    if not source.members:
        raise Refused("There is nothing to read in it; give the folder of one repository, or a zip of it.")
    return judge(read_repository(source, name=display(name, 200), limits=limits, kind=kind))


def judge(repository: Repository) -> Evidence:
    """The evidence of a repository whose facts are known: a pure function."""
    unparsed = repository.unparsed
    notes = repository.notes
    if len(unparsed) > UNPARSED_MAX:
        notes = (*notes, f"{len(unparsed) - UNPARSED_MAX} more files could not be read and are not listed.")
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
    )


def signal_of(detector: Detector, repository: Repository) -> Signal:
    """What one detector says of a repository. It may claim less than its strength, never more."""
    if repository.kind not in detector.applies_to:
        finding = Finding(
            state=State.NOT_APPLICABLE, message=f"Not asked of a repository that is a {repository.kind.value}."
        )
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
