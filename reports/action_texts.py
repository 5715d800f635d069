"""Actions handed on: a table for spreadsheets, and issue texts in the forms GitHub, GitLab and Jira take in.

What each importer accepts was looked up in its documentation and source (November 2026):
- GitHub has no import of issues in its pages. Its API takes one JSON object an issue, and `gh api` sends it: the file
  is data, one object a line, and runs nothing by itself.
- GitLab: CSV, "title" and "description", optional "due_date" (YYYY-MM-DD); a milestone would have to exist already. A
  line of a description that begins with a slash is a command (/assign, /close), so none does.
- Jira: CSV, "Summary" is all it needs; the person who imports names the form of the dates. Labels in columns of the
  same name; people by mail address. Descriptions are wiki markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from reports.text import Cell, csv_file, jira_text, markdown_text, one_line, safe_link, title_text

TITLE_MAX = 255  #: characters of a title: GitLab and Jira take 255, GitHub 256
LABEL = "technical-debt"
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionText:
    """Everything an issue says about one action; all texts as people wrote them, not yet escaped for anything."""

    title: str
    system: str
    area: str
    question: str  #: its id
    asks: str  #: the question itself
    why: str
    level: int | None  #: today's; None when nobody knows
    level_text: str  #: what that level means; "" when nobody knows
    target: int
    target_text: str
    remedies: tuple[str, ...] = ()
    cost_days: float  #: person-days, an estimate
    benefit_days: float  #: person-days of interest avoided over the horizon, an estimate
    horizon_quarters: int
    owner: str = ""
    due: date | None = None
    link: str = ""  #: where it is tracked
    back: str = ""  #: address of the plan it comes from
    state: str = "open"
    actual_days: float | None = None
    friction_gone: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form of file: what it is called, what a person does with it, and who writes it."""

    key: str
    title: str
    suffix: str
    media_type: str
    use: str  #: how to bring it into the tracker, in plain words
    command: str = ""  #: what to run for that, FILE standing for the file
    write: Callable[[Sequence[ActionText]], bytes]


def issue_title(action: ActionText) -> str:
    """The title of an issue, its question's id first; neither mentions nor refers to anybody."""
    return title_text(f"{action.question}: {action.title or action.asks}", TITLE_MAX)


def as_csv(actions: Sequence[ActionText]) -> bytes:
    """A table for spreadsheets: a row an action, numbers unrounded, dates as 2026-12-31, nothing that runs."""
    heads: tuple[Cell, ...] = (
        *("question id", "title", "state", "owner", "due", "planned days", "avoided days", "over quarters"),
        *("level today", "today", "target level", "target", "system", "area", "question", "why", "remedies"),
        *("link", "plan", "actual days", "friction gone"),
    )
    return csv_file([heads, *map(_row, actions)], spreadsheet=True)


def as_github(actions: Sequence[ActionText]) -> bytes:
    """One JSON object a line, each the body of GitHub's "create an issue": title, body in Markdown, labels."""
    return _lines(
        json.dumps({"title": issue_title(it), "body": as_issue_markdown(it), "labels": [LABEL]}, ensure_ascii=False)
        for it in actions
    )


def as_gitlab(actions: Sequence[ActionText]) -> bytes:
    """The CSV that GitLab imports: title, description in Markdown, due date."""
    rows: list[list[Cell]] = [["title", "description", "due_date"]]
    rows += [[issue_title(it), as_issue_markdown(it), _iso(it.due)] for it in actions]
    return csv_file(rows, spreadsheet=False)


def as_jira(actions: Sequence[ActionText]) -> bytes:
    """The CSV that Jira imports: summary, description in wiki markup, due date as 2026-12-31, assignee, labels.

    Jira knows people by mail: an owner who is not written as an address is named in the description only.
    """
    rows: list[list[Cell]] = [["Summary", "Description", "Due Date", "Assignee", "Labels", "Labels"]]
    rows += [
        [issue_title(it), _as_wiki(it), _iso(it.due), it.owner if _MAIL.fullmatch(it.owner) else "", LABEL, it.question]
        for it in actions
    ]
    return csv_file(rows, spreadsheet=False)


def as_markdown(actions: Sequence[ActionText]) -> bytes:
    """One document with all issues, to read, or to copy from one by one into any tracker."""
    parts = [f"# {markdown_text(issue_title(it))}\n\n{as_issue_markdown(it)}" for it in actions]
    return _lines(["\n\n".join(parts)] if parts else [])


def as_issue_markdown(action: ActionText) -> str:
    """The body of one issue in Markdown; each line begins with words of ours, so that no line can be a command."""
    blocks = []
    for head, said in _said(action):
        if isinstance(said, str):
            blocks.append(f"**{head}:** {markdown_text(said)}")
        else:
            blocks.append("\n".join([f"**{head}:**", "", *(f"- {markdown_text(entry)}" for entry in said)]))
    blocks += [f"[{head}]({url})" for head, url in _links(action)]
    return "\n\n".join(blocks)


def _as_wiki(action: ActionText) -> str:
    blocks = []
    for head, said in _said(action):
        if isinstance(said, str):
            blocks.append(f"*{head}:* {jira_text(said)}")
        else:
            blocks.append("\n".join([f"*{head}:*", *(f"* {jira_text(entry)}" for entry in said)]))
    blocks += [f"[{head}|{url}]" for head, url in _links(action)]
    return "\n\n".join(blocks)


def _said(action: ActionText) -> list[tuple[str, str | tuple[str, ...]]]:
    """What an issue says, heading by heading; what was left open has no heading."""
    today = "nobody knows yet; find out first" if action.level is None else f"level {action.level}, {action.level_text}"
    quarters = "quarter" if action.horizon_quarters == 1 else "quarters"
    estimate = (
        f"{_days(action.cost_days)} to repay it; about {_days(action.benefit_days)} of extra work avoided within "
        f"{action.horizon_quarters} {quarters}. Both are estimates."
    )
    said: list[tuple[str, str | tuple[str, ...]]] = [
        ("Question", f"{action.question}, {action.asks}"),
        ("System", f"{action.system}, area {action.area}"),
        ("Why it matters", action.why),
        ("Today", today),
        ("Target", f"level {action.target}, {action.target_text}"),
        ("What repays it", action.remedies),
        ("Estimate", estimate),
        ("Owner", action.owner),
        ("Due", _iso(action.due)),
    ]
    return [(head, text) for head, text in said if (text.strip() if isinstance(text, str) else text)]


def _links(action: ActionText) -> list[tuple[str, str]]:
    links = (("Tracked here", safe_link(action.link)), ("The plan this comes from", safe_link(action.back)))
    return [(head, url) for head, url in links if url]


def _row(action: ActionText) -> list[Cell]:
    gone = "" if action.friction_gone is None else "yes" if action.friction_gone else "no"
    return [
        *(action.question, one_line(action.title), action.state, one_line(action.owner), _iso(action.due)),
        *(action.cost_days, action.benefit_days, action.horizon_quarters),
        *(action.level, one_line(action.level_text), action.target, one_line(action.target_text)),
        *(one_line(action.system), one_line(action.area), one_line(action.asks), one_line(action.why)),
        *(one_line("; ".join(action.remedies)), safe_link(action.link), safe_link(action.back)),
        *(action.actual_days, gone),
    ]


def _days(days: float) -> str:
    shown = f"{days:.1f}".removesuffix(".0")
    return f"{shown} person-day" if shown == "1" else f"{shown} person-days"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.key: form
        for form in (
            Form(
                key="csv",
                title="CSV",
                suffix="csv",
                media_type="text/csv; charset=utf-8",
                use="Opens in Excel, LibreOffice and Google Sheets.",
                write=as_csv,
            ),
            Form(
                key="github",
                title="GitHub issues",
                suffix="jsonl",
                media_type="application/x-ndjson; charset=utf-8",
                use="GitHub's pages import no issues; its command line gh does, in a checkout of the repository.",
                command="while IFS= read -r issue; do\n"
                "  printf '%s' \"$issue\" | gh api 'repos/{owner}/{repo}/issues' --input - --silent; sleep 1\n"
                "done < FILE",
                write=as_github,
            ),
            Form(
                key="gitlab",
                title="GitLab issues",
                suffix="csv",
                media_type="text/csv; charset=utf-8",
                use="In the project: Issues, the menu with three dots, Import CSV. A mail says when it is done.",
                write=as_gitlab,
            ),
            Form(
                key="jira",
                title="Jira",
                suffix="csv",
                media_type="text/csv; charset=utf-8",
                use="In Jira: the importer for CSV files (Import work items, or External system import for "
                "administrators). Give yyyy-MM-dd as the form of dates; the columns carry Jira's own names.",
                write=as_jira,
            ),
            Form(
                key="markdown",
                title="Texts to copy",
                suffix="md",
                media_type="text/markdown; charset=utf-8",
                use="One text an issue, to copy into any tracker.",
                write=as_markdown,
            ),
        )
    }
)  #: by key, in the order to offer them
