"""Signals of how the team works, from a year and a half of commits: people are counted, never named."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import combinations

from evidence.evidence import HOTSPOTS_MAX, Polarity, Strength
from evidence.git_log import YEAR_DAYS, GitLog
from evidence.hotspots import ages, heat
from evidence.repository import Repository, role_of
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found, unknown

COMMITS_MIN = 20
FEW_PEOPLE = 2
MOST = 0.8
FILES_IN_COMMIT_MAX = 30
TOGETHER_MIN = 8
TOGETHER_SHARE = 0.5
HOT_CHANGES_MIN = 12
HOT_COMPLEXITY_MIN = 100
USED_SHARE_MIN = 0.25
USED_MIN = 5
OLD_DAYS = YEAR_DAYS
OLD_MIN = 5


def work_rests_on_few(repository: Repository) -> Finding:
    """Counts the people who made four fifths of the commits of the last twelve months, programs left out. Found when
    they are one or two; unknown below twenty commits and without a year of history.

    The same mail or the same full name counts as one person. Strong: three or more people who know the code would
    leave more commits. Weak when it is two who also share the files that are changed most. The places are the files
    changed most by one person alone.
    """
    log = repository.log
    if log is None or not log.has_year:
        return no_log(log)
    if len(log.year) < COMMITS_MIN:
        return unknown(f"{counted(len(log.year), 'commit')} of people in twelve months are too few to tell.")
    people = Counter(change.author for change in log.year).most_common()
    needed = covered = 0
    while covered < MOST * len(log.year):
        covered += people[needed][1]
        needed += 1
    said = f"made {covered / len(log.year):.0%} of {counted(len(log.year), 'commit')} in twelve months"
    if needed > FEW_PEOPLE:
        return absent(f"{counted(needed, 'person', 'people')} of {len(people):,} {said}.", of=len(people))
    hot = [path for path, number in log.changes_of.most_common() if number >= 3 and path in _present(repository)]
    alone = [path for path in hot if len(log.authors_of[path]) == 1]
    shared = needed == FEW_PEOPLE and 2 * len(alone) < len(hot)
    return found(
        f"{counted(needed, 'person', 'people')} of {len(people):,} {said}; {len(alone)} of "
        f"{counted(len(hot), 'file')} changed three times and more are known to one person only.",
        ((path, 0) for path in (alone or hot)[:HOTSPOTS_MAX]),
        value=needed,
        of=len(people),
        strength=Strength.WEAK if shared else Strength.STRONG,
    )


def _present(repository: Repository) -> frozenset[str]:
    return frozenset(member.path for member in repository.members)


def no_log(log: GitLog | None) -> Finding:
    """What a signal of the history says when there is none, or one that is too short."""
    return unknown("There is no git history to look at." if log is None else "The git history is cut off too early.")


def files_change_together(repository: Repository) -> Finding:
    """Counts pairs of source files of different parts (folders below the one that holds all source) that changed in
    the same commit at least eight times in twelve months and in at least half of the commits of either.

    Commits of more than thirty files are left out: renames and formatting. Weak: a pair may be one feature by design.
    """
    log = repository.log
    if log is None or not log.has_year:
        return no_log(log)
    source = {file.path for file in repository.work if role_of(file.path) == "source"}
    depth = _common_depth(source)
    changes: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for change in log.year:
        touched = sorted(source.intersection(change.paths))
        changes.update(touched)
        if len(change.paths) <= FILES_IN_COMMIT_MAX:
            together.update(pair for pair in combinations(touched, 2) if _part(pair[0], depth) != _part(pair[1], depth))
    if max(changes.values(), default=0) < TOGETHER_MIN:
        return unknown(f"No source file was changed {TOGETHER_MIN} times in twelve months.")
    pairs = {
        pair: number
        for pair, number in together.items()
        if number >= TOGETHER_MIN and number >= TOGETHER_SHARE * max(changes[pair[0]], changes[pair[1]])
    }
    often = sum(number >= TOGETHER_MIN for number in changes.values())
    if not pairs:
        return absent(f"No pair of different parts among {counted(often, 'file')} that change often.", of=often)
    return found(
        f"{counted(len(pairs), 'pair')} of files of different parts changed together at least {TOGETHER_MIN} times in "
        "twelve months.",
        {(path, 0) for pair in pairs for path in pair},
        value=len(pairs),
        of=often,
    )


def _common_depth(paths: set[str]) -> int:
    """How many folders all of them share."""
    folders = [path.split("/")[:-1] for path in paths]
    depth = 0
    while folders and all(len(folder) > depth and folder[depth] == folders[0][depth] for folder in folders):
        depth += 1
    return depth


def _part(path: str, depth: int) -> str:
    """The folder below the common one; a file that lies right in it is part of nothing else."""
    parts = path.split("/")
    return parts[depth] if len(parts) > depth + 1 else ""


def complex_files_change_often(repository: Repository) -> Finding:
    """Counts source files with a cyclomatic complexity of a hundred and more that changed in twelve commits and more
    of the last twelve months: each change pays again for what is hard to understand.

    Weak: the changes may be the simplification itself. Ranked by changes x complexity, as the hotspots are.
    """
    log = repository.log
    if log is None or not log.has_year:
        return no_log(log)
    files = [file for file in repository.work if file.complexity >= HOT_COMPLEXITY_MIN]
    if not log.year:
        return unknown("No person changed anything in twelve months.")
    hot = [file for file in files if log.changes_of[file.path] >= HOT_CHANGES_MIN]
    if not hot:
        return absent(f"None of {counted(len(files), 'complex file')} is changed every month.", of=len(files))
    hot.sort(key=lambda file: (-heat(file, log), file.path))
    share = sum(log.changes_of[file.path] for file in hot) / max(1, sum(log.changes_of.values()))
    return found(
        f"{counted(len(hot), 'complex file')} changed {HOT_CHANGES_MIN} times and more in twelve months: {share:.0%} "
        "of all changes to files.",
        ((file.path, 0) for file in hot[:HOTSPOTS_MAX]),
        value=len(hot),
        of=len(files),
    )


def used_but_untouched(repository: Repository) -> Finding:
    """Counts modules that nobody has touched for a year and a half although a module that changed in the last twelve
    months imports them. Found from five such modules and a quarter of all on. Packages' `__init__` do not count.

    Weak: code that is right needs no touch; it asks whether somebody still knows it.
    """
    log = repository.log
    if log is None or not log.has_all:
        return no_log(log)
    modules = {name: file for name, file in repository.modules.items() if file.role == "source" and file.functions}
    modules = {name: file for name, file in modules.items() if not file.path.endswith("__init__.py")}
    if not modules:
        return unknown("There are no modules.")
    fresh = log.today - timedelta(days=YEAR_DAYS)
    live = [
        name
        for name, file in repository.modules.items()
        if file.role == "source" and (day := log.last_touched.get(file.path)) is not None and day >= fresh
    ]
    used = {target for name in live for target in repository.import_graph.get(name, ())}
    old = [file.path for name, file in modules.items() if name in used and file.path not in log.last_touched]
    said = f"Imported by live code and untouched for 18 months: {len(old)} of {counted(len(modules), 'module')}."
    if len(old) < USED_MIN or len(old) < USED_SHARE_MIN * len(modules):
        return absent(said, of=len(modules))
    return found(said, ((path, 0) for path in old), value=len(old), of=len(modules))


def admitted_debt_left(repository: Repository) -> Finding:
    """Counts comments of the work that admit debt (TODO, FIXME, HACK, workaround and their kin) and have stood for a
    year and more. Found from five on.

    A comment is at least as old as the last change of its file, so most are older than this can tell. Weak: a comment
    is no register, and a register may stand elsewhere.
    """
    log = repository.log
    if log is None:
        return no_log(log)
    places = [(file.path, line, age) for file in repository.work for line, _, age in ages(file, log)]
    old = [(path, line) for path, line, age in places if age is not None and age >= OLD_DAYS]
    said = f"Older than a year: {len(old)} of {counted(len(places), 'comment')} that admit debt."
    if len(old) < OLD_MIN:
        return absent(said, of=len(places))
    return found(said, old, value=len(old), of=len(places))


WORK_RESTS_ON_FEW = Detector(
    id="work-rests-on-few",
    statement="Most changes are made by one or two people",
    area="PRO",
    questions=("PRO-07",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="people who review, pair or explain without committing, one person under two names, squashed work",
    fix="Let a second person make the next changes to the files listed, with the first one reviewing.",
    version=1,
    applies_to=CODE,
    look=work_rests_on_few,
)
FILES_CHANGE_TOGETHER = Detector(
    id="files-change-together",
    statement="Files of different parts are changed together",
    area="ENT",
    questions=("ENT-02",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="coupling across repositories, and changes split over several commits",
    fix="Move what changes together into one part, or put an interface between the parts.",
    version=1,
    applies_to=CODE,
    look=files_change_together,
)
COMPLEX_FILES_CHANGE_OFTEN = Detector(
    id="complex-files-change-often",
    statement="Complex files are changed again and again",
    area="PRO",
    questions=("PRO-03",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether the changes simplify the file, and files in other languages than Python",
    fix="Give the first file of the hotspots one simplification each quarter, and show that it was done.",
    version=1,
    applies_to=CODE,
    look=complex_files_change_often,
)
USED_BUT_UNTOUCHED = Detector(
    id="used-but-untouched",
    statement="Modules nobody has touched for long are in use",
    area="PRO",
    questions=("PRO-07",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether the code is simply right, who still knows it, and files that were only moved",
    fix="Name somebody who knows each of these modules, or replace them while their authors can be asked.",
    version=2,
    applies_to=CODE,
    look=used_but_untouched,
)
ADMITTED_DEBT_LEFT = Detector(
    id="admitted-debt-left",
    statement="Comments that admit debt are left standing",
    area="PRO",
    questions=("PRO-02",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="comments in files that are worked on all the time, and debt that nobody wrote down",
    fix="Turn each comment into an entry of the debt register with an effort, or pay it now.",
    version=1,
    applies_to=CODE,
    look=admitted_debt_left,
)
