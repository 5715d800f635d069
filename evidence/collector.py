"""From a repository to its evidence: read the files once, look back where there is a history, ask every signal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from evidence.archive import open_archive
from evidence.evidence import Evidence, Kind
from evidence.facts import FileFacts, facts_of
from evidence.folder import FolderSource, open_regular_file
from evidence.git import NoHistory, open_git
from evidence.git_log import read_log
from evidence.history import Asked, KnownFacts, Past, Progress, Report, look_back
from evidence.judgement import judge, signal_of
from evidence.repository import read_repository, without_collector
from evidence.source import LOCAL_LIMITS, Limits, Refused, Source, display

__all__ = ["collect", "collect_source", "judge", "signal_of"]
NO_QUARTERS = "An archive has no git history, so no past quarters were read; scan a checkout for them."


def collect(
    path: Path,
    *,
    name: str | None = None,
    kind: Kind | None = None,
    quarters: int = 0,
    cache: Path | None = None,  # noqa: ARG001
    progress: Report | None = None,
) -> Evidence:
    """Read a folder or an archive of the person's own machine, in this process. Raises Refused.

    `name` is what the repository is called in the evidence; without it the folder's or file's own name, never its
    place on the machine. `kind` says what the repository is for; without it visible marks tell. The git history of a
    checkout is read where it safely can be, and so many past `quarters` with it; what could not be read is a note.
    """
    name = display(name or path.resolve().name, 200)
    if path.is_dir():
        source = FolderSource(path, LOCAL_LIMITS)
        _check(source)
        return _collect_folder(path, source, name=name, kind=kind, quarters=quarters, progress=progress)
    stream, size = open_regular_file(path)
    with stream:
        opened = open_archive(stream, size=size, limits=LOCAL_LIMITS)
        notes = (NO_QUARTERS,) if quarters else ()
        return collect_source(opened, name=name, limits=LOCAL_LIMITS, kind=kind, notes=notes)


@without_collector()
def collect_source(
    source: Source, *, name: str, limits: Limits, kind: Kind | None = None, notes: tuple[str, ...] = ()
) -> Evidence:
    """Read what `source` holds and ask every signal. Raises Refused when it is empty or breaks a limit."""
    _check(source)
    repository = read_repository(source, name=display(name, 200), limits=limits, kind=kind)
    return judge(repository, notes=notes)


def _check(source: Source) -> None:
    if not source.members:
        raise Refused("There is nothing to read in it; give the folder of one repository, or a zip of it.")


@without_collector()
def _collect_folder(
    root: Path, source: FolderSource, *, name: str, kind: Kind | None, quarters: int, progress: Report | None
) -> Evidence:
    known = KnownFacts(source.commit)
    read: Callable[[bytes, str], FileFacts] = known.read if quarters else facts_of
    if progress is not None:
        read = _reported(read, len(source.members), progress)
    notes: tuple[str, ...] = ()
    past = Past()
    with ExitStack() as stack:
        git = log = None
        try:
            git = stack.enter_context(open_git(root))
            log = read_log(git)
        except NoHistory as problem:
            notes = (problem.reason,)
        repository = read_repository(source, name=name, limits=LOCAL_LIMITS, kind=kind, read=read, log=log)
        if git is not None and quarters:
            past = look_back(git, quarters=quarters, known=known, asked=Asked(name=name, kind=kind), progress=progress)
    notes = tuple(dict.fromkeys((*notes, *past.notes)))
    return judge(repository, history=past.quarters, past_markers=past.markers, notes=notes)


def _reported(
    read: Callable[[bytes, str], FileFacts], total: int, progress: Report
) -> Callable[[bytes, str], FileFacts]:
    """The same reading, telling how far it is."""
    done = 0

    def read_and_tell(content: bytes, path: str) -> FileFacts:
        nonlocal done
        done += 1
        progress(Progress(done, total, "files"))
        return read(content, path)

    return read_and_tell
