"""Actions handed on, read back by what reads them: nothing runs, mentions, refers or links but what we put there."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports.action_texts import FORMS, TITLE_MAX, ActionText, as_issue_markdown, issue_title
from reports.text import UNSEEN, csv_text, jira_text, markdown_text, one_line, safe_link, title_text

PLAIN = ActionText(
    title="Write the list of consumers",
    system="Churn model",
    area="Entanglement",
    question="ENT-05",
    asks="Do you know who reads the predictions?",
    why="Silent readers break unseen.",
    level=3,
    level_text="Some are known by name.",
    target=0,
    target_text="A list with contracts.",
    remedies=("Access control", "A contract for each reader"),
    cost_days=9.5,
    benefit_days=14.25,
    horizon_quarters=4,
    owner="kim@example.org",
    due=date(2026, 12, 31),
    link="https://tracker.example.org/T-1",
    back="https://arrears.example.org/plan?system=1",
)

HOSTILE = (
    "=1+1",
    ' "=cmd|calc!A1"',
    "@SUM(A1)",
    "ping @everyone and @torvalds, @all",
    "/assign @me\n/close\r\n/label ~urgent",
    "text\n/close",
    "closes #12, !3, ~label, %milestone, &5, $7, GH-12",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!-- hidden -->&lt;b&gt; &amp;",
    "[click](https://evil.example) ![p](https://evil.example/p.png) <https://evil.example>",
    "https://evil.example/x www.evil.example mailto:a@evil.example",
    "{code}x{code} {html}y{html} {color:red}z{color} !https://evil.example/p.png! [~admin] [a|https://evil.example]",
    "h1. big\nbq. quote\n||head||\n----\n# one\n* two",
    "```\n/close\n``` `code` ~~gone~~ **bold** _it_ a\\b \\@x \\\\",
    "\u202egnp.exe\u200b\ufeff\u2066x\u2069",
    "nul\0bell\a\x1b[31m\ud800 end",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "[^1] ^[note] $x$ $$y$$ :tada: [[_TOC_]] ::include{file=x}",
    "see [issue:5] [work_item:6] GL-7 and http://evil.example/-/issues/8, WWW.evil.example",
    "@a #1 " * 80,
)


def with_text(text: str) -> ActionText:
    """An action with this text in every field a person or a checklist fills."""
    return replace(
        PLAIN,
        title=text,
        system=text,
        area=text,
        asks=text,
        why=text,
        level_text=text,
        target_text=text,
        remedies=(text, text),
        owner=text,
        link=text,
        back=text,
    )


def table(form: str, actions: Sequence[ActionText]) -> list[dict[str, str]]:
    body = FORMS[form].write(actions)
    text = body.decode("utf-8-sig" if form == "csv" else "utf-8")
    assert not text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def issues(actions: Sequence[ActionText]) -> list[dict[str, object]]:
    return [json.loads(line) for line in FORMS["github"].write(actions).decode().splitlines()]


# -- read back


def test_the_table_opens_in_excel_and_keeps_numbers_and_dates() -> None:
    assert FORMS["csv"].write([PLAIN]).startswith(b"\xef\xbb\xbfquestion id,")
    (row,) = table("csv", [PLAIN])
    assert (row["question id"], row["planned days"], row["avoided days"]) == ("ENT-05", "9.5", "14.25")
    assert (row["due"], row["owner"], row["level today"]) == ("2026-12-31", "kim@example.org", "3")
    assert row["remedies"] == "Access control; A contract for each reader"
    (done,) = table("csv", [replace(PLAIN, state="done", actual_days=11, friction_gone=False)])
    assert (done["state"], done["actual days"], done["friction gone"]) == ("done", "11", "no")


def test_github_gets_the_body_of_its_own_request_on_each_line() -> None:
    first, second = issues([PLAIN, replace(PLAIN, question="ENT-06", title="")])
    assert first.keys() == {"title", "body", "labels"}
    assert first["title"] == "ENT-05: Write the list of consumers"
    assert first["labels"] == ["technical-debt"]
    assert second["title"] == "ENT-06: Do you know who reads the predictions?"


def test_gitlab_gets_the_columns_it_reads_and_a_heading_without_a_mark() -> None:
    assert FORMS["gitlab"].write([PLAIN]).split(b"\r\n")[0] == b"title,description,due_date"
    (row,) = table("gitlab", [PLAIN])
    assert (row["title"], row["due_date"]) == ("ENT-05: Write the list of consumers", "2026-12-31")


def test_jira_gets_its_own_field_names_and_knows_the_owner_by_mail_only() -> None:
    assert FORMS["jira"].write([PLAIN]).split(b"\r\n")[0] == b"Summary,Description,Due Date,Assignee,Labels,Labels"
    rows = list(csv.reader(io.StringIO(FORMS["jira"].write([PLAIN, replace(PLAIN, owner="Kim")]).decode())))
    assert [row[2:] for row in rows[1:]] == [
        ["2026-12-31", "kim@example.org", "technical-debt", "ENT-05"],
        ["2026-12-31", "", "technical-debt", "ENT-05"],
    ]
    assert "*Owner:* Kim" in rows[2][1]
    assert "[The plan this comes from|https://arrears.example.org/plan?system=1]" in rows[1][1]


def test_an_issue_says_why_where_it_stands_where_it_goes_and_what_it_costs() -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(as_issue_markdown(PLAIN))
    text = re.sub(r"<[^>]+>", "", shown)
    for said in (
        "Question: ENT-05, Do you know who reads the predictions?",
        "System: Churn model, area Entanglement",
        "Why it matters: Silent readers break unseen.",
        "Today: level 3, Some are known by name.",
        "Target: level 0, A list with contracts.",
        "Access control\nA contract for each reader",
        "Estimate: 9.5 person-days to repay it; about 14.2 person-days of extra work avoided within 4 quarters.",
        "Due: 2026-12-31",
    ):
        assert said in text, said
    assert re.findall(r'href="([^"]+)"', shown) == [
        "https://tracker.example.org/T-1",
        "https://arrears.example.org/plan?system=1",
    ]


def test_what_nobody_knows_and_what_was_left_open_is_said_or_left_out() -> None:
    body = as_issue_markdown(replace(PLAIN, level=None, level_text="", owner="", due=None, link="", remedies=()))
    assert "**Today:** nobody knows yet; find out first" in body
    for head in ("Owner", "Due", "Tracked here", "What repays it"):
        assert head not in body


@pytest.mark.parametrize("form", FORMS)
def test_no_action_is_a_file_with_headings_at_most(form: str) -> None:
    body = FORMS[form].write([])
    assert body.count(b"\r\n") == (1 if FORMS[form].suffix == "csv" else 0)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_actions_give_the_same_bytes(form: str) -> None:
    assert FORMS[form].write([PLAIN]) == FORMS[form].write([PLAIN])
    assert FORMS[form].use


# -- hostile texts

MENTION = re.compile(r"(?<![\w/])@[\w-]")  #: what GitHub and GitLab look for in the finished text
REFERENCE = re.compile(r"[#!&$]\d|~[\w\"]|%[\w\"]|\bGH-\d", re.IGNORECASE)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text: str) -> None:
    for form in ("csv", "gitlab", "jira"):
        for row in csv.reader(io.StringIO(FORMS[form].write([with_text(text)]).decode("utf-8-sig"), newline="")):
            for cell in row:
                assert not cell.lstrip(" '\"").startswith(("=", "+", "-", "@", "＝")) or cell.startswith("'"), cell


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_an_issue_is_a_command_or_a_block_of_markup(text: str) -> None:
    """GitLab takes /close at the start of a line for a command, Jira "h1." for a heading."""
    (gitlab,), (jira,) = table("gitlab", [with_text(text)]), table("jira", [with_text(text)])
    for line in gitlab["description"].splitlines():
        assert not line or line.startswith(("**", "- ", "[Tracked here](", "[The plan this comes from](")), line
    for line in jira["Description"].splitlines():
        assert not line or line.startswith(("*", "[Tracked here|", "[The plan this comes from|")), line


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_the_text_and_makes_nothing_of_it(text: str) -> None:
    body = as_issue_markdown(with_text(text))
    bare = re.sub(r"^\[(Tracked here|The plan this comes from)\]\(.*\)$", "", body, flags=re.MULTILINE)
    assert not re.search(r"(?i)https?:/|mailto:|www\.", bare)  # what trackers make a link without any markup
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(body)  # HTML, tables and strikethrough, as trackers have
    assert set(re.findall(r"</?([a-z0-9]+)", shown)) <= {"p", "strong", "ul", "li", "a"}
    assert "href" not in shown or safe_link(text)
    text_shown = re.sub(r"<[^>]+>", "", shown)
    assert not MENTION.search(text_shown)
    assert not re.search(r"[#!]\d|\bG[HL]-\d|\[\w+:\d", text_shown)
    assert not re.search(r"(?i)\w://|\bwww\.\w", text_shown)  # GitLab looks for addresses in the finished page
    assert one_line(text).replace(" ", "") in (
        text_shown.replace(UNSEEN, "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
        .replace(" ", "")
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_titles_mention_and_refer_to_nobody(text: str) -> None:
    title = issue_title(with_text(text))
    assert not MENTION.search(title)
    assert not REFERENCE.search(title)
    assert "\n" not in title
    assert title.startswith("ENT-05: ")
    assert len(title) <= TITLE_MAX


@pytest.mark.parametrize("text", HOSTILE)
def test_jira_is_given_no_macro_link_image_or_mention(text: str) -> None:
    (row,) = table("jira", [with_text(text)])
    unescaped = re.sub(r"\\.", "", row["Description"])
    links = re.findall(r"\[[^]|]*\|[^]]*\]", unescaped)
    for link in links:
        assert link.startswith(("[Tracked here|", "[The plan this comes from|"))
        unescaped = unescaped.replace(link, "")
    assert not re.search(r"[{}\[\]|]|![^ ]", unescaped), unescaped
    assert not re.search(r"(?<!&#92;)\\\\", row["Description"])  # two backslashes would break the line
    assert not MENTION.search(unescaped)
    assert not re.search(r"(?i)\w://|\bwww\.\w", unescaped)  # Jira links a bare address


@given(st.text())
def test_any_text_survives_each_form(text: str) -> None:
    action = with_text(text)
    (github,), (gitlab,), (_,), (_,) = issues([action]), *(table(form, [action]) for form in ("gitlab", "jira", "csv"))
    assert github["body"] == gitlab["description"]
    assert github["title"] == gitlab["title"]
    assert len(gitlab["title"]) <= TITLE_MAX


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        (
            "https://a.example/a b)](javascript:alert(1))|x",
            "https://a.example/a%20b%29%5D%28javascript:alert%281%29%29%7Cx",
        ),
        ("https://a.example/ü", "https://a.example/%C3%BC"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_only_links_to_the_web_or_mail_are_links(link: str, safe: str) -> None:
    assert safe_link(link) == safe


def test_a_long_title_is_cut_where_trackers_cut_it() -> None:
    title = issue_title(replace(PLAIN, title="long " * 100))
    assert len(title) == 255
    assert title.endswith("…")


def test_everyday_texts_stay_readable() -> None:
    assert title_text("R&D owns C# at 50 % (up 3 %)", 99) == "R&D owns C# at 50 % (up 3 %)"
    assert markdown_text("Cut it to 3 days, then stop.") == "Cut it to 3 days, then stop."
    assert jira_text("a half-day's well-known rule (see 4.2)") == "a half-day's well-known rule (see 4.2)"
    assert csv_text("about -3 days") == "about -3 days"
