"""The registry keeps its laws, each sample trips its signal, and signals tell look-alikes apart."""

from __future__ import annotations

import json
import re

import pytest

from evidence.evidence import Kind, Polarity, State, Strength
from evidence.reference import DOCUMENT, reference
from evidence.signals import SIGNALS
from tests.evidence.making import SAMPLES, evidence_of, notebook, sample, signal

AREAS = ("ENT", "FBL", "DAT", "CFG", "MON", "RPG", "PIP", "TST", "PRO", "FMD")
APPLICATION = {"Dockerfile": "FROM python:3.11\n"}
LIBRARY = {
    "pyproject.toml": '[project]\nname = "toolbox"\nclassifiers = ["Programming Language :: Python :: 3"]\n',
    "docs/conf.py": "project = 'toolbox'\n",
}


@pytest.mark.parametrize("identity", SIGNALS)
class TestEverySignal:
    def test_is_registered_under_its_own_id(self, identity):
        assert SIGNALS[identity].id == identity
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", identity)

    def test_has_a_statement_that_can_be_true_or_false(self, identity):
        statement = SIGNALS[identity].statement
        assert statement[0].isupper()
        assert not statement.endswith((".", "?"))
        assert len(statement.split()) >= 3
        assert re.search(
            r"\b(is|are|stand|stands|was|were|run|runs|kept|checks|watches|read|recorded|have|import)\b", statement
        )

    def test_says_what_it_cannot_see_and_what_to_do(self, identity):
        detector = SIGNALS[identity]
        assert len(detector.cannot_see) > 20
        assert detector.fix.endswith(".")
        assert detector.version >= 1

    def test_speaks_to_questions_in_order_and_belongs_to_an_area(self, identity):
        detector = SIGNALS[identity]
        assert detector.questions == tuple(sorted(set(detector.questions)))
        assert detector.questions
        assert detector.area in AREAS
        assert any(question.startswith(detector.area) for question in detector.questions)

    def test_says_beside_its_code_what_is_measured(self, identity):
        assert len((SIGNALS[identity].look.__doc__ or "").split()) >= 12

    def test_is_found_in_its_sample_at_its_full_strength(self, identity):
        seen = signal(identity, sample(identity, "trips"))
        assert seen.state is State.FOUND
        assert seen.strength is SIGNALS[identity].strength
        assert seen.locations
        assert seen.message.endswith(".")

    def test_is_not_found_in_the_look_alike(self, identity):
        assert signal(identity, sample(identity, "clean")).state is State.ABSENT

    def test_names_places_that_exist_in_the_sample(self, identity):
        files = sample(identity, "trips")
        for location in signal(identity, files).locations:
            content = files[location.path]
            if location.path.endswith(".py") and location.line:
                assert location.line <= content.count(b"\n") + 1

    def test_is_quiet_in_an_empty_application(self, identity):
        assert signal(identity, APPLICATION).state is not State.FOUND

    def test_is_documented(self, identity):
        assert f"## {identity}\n" in DOCUMENT.read_text()

    def test_says_the_same_twice(self, identity):
        files = sample(identity, "trips")
        assert signal(identity, files) == signal(identity, dict(reversed(files.items())))


def test_the_registry_is_in_order_and_has_no_orphan_samples():
    assert list(SIGNALS) == sorted(SIGNALS)
    assert {folder.name for folder in SAMPLES.iterdir()} == set(SIGNALS)


def test_the_reference_is_fresh():
    assert DOCUMENT.read_text() == reference(), "run python -m evidence.reference"


def test_care_is_never_direct_and_debt_is_spread_over_the_six_named_areas():
    care = [detector for detector in SIGNALS.values() if detector.polarity is Polarity.CARE]
    assert all(detector.strength is not Strength.DIRECT for detector in care)
    debt = {detector.area for detector in SIGNALS.values() if detector.polarity is Polarity.DEBT}
    assert debt >= {"ENT", "FBL", "DAT", "CFG", "MON", "RPG"}


def test_no_text_of_a_secret_gets_into_the_evidence():
    secret = "q7Zt2LmX94vBnR8sKp3W"
    files = {
        "client.py": f'import service\n\nservice.Client(api_key="{secret}")\n',
        "run.ipynb": notebook((f'password = "{secret}"', 1)),
        "settings.yaml": f"database:\n  password: {secret}\n",
        ".env": f"SERVICE_TOKEN_SECRET_KEY={secret}\n",
    }
    from evidence.document import to_json

    seen = evidence_of(files)
    found = next(one for one in seen.signals if one.id == "secrets-in-code")
    assert {location.path for location in found.locations} == set(files)
    assert secret not in to_json(seen)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('tokenizer(pad_token="<|endoftext|>")', id="special token of a tokenizer"),
        pytest.param('API_KEY = "OPENAI_API_KEY"', id="name of a variable"),
        pytest.param('password = "changeme123"', id="placeholder"),
        pytest.param('password = getpass.getpass("Password for x9y8z7: ")', id="question to a person"),
        pytest.param('url = "postgresql://{user}:{password}@{host}/db"', id="template of an address"),
        pytest.param('secret = "projects/12/secrets/db"', id="name in a vault"),
        pytest.param('primary_key = "order_id_2024"', id="a key of a table"),
        pytest.param('attempted_password = "zx9Kq2mVxw"', id="a guess that is judged"),
        pytest.param('password = "rootpass123"', id="the first word of a test server"),
        pytest.param('url = "postgresql://shop:t7Kq2mVx@localhost:5432/shop"', id="a database of this machine"),
        pytest.param('url = "postgresql://shop:t7Kq2mVx@orders_db/shop"', id="a database beside it in compose"),
    ],
)
def test_what_only_looks_like_a_credential_is_left_alone(code):
    assert signal("secrets-in-code", {"a.py": code}).state is State.ABSENT


def test_credentials_in_tests_alone_only_ask():
    files = {"tests/test_client.py": 'Client(api_key="q7Zt2LmX94vBnR8sKp3W")\n'}
    assert signal("secrets-in-code", files).strength is Strength.WEAK


def test_a_dotenv_file_that_is_kept_with_the_code_is_seen():
    seen = signal("secrets-in-code", {".env": "DEBUG=1\nDB_PASSWORD=kX92mQpL7vTz\n"})
    assert (seen.state, seen.locations[0].line) == (State.FOUND, 2)


SPLIT = "from sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler\n"


@pytest.mark.parametrize(
    ("code", "state"),
    [
        pytest.param(
            "s = StandardScaler()\nx = s.fit_transform(x)\na, b = train_test_split(x)",
            State.FOUND,
            id="same name again",
        ),
        pytest.param("a, b = train_test_split(StandardScaler().fit_transform(x))", State.FOUND, id="on the spot"),
        pytest.param(
            "s = StandardScaler()\ns.fit(x)\na, b = train_test_split(x)\na = s.transform(a)",
            State.FOUND,
            id="fit first",
        ),
        pytest.param(
            "import pandas\ns = StandardScaler()\nx = pandas.DataFrame(s.fit_transform(x))\na, b = train_test_split(x)",
            State.FOUND,
            id="through a frame",
        ),
        pytest.param(
            "s = StandardScaler()\nz = s.fit_transform(x)\na, b = train_test_split(x)",
            State.ABSENT,
            id="result not split",
        ),
        pytest.param(
            "s = StandardScaler()\nx = s.fit_transform(x)\nx = load()\na, b = train_test_split(x)",
            State.ABSENT,
            id="loaded again",
        ),
        pytest.param(
            "a, b = train_test_split(x)\ns = StandardScaler()\na = s.fit_transform(a)\nc, d = train_test_split(b)",
            State.ABSENT,
            id="split first",
        ),
        pytest.param(
            "s = StandardScaler()\nx_train = s.fit_transform(x_train)\na, b = train_test_split(x_train)",
            State.ABSENT,
            id="training rows alone",
        ),
        pytest.param(
            "s = StandardScaler()\nx = s.fit_transform(x[:100])\na, b = train_test_split(x)", State.ABSENT, id="a part"
        ),
        pytest.param(
            "s = StandardScaler()\ndf[['a']] = s.fit_transform(df[['a']])\na, b = train_test_split(df)",
            State.FOUND,
            id="columns of a frame",
        ),
        pytest.param("m = Model()\nx = m.fit_transform(x)\na, b = train_test_split(x)", State.ABSENT, id="own class"),
    ],
)
def test_a_split_counts_as_late_only_when_the_order_is_unambiguous(code, state):
    assert signal("split-after-fit", {"a.py": SPLIT + code}).state is state


def test_a_fit_counts_at_its_first_split_since_the_name_may_stand_for_other_rows_later():
    code = "s = StandardScaler()\nx = s.fit_transform(x)\na, b = train_test_split(x)\n"
    code += "x = df[['age']]\nx = pd.get_dummies(x)\nc, d = train_test_split(x)\n"
    seen = signal("split-after-fit", {"a.py": SPLIT + code})
    assert [place.line for place in seen.locations] == [5]


def test_a_fit_and_a_split_in_different_functions_are_not_joined():
    code = SPLIT + "def f(x):\n    s = StandardScaler()\n    x = s.fit_transform(x)\n"
    code += "def g(x):\n    return train_test_split(x)\n"
    assert signal("split-after-fit", {"a.py": code}).state is State.ABSENT


def test_a_library_is_not_blamed_for_what_only_a_product_owes():
    seen = signal("unpinned-dependencies", {**LIBRARY, "requirements.txt": "numpy\nscipy\npandas\n"})
    assert (seen.state, "library" in seen.message) == (State.NOT_APPLICABLE, True)


def test_a_template_is_asked_for_secrets_only():
    evidence = evidence_of({"cookiecutter.json": "{}", "{{ cookiecutter.name }}/train.py": "print('x')\n"})
    assert evidence.kind is Kind.TEMPLATE
    asked = {one.id for one in evidence.signals if one.state is not State.NOT_APPLICABLE}
    assert asked == {"secrets-in-code"}


@pytest.mark.parametrize(
    ("files", "strength"),
    [
        ({"requirements.txt": "pandas\nnumpy\nscipy\n"}, Strength.DIRECT),
        ({"requirements.txt": "pandas>=2\nnumpy>=1\nscipy\n"}, Strength.STRONG),
        ({"requirements.txt": "pandas\nnumpy\nscipy\n", **APPLICATION}, Strength.STRONG),
    ],
    ids=["no versions at all", "ranges", "an image may fix them"],
)
def test_missing_versions_weigh_by_how_much_is_missing(files, strength):
    seen = signal("unpinned-dependencies", files)
    assert (seen.state, seen.strength) == (State.FOUND, strength)


def test_a_lock_covers_its_own_folder_only():
    files = {
        "a/Pipfile": "[packages]\npandas = '*'\nnumpy = '*'\n",
        "a/Pipfile.lock": "{}",
        "b/requirements.txt": "x\ny\nz\n",
    }
    seen = signal("unpinned-dependencies", files)
    assert {location.path for location in seen.locations} == {"b/requirements.txt"}


def test_the_same_name_in_two_manifests_counts_once_with_its_firmest_version():
    files = {
        "requirements.txt": "pandas==2.2.2\nnumpy==1.26\n",
        "setup.py": "setup(install_requires=['pandas', 'NumPy'])",
    }
    assert signal("unpinned-dependencies", files).state is State.ABSENT


def test_a_random_pause_is_no_chance_that_a_model_depends_on():
    pause = "import random\nimport time\ntime.sleep(random.uniform(0.2, 0.5))\n"
    assert signal("unseeded-randomness", {"scrape.py": pause}).state is State.UNKNOWN
    assert signal("unseeded-randomness", {"train.py": f"{pause}model.fit(rows)\n"}).state is State.FOUND


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("  pytest:", id="a job's name"),
        pytest.param("        path: ./artifacts/pytest-report", id="a place of results"),
        pytest.param("        cache: 'pip'  # the pip of tox", id="a remark"),
        pytest.param("      - ~/shop/.tox", id="a folder that is kept"),
        pytest.param("      - .pytest_cache", id="a folder of results"),
    ],
)
def test_the_name_of_a_test_runner_is_no_command(line):
    files = {"a.py": "", ".github/workflows/ci.yml": f"jobs:\n{line}\n"}
    assert signal("ci-runs-tests", files).state is State.ABSENT


@pytest.mark.parametrize(
    ("path", "state"),
    [
        (".pipelines/unit-tests.yml", State.FOUND),
        ("azure-pipelines.yml", State.FOUND),
        (".azure-pipelines/ci.yaml", State.FOUND),
        ("cloudbuild/checks.yaml", State.FOUND),
        ("pipelines/train.yml", State.ABSENT),
        ("docs/.pipelines/ci.yml", State.ABSENT),
    ],
)
def test_files_of_a_build_server_are_known_by_their_place(path, state):
    files = {"a.py": "", path: "steps:\n- script: |\n    python -m pytest . --cov=shop\n"}
    assert signal("ci-runs-tests", files).state is state


@pytest.mark.parametrize(
    ("module", "state"),
    [("fitting", State.FOUND), ("elsewhere", State.ABSENT), ("numpy", State.ABSENT), ("json", State.ABSENT)],
)
def test_a_script_imports_what_lies_beside_it_but_for_what_has_another_origin(module, state):
    files = {
        "shop/__init__.py": "",
        "shop/train/__init__.py": "",
        "shop/train/run.py": f"import mlflow\nfrom {module} import fit\nmlflow.log_metric('a', 1)\n",
        **{f"shop/train/{name}.py": "import sklearn\nmodel.fit(x)\n" for name in ("fitting", "numpy", "json")},
    }
    assert signal("experiments-tracked", files).state is state


@pytest.mark.parametrize("setting", ["PYTHONHASHSEED=random", 'PYTHONHASHSEED="random"', "PYTHONHASHSEED: random"])
def test_a_variable_that_asks_for_chance_asks_for_no_repetition(setting):
    image = {"a.py": "", "Dockerfile": f"FROM python:3.12\nENV {setting} \\\n    A=1\n"}
    assert signal("determinism-asked-for", image).state is State.ABSENT
    image["Dockerfile"] = image["Dockerfile"].replace("random", "0")
    assert signal("determinism-asked-for", image).state is State.FOUND


def test_a_seed_set_in_the_file_covers_its_draws():
    code = "import numpy as np\nnp.random.seed(3)\nx = np.random.rand(3)\nmodel.fit(x)\n"
    assert signal("unseeded-randomness", {"a.py": code}).state is State.ABSENT


def test_a_split_by_chance_in_a_notebook_beside_an_application_only_asks():
    files = {
        "app.py": "x = 1\n" * 30,
        **APPLICATION,
        "look.ipynb": notebook(("from sklearn.model_selection import train_test_split\na, b = train_test_split(x)", 1)),
    }
    assert signal("unseeded-randomness", files).strength is Strength.WEAK


@pytest.mark.parametrize(
    ("runs", "state"),
    [
        ((1, 2, 3), State.ABSENT),
        ((5, 9, 30), State.ABSENT),
        ((1, 4, 3, 2), State.FOUND),
        ((1, 2, 9, 3, 4), State.ABSENT),
        ((None, None, None), State.UNKNOWN),
        ((4, None, 5), State.UNKNOWN),
    ],
    ids=["in order", "in order with gaps", "out of order", "one cell run again", "cleared", "too few"],
)
def test_the_order_of_cells_is_read_from_their_run_numbers(runs, state):
    assert signal("notebooks-out-of-order", {"a.ipynb": notebook(*(("x = 1", run) for run in runs))}).state is state


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("  %%time\n  x = 1", id="indented as a whole"),
        pytest.param('print("%d rows"\n      % x)', id="a text formatted on the next line"),
    ],
)
def test_what_a_notebook_would_run_is_not_broken(cell):
    assert signal("notebook-cells-broken", {"a.ipynb": notebook(("x = 1", 1), (cell, 2))}).state is State.ABSENT


def test_a_notebook_to_be_filled_in_is_not_asked_whether_it_runs():
    done = {"done.ipynb": notebook(("x = 1", 1), ("print(x)", 2))}
    for identity, gap in (("notebook-cells-broken", "answer = "), ("notebook-hidden-state", "print(answer)")):
        cells = notebook(("x = 1", 1), (gap, 2))
        assert signal(identity, {"homework_starter.ipynb": cells, **done}).state is State.ABSENT
        assert signal(identity, {"homework.ipynb": cells, **done}).state is State.FOUND


def test_a_notebook_of_python_two_is_not_held_against_the_python_of_today():
    cells = json.loads(notebook(("print 'x'", 1), ("y", 2)))
    cells["metadata"] = {"kernelspec": {"name": "python2", "language": "python"}}
    for identity in ("notebook-cells-broken", "notebook-hidden-state"):
        assert signal(identity, {"a.ipynb": json.dumps(cells)}).state is State.UNKNOWN


def test_a_notebook_out_of_order_beside_an_application_only_asks():
    cells = notebook(("m = Ridge()", 3), ("m.fit(x, y)", 2), ("m", 1))
    assert signal("notebooks-out-of-order", {"app.py": "x = 1\n" * 9, "a.ipynb": cells}).strength is Strength.WEAK


def test_an_optional_or_first_party_package_is_not_a_tool_in_use():
    own = {"evidently/__init__.py": "", "evidently/report.py": "", "serve.py": "import evidently\n"}
    assert signal("monitoring-tool-used", own).state is State.ABSENT
    guarded = {"serve.py": "if True:\n    import evidently\n"}
    assert signal("monitoring-tool-used", guarded).state is State.ABSENT


def test_a_floating_name_in_a_setting_is_strong_and_in_a_call_direct():
    use = "import openai\n"
    called = {"a.py": use + 'openai.chat(model="gpt-4o")\n'}
    setting = {"a.py": use, "settings.yaml": "llm:\n  model: claude-3-5-sonnet-latest\n"}
    default = {"a.py": use + 'def ask(question, model="gpt-4o-mini"):\n    return openai.chat(model=model)\n'}
    strengths = [signal("floating-model-alias", files).strength for files in (called, setting, default)]
    assert strengths == [Strength.DIRECT, Strength.STRONG, Strength.STRONG]


def test_a_repository_without_language_models_is_not_asked_about_prompts():
    assert signal(
        "prompt-in-code", {"a.py": 'prompt = "You are a helpful clerk of the post office, please."'}
    ).state is (State.NOT_APPLICABLE)


def test_one_home_path_only_asks():
    assert signal("absolute-paths", {"a.py": 'open("/home/marta/data.csv")\n'}).strength is Strength.WEAK


def test_what_a_tool_recorded_of_a_run_is_no_setting():
    records = ("mlruns/3/meta.yaml", "outputs/2026-01-02/.hydra/hydra.yaml", "benchmark_results/run.json")
    files = dict.fromkeys(records, '{"cwd": "/home/marta/shop",\n "model": "gpt-4o"}\n')
    assert signal("absolute-paths", files).state is State.ABSENT
    assert signal("floating-model-alias", {"ask.py": "import openai\n", **files}).state is State.UNKNOWN


def test_a_page_that_is_written_is_no_prompt_and_a_message_is():
    words = "The risk of each decision is weighed against what the customer may lose by it. " * 4
    use = "import openai\n"
    page = {"report.py": f'{use}content = f"""{words}"""\n'}
    message = {"ask.py": f'{use}messages = [{{"role": "system", "content": "{words}"}}]\n'}
    assert signal("prompt-in-code", page).state is State.ABSENT
    assert signal("prompt-in-code", message).state is State.FOUND


def test_a_month_in_an_address_fixes_what_it_names():
    fixed = 'pd.read_parquet("https://example.org/trips_2023-01.parquet")\n'
    loose = 'pd.read_parquet("https://example.org/trips_latest.parquet")\n'
    states = [
        signal("unversioned-remote-data", {"a.py": f"import pandas as pd\n{code}"}).state for code in (fixed, loose)
    ]
    assert states == [State.ABSENT, State.FOUND]


def test_a_trial_run_at_the_end_of_a_module_and_a_guessed_frequency_are_not_scoring():
    trial = 'try:\n    model.predict(rows)\nexcept Exception:\n    print("failed")\n'
    guess = "def f(x):\n    try:\n        return pd.infer_freq(x)\n    except Exception:\n        return None\n"
    served = "def f(x):\n    try:\n        return model.predict(x)\n    except Exception:\n        return 0\n"
    seen = [signal("broad-except", {"a.py": code}).message for code in (trial, guess, served)]
    assert ["around" in message for message in seen] == [False, False, True]


def test_a_setting_that_is_switched_off_and_a_colour_are_no_learning_settings():
    code = "GPT(dropout=0, weight_decay=0.0)\nchart.Polygons(alpha=0.5)\nrelu(x, alpha=0.1)\nGPT(lr=0.1)\n"
    assert signal("config-literals-in-code", {"a.py": code}).state is State.ABSENT


def test_where_an_exported_environment_once_stood_is_no_path_of_the_work():
    files = {"environment.yml": "name: shop\nprefix: /home/marta/miniconda/envs/shop\n"}
    assert signal("absolute-paths", files).state is State.ABSENT


def test_a_model_under_version_control_is_no_version_of_data():
    assert signal("data-version-recorded", {"train.py": "", "trained_model.dvc": "outs:\n"}).state is State.ABSENT
    assert signal("data-version-recorded", {"train.py": "", "train.csv.dvc": "outs:\n"}).state is State.FOUND


def test_drift_in_a_notebook_does_not_watch_a_live_model():
    files = {"serve.py": "x = 1\n" * 30, "look.ipynb": notebook(("import evidently", 1))}
    assert signal("monitoring-tool-used", files).state is State.ABSENT


def test_the_turns_of_an_agent_are_no_learning_setting():
    code = "MAX_ITER = 10\nmax_iter = 20\nself.max_iter = 30\n"
    assert signal("config-literals-in-code", {"a.py": code}).state is State.UNKNOWN


def test_a_document_that_is_somebodys_data_is_no_document_of_the_project():
    for path, state in (("eval/corpora/risk_assessment.pdf", State.ABSENT), ("docs/risk_assessment.md", State.FOUND)):
        assert signal("risk-assessment-present", {"a.py": "x = 1\n", path: "text"}).state is state


def test_a_stub_and_a_file_of_tests_under_another_name_are_not_unused():
    files = {"run.py": "import used\n", "used.py": "def f(): ...\n"}
    odd = {"lib/shapes.pyi": "def area(): ...\n", "directional.py": "def test_direction(): ...\n"}
    assert signal("unreferenced-modules", {**files, **odd}).state is State.ABSENT
    assert signal("unreferenced-modules", {**files, "left.py": "def g(): ...\n"}).state is State.FOUND


def test_addresses_of_services_are_no_machine_paths():
    assert signal("absolute-paths", {"a.py": 'get("/users/12/orders")\nx = "/var/log/app.log"\n'}).state is State.ABSENT


def test_data_that_git_ignores_does_not_count_as_kept():
    files = {"train.py": "", ".gitignore": "data/\n*.pkl\n", "data/x.csv": 90_000_000, "m.pkl": 90_000_000}
    assert signal("large-data-in-repository", files).state is State.ABSENT


def test_a_circle_through_a_package_file_is_no_circle():
    files = {
        "pkg/__init__.py": "from pkg.a import f\nVERSION = 1\n",
        "pkg/a.py": "from pkg import VERSION\nfrom pkg import b\n\ndef f():\n    return VERSION\n",
        "pkg/b.py": "",
    }
    assert signal("import-cycle", files).state is State.ABSENT


def test_relative_imports_close_a_circle_too():
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/a.py": "from .b import f\n",
        "src/pkg/b.py": "from . import c\n",
        "src/pkg/c.py": "from .a import g\n",
    }
    seen = signal("import-cycle", files)
    assert (seen.state, seen.value, [place.line for place in seen.locations]) == (State.FOUND, 3, [1, 1, 1])


def test_a_message_and_its_places_stay_short():
    files = {f"module_{number}.py": 'open("/home/marta/x.csv")\n' for number in range(40)}
    seen = signal("absolute-paths", files)
    assert (seen.value, len(seen.locations)) == (40, 10)
