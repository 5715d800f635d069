"""A text made to be slow: each of these took minutes or a traceback, and all of them together take seconds now."""

from __future__ import annotations

import json

import pytest

from evidence.collector import judge
from evidence.evidence import Location
from tests.evidence.making import repository_of, signal

LENGTH = 200_000
SPACES = " " * LENGTH
LINES = "\n" * LENGTH


def cell(source: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": source, "outputs": []}], "nbformat": 4})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.ipynb", cell(f"x = 1 % 2\n{LINES}y"), id="a cell of empty lines"),
        pytest.param("a.ipynb", cell(f"x = 1 % 2\na{SPACES}+1"), id="a cell of spaces"),
        pytest.param("a.ipynb", cell(f"%time a{SPACES}"), id="a timed cell of spaces"),
        pytest.param("a.py", f"# f(x{SPACES}x\nx = 1\n", id="a call in a comment"),
        pytest.param("a.py", f"# f({SPACES}x\nx = 1\n", id="an open call in a comment"),
        pytest.param("a.py", "import a" + ".b" * LENGTH + "\n", id="a module of many parts"),
        pytest.param("requirements.txt", f"a=={SPACES}*,b\n", id="an exact version of spaces"),
        pytest.param("environment.yml", f"dependencies:\n  - {SPACES}a:\n", id="an entry of spaces"),
        pytest.param("environment.yml", f"dependencies:\n  - {'a' * LENGTH}:\n", id="an entry of one word"),
        pytest.param("pyproject.toml", f"a{'.a' * (LENGTH // 2)} = 1\n", id="a key of many parts"),
        pytest.param("pyproject.toml", f"[a{'.a' * 60_000}]\nb = 1\n", id="a table of many parts"),
        pytest.param("pyproject.toml", '"\\"".' * 40_000 + "a = 1\n", id="a key of many quoted parts"),
        pytest.param("pyproject.toml", f"a = {'9' * 5_000}\n", id="a number of many digits"),
        pytest.param("dvc.yaml", f"stages:\n  outs:\n{LINES}", id="a pipeline of empty lines"),
        pytest.param("dvc.yaml", f"stages:\n  outs:\n  - {'model' * (LENGTH // 5)} x\n", id="an output of many models"),
        pytest.param("rules.yaml", f"{LINES}x", id="rules of empty lines"),
        pytest.param("rules.yaml", f"{SPACES}x", id="rules of spaces"),
        pytest.param("a.json", '"panels":' * (LENGTH // 9), id="a dashboard of many panels"),
        pytest.param("a.json", '"schemaVersion"' * (LENGTH // 15), id="a dashboard of many versions"),
        pytest.param(".github/workflows/a.yml", "nbconvert " * (LENGTH // 10), id="a workflow of many notebooks"),
        pytest.param(".github/workflows/a.yml", f"notebook_path{SPACES}x", id="a workflow of spaces"),
        pytest.param("config/a.yaml", "\n".join(" " * n + "k" * 60 + ":" for n in range(240)), id="deep settings"),
    ],
)
def test_a_text_made_to_be_slow_is_gone_through_once(path: str, text: str) -> None:
    evidence = judge(repository_of({path: text, "app.py": "import torch\n"}))
    assert evidence.signals
    assert all("\n" not in problem.reason for problem in evidence.unparsed)


def test_many_requirements_in_many_files_are_gone_through_once() -> None:
    files = {f"requirements/r{n}.txt": "\n".join(f"pkg{m}" for m in range(2_000)) for n in range(40)}
    evidence = judge(repository_of(files | {"app.py": "import torch\n"}))
    assert evidence.signals


def test_an_image_that_installs_a_file_again_and_again_is_gone_through_once() -> None:
    wanted = "\n".join(f"pytest{n}" for n in range(2_000))
    image = "FROM a\n" + ("RUN pip install " + "-r requirements.txt " * 90 + "\n") * 130
    files = {"requirements.txt": wanted, "Dockerfile": image, "app.py": "import torch\n"}
    assert judge(repository_of(files)).signals


def test_a_circle_of_many_modules_is_gone_through_once() -> None:
    ring = {f"m{n}.py": f"import m{(n + 1) % 12_000}\n" for n in range(12_000)}
    circle = signal("import-cycle", ring)
    assert (circle.value, circle.denominator) == (12_000, 12_000)
    assert circle.locations[0] == Location(path="m0.py", line=1)


def test_many_images_and_many_copies_of_functions_are_gone_through_once() -> None:
    image = "FROM python\nRUN pip install -r requirements.txt\n" * 20
    many = {f"d{n}/Dockerfile": image for n in range(6_000)} | {
        f"d{n}/requirements.txt": "jupyter\n" for n in range(6_000)
    }
    assert signal("development-in-production", many | {"app.py": "import torch\n"}).value == 6_000
    copies = "".join(f"def feature_{n}(x):\n  a = 1\n  b = 2\n  c = a\n  return c\n" for n in range(40))
    routes = 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/predict")\ndef p(x): return model.predict(x)\n'
    sides = {f"train/t{n}.py": f"import sklearn\nRidge().fit(x)\n{copies}" for n in range(300)}
    sides |= {f"serve/s{n}.py": f"{routes}{copies}" for n in range(300)}
    assert signal("features-computed-twice", sides).value == 40
