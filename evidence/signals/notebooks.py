"""Signals of notebooks read cell by cell: names that come from nowhere, cells that do not parse, what outputs keep."""

from __future__ import annotations

import re

from evidence.evidence import Kind, Polarity, Strength
from evidence.notebook import Notebook
from evidence.repository import Repository
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found, unknown
from evidence.tables import words

TO_BE_FILLED = re.compile(
    r"(?i)(?:^|[/_.\- ])(?:starter|assign(?:e?ment)s?|exercises?|template|skeleton|blank|unsolved)(?=[/_.\- ]|$)"
)
CELLS_MAX = 50
CELL_LINES_MAX = 100


def notebook_hidden_state(repository: Repository) -> Finding:
    """Counts notebooks with a cell that uses a name which no cell above it gives: a cell below does, or none at all.

    Run from top to bottom such a notebook stops there. Each name counts once; bodies of functions are not followed.
    A notebook with a star import, a magic that may give names, or a cell that does not parse is read up to that cell,
    and only for names a cell below gives. A cell kept with its error and a notebook that is to be filled in (`starter`,
    `assignment`) do not count. Direct when the repository is a set of notebooks and such a notebook trains;
    weak otherwise: a notebook beside an application may be a scratch pad.
    """
    notebooks = [notebook for notebook in _python(repository) if notebook.code_cells > 1]
    if not notebooks:
        return unknown("There are no Python notebooks with two cells or more.")
    leaning = [
        (notebook, cells)
        for notebook in notebooks
        if (cells := [one for one in notebook.hidden if one.cell not in notebook.error_cells])
    ]
    if not leaning:
        return absent(
            f"Each name is given before it is used in {counted(len(notebooks), 'notebook')}.", of=len(notebooks)
        )
    later = sum(1 for _, cells in leaning if any(hidden.later for hidden in cells))
    return found(
        f"Names that no cell above gives: in {len(leaning)} of {counted(len(notebooks), 'notebook')}; in {later} of "
        "them a cell below gives one.",
        ((notebook.path, hidden.cell) for notebook, cells in leaning for hidden in cells[:3]),
        value=len(leaning),
        of=len(notebooks),
        strength=Strength.DIRECT
        if _train_in_notebooks(repository, [notebook for notebook, _ in leaning])
        else Strength.WEAK,
    )


def notebook_cells_broken(repository: Repository) -> Finding:
    """Counts notebooks with a code cell that is no Python once magics and shell lines are taken away.

    Strong when the repository is a set of notebooks and such a notebook trains: it cannot be run again from top to
    bottom. Weak otherwise.
    """
    notebooks = _python(repository)
    if not notebooks:
        return unknown("There are no Python notebooks.")
    broken = [notebook for notebook in notebooks if notebook.broken_cells]
    if not broken:
        return absent(f"Each code cell of {counted(len(notebooks), 'notebook')} can be parsed.", of=len(notebooks))
    cells = sum(len(notebook.broken_cells) for notebook in broken)
    return found(
        f"{counted(cells, 'cell')} in {len(broken)} of {counted(len(notebooks), 'notebook')} cannot be parsed.",
        ((notebook.path, cell) for notebook in broken for cell in notebook.broken_cells[:3]),
        value=len(broken),
        of=len(notebooks),
        strength=Strength.STRONG if _train_in_notebooks(repository, broken) else Strength.WEAK,
    )


def notebooks_too_long(repository: Repository) -> Finding:
    """Counts notebooks with more than 50 cells, or with a cell of more than 100 lines. Examples and tests do not count.

    Weak: length says how hard a notebook is to read, not what becomes of it.
    """
    notebooks = [notebook for notebook in repository.notebooks if notebook.role == "source"]
    if not notebooks:
        return unknown("There are no notebooks.")
    places = [
        (notebook.path, notebook.longest_cell[0] if notebook.longest_cell[1] > CELL_LINES_MAX else 0)
        for notebook in notebooks
        if notebook.cells > CELLS_MAX or notebook.longest_cell[1] > CELL_LINES_MAX
    ]
    if not places:
        return absent(f"{counted(len(notebooks), 'notebook')}, each of a length one can read.", of=len(notebooks))
    return found(
        f"More than {CELLS_MAX} cells, or a cell of more than {CELL_LINES_MAX} lines: {len(places)} of "
        f"{counted(len(notebooks), 'notebook')}.",
        places,
        value=len(places),
        of=len(notebooks),
    )


def notebook_errors_kept(repository: Repository) -> Finding:
    """Counts notebooks whose stored outputs hold an error: they were kept in a state in which they did not run through.

    Weak: an error may be shown on purpose.
    """
    notebooks = [notebook for notebook in _kept(repository) if notebook.output_bytes]
    if not notebooks:
        return unknown("No notebook keeps its outputs.")
    failed = [notebook for notebook in notebooks if notebook.error_cells]
    if not failed:
        return absent(f"No error among the outputs of {counted(len(notebooks), 'notebook')}.", of=len(notebooks))
    return found(
        f"Kept with an error in the outputs: {len(failed)} of {counted(len(notebooks), 'notebook')}.",
        ((notebook.path, notebook.error_cells[0]) for notebook in failed),
        value=len(failed),
        of=len(notebooks),
    )


def notebook_outputs_kept(repository: Repository) -> Finding:
    """Counts the tables of rows (as a data frame is shown) among the stored outputs of notebooks.

    Weak: it asks whose rows these are, since a deletion at the source does not reach a stored output.
    """
    notebooks = [notebook for notebook in _kept(repository) if notebook.role == "source"]
    if not notebooks:
        return unknown("There are no notebooks.")
    size = sum(notebook.output_bytes for notebook in notebooks)
    tables = sum(len(notebook.table_cells) for notebook in notebooks)
    if not tables:
        return absent(f"{size / 1000:,.0f} kB of outputs are kept, no table of rows among them.", of=len(notebooks))
    return found(
        f"{counted(tables, 'table')} of rows in the {size / 1000:,.0f} kB of outputs kept with "
        f"{counted(len(notebooks), 'notebook')}.",
        ((notebook.path, notebook.table_cells[0]) for notebook in notebooks if notebook.table_cells),
        value=tables,
    )


def _kept(repository: Repository) -> list[Notebook]:
    return [notebook for notebook in repository.notebooks if notebook.role != "test"]


def _python(repository: Repository) -> list[Notebook]:
    """The notebooks of today's Python that are no exercises."""
    return [
        notebook
        for notebook in _kept(repository)
        if notebook.language == "python" and notebook.code_cells and not TO_BE_FILLED.search(notebook.path)
    ]


def _train_in_notebooks(repository: Repository, notebooks: list[Notebook]) -> bool:
    """Whether the repository's work is done in notebooks and one of these trains a model."""
    return repository.kind is Kind.NOTEBOOKS and any(
        call.last in words("calls", "trains")
        for notebook in notebooks
        if notebook.role == "source"
        for call in notebook.code.calls
    )


NOTEBOOK_HIDDEN_STATE = Detector(
    id="notebook-hidden-state",
    statement="Notebooks lean on names that are not in the cells above",
    area="RPG",
    questions=("RPG-07", "TST-04"),
    polarity=Polarity.DEBT,
    strength=Strength.DIRECT,
    cannot_see="names given by a magic, a star import or a start-up file, and values changed by running a cell twice",
    fix="Restart and run all before storing a notebook, and import what it needs in its first cell.",
    version=2,
    applies_to=CODE,
    look=notebook_hidden_state,
)
NOTEBOOK_CELLS_BROKEN = Detector(
    id="notebook-cells-broken",
    statement="Cells of notebooks are no valid Python",
    area="RPG",
    questions=("RPG-07", "TST-04"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="cells that parse and fail when they run, and cells written for another kernel",
    fix="Repair or delete the cell, turn notes into text cells, then restart and run all.",
    version=2,
    applies_to=CODE,
    look=notebook_cells_broken,
)
NOTEBOOKS_TOO_LONG = Detector(
    id="notebooks-too-long",
    statement="Notebooks are too long to be read",
    area="RPG",
    questions=("RPG-07",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether a long notebook is a text with many short steps",
    fix="Move steps that are used twice into a tested package, and keep one question to a notebook.",
    version=1,
    applies_to=CODE,
    look=notebooks_too_long,
)
NOTEBOOK_ERRORS_KEPT = Detector(
    id="notebook-errors-kept",
    statement="Notebooks are kept with errors in their outputs",
    area="RPG",
    questions=("RPG-07",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="errors whose outputs were cleared, and whether an error is shown on purpose",
    fix="Restart and run all before storing a notebook; mark a cell that is meant to fail.",
    version=1,
    applies_to=CODE,
    look=notebook_errors_kept,
)
NOTEBOOK_OUTPUTS_KEPT = Detector(
    id="notebook-outputs-kept",
    statement="Rows of data are kept in the outputs of notebooks",
    area="DAT",
    questions=("DAT-11",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether the rows are about people, and rows shown as pictures or plain text",
    fix="Clear outputs when a notebook is stored (nbstripout as a hook), or keep them where deletion reaches them.",
    version=1,
    applies_to=CODE,
    look=notebook_outputs_kept,
)
