"""Signals of the gap between research and production: notebooks, how they were run, and where they run now."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from evidence.evidence import Kind, Polarity, Strength
from evidence.notebook import Notebook
from evidence.repository import Repository
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import tools_for, words

RUN_CELLS_MIN = 3
NOTEBOOK_LINES_MIN = 40
SHARE_LIMIT = 0.5
RUNNER_CALLS = re.compile(
    r"^(?:papermill\.execute_notebook|pm\.execute_notebook|.*PapermillOperator|dbutils\.notebook\.run|.*DatabricksNotebookOperator|.*NotebookOperator)$"
)
RUNNER_WORDS = frozenset({"execute_notebook", "run"})  #: the last words of them, but for operators
RUNNER_COMMAND = re.compile(
    r"(?i)\bpapermill\s+\S+\.ipynb|\bnbconvert\b[^\n]{0,1000}--execute|\b(?:notebook_task|notebook_path)\s*+(?:[\"']\s*+)?[:=]"
)
DEPLOYED_FILE = re.compile(
    r"(?i)(?:^|/)(?:dockerfile[\w.-]*|[\w.-]*\.dockerfile|procfile|crontab|[\w.-]+\.cron)$|(?:^|/)(?:k8s|kubernetes|deploy|deployment|helm|jobs|dags|workflows|resources)/[^\n]*\.(?:ya?ml|json)$|(?:^|/)databricks\.ya?ml$"
)


def notebooks_out_of_order(repository: Repository) -> Finding:
    """Counts notebooks whose cells were run in another order than they stand in: two cells or more would have to be
    taken out for the run numbers of the others to rise. One cell run again proves little.

    Notebooks with fewer than three run cells and cleared ones say nothing. Direct when the repository is a set of
    notebooks and a notebook that trains is among them: the stored result then did not come from reading it top to
    bottom. Weak otherwise: a notebook beside an application may be a scratch pad.
    """
    run = [notebook for notebook in _kept(repository) if len(notebook.executed) >= RUN_CELLS_MIN]
    if not run:
        return unknown("No notebook keeps the order in which its cells were run.")
    mixed = {
        notebook.path: cell
        for notebook in run
        if cells_out_of_place(notebook) > 1 and (cell := first_out_of_order(notebook)) is not None
    }
    if not mixed:
        return absent(f"Run in order, but for one cell at most: {counted(len(run), 'notebook')}.", of=len(run))
    trains = any(
        call.last in words("calls", "trains")
        for notebook in run
        if notebook.path in mixed
        for call in notebook.code.calls
    )
    clear = trains and repository.kind is Kind.NOTEBOOKS
    return found(
        f"Run in another order than they stand in: {len(mixed)} of {counted(len(run), 'notebook')}"
        f"{', and they train a model' if trains else ''}.",
        mixed.items(),
        value=len(mixed),
        of=len(run),
        strength=Strength.DIRECT if clear else Strength.WEAK,
    )


def _kept(repository: Repository) -> list[Notebook]:
    return [notebook for notebook in repository.notebooks if notebook.role != "test"]


def first_out_of_order(notebook: Notebook) -> int | None:
    """The first cell that was run before one that stands above it."""
    highest = 0
    for cell, count in notebook.executed:
        if count < highest:
            return cell
        highest = max(highest, count)
    return None


def cells_out_of_place(notebook: Notebook) -> int:
    """How many cells would have to be taken out for the run numbers of the others never to fall."""
    rising: list[int] = []  # the smallest last number of a rising row of each length
    for _, count in notebook.executed:
        place = bisect_right(rising, count)
        rising[place : place + 1] = [count]
    return len(notebook.executed) - len(rising)


def notebook_code_share(repository: Repository) -> Finding:
    """Measures the share of code lines that stand in notebooks rather than modules. Found above one half.

    Strong: a package that notebooks import is then not where the work is; weak when notebooks do import the
    repository's own modules.
    """
    notebooks = [notebook for notebook in _kept(repository) if notebook.role == "source"]
    inside = sum(notebook.code_lines for notebook in notebooks)
    outside = sum(file.lines for file in repository.source)
    total = inside + outside
    if not total:
        return unknown("There is no Python code.")
    share = inside / total
    if share <= SHARE_LIMIT or inside < NOTEBOOK_LINES_MIN:
        return absent(f"{share:.0%} of the lines of code stand in notebooks.", of=total)
    own = any(
        record.module.split(".")[0] in repository.first_party
        for notebook in notebooks
        for record in notebook.code.imports
    )
    return found(
        f"{share:.0%} of the lines of code stand in {counted(len(notebooks), 'notebook')}"
        f"{', which import modules of the repository' if own else ''}.",
        ((notebook.path, 0) for notebook in sorted(notebooks, key=lambda notebook: -notebook.code_lines)[:10]),
        value=inside,
        of=total,
        strength=Strength.WEAK if own else Strength.STRONG,
    )


def notebook_in_production(repository: Repository) -> Finding:
    """Sees notebooks run as jobs: papermill or a notebook operator called by the work, or a container, schedule or job
    file that executes one. Build-server files count only when they run on a schedule and not to test.

    Weak: the job may be a report for people, and none was read in a real repository yet.
    """
    places = list(_runs(repository))
    if not places:
        if not repository.notebooks:
            return unknown("There are no notebooks.")
        return absent("No notebook was seen to be run as a job.", of=len(repository.notebooks))
    return found(
        f"{counted(len(places), 'place')} where a notebook is run as a job.",
        places,
        value=len(places),
    )


def _runs(repository: Repository) -> Iterator[tuple[str, int]]:
    for file in repository.source:
        if not file.called.isdisjoint(RUNNER_WORDS) or any(word.endswith("Operator") for word in file.called):
            yield from ((file.path, call.line) for call in file.calls if RUNNER_CALLS.match(call.name))
    if tools := repository.uses(tools_for("notebook_runner"), repository.source):
        yield from (place for places in tools.values() for place in places)
    for path, text in repository.texts.items():
        scheduled = path in repository.ci and "schedule:" in text and not re.search(r"nbval|nbmake|pytest", text)
        if (DEPLOYED_FILE.search(path) and path not in repository.ci) or scheduled:
            for number, line in enumerate(text.splitlines(), start=1):
                if RUNNER_COMMAND.search(line[:1_000]):
                    yield path, number


NOTEBOOKS_OUT_OF_ORDER = Detector(
    id="notebooks-out-of-order",
    statement="Notebooks were run out of order",
    area="RPG",
    questions=("RPG-07", "TST-04"),
    polarity=Polarity.DEBT,
    strength=Strength.DIRECT,
    cannot_see="notebooks stored without run numbers, and cells edited after they were run",
    fix="Restart and run all before storing a notebook; move what trains into a module that a notebook calls.",
    version=2,
    applies_to=CODE,
    look=notebooks_out_of_order,
)
NOTEBOOK_CODE_SHARE = Detector(
    id="notebook-code-share",
    statement="Most of the code stands in notebooks",
    area="RPG",
    questions=("RPG-07",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="production code in another repository",
    fix="Move repeated cells into a tested package and let notebooks import it.",
    version=1,
    applies_to=PRODUCTS,
    look=notebook_code_share,
)
NOTEBOOK_IN_PRODUCTION = Detector(
    id="notebook-in-production",
    statement="Notebooks run as jobs",
    area="RPG",
    questions=("RPG-01", "RPG-07"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="schedules kept in a platform, and whether the job serves customers or a report",
    fix="Turn the scheduled notebook into a tested module and promote it through the pipeline.",
    version=1,
    applies_to=PRODUCTS,
    look=notebook_in_production,
)
