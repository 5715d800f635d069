"""A repository full of secrets is scanned and pushed to a real server: none of them is anywhere afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import sqlite3
import string
import subprocess
import sys
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from operations.assessments import open_assessment
from operations.repository_evidence import make_token, read_evidence
from operations.systems import create_system
from operations.workplace import open_workplace
from tests.door.served import end, free_port, serve, streamlit_command
from tests.operations.conftest import ADA

DICE = random.Random(20261120)
LETTERS = string.ascii_letters + string.digits


def token(length: int, letters: str = LETTERS) -> str:
    return "".join(DICE.choice(letters) for _ in range(length))


def planted() -> dict[str, str]:
    """Kind and number -> a secret that stands nowhere else in the world."""
    kinds = {
        "aws": lambda: "AKIA" + token(16, string.ascii_uppercase + string.digits),
        "aws secret": lambda: token(40, LETTERS + "/+"),
        "github": lambda: "ghp_" + token(36),
        "slack": lambda: "xox" + "b-" + token(11, string.digits) + "-" + token(24),
        "openai": lambda: "sk-" + token(48),
        "password": lambda: "Pw!" + token(18),
        "jwt": lambda: "eyJ" + token(30) + ".eyJ" + token(40) + "." + token(43),
        "hugging face": lambda: "hf_" + token(34),
    }
    return {f"{kind} {number}": make() for kind, make in kinds.items() for number in range(25)}


def written(folder: Path, secrets: dict[str, str]) -> None:
    """A repository with secrets wherever people leave them, also in names of keys, comments and the history."""
    left = list(secrets.values())

    def some(count: int) -> list[str]:
        taken, left[:] = left[:count], left[count:]
        assert len(taken) == count
        return taken

    (folder / "service").mkdir(parents=True)
    code = [f'API_KEY_{n} = "{s}"' for n, s in enumerate(some(30))]
    code += [f"# TODO rotate {s} before the release" for s in some(10)]
    code += [f'requests.get("https://user:{s}@example.com/model")' for s in some(10)]
    code += [f'prompt = """You are a helpful assistant. {"Answer briefly. " * 20} key={s}"""' for s in some(5)]
    code += [f'open("/home/ada/{s}/data.csv")' for s in some(5)]
    code += [f'os.environ["{s}"]' for s in some(5)]
    code += [f'load_dataset("org/{s}")' for s in some(5)]
    code += [f'model = "gpt-4o"; key("{s}")' for s in some(5)]
    (folder / "service" / "predict.py").write_text(
        "import os\nimport requests\nfrom fastapi import FastAPI\n"
        + "\n".join(code)
        + "\ntry:\n    pass\nexcept Exception:\n    pass\n"
    )
    (folder / "broken.py").write_text("def f(:\n" + "\n".join(some(5)))
    (folder / ".env").write_text("\n".join(f"KEY{n}={s}" for n, s in enumerate(some(15))))
    (folder / "config.yaml").write_text("\n".join(f"key{n}: {s}" for n, s in enumerate(some(15))))
    (folder / "pyproject.toml").write_text(
        "[project]\nname = 'churn'\ndependencies = ['pandas']\n" + "\n".join(f"# {s}" for s in some(5))
    )
    (folder / "requirements.txt").write_text(
        "\n".join(f"--extra-{'index'}-url https://x:{s}@packages.example.com/simple\npandas" for s in some(5))
        + "\n"
        + "\n".join(f"git+https://{s}@github.com/org/private.git" for s in some(5))
    )
    (folder / "Dockerfile").write_text(
        "FROM python:3.11\n" + "\n".join(f"ENV T{n}={s}" for n, s in enumerate(some(10)))
    )
    cells = [
        {
            "cell_type": "code",
            "execution_count": 9 - n,
            "source": f"key = '{s}'",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [o]}],
            "metadata": {},
        }
        for n, (s, o) in enumerate(zip(some(10), some(10), strict=True))
    ]
    (folder / "explore.ipynb").write_text(
        json.dumps({"cells": cells, "metadata": {"note": some(1)[0]}, "nbformat": 4, "nbformat_minor": 5})
    )
    (folder / "key.pem").write_text(
        "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join(some(5)) + "\n-----END RSA PRIVATE KEY-----\n"
    )
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / ".github" / "workflows" / "ci.yml").write_text("jobs:\n" + "\n".join(f"  # {s}" for s in some(5)))
    git(folder, "init", "-q")
    git(folder, "config", "remote.origin.url", f"https://{some(1)[0]}@github.com/org/churn.git")
    for n, (author, mail, words) in enumerate(zip(some(5), some(5), some(5), strict=True)):
        (folder / "changed.txt").write_text(str(n))
        git(folder, "add", "-A")
        then = (datetime.now(UTC) - timedelta(days=100 * (5 - n))).isoformat(timespec="seconds")
        who = ("-c", f"user.name={author}", "-c", f"user.email={mail}@example.com")
        git(folder, *who, "commit", "-qm", words, GIT_AUTHOR_DATE=then, GIT_COMMITTER_DATE=then)
    (folder / "rest.md").write_text("\n".join(left))


def git(folder: Path, *words: str, **settings: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **settings})


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Everything a scan and two pushes left behind, as bytes by place."""

    secrets: dict[str, str]
    token: str
    places: dict[str, bytes]
    signals: frozenset[str]
    quarters: int  #: read out of the history
    answers: tuple[int, ...]


def database_texts(path: Path) -> bytes:
    """Every value in a database, packed ones unpacked."""
    found = []
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f"SELECT * FROM {table}"):
                for value in row:
                    found.append(zlib.decompress(value) if isinstance(value, bytes) else str(value).encode())
    return b"\n".join(found)


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Traces:
    folder = tmp_path_factory.mktemp("planted")
    secrets = planted()
    written(folder / "churn", secrets)
    database = folder / "arrears.db"
    workplace = open_workplace(str(database))
    system = create_system(workplace, ADA, name="Churn model", team="Growth")
    assessment = open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4")
    secret = make_token(workplace, ADA, system_id=system.system_id, name="CI").secret
    port = free_port()
    with serve(streamlit_command(port), port, database) as server:
        (folder / "collect.pyz").write_bytes(httpx.get(f"{server.url}/collector.pyz").content)
        pushed = [
            subprocess.run(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(folder / "collect.pyz"),
                    "scan",
                    str(folder / "churn"),
                    "--history",
                    "4",
                    "--output",
                    str(folder / "evidence.json"),
                    "--cache",
                    str(folder / "cache"),
                    "--push",
                    server.url,
                ],
                env={**os.environ, "ARREARS_TOKEN": secret},
                capture_output=True,
                check=False,
                timeout=120,
            )
            for _ in range(2)
        ]
        junk = json.dumps({"schema": list(secrets.values())[:50], secret: secret})
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        refused = httpx.post(f"{server.url}/api/evidence", content=junk, headers=headers)
        wrong = httpx.post(
            f"{server.url}/api/evidence", content=junk, headers=headers | {"Authorization": f"Bearer {secret}x"}
        )
        log = end(server.process)
    evidence = read_evidence(workplace, ADA, assessment_id=assessment.assessment_id).evidence
    workplace.close()
    assert evidence is not None, [(done.returncode, done.stderr) for done in pushed]
    places = {
        "what the collector said": b"".join(done.stdout + done.stderr for done in pushed),
        "the evidence": (folder / "evidence.json").read_bytes(),
        "the collector's cache": b"".join(p.read_bytes() for p in (folder / "cache").rglob("*") if p.is_file()),
        "the database": database_texts(database),
        "the database's files": b"".join(p.read_bytes() for p in folder.glob("arrears.db*")),
        "the server's log": log.encode(),
    }
    return Traces(
        secrets=secrets,
        token=secret,
        places=places,
        signals=frozenset(s.id for s in evidence.signals if s.state.value == "found"),
        quarters=len(evidence.history),
        answers=(*(done.returncode for done in pushed), refused.status_code, wrong.status_code),
    )


def test_the_scan_was_taken_twice_and_saw_what_was_planted(traces: Traces) -> None:
    assert traces.answers == (0, 0, 422, 401)
    assert {"secrets-in-code", "absolute-paths"} <= traces.signals
    assert traces.quarters > 0
    empty = [place for place, left in traces.places.items() if not left and place != "the collector's cache"]
    assert empty == []


def test_no_planted_secret_is_anywhere(traces: Traces) -> None:
    found = {
        (place, kind)
        for place, left in traces.places.items()
        for kind, secret in traces.secrets.items()
        if secret.encode() in left
    }
    assert found == set()


def test_no_part_of_a_planted_secret_is_anywhere(traces: Traces) -> None:
    """Twelve characters of a secret are as unlikely to stand somewhere by chance as all of it."""
    found = {
        (place, kind)
        for place, left in traces.places.items()
        for kind, secret in traces.secrets.items()
        if re.search(re.escape(secret[5:17].encode()), left)
    }
    assert found == set()


def test_the_token_itself_is_kept_nowhere(traces: Traces) -> None:
    assert [place for place, left in traces.places.items() if traces.token.encode() in left] == []
