"""Pages run without a browser: each starts from the shell, as a person's does, on a database of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from operations.assessments import Choice, answer_question, close_assessment, open_assessment, read_questionnaire
from operations.authorize import Actor
from operations.periods import period_of
from operations.records import AssessmentRecord
from operations.systems import create_system
from operations.workplace import Workplace, close_shared_workplace, shared_workplace
from tests.databases import new_database

PAGES = Path(__file__).parents[2] / "pages"
QUARTER = period_of(datetime.now().astimezone().date())
ADA = Actor(name="Ada", local=True)

Open = Callable[..., AppTest]


@pytest.fixture(scope="package", autouse=True)
def components_sought_once() -> Iterator[None]:
    """Look for components of other packages once: Streamlit does for each page, which took most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """The workplace the pages find, empty at first."""
    monkeypatch.setenv("ARREARS_DATABASE", str(new_database(tmp_path / "arrears.db")))
    monkeypatch.setattr(sys, "path", list(sys.path))  # Streamlit puts the folder of the script in front
    yield shared_workplace()
    close_shared_workplace()


@pytest.fixture
def at_page(workplace: Workplace) -> Open:
    """Open a page by its file's name, with what stands in the link: `at_page("system", system=...)`."""

    def go(name: str = "portfolio", **link: str) -> AppTest:
        page = AppTest.from_file(PAGES / "shell.py", default_timeout=60)
        if name != "portfolio":
            page.run()  # only now it knows which address belongs to which file
            page.switch_page(f"{name}.py")
            page.query_params.clear()
        for key, value in link.items():
            page.query_params[key] = value
        page.run()
        assert not page.exception, page.exception
        return page

    return go


def title(page: AppTest) -> str:
    """The page's title as a reader sees it."""
    assert len(page.title) == 1, [one.value for one in page.title]
    return str(page.title[0].value).replace("\\", "")


#: Components of ours that hold words of their own; what they are given is what a reader sees.
WITH_WORDS = (
    "arrears_findings",
    "arrears_link_rows",
    "arrears_portfolio_trend",
    "arrears_small_table",
    "arrears_change_split",
    "arrears_movement",
    "arrears_rank_slope",
    "arrears_vote_dots",
    "arrears_workshop_board",
)


def drawn(component: Any) -> str:
    """The words a component of ours shows, one a line, "" for one that shows none."""

    def flat(part: Any) -> Iterator[str]:
        if isinstance(part, str):
            yield part
        elif isinstance(part, (list, dict)):
            for one in part.values() if isinstance(part, dict) else part:
                yield from flat(one)

    if component.proto.component_name not in WITH_WORDS:
        return ""
    return "\n".join(flat(json.loads(component.proto.json)))


def words(page: AppTest) -> str:
    """Everything the page says, in one string."""
    parts = [
        element.value
        for kind in (
            "title",
            "header",
            "subheader",
            "markdown",
            "caption",
            "error",
            "warning",
            "info",
            "success",
            "toast",
        )
        for element in getattr(page, kind)
    ]
    parts += [expander.label for expander in page.expander]
    parts += [drawn(component) for component in page.get("bidi_component")]
    return "\n".join(str(part) for part in parts).replace("\\", "").replace("\u2060", "")


def press(page: AppTest, label: str) -> AppTest:
    """Press the button with these words."""
    buttons = [button for button in page.button if button.label.replace("\\", "") == label]
    assert buttons, f"no button {label!r} among {[button.label for button in page.button]}"
    buttons[0].click().run()
    assert not page.exception, page.exception
    return page


def open_system(
    workplace: Workplace, name: str, *, team: str = "Growth", answers: int = 0, level: int = 2, period: str = QUARTER,
    closed: bool = False,
) -> AssessmentRecord:  # fmt: skip
    """A system with an assessment, its first core questions answered."""
    system = create_system(workplace, ADA, name=name, team=team)
    return add_quarter(workplace, system.system_id, period=period, answers=answers, level=level, closed=closed)


def add_quarter(
    workplace: Workplace, system_id: str, *, period: str, answers: int = 0, level: int = 2, closed: bool = False
) -> AssessmentRecord:
    """One more quarter of a system."""
    opened = open_assessment(workplace, ADA, system_id=system_id, period=period)
    asked = read_questionnaire(workplace, ADA, assessment_id=opened.assessment_id).questions
    for question in asked[:answers]:
        answer(workplace, opened, question.id, level)
    if closed:
        return close_assessment(workplace, ADA, assessment_id=opened.assessment_id)
    return opened


def answer(
    workplace: Workplace, assessment: AssessmentRecord, question: str, level: int | None, *, rev: int = 0,
    actor: Actor = ADA,
) -> None:  # fmt: skip
    """Answer one question; None is "we do not know"."""
    choice = Choice(state="unknown") if level is None else Choice(state="answered", level=level)
    answer_question(
        workplace, actor, assessment_id=assessment.assessment_id, question_id=question, choice=choice, expected_rev=rev
    )
