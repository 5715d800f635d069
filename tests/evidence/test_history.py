"""Past quarters come out of the git history as if each had been scanned on its last day."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime

import pytest

from evidence.collector import asked_of, collect, collect_anew
from evidence.document import from_json, to_json
from evidence.evidence import State
from evidence.facts import facts_of
from evidence.git_log import GitLog, number_people
from evidence.history import KnownFacts, ends_before, period_of, read_history
from evidence.hotspots import ages
from tests.evidence.making import log_of, repository_of, zip_of
from tests.evidence.test_git import commit, redirect, run

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
START = date(2026, 1, 1)


def day(text):
    """Days since START, as `commit` counts them."""
    return (date.fromisoformat(text) - START).days


@pytest.fixture
def root(tmp_path):
    """A repository that grew over a year and a half; its last commit is of 15 July 2026."""
    folder = tmp_path / "project"
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    commit(folder, {"train.py": "import os\n\nprint('x')\n", "Dockerfile": "FROM x\n"}, day=day("2025-02-10"))
    commit(folder, {"secret.py": "key = 'x'\nClient(api_key='q7Zt2LmX94vBnR8sKp3W')\n"}, day=day("2025-09-30"))
    commit(folder, {"later.py": "# TODO: later\nx = 1\n"}, day=day("2026-01-01"), author="bob")
    commit(folder, {"secret.py": "key = 'x'\n"}, day=day("2026-05-20"), author="bob")
    commit(folder, {"new.py": "# FIXME: now\nx = 1\n"}, day=day("2026-07-15"))
    return folder


def found(quarter, identity):
    return next(signal for signal in quarter.signals if signal.id == identity).state


def test_each_quarter_is_what_a_scan_of_its_last_commit_says(root, tmp_path):
    now = collect(root, quarters=6)
    assert [quarter.period for quarter in now.history] == ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
    of_log = {"work-rests-on-few", "files-change-together", "complex-files-change-often", "used-but-untouched"}
    for quarter in now.history:
        run(tmp_path, "clone", "-q", str(root), quarter.period)
        run(tmp_path / quarter.period, "checkout", "-q", quarter.commit)
        then = collect(tmp_path / quarter.period, name="project")
        assert (quarter.kind, quarter.files) == (then.kind, then.files)
        assert quarter.lines == sum(then.lines_by_language.values())
        for past, scanned in zip(quarter.signals, then.signals, strict=True):
            if past.id not in of_log | {"admitted-debt-left"}:
                assert (past.id, past.state, past.value, past.denominator, past.version) == (
                    scanned.id, scanned.state, scanned.value, scanned.denominator, scanned.version,
                )  # fmt: skip


def test_a_debt_that_came_and_went_is_seen_in_its_quarters_alone(root):
    states = {quarter.period: found(quarter, "secrets-in-code") for quarter in collect(root, quarters=6).history}
    assert states == {
        "2025Q1": State.ABSENT, "2025Q2": State.ABSENT, "2025Q3": State.FOUND, "2025Q4": State.FOUND,
        "2026Q1": State.FOUND, "2026Q2": State.ABSENT,
    }  # fmt: skip


def test_history_goes_to_text_and_back(root):
    evidence = collect(root, quarters=3)
    assert from_json(to_json(evidence)) == evidence
    assert len(evidence.history) == 3


def test_quarters_before_the_first_commit_are_not_made_up(root):
    assert next(quarter.period for quarter in collect(root, quarters=30).history) == "2025Q1"


def test_the_scanned_commit_is_not_among_its_past(root):
    evidence = collect(root, quarters=2)
    assert evidence.commit not in {quarter.commit for quarter in evidence.history}
    assert collect(root).history == ()


def test_only_the_main_line_counts(root):
    run(root, "checkout", "-q", "-b", "side", "HEAD~3")
    commit(root, {"side.py": "x = 1\n"}, day=day("2026-02-01"))
    run(root, "checkout", "-q", "main")
    run(root, "merge", "-q", "--no-ff", "-m", "merge", "side", day=day("2026-07-20"))
    files = {quarter.period: quarter.files for quarter in collect(root, quarters=3).history}
    assert files == {"2025Q4": 3, "2026Q1": 4, "2026Q2": 4}


def test_quarters_may_be_asked_for_until_a_day(root):
    assert [one.period for one in read_history(root, quarters=2, until=date(2026, 1, 5))] == ["2025Q3", "2025Q4"]
    assert [one.period for one in read_history(root, quarters=1, until=date(2030, 1, 5))] == ["2026Q2"]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("2026-08-21", ["2026-06-30", "2026-03-31", "2025-12-31"]),
        ("2026-06-30", ["2026-03-31", "2025-12-31", "2025-09-30"]),
        ("2026-07-01", ["2026-06-30", "2026-03-31", "2025-12-31"]),
    ],
)
def test_quarters_end_before_the_day(text, ends):
    found = list(ends_before(date.fromisoformat(text), 3))
    assert [end.isoformat() for end in found] == ends
    assert period_of(found[0]) == f"{ends[0][:4]}Q{int(ends[0][5:7]) // 3}"


def test_the_same_contents_are_read_once(root):
    read = []

    def counted(content, path, **how):
        read.append(content)
        return facts_of(content, path, **how)

    collect_anew(root, asked_of(root, name=None, kind=None), quarters=6, read=counted)
    assert len(read) == len(set(read)) == 6


def test_contents_are_known_by_the_name_git_gives_them(root):
    known = KnownFacts("f" * 40)
    known.read((root / "train.py").read_bytes(), "train.py")
    assert known.get(run(root, "rev-parse", "HEAD:train.py"), "other.py") is not None
    assert known.get(run(root, "rev-parse", "HEAD:train.py"), "notes.sql") is None


def test_progress_is_told(root):
    told = []
    collect(root, quarters=2, progress=told.append)
    assert [(step.done, step.total, step.what) for step in told][-2:] == [
        (0, 2, "quarter 2026Q2"),
        (1, 2, "quarter 2026Q1"),
    ]
    assert (told[0].done, told[0].total, told[0].what) == (1, 5, "files")


# --- without a history ---
def test_a_zip_has_no_history_and_says_so(tmp_path):
    (tmp_path / "x.zip").write_bytes(zip_of({"a.py": "x = 1\n", ".git/HEAD": "ref: refs/heads/main\n"}))
    evidence = collect(tmp_path / "x.zip", quarters=8)
    assert (evidence.history, evidence.hotspots) == ((), ())
    assert any("no git history" in note for note in evidence.notes)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda root: shutil.rmtree(root / ".git"), "no .git folder"),
        (lambda root: (root / ".git/HEAD").write_text("x"), "stands on no commit"),
        (lambda root: shutil.rmtree(root / ".git/objects/pack") or shutil.rmtree(root / ".git/objects"), "elsewhere"),
        (lambda root: (root / ".git/HEAD").unlink() or (root / ".git/HEAD").mkdir(), "stands on no commit"),
        (redirect, "leads to another folder"),
    ],
)
def test_a_checkout_whose_history_cannot_be_read_gives_all_the_rest_and_a_note(root, spoil, words):
    spoil(root)
    evidence = collect(root, quarters=4)
    assert evidence.history == ()
    assert any(words in note for note in evidence.notes)
    assert found(evidence, "secrets-in-code") is State.ABSENT
    assert found(evidence, "work-rests-on-few") is State.UNKNOWN
    assert read_history(root, quarters=4) == ()


def test_a_machine_without_git_gives_all_the_rest_and_a_note(root, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    evidence = collect(root, quarters=4)
    assert any("Git is not installed" in note for note in evidence.notes)
    assert evidence.commit is not None


def test_a_shallow_clone_says_what_is_missing(root, tmp_path):
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    evidence = collect(tmp_path / "shallow", quarters=4)
    assert evidence.history == ()
    assert any("fetch-depth: 0" in note for note in evidence.notes)
    assert found(evidence, "work-rests-on-few") is State.UNKNOWN


def test_a_history_cut_in_the_middle_gives_the_quarters_it_has(root, tmp_path):
    run(tmp_path, "clone", "-q", "--depth", "3", f"file://{root}", "shallow")
    evidence = collect(tmp_path / "shallow", quarters=8)
    assert [quarter.period for quarter in evidence.history] == ["2026Q1", "2026Q2"]
    assert any("shallow" in note for note in evidence.notes)


def lose(root, *names):
    for name in names:
        blob = run(root, "rev-parse", name)
        (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def test_quarters_whose_files_are_not_here_are_left_out(root):
    lose(root, "HEAD~2:secret.py")
    evidence = collect(root, quarters=6)
    assert [quarter.period for quarter in evidence.history] == ["2025Q1", "2025Q2", "2026Q2"]
    assert any("partial" in note for note in evidence.notes)


def test_a_damaged_tree_ends_the_look_back_where_it_is(root):
    lose(root, "HEAD~3^{tree}")
    evidence = collect(root, quarters=6)
    assert [quarter.period for quarter in evidence.history] == ["2026Q1", "2026Q2"]
    assert any("could not be read" in note for note in evidence.notes)


# --- people, hotspots, admitted debt ---
def test_no_name_and_no_mail_gets_into_the_evidence(root):
    (root / "train.py").write_text("import os\n\nif os.name:\n    print('x')\n")
    commit(root, {}, day=day("2026-07-16"), author="bob")
    text = to_json(collect(root, quarters=6))
    for word in ("ann", "bob", "example.org"):
        assert f'"{word}' not in text
        assert f"{word}@" not in text
    assert "example.org" not in text


def test_hotspots_are_ranked_by_changes_and_complexity(root):
    for number in range(3):
        body = "".join(f"if x > {line}:\n    x = {line + number}\n" for line in range(5))
        commit(root, {"train.py": "x = 1\n" + body, "later.py": f"# TODO: later\nx = {number} if y else 2\n"},
               day=day("2026-07-16") + number, author=("ann", "bob", "ann")[number])  # fmt: skip
    seen = [(one.path, one.changes, one.authors, one.admitted) for one in collect(root).hotspots]
    assert seen == [("train.py", 3, 2, 0), ("later.py", 4, 2, 1)]


def test_the_days_people_changed_a_file_are_told_the_latest_first_without_who(root):
    commit(root, {"train.py": "x = 1\n"}, day=day("2026-07-16"), author="bob")
    commit(root, {"train.py": "x = 2\n"}, day=day("2026-07-18"), author="renovate[bot]")
    commit(root, {"train.py": "x = 3\n"}, day=day("2026-07-19"), author="ann")
    found = {one.path: one.days for one in collect(root).touched}
    assert found["train.py"][:2] == ("2026-07-19", "2026-07-16")
    assert next(iter(found)) == "train.py"


def test_admitted_debt_is_as_old_as_the_history_shows(root):
    commit(root, {"later.py": "# TODO: later\nx = 2\n"}, day=day("2026-07-16"))
    now = {one.path: one.age_days for one in collect(root).admitted}
    assert now == {"later.py": 0, "new.py": 1}
    back = {one.path: (one.line, one.marker, one.age_days) for one in collect(root, quarters=6).admitted}
    assert back == {"later.py": (1, "TODO", (date(2026, 7, 16) - date(2026, 3, 31)).days), "new.py": (1, "FIXME", 1)}


def test_without_a_log_the_age_is_unknown():
    (file,) = repository_of({"a.py": "# TODO: x\n"}).python
    assert ages(file, None) == [(1, "TODO", None)]


def test_a_comment_that_was_added_beside_an_older_one_makes_both_young():
    (file,) = repository_of({"a.py": "# TODO: x\n# TODO: y\n"}).python
    told = {
        "today": "2026-07-01",
        "since": "2024-12-01",
        "changes": [{"day": "2026-06-30", "by": "a", "paths": ["a.py"]}],
    }
    past = [(date(2026, 3, 31), {"a.py": {"TODO": 1}}), (date(2025, 12, 31), {"a.py": {"TODO": 2}})]
    assert [age for _, _, age in ages(file, log_of(told), past)] == [1, 1]
    assert [age for _, _, age in ages(file, log_of(told), past[1:])] == [182, 182]


@pytest.mark.parametrize(
    ("people", "number"),
    [
        ([("a@x.org", "ann miller"), ("a@x.org", "ann")], 1),
        ([("a@x.org", "ann miller"), ("a@y.org", "ann miller")], 1),
        ([("a@x.org", "alex"), ("b@y.org", "alex")], 2),
        ([("a@x.org", "ann miller"), ("b@y.org", "a. miller"), ("a@x.org", "a. miller")], 1),
        ([("a@x.org", "ann miller"), ("dependabot[bot]@users.noreply.example", "dependabot[bot]")], 1),
        ([("a@x.org", "ann miller"), ("41898282+github-actions@users.noreply.example", "github-actions")], 1),
        ([("", ""), ("", "")], 1),
    ],
)
def test_one_person_is_counted_once_and_a_program_never(people, number):
    assert len({one for one in number_people(people).values() if one >= 0}) == number


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("renovate-bot", True),
        ("pre-commit-ci[bot]", True),
        ("robot miller", False),
        ("abbot smith", False),
        ("bot", True),
    ],
)
def test_programs_are_told_from_people_by_their_names(name, program):
    assert (number_people([("x@y.org", name)])["x@y.org", name] < 0) is program


def test_a_program_that_commits_daily_is_no_author(root):
    for number in range(30):
        commit(root, {"data.json": str(number)}, day=day("2026-07-16"), author="renovate[bot]")
    signal = next(one for one in collect(root).signals if one.id == "work-rests-on-few")
    assert signal.state is State.UNKNOWN
    assert "too few" in signal.message


def test_a_log_that_begins_late_says_so():
    log = GitLog(today=date(2026, 7, 1), since=date(2026, 2, 1), changes=())
    assert (log.has_year, log.has_all) == (False, False)


def test_an_impossible_date_is_a_note(root):
    body = run(root, "cat-file", "commit", "HEAD").replace(
        str(int(datetime(2026, 7, 15, tzinfo=UTC).timestamp())), "99999999999999999"
    )
    made = run(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", text=body + "\n")
    run(root, "update-ref", "refs/heads/main", made)
    evidence = collect(root, quarters=2)
    assert evidence.history == ()
    assert json.loads(to_json(evidence))["notes"]
