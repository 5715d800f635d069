"""The signals of code tell what they count from its look-alikes: copies, leftovers, frameworks, chains of models."""

from __future__ import annotations

import pytest

from evidence.evidence import State, Strength
from tests.evidence.making import notebook, signal

LONG = """def prepare(rows, log):
    rows = rows.dropna()
    total = len(rows)
    rows["a"] = rows["a"].astype(float)
    for name in rows.columns:
        if name.startswith("x"):
            log.info(name, total + 1)
            rows = rows.drop(columns=[name])
    return rows.sort_values("a")
"""
NESTED = "def outer(rows, log):\n" + "".join(f"    {line}\n" for line in LONG.splitlines()) + (
    "    result = prepare(rows.copy(), log)\n    result = result.head(10)\n    log.info(total(result))\n"
    "    print(result.mean())\n    result = result.round(2)\n    return result\n"
)  # fmt: skip


class TestCopies:
    def test_a_function_inside_a_copied_one_is_not_counted_again(self):
        seen = signal("duplicated-functions", {"a.py": NESTED, "b.py": NESTED})
        assert (seen.value, [place.line for place in seen.locations]) == (1, [1, 1])

    def test_a_copy_in_a_notebook_counts(self):
        seen = signal("duplicated-functions", {"a.py": LONG + "x = 1\n" * 99, "b.ipynb": notebook((LONG, 1))})
        assert (seen.value, seen.strength) == (1, Strength.WEAK)

    def test_a_copy_in_a_test_does_not(self):
        assert signal("duplicated-functions", {"a.py": LONG, "tests/test_a.py": LONG}).state is State.ABSENT


class TestLeftovers:
    @pytest.mark.parametrize(
        "more",
        [
            pytest.param({"b.py": "from old import f\n"}, id="imported"),
            pytest.param({"b.py": "def g():\n    import old\ng()\n"}, id="imported late"),
            pytest.param({"b.py": "try:\n    from . import old\nexcept ImportError:\n    pass\n"}, id="optional"),
            pytest.param({"look.ipynb": notebook(("from pkg.old import f", 1))}, id="by a notebook"),
            pytest.param({"examples/e.py": "import old\n"}, id="by an example"),
            pytest.param({"settings.yaml": "model: old.Model\n"}, id="named in settings"),
            pytest.param({"b.py": "run('uvicorn old:app --reload')\n"}, id="named in a text"),
        ],
    )
    def test_a_module_that_anything_names_is_used(self, more):
        assert signal("unreferenced-modules", {"old.py": "def f():\n    return 1\n", **more}).state is State.ABSENT

    @pytest.mark.parametrize(
        "code",
        [
            "def f(): return 1\nif __name__ == '__main__': f()\n",
            "def f(): return 1\nf()\n",
            "x = 1\n",
            "def lambda_handler(event, context): return 1\n",
            "import fastapi\ndef f(): return 1\n",
            "from celery import app\n@app.task\ndef f(): return 1\n",
        ],
        ids=["a script", "does something", "defines nothing", "a handler", "a web module", "handed to a framework"],
    )
    def test_what_is_started_by_others_is_no_leftover(self, code):
        assert signal("unreferenced-modules", {"work/strange.py": code}).state is not State.FOUND


class TestTools:
    def test_two_workflow_tools_only_ask(self):
        files = {"a.py": "import airflow\n", "b.py": "import luigi\n"}
        assert signal("several-orchestrators", files).strength is Strength.WEAK

    def test_a_makefile_that_only_tests_is_no_workflow(self):
        files = {"a.py": "import airflow\n", "Makefile": "test:\n\tpytest tests\nlint:\n\truff check train.py\n"}
        assert signal("several-orchestrators", files).state is State.ABSENT

    def test_two_packages_of_one_family_are_one_framework(self):
        files = {"a.py": "import keras\n", "b.py": "import tensorflow\n", "c.py": "import torch\n"}
        seen = signal("several-frameworks", files)
        assert (seen.value, seen.strength) == (1, Strength.WEAK)
        del files["c.py"]
        assert signal("several-frameworks", files).state is State.ABSENT

    def test_c_in_its_dialects_is_one_language_and_pages_are_none(self):
        files = {"a.py": "x = 1\n" * 50, "b.pyx": "x = 1\n" * 50, "c.cu": "x;\n" * 50, "d.js": "x;\n" * 500}
        assert signal("several-languages", files).value == 2


class TestTraining:
    @pytest.mark.parametrize(
        ("code", "state"),
        [
            ("import torch\nloss.backward()\n", State.FOUND),
            ("import torch\nif __name__ == '__main__':\n    trainer.fit(model, rows)\n", State.FOUND),
            ("import torch\ndef f():\n    loss.backward()\nf()\n", State.ABSENT),
            ("import torch\ndef f():\n    m.fit(x)\nm.fit(y)\n", State.ABSENT),
            ("import sklearn\nvectorizer.fit(x)\nenc = OrdinalEncoder()\nenc.fit(x)\n", State.UNKNOWN),
            ("curve.fit(x, y)\n", State.UNKNOWN),
        ],
    )
    def test_training_counts_outside_of_functions_only(self, code, state):
        assert signal("training-at-top-level", {"train.py": code}).state is state


CHAIN = "from sklearn.linear_model import Ridge\n"


@pytest.mark.parametrize(
    ("code", "state"),
    [
        pytest.param("p = a.predict(x)\nb.fit(p, y)\n", State.FOUND, id="at once"),
        pytest.param("p = a.predict(x)\nz = np.hstack((x, p))\nb.fit(z, y)\n", State.ABSENT, id="inside a tuple"),
        pytest.param("p = a.predict(x)\nz = x.assign(p=p)\nb.fit(z, y)\n", State.FOUND, id="joined"),
        pytest.param("b.fit(a.predict_proba(x), y)\n", State.FOUND, id="on the spot"),
        pytest.param("p = a.predict(x)\np = load()\nb.fit(p, y)\n", State.ABSENT, id="given anew"),
        pytest.param("p = a.predict(x)\na.fit(p, y)\n", State.ABSENT, id="the same model"),
        pytest.param("p = a.predict(x)\nb.fit(x, p)\n", State.ABSENT, id="as the target"),
        pytest.param("p = a.predict(x)\ncalibrator.fit(p, y)\n", State.ABSENT, id="calibration"),
        pytest.param("from sklearn.ensemble import StackingRegressor\nm = StackingRegressor(a)\nm.fit(x, y)\n",
                     State.FOUND, id="a stack"),
        pytest.param("def f():\n    p = a.predict(x)\ndef g():\n    b.fit(p, y)\n", State.ABSENT, id="two functions"),
    ],
)  # fmt: skip
def test_a_model_is_chained_only_when_predictions_are_among_its_inputs(code, state):
    assert signal("models-chained", {"a.py": CHAIN + code}).state is state


@pytest.mark.parametrize(
    ("call", "left_open"),
    [
        ("a.merge(b)", True),
        ("a.merge(b, on='k')", True),
        ("a.merge(b, how='left')", True),
        ("a.merge(b, on='k', how='left')", False),
        ("a.merge(b, 'left', 'k')", False),
        ("pandas.merge(a, b, 'left', 'k')", False),
        ("a.merge(b, validate='1:1')", False),
        ("a.merge(b, **settings)", False),
        ("branch.merge(b, message='x')", None),
        ("a.merge()", None),
    ],
)
def test_a_join_is_left_open_when_keys_or_rows_are_not_said(call, left_open):
    seen = signal("joins-left-to-defaults", {"a.py": f"import pandas\n{call}\n{call}\n{call}\n"})
    assert seen.state is {True: State.FOUND, False: State.ABSENT, None: State.UNKNOWN}[left_open]


def test_a_path_that_a_workflow_file_names_is_no_hidden_one():
    files = {"a.py": "rows.to_csv('out/rows.csv')\n", "b.py": "read_csv('../out/rows.csv')\n"}
    assert signal("files-handed-on", files).state is State.FOUND
    files["Makefile"] = "out/rows.csv: a.py\n\tpython a.py\n"
    assert signal("files-handed-on", files).state is State.ABSENT


def test_the_same_columns_in_a_setting_and_in_a_choice_are_one_list():
    names = [f"column_{letter}" for letter in "abcdefghi"]
    files = {"a.py": f"FEATURES = {names}\n", "b.py": f"x = frame[{names[::-1]}]\n"}
    assert signal("feature-lists-repeated", files).strength is Strength.STRONG
    files = {"a.py": f"FEATURES = {names}\n", "look.ipynb": notebook((f"frame[{names}]", 1)), "c.py": "x = 1\n" * 9}
    assert signal("feature-lists-repeated", files).strength is Strength.WEAK


def test_many_copied_functions_in_one_file_take_one_look_each():
    seen = signal("duplicated-functions", {"a.py": LONG * 1_500})
    assert seen.value == 1_499
