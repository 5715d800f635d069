"""What a person at a terminal reads, and the command that prints it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evidence.__main__ import main
from evidence.document import from_json
from evidence.evidence import Location
from evidence.readable import place, summary
from tests.evidence.making import SAMPLES, evidence_of, sample

ROOT = Path(__file__).resolve().parents[2]


def test_findings_come_by_area_with_their_place_and_remedy():
    text = summary(evidence_of({**sample("secrets-in-code", "trips"), **sample("split-after-fit", "trips")}))
    assert text.index("\nCFG\n") < text.index("\nDAT\n")
    assert "[secrets-in-code; direct: may contradict an answer; CFG-06]" in text
    assert "      load.py:4\n" in text
    assert "Remedy: Withdraw the credential" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_strongest_finding_of_an_area_comes_first():
    files = {**sample("unpinned-dependencies", "trips"), **sample("unseeded-randomness", "trips")}
    text = summary(evidence_of(files))
    assert text.index("[unpinned-dependencies") < text.index("[unseeded-randomness")


def test_nothing_found_is_no_praise():
    text = summary(evidence_of({"a.py": "x = 1\n"}))
    assert "No sign of debt was found. That is no proof that there is none." in text
    assert "Looked for and not seen:" in text
    assert "Nothing to look at:" in text


def test_files_that_could_not_be_read_are_named_with_the_reason():
    text = summary(evidence_of({f"{number}.py": "def f(:" for number in range(12)}))
    assert "Files that could not be read (12):" in text
    assert "and 2 more" in text


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [("a.py", 3, "a.py:3"), ("a.py", 0, "a.py"), ("a.ipynb", 3, "a.ipynb cell 3"), ("a.ipynb", 0, "a.ipynb")],
)
def test_a_place_is_written_as_people_write_it(path, line, text):
    assert place(Location(path=path, line=line)) == text


def test_the_command_prints_words_or_one_json_document(capsys):
    folder = str(SAMPLES / "stale-copies" / "trips")
    assert main([folder]) == 0
    assert "stale-copies" in capsys.readouterr().out
    assert main([folder, "--json", "--name", "Orders"]) == 0
    assert from_json(capsys.readouterr().out).repository == "Orders"


def test_a_wrong_path_gives_one_line_and_two(capsys):
    assert main(["/nowhere/at/all"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_the_package_runs_on_a_bare_python(tmp_path):
    """No site-packages, no other folder of the project, from a zipped file: as it will ship."""
    import zipapp

    folder = tmp_path / "app"
    target = folder / "evidence"
    target.mkdir(parents=True)
    for file in (ROOT / "evidence").rglob("*"):
        if file.suffix in (".py", ".toml"):
            copy = target / file.relative_to(ROOT / "evidence")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    (folder / "__main__.py").write_text("import sys\nfrom evidence.__main__ import main\nsys.exit(main())\n")
    zipapp.create_archive(folder, tmp_path / "evidence.pyz")
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "evidence.pyz", SAMPLES / "import-cycle" / "trips", "--json"],
        capture_output=True, text=True, cwd="/", check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    assert from_json(done.stdout).files == 4
