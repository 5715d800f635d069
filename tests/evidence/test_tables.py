"""Every row of the detection tables is proven: packages are recognised, patterns match their examples and no others."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from evidence import tables
from evidence.evidence import State
from evidence.tables import (
    TABLES,
    development,
    document,
    frameworks,
    normal,
    origins,
    patterns,
    tools,
    tools_for,
    words,
)
from tests.evidence.making import notebook, repository_of, signal

PURPOSES = {
    "monitoring", "data_checks", "config_schema", "data_versioning", "llm", "orchestration", "tracking", "serving",
    "learning", "exploration", "logging", "notebook_runner", "service_metrics", "load_test", "answer_evaluation",
}  # fmt: skip
PATTERNS = [(table, pattern) for table in ("secrets", "models", "places", "documents") for pattern in patterns(table)]


@pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.module)
def test_an_import_of_the_package_is_recognised(tool):
    assert tool.does
    assert tool.does <= PURPOSES
    repository = repository_of({"work/run.py": f"import {tool.module}\n"})
    for purpose in tool.does:
        assert tool.name in repository.uses(tools_for(purpose), repository.source)


@pytest.mark.parametrize("tool", [tool for tool in tools() if "." in tool.module], ids=lambda tool: tool.module)
def test_a_part_of_a_package_is_recognised_when_imported_from_it(tool):
    package, _, part = tool.module.rpartition(".")
    repository = repository_of({"run.py": f"from {package} import {part}\n", "other.py": f"import {package}\n"})
    purpose = min(tool.does)
    found = repository.uses(tools_for(purpose), repository.source).get(tool.name, [])
    assert ("run.py", 1) in found


@pytest.mark.parametrize("pattern", patterns("secrets"), ids=lambda pattern: pattern.name)
def test_each_form_of_a_credential_holds_what_its_row_says_it_needs(pattern):
    assert pattern.needs
    for example in pattern.matches:
        assert any(needed in example for needed in pattern.needs), example


@pytest.mark.parametrize("origin", origins().values(), ids=lambda origin: origin.module)
class TestWhereAnImportComesFrom:
    def test_it_is_missing_when_only_a_neighbour_is_declared(self, origin):
        files = {"work/run.py": f"import {origin.module}\n", "requirements.txt": "zzz-neighbour==1\n"}
        state = signal("undeclared-imports", files).state
        assert state is (State.ABSENT if "*" in origin.brought_by else State.FOUND)

    def test_each_of_its_distributions_and_what_brings_it_declares_it(self, origin):
        for name in (origin.distributions | origin.brought_by) - {"*"}:
            files = {"work/run.py": f"import {origin.module}.part\n", "requirements.txt": f"{name}==1\n"}
            assert signal("undeclared-imports", files).state is State.ABSENT, name

    def test_its_names_are_in_the_form_in_which_they_are_compared(self, origin):
        assert origin.distributions
        assert {normal(name) for name in origin.distributions} == origin.distributions


@pytest.mark.parametrize("name", development())
def test_a_tool_of_development_is_seen_among_what_runs_and_not_in_its_own_group(name):
    files = {"app.py": "import flask\n", "requirements.txt": f"flask==3\n{name.upper()}==1\n"}
    seen = signal("development-in-production", files)
    assert (seen.state, [place.line for place in seen.locations]) == (State.FOUND, [2])
    apart = {"app.py": "", "pyproject.toml": f'[dependency-groups]\nextra = ["{name}"]\n'}
    assert signal("development-in-production", apart).state is not State.FOUND
    near = {"app.py": "", "requirements.txt": f"x-{name}==1\n{name}-x==1\n"}
    assert signal("development-in-production", near).state is State.ABSENT


@pytest.mark.parametrize("name", sorted(words("notebooks", "given_names")))
def test_what_every_session_has_is_not_missed_in_a_notebook(name):
    near = f"{name}_2x"
    assert signal("notebook-hidden-state", {"a.ipynb": notebook((name, 1), ("1", 2))}).state is State.ABSENT
    assert signal("notebook-hidden-state", {"a.ipynb": notebook((near, 1), ("1", 2))}).state is State.FOUND


@pytest.mark.parametrize("name", sorted(words("notebooks", "quiet_magics")))
def test_a_quiet_magic_hides_no_name_and_its_neighbour_may(name):
    quiet, loud = (notebook((f"%{word} x", 1), ("missing", 2)) for word in (name, f"{name}q"))
    assert signal("notebook-hidden-state", {"a.ipynb": quiet}).state is State.FOUND
    assert signal("notebook-hidden-state", {"a.ipynb": loud}).state is State.ABSENT


@pytest.mark.parametrize(("table", "pattern"), PATTERNS, ids=lambda value: getattr(value, "name", value))
def test_a_pattern_matches_its_examples_and_not_its_look_alikes(table, pattern):
    assert pattern.matches
    assert pattern.misses
    assert [text for text in pattern.matches if not pattern.regex.search(text)] == []
    assert [text for text in pattern.misses if pattern.regex.search(text)] == []


@pytest.mark.parametrize(
    ("job", "module", "family"),
    [(job, module, family) for job, rows in frameworks().items() for module, family in rows.items()],
)
def test_a_framework_is_recognised_as_one_of_its_family(job, module, family):
    repository = repository_of({"work/run.py": f"import {module}\n"})
    assert repository.uses(frameworks()[job], repository.source) == {family: [("work/run.py", 1)]}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_when_it_was_last_checked(table):
    assert isinstance(document(table)["checked"], dt.date)


def test_each_table_is_named_with_what_it_holds():
    folder = Path(tables.__file__).parent
    assert sorted(TABLES) == sorted(path.stem for path in folder.glob("*.toml"))


def test_no_package_and_no_word_stands_there_twice():
    modules = [tool.module for tool in tools()]
    assert len(modules) == len(set(modules))
    for table in TABLES:
        for name, listed in document(table).items():
            if isinstance(listed, list) and all(isinstance(word, str) for word in listed):
                assert len(listed) == len(set(listed)), (table, name)


@pytest.mark.parametrize("table", TABLES)
def test_no_whole_credential_stands_in_a_table(table):
    from evidence.tables import pkgutil

    content = (pkgutil.get_data("evidence.tables", f"{table}.toml") or b"").decode()
    for line in content.splitlines():
        for pattern in patterns("secrets"):
            assert not pattern.regex.search(line) or "misses" in line or "regex" in line, pattern.name


MODEL_ROUTE = '@app.post("/predict")\ndef predict(order):\n    return model.predict(order)\n'
OPEN_API = f"from fastapi import FastAPI\napp = FastAPI()\n{MODEL_ROUTE}"


@pytest.mark.parametrize("maker", sorted(words("serving", "applications")))
def test_a_route_is_one_when_it_hangs_on_an_application(maker):
    package, _, name = maker.rpartition(".")
    made = f"from {package} import {name}\nx = {name}()\n" + MODEL_ROUTE.replace("@app", "@x")
    near = made.replace(f"x = {name}()", f"x = {name}Client()")
    assert signal("endpoint-without-authentication", {"api.py": made}).state is State.FOUND
    assert signal("endpoint-without-authentication", {"api.py": near}).state is State.UNKNOWN


@pytest.mark.parametrize("route", sorted(words("serving", "routes")))
def test_a_method_hangs_a_route_and_its_neighbour_does_not(route):
    files = {"api.py": OPEN_API.replace(".post(", f".{route}(")}
    assert signal("endpoint-without-authentication", files).state is State.FOUND
    near = {"api.py": OPEN_API.replace(".post(", f".{route}_x(")}
    assert signal("endpoint-without-authentication", near).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("line", "near"),
    [
        *((f"{name}(key)", f"{name}Less(key)") for name in sorted(words("serving", "authentication_calls"))),
        *((f"import {name}", f"import {name}_x") for name in sorted(words("serving", "authentication_modules"))),
        *(
            (f'read("{name.title()}", "/")', f'read("{name}-x", "/")')
            for name in sorted(words("serving", "authentication_headers"))
        ),
    ],
)
def test_what_asks_who_is_calling_is_recognised(line, near):
    assert signal("endpoint-without-authentication", {"api.py": f"{OPEN_API}{line}\n"}).state is State.ABSENT
    assert signal("endpoint-without-authentication", {"api.py": f"{OPEN_API}{near}\n"}).state is State.FOUND


@pytest.mark.parametrize("call", sorted(words("serving", "untyped_bodies")))
def test_a_body_read_as_it_came_is_seen(call):
    code = f"{OPEN_API}    order = request.{call}()\n"
    assert signal("request-untyped", {"api.py": code}).state is State.FOUND
    assert signal("request-untyped", {"api.py": code.replace(call, f"{call}_x")}).state is State.ABSENT


@pytest.mark.parametrize("package", sorted(words("serving", "typed_requests")))
def test_a_package_gives_requests_a_form(package):
    code = f"{OPEN_API}    order = request.get_json()\n"
    assert signal("request-untyped", {"api.py": f"import {package}\n{code}"}).state is State.ABSENT
    assert signal("request-untyped", {"api.py": f"import {package}_x\n{code}"}).state is State.FOUND


FEATURES = "def make_features(x):\n    x = x + 1\n    x = x * 2\n    return x\n"


@pytest.mark.parametrize("call", sorted(words("serving", "loads_model")))
def test_code_that_loads_a_model_and_predicts_serves(call):
    package = call.rpartition(".")[0]
    train = f"{FEATURES}Ridge().fit(make_features(x))\n"
    serve = f"import {package}\n{FEATURES}model = {call}('m')\nmodel.predict(make_features(x))\n"
    assert signal("features-computed-twice", {"train.py": train, "score.py": serve}).state is State.FOUND
    near = serve.replace(f"{call}(", f"{call}_x(")
    assert signal("features-computed-twice", {"train.py": train, "score.py": near}).state is State.UNKNOWN


@pytest.mark.parametrize("name", sorted(words("serving", "server_functions")))
def test_code_with_a_function_a_server_calls_serves(name):
    train = f"{FEATURES}Ridge().fit(make_features(x))\n"
    serve = f"{FEATURES}def {name}(x):\n    return make_features(x)\n"
    assert signal("features-computed-twice", {"train.py": train, "score.py": serve}).state is State.FOUND
    near = serve.replace(name, f"{name}_x")
    assert signal("features-computed-twice", {"train.py": train, "score.py": near}).state is State.UNKNOWN


@pytest.mark.parametrize("name", sorted(words("serving", "load_test_files")))
def test_a_file_of_a_load_test_is_seen(name):
    assert signal("load-test-present", {"app.py": "", f"checks/{name}": "x"}).state is State.FOUND
    assert signal("load-test-present", {"app.py": "", f"checks/x{name}": "x"}).state is State.ABSENT


TRAINS = "import sklearn\nmodel = sklearn.Ridge().fit(x, y)\n"


@pytest.mark.parametrize("call", sorted(words("tracking", "records_run")))
def test_a_call_of_a_tracker_records_a_run_and_its_neighbour_does_not(call):
    code = f"import mlflow\n{TRAINS}mlflow.{call}(1)\n"
    assert signal("experiments-tracked", {"train.py": code}).state is State.FOUND
    near = code.replace(f"mlflow.{call}(", f"mlflow.{call}_x(")
    assert signal("experiments-tracked", {"train.py": near}).state is State.ABSENT


@pytest.mark.parametrize("call", sorted(words("tracking", "records_run_locally")))
def test_a_logger_of_a_framework_records_a_run(call):
    assert signal("training-unrecorded", {"train.py": f"{TRAINS}{call}('runs')\n"}).state is State.ABSENT
    assert signal("training-unrecorded", {"train.py": f"{TRAINS}{call}_x('runs')\n"}).state is State.FOUND


@pytest.mark.parametrize("package", sorted(tools_for("tracking")))
def test_a_tracker_that_is_imported_records_runs_somewhere(package):
    files = {"train.py": TRAINS, "run.py": f"import {package}\n"}
    assert signal("training-unrecorded", files).state is State.ABSENT
    assert signal("training-unrecorded", {**files, "run.py": f"import {package}_x\n"}).state is State.FOUND
    above, _, part = package.rpartition(".")
    if above:
        assert signal("training-unrecorded", {**files, "run.py": f"from {above} import {part}\n"}).state is State.ABSENT


@pytest.mark.parametrize("call", sorted(words("tracking", "registers_model")))
def test_a_call_registers_a_model(call):
    assert signal("model-registered", {"train.py": f"client.{call}(model)\n"}).state is State.FOUND
    assert signal("model-registered", {"train.py": f"client.{call}_x(model)\n"}).state is State.ABSENT


@pytest.mark.parametrize("keyword", sorted(words("tracking", "registering_keywords")))
def test_a_keyword_registers_a_model(keyword):
    assert signal("model-registered", {"train.py": f"f(model, {keyword}='delay')\n"}).state is State.FOUND
    assert signal("model-registered", {"train.py": f"f(model, {keyword}_x='delay')\n"}).state is State.ABSENT


@pytest.mark.parametrize("ending", sorted(words("tracking", "model_endings")))
def test_an_ending_that_only_a_model_has_is_seen(ending):
    assert signal("model-files-in-repository", {"app.py": "", f"x/net{ending}": 9_000}).state is State.FOUND
    assert signal("model-files-in-repository", {"app.py": "", f"x/net{ending}x": 9_000}).state is State.ABSENT


@pytest.mark.parametrize("ending", sorted(words("tracking", "open_endings")))
def test_an_ending_that_others_have_too_needs_a_path_that_speaks_of_a_model(ending):
    assert signal("model-files-in-repository", {"app.py": "", f"models/a{ending}": 9_000}).state is State.FOUND
    assert signal("model-files-in-repository", {"app.py": "", f"orders/a{ending}": 9_000}).state is State.ABSENT


@pytest.mark.parametrize("name", sorted(words("tracking", "environment_files")))
def test_a_file_that_describes_a_machine_is_seen(name):
    assert signal("environment-described", {"train.py": TRAINS, f"setup/{name}": "x"}).state is State.FOUND
    assert signal("environment-described", {"train.py": TRAINS, f"setup/x{name}": "x"}).state is State.ABSENT


@pytest.mark.parametrize(
    ("line", "near"),
    [
        *((f"torch.{call}(True)", f"torch.{call}_x(True)") for call in sorted(words("tracking", "determinism_calls"))),
        *((f"T({word}=True)", f"T({word}=False)") for word in sorted(words("tracking", "determinism_keywords"))),
        *(
            (f"os.environ['{word}'] = '1'", f"os.environ['{word}_X'] = '1'")
            for word in sorted(words("tracking", "determinism_variables"))
        ),
    ],
)
def test_what_asks_for_the_same_result_twice_is_seen(line, near):
    assert signal("determinism-asked-for", {"train.py": f"import os\n{line}\n"}).state is State.FOUND
    assert signal("determinism-asked-for", {"train.py": f"import os\n{near}\n"}).state is State.ABSENT


@pytest.mark.parametrize("call", sorted(words("checking", "checks_rows")))
def test_a_call_in_a_test_checks_rows(call):
    assert signal("data-tests-present", {"tests/test_a.py": f"rows.{call}()\n"}).state is State.FOUND
    assert signal("data-tests-present", {"tests/test_a.py": f"rows.{call}_x()\n"}).state is State.ABSENT
    assert signal("data-tests-present", {"a.py": f"rows.{call}()\n"}).state is State.ABSENT


@pytest.mark.parametrize("name", sorted(words("checking", "quality_names")))
def test_a_measure_held_against_a_limit_is_seen(name):
    assert signal("model-quality-tested", {"tests/test_a.py": f"assert {name} > 0.9\n"}).state is State.FOUND
    assert signal("model-quality-tested", {"tests/test_a.py": f"assert {name}_x > 0.9\n"}).state is State.ABSENT


@pytest.mark.parametrize("call", sorted(words("checking", "holds_against_known")))
def test_a_prediction_held_against_a_known_one_is_seen(call):
    code = f"{call}(model.predict(x), 1.25)\n"
    assert signal("known-answers-tested", {"tests/test_a.py": code}).state is State.FOUND
    assert signal("known-answers-tested", {"tests/test_a.py": code.replace(call, f"{call}_x")}).state is State.ABSENT


@pytest.mark.parametrize("call", sorted(words("checking", "reads_settings")))
def test_a_test_that_reads_settings_is_seen(call):
    package = call.split(".")[0]
    code = f"import {package}\ndef test_a():\n    {call}('x')\n"
    assert signal("settings-tested", {"tests/test_a.py": code}).state is State.FOUND
    assert signal("settings-tested", {"tests/test_a.py": code.replace("('x')", "_x('x')")}).state is State.ABSENT


LLM = "import openai\n"


@pytest.mark.parametrize("call", sorted((*words("checking", "asks_model"), *words("checking", "model_clients"))))
def test_a_call_of_a_language_model_is_seen(call):
    assert signal("model-call-unbounded", {"a.py": f"{LLM}client.{call}(x=1)\n"}).state is State.FOUND
    assert signal("model-call-unbounded", {"a.py": f"{LLM}client.{call}_x(x=1)\n"}).state is State.UNKNOWN


@pytest.mark.parametrize("word", sorted(words("checking", "bounds")))
def test_a_keyword_bounds_an_answer(word):
    code = f"{LLM}client.chat.completions.create({word}=300)\n"
    assert signal("model-call-unbounded", {"a.py": code}).state is State.ABSENT
    assert signal("model-call-unbounded", {"a.py": code.replace(word, f"{word}_x")}).state is State.FOUND


@pytest.mark.parametrize("word", sorted(words("checking", "schemas")))
def test_a_keyword_or_call_gives_an_answer_a_schema(word):
    read = f"{LLM}import json\njson.loads(r.choices[0].message.content)\n"
    for line in (f"ask({word}=1)", f"x.{word}(1)"):
        assert signal("answer-parsed-unchecked", {"a.py": f"{read}{line}\n"}).state is State.ABSENT
        near = line.replace(word, f"{word}_x")
        assert signal("answer-parsed-unchecked", {"a.py": f"{read}{near}\n"}).state is State.FOUND


@pytest.mark.parametrize("name", sorted(words("checking", "evaluation_files")))
def test_a_file_of_an_evaluation_is_seen(name):
    assert signal("answers-evaluated", {"a.py": LLM, f"checks/{name}": "x"}).state is State.FOUND
    assert signal("answers-evaluated", {"a.py": LLM, f"checks/x{name}": "x"}).state is State.ABSENT
