"""Signals of dependencies, images, services, models and settings tell look-alikes apart."""

from __future__ import annotations

import pytest

from evidence.evidence import State, Strength
from evidence.signals.dependencies import is_floating_base
from evidence.signals.reproducibility import is_model_file
from tests.evidence.making import notebook, signal

APPLICATION = {"Dockerfile": "FROM python:3.11\n"}
LIBRARY = {
    "pyproject.toml": '[project]\nname = "toolbox"\nclassifiers = ["Programming Language :: Python :: 3"]\n',
    "docs/conf.py": "project = 'toolbox'\n",
}


@pytest.mark.parametrize(
    ("base", "floats"),
    [
        ("python", True),
        ("python:latest", True),
        ("ghcr.io/owner/image", True),
        ("host:5000/image", True),
        ("python:3", False),
        ("host:5000/image:1.2", False),
        ("python@sha256:0f", False),
    ],
)
def test_a_base_image_floats_when_it_names_no_version(base, floats):
    assert is_floating_base(base) is floats


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("net.pt", True),
        ("models/a.pkl", True),
        ("rf.pkl", True),
        ("tfidf_vectorizer.joblib", True),
        ("orders.pkl", False),
        ("data/remote.bin", False),
        ("model.py", False),
        ("model", False),
    ],
)
def test_a_model_file_is_told_by_its_ending_and_its_path(path, model):
    assert is_model_file(path) is model


class TestUndeclared:
    def test_an_import_in_a_notebook_beside_an_application_only_asks(self):
        files = {**APPLICATION, "app.py": "x = 1\n" * 9, "look.ipynb": notebook(("import pandas", 1))}
        assert signal("undeclared-imports", files).strength is Strength.WEAK

    def test_what_a_notebook_always_has_is_not_missing(self):
        assert signal("undeclared-imports", {"a.ipynb": notebook(("import IPython", 1))}).state is State.UNKNOWN

    def test_a_module_anywhere_in_the_repository_is_its_own(self):
        files = {"work/run.py": "import yaml\n", "vendor/yaml.py": "x = 1\n"}
        assert signal("undeclared-imports", files).state is State.ABSENT

    def test_a_package_declared_in_any_manifest_is_declared(self):
        files = {"run.py": "import yaml\n", "tools/setup.cfg": "[options]\ninstall_requires =\n  PyYAML\n"}
        assert signal("undeclared-imports", files).state is State.ABSENT

    @pytest.mark.parametrize(
        "line", ["import json", "import os.path", "from __future__ import annotations", "import our_company"]
    )
    def test_the_standard_library_and_unknown_packages_do_not_count(self, line):
        assert signal("undeclared-imports", {"run.py": f"{line}\n"}).state is State.UNKNOWN

    def test_a_build_file_that_installs_it_declares_it(self):
        files = {"run.py": "import yaml\n", ".github/workflows/a.yml": "run: pip install -U 'pyyaml>=6' x\n"}
        assert signal("undeclared-imports", files).state is State.ABSENT


class TestUnused:
    MANIFEST = "tensorflow\nboto3\nspacy\nnumpy\n"

    def test_a_file_that_lists_what_was_installed_is_left_out(self):
        frozen = "".join(f"package-{number}==1\n" for number in range(50)) + self.MANIFEST
        files = {"run.py": "import numpy\n", "requirements.txt": frozen}
        assert signal("unused-dependencies", files).state is State.UNKNOWN

    def test_an_import_in_a_test_is_a_use(self):
        files = {
            "run.py": "import numpy\n",
            "tests/test_a.py": "import tensorflow, boto3\n",
            "requirements.txt": self.MANIFEST,
        }
        assert signal("unused-dependencies", files).state is State.ABSENT


class TestProduction:
    def test_a_pinned_test_tool_without_an_image_only_asks(self):
        seen = signal("development-in-production", {"app.py": "", "requirements.txt": "flask\npytest\n"})
        assert (seen.state, seen.strength) == (State.FOUND, Strength.WEAK)

    def test_an_image_that_installs_it_by_name_is_seen(self):
        image = 'FROM python:3.11\nRUN pip install flask \\\n    jupyter\nCMD ["gunicorn", "app:app"]\n'
        seen = signal("development-in-production", {"app.py": "", "Dockerfile": image})
        assert (seen.state, [place.line for place in seen.locations]) == (State.FOUND, [2])

    def test_an_image_that_installs_another_file_is_not_blamed_for_it(self):
        image = 'FROM python:3.11\nRUN pip install -r requirements.txt\nCMD ["gunicorn", "app:app"]\n'
        files = {"Dockerfile": image, "requirements.txt": "flask\n", "work/requirements.txt": "pytest\n"}
        assert signal("development-in-production", files).strength is Strength.WEAK


TRAIN = "def make_features(x):\n    x = x + 1\n    x = x * 2\n    return x\n\nmodel.fit(make_features(x))\n"
SERVE = "import joblib\n\nmodel = joblib.load('m')\nmodel.predict(make_features(x))\n"


class TestFeatures:
    def test_the_same_function_in_modules_that_the_two_sides_import_is_seen(self):
        features = TRAIN.split("\n\nmodel", maxsplit=1)[0] + "\n"
        files = {
            "train/features.py": features,
            "train/run.py": "from train.features import make_features\nmodel.fit(make_features(x))\n",
            "serve/features.py": features,
            "serve/run.py": f"from serve.features import make_features\n{SERVE}",
        }
        assert signal("features-computed-twice", files).state is State.FOUND

    def test_what_both_sides_import_is_there_once(self):
        files = {
            "features.py": TRAIN.split("\n\nmodel", maxsplit=1)[0] + "\n",
            "train.py": "from features import make_features\nmodel.fit(make_features(x))\n",
            "serve.py": f"from features import make_features\n{SERVE}",
        }
        assert signal("features-computed-twice", files).state is not State.FOUND
        assert signal("features-shared", files).state is State.FOUND

    def test_folders_of_a_course_are_projects_of_their_own(self):
        twice = {"week_1/train.py": TRAIN, "week_2/serve.py": TRAIN.split("model.fit", maxsplit=1)[0] + SERVE}
        once = {"training/train.py": TRAIN, "service/serve.py": TRAIN.split("model.fit", maxsplit=1)[0] + SERVE}
        assert signal("features-computed-twice", twice).state is State.ABSENT
        assert signal("features-computed-twice", once).state is State.FOUND

    def test_a_notebook_that_trains_beside_a_service_only_asks(self):
        files = {
            **APPLICATION,
            "look.ipynb": notebook((TRAIN, 1)),
            "serve.py": TRAIN.split("model.fit", maxsplit=1)[0] + SERVE * 5,
        }
        seen = signal("features-computed-twice", files)
        assert (seen.state, seen.strength) == (State.FOUND, Strength.WEAK)


class TestLanguageModels:
    CALL = "import openai\nopenai.chat.completions.create(messages=x)\n"

    def test_a_library_or_a_notebook_only_asks(self):
        assert signal("model-call-unbounded", {**APPLICATION, "a.py": self.CALL}).strength is Strength.STRONG
        assert signal("model-call-unbounded", {**LIBRARY, "toolbox/a.py": self.CALL}).strength is Strength.WEAK
        beside = {**APPLICATION, "a.py": "x = 1\n" * 9, "a.ipynb": notebook((self.CALL, 1))}
        assert signal("model-call-unbounded", beside).strength is Strength.WEAK

    def test_keywords_that_cannot_be_followed_say_nothing(self):
        files = {"a.py": "import openai\nopenai.chat.completions.create(**options)\n"}
        assert signal("model-call-unbounded", files).state is State.UNKNOWN

    @pytest.mark.parametrize("name", ["answers-evaluated", "answer-parsed-unchecked", "model-call-unbounded"])
    def test_a_repository_without_language_models_is_not_asked(self, name):
        assert signal(name, {"a.py": "import json\njson.loads(r.content)\n"}).state is State.NOT_APPLICABLE


class TestSettings:
    def test_two_files_alike_are_no_copies_yet(self):
        text = "".join(f"key_{number}: {number}\n" for number in range(12))
        files = {"run.py": "x = 1\n", "conf/a.yaml": text, "conf/b.yaml": text}
        assert signal("settings-copied", files).state is State.ABSENT
        assert signal("settings-copied", {**files, "conf/c.yaml": text}).state is State.FOUND

    def test_toml_is_read_with_its_tables(self):
        text = "[a]\n" + "".join(f"key_{number} = {number}\n" for number in range(6))
        text += text.replace("[a]", "[b]")
        files = {f"conf/{name}.toml": text for name in "abc"}
        assert signal("settings-copied", {"run.py": "x = 1\n", **files}).value == 3

    def test_other_keys_at_the_same_depth_are_another_file(self):
        files = {
            f"conf/{name}.yaml": "".join(f"{name}_{number}:\n  low: 1\n" for number in range(12)) for name in "abc"
        }
        assert signal("settings-copied", {"run.py": "x = 1\n", **files}).state is State.ABSENT


def test_an_owner_file_without_an_owner_is_none():
    assert signal("owners-named", {"a.py": "", "CODEOWNERS": "*\n"}).state is State.ABSENT


def test_a_route_of_a_client_is_no_route():
    code = 'import requests\nrequests.post("/predict", json=model.predict(x))\n'
    assert signal("endpoint-without-authentication", {"a.py": code}).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("answer.py", '{"gender": gender, "reading_score": reading, "writing_score": writing}'),
        ("train.py", '{"precision": precision, "f1_score": f1, "optimal_threshold": cut}'),
        ("evaluate.py", '{"prediction": predicted, "truth": truth}'),
        ("steps/model_evaluator.py", '{"prediction": predicted, "truth": truth}'),
    ],
)
def test_inputs_and_metrics_are_no_record_of_a_prediction(path, record):
    code = f"def answer(model, rows):\n    predicted = model.predict(rows)\n    return {record}\n"
    assert signal("prediction-log-without-version", {path: code}).state is State.UNKNOWN
    kept = code.replace(record, '{"customer": rows[0], "risk_score": predicted}')
    assert signal("prediction-log-without-version", {"serve.py": kept}).state is State.FOUND


def test_dependencies_with_a_range_each_are_not_told_of_none_without_one():
    files = {"run.py": "x = 1\n", "requirements.txt": "pandas>=1\nnumpy>=1\nscipy>=1\n"}
    message = signal("unpinned-dependencies", files).message
    assert message == "3 of 3 dependencies have no exact version, and no lock file was seen."


def test_without_a_name_of_a_model_nobody_can_say_that_none_floats():
    code = "import openai\nanswer = openai.OpenAI().chat.completions.create(model=settings.model, messages=[])\n"
    assert signal("floating-model-alias", {"ask.py": code}).state is State.UNKNOWN
    fixed = code.replace("settings.model", '"gpt-4o-2024-08-06"')
    assert signal("floating-model-alias", {"ask.py": fixed}).state is State.ABSENT


def test_one_place_is_spoken_of_as_one():
    code = "from flask import Flask\napp = Flask(__name__)\n@app.route('/predict')\ndef go(): return model.predict(x)\n"
    files = {"app.py": code, "Dockerfile": "FROM python\n"}
    assert signal("endpoint-without-authentication", files).message.startswith("1 route gives a model's answer")
    assert signal("predictions-untraced", files).message.endswith("1 of 1 file that answers with predictions.")
    assert signal("base-image-floating", files).message == "No version, or the latest, in 1 of 1 base image."


def test_tracking_that_is_not_near_training_does_not_count():
    train = "import sklearn\nsklearn.Ridge().fit(x, y)\n"
    apart = {"train.py": train, "report.py": "import mlflow\nmlflow.log_metric('a', 1)\n"}
    near = {**apart, "report.py": "import mlflow\nimport train\nmlflow.log_metric('a', 1)\n"}
    assert signal("experiments-tracked", apart).state is State.ABSENT
    assert signal("experiments-tracked", near).state is State.FOUND


class TestAfterReadingRealRepositories:
    def test_what_a_notebook_installs_itself_is_not_missing(self):
        files = {"a.ipynb": notebook(("!pip install -q 'pandas>=2' \\\n  shap", 1), ("import pandas, shap", 2))}
        assert signal("undeclared-imports", files).state is State.ABSENT

    def test_what_the_platform_brings_to_a_function_is_not_missing(self):
        code = "import boto3\n\ndef {}(event, context):\n    return boto3\n"
        assert signal("undeclared-imports", {"a.py": code.format("lambda_handler")}).state is State.UNKNOWN
        assert signal("undeclared-imports", {"a.py": code.format("handle")}).state is State.FOUND

    def test_a_strong_finding_names_modules_and_no_notebook(self):
        files = {"a.py": "import yaml\n", "b.ipynb": notebook(("import shap", 1))}
        assert {place.path for place in signal("undeclared-imports", files).locations} == {"a.py"}

    def test_a_page_is_no_answer_of_a_model(self):
        code = 'from flask import Flask\napp = Flask(__name__)\n@app.route("{}"{})\n'
        code += "def f():\n    return model.predict(x)\n"
        page, answer = code.format("/", ""), code.format("/churn", ', methods=["POST"]')
        assert signal("endpoint-without-authentication", {"a.py": page}).state is State.UNKNOWN
        assert signal("endpoint-without-authentication", {"a.py": answer}).state is State.FOUND

    def test_a_container_behind_a_platform_is_not_blamed(self):
        code = 'from flask import Flask\napp = Flask(__name__)\n@app.route("/ping")\ndef p():\n    return 1\n'
        code += '@app.route("/invocations", methods=["POST"])\ndef f():\n    return model.predict(x)\n'
        assert signal("endpoint-without-authentication", {"a.py": code}).state is State.UNKNOWN

    def test_a_module_of_everything_is_no_feature_module(self):
        features = "".join(
            f"def {name}(x):\n    a = x\n    b = a\n    return b\n\n" for name in ("clean", "b", "c", "d")
        )
        files = {
            "general.py": features,
            "train.py": "from general import clean\nmodel.fit(clean(x))\n",
            "serve.py": f"from general import clean\n{SERVE}",
        }
        assert signal("features-shared", files).state is State.ABSENT

    def test_a_data_set_that_is_pushed_is_no_model(self):
        assert signal("model-registered", {"a.py": "dataset.push_to_hub('x')\n"}).state is State.ABSENT
        made = "from datasets import Dataset\nd = Dataset.from_list(rows)\nd.push_to_hub('x')\n"
        assert signal("model-registered", {"a.py": made}).state is State.ABSENT
        assert signal("model-registered", {"a.py": "model.push_to_hub('x')\n"}).state is State.FOUND

    def test_a_tool_the_application_itself_loads_is_no_tool_of_development(self):
        files = {"app.py": "import nbconvert\n", "requirements.txt": "flask\nnbconvert\n"}
        assert signal("development-in-production", files).state is State.ABSENT

    def test_pictures_of_a_load_test_are_none(self):
        assert signal("load-test-present", {"a.py": "", "jmeter/stats.png": "x"}).state is State.ABSENT
        assert signal("load-test-present", {"a.py": "", "jmeter/plan.jmx": "x"}).state is State.FOUND
