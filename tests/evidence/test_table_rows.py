"""Rows of the tables `calls`, `languages` and `storage`: each is seen, its neighbour is not; no list is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.evidence import State
from evidence.storage import storage_of
from evidence.tables import TABLES, document, words
from tests.evidence.making import evidence_of, repository_of, signal

FOUND, ABSENT, UNKNOWN = State.FOUND, State.ABSENT, State.UNKNOWN
TESTS = Path(__file__).parent
TRAINING = "import sklearn\nsklearn.Ridge().fit(x, y)\n"
SPLIT = "train, test = train_test_split({rows})\n"
ROUTE = 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/orders")\ndef take(order):\n'


def rows(*lists: str) -> list[str]:
    return sorted({word for name in lists for word in words("calls", name)})


def state(identity: str, code: str, path: str = "work.py") -> State:
    return signal(identity, {path: code}).state


def settings_in(code: str) -> float | None:
    """How many learning settings and cut-offs are seen in a file that has four besides."""
    others = "".join(f"Model(weight_decay={number})\n" for number in range(1, 5))
    return signal("config-literals-in-code", {"work.py": f"{others}{code}\n"}).value


# --- calls ---


@pytest.mark.parametrize("name", rows("hyperparameters"))
def test_a_learning_setting_given_as_a_number_is_one(name):
    assert (settings_in(f"Model({name}=7)"), settings_in(f"Model({name}_x=7)")) == (5, 4)


@pytest.mark.parametrize("name", rows("thresholds"))
def test_a_cut_off_given_as_a_number_is_one(name):
    assert (settings_in(f"{name} = 0.7"), settings_in(f"{name}_x = 0.7")) == (5, 4)


@pytest.mark.parametrize("name", rows("scores"))
def test_a_score_held_against_a_number_is_a_cut_off(name):
    code = "if {} > 0.7:\n    pass"
    assert (settings_in(code.format(name)), settings_in(code.format(f"{name}_x"))) == (5, 4)


@pytest.mark.parametrize("maker", rows("learns_from_rows"))
def test_what_learns_from_rows_lets_test_rows_in_when_fitted_before_the_split(maker):
    code = "from sklearn.model_selection import train_test_split\nmade = {}().fit_transform(rows)\n" + SPLIT
    assert state("split-after-fit", code.format(maker, rows="made")) is FOUND
    assert state("split-after-fit", code.format(f"{maker}X", rows="made")) is not FOUND


@pytest.mark.parametrize("call", rows("fits"))
def test_a_call_fits_and_its_neighbour_does_not(call):
    code = "from sklearn.model_selection import train_test_split\nmade = StandardScaler().{}(rows)\n" + SPLIT
    assert state("split-after-fit", code.format(call, rows="made")) is FOUND
    assert state("split-after-fit", code.format(f"{call}_x", rows="made")) is not FOUND


@pytest.mark.parametrize("call", rows("splits"))
def test_a_call_splits_and_its_neighbour_does_not(call):
    package, _, last = call.rpartition(".")
    code = (
        (f"from {package} import {last}\n" if package else "from helpers import *\n")
        + "made = StandardScaler().fit_transform(rows)\n"
        + SPLIT.format(rows="made")
    )
    assert state("split-after-fit", code) is FOUND
    assert state("split-after-fit", code.replace(last, f"{last}_x")) is not FOUND


@pytest.mark.parametrize("call", rows("fetches_by_name"))
def test_a_call_fetches_by_name_and_its_neighbour_does_not(call):
    package, _, last = call.rpartition(".")
    code = (f"from {package} import {last}\n" if package else "") + f"{last}('team/orders')\n"
    assert state("unversioned-remote-data", code) is FOUND
    assert state("unversioned-remote-data", code.replace(last, f"{last}_x")) is UNKNOWN


@pytest.mark.parametrize("keyword", rows("fixes_version"))
def test_a_keyword_fixes_the_version_and_its_neighbour_does_not(keyword):
    code = "load_dataset('team/orders', {}='4f2a')\n"
    assert state("unversioned-remote-data", code.format(keyword)) is ABSENT
    assert state("unversioned-remote-data", code.format(f"{keyword}_x")) is FOUND


@pytest.mark.parametrize("call", rows("fetches_model"))
def test_a_call_fetches_a_model_and_its_neighbour_does_not(call):
    assert state("unversioned-remote-data", f"Model.{call}('team/orders')\n") is FOUND
    assert state("unversioned-remote-data", f"Model.{call}_x('team/orders')\n") is UNKNOWN


@pytest.mark.parametrize("call", rows("reads"))
def test_a_call_reads_a_table_and_its_neighbour_does_not(call):
    code = "pd.{}('https://data.example.org/orders.csv')\n"
    assert state("unversioned-remote-data", code.format(call)) is FOUND
    assert state("unversioned-remote-data", code.format(f"{call}_x")) is UNKNOWN


@pytest.mark.parametrize("call", rows("writes"))
def test_a_call_writes_a_table_and_its_neighbour_does_not(call):
    code = "frame = model.predict(x)\nframe.{}('s3://shop/predictions.csv')\n"
    assert state("shared-output-paths", code.format(call)) is FOUND
    assert state("shared-output-paths", code.format(f"{call}_x")) is not FOUND


@pytest.mark.parametrize("call", rows("trains"))
def test_a_call_trains_and_its_neighbour_does_not(call):
    code = "import random\nrandom.random()\nmodel.{}(x)\n"  # a draw counts where a model is trained
    assert state("unseeded-randomness", code.format(call)) is FOUND
    assert state("unseeded-randomness", code.format(f"{call}_x")) is UNKNOWN


@pytest.mark.parametrize("call", rows("predicts"))
def test_a_call_predicts_and_its_neighbour_does_not(call):
    code = ROUTE + "    return model.{}(order)\n"
    assert state("endpoint-without-authentication", code.format(call)) is FOUND
    assert state("endpoint-without-authentication", code.format(f"{call}_x")) is UNKNOWN


@pytest.mark.parametrize("call", rows("random_estimators", "random_splits", "random_calls"))
def test_chance_without_a_seed_is_seen_and_its_neighbour_is_not(call):
    package = call.rpartition(".")[0]
    code = TRAINING + (f"import {package}\n" if package else "") + "{}(rows)\n"
    assert state("unseeded-randomness", code.format(call)) is FOUND
    assert state("unseeded-randomness", code.format(f"{call}_x")) is UNKNOWN


@pytest.mark.parametrize("keyword", rows("seed_keywords"))
def test_a_keyword_seeds_and_its_neighbour_does_not(keyword):
    assert state("unseeded-randomness", f"KMeans({keyword}=1)\n") is ABSENT
    assert state("unseeded-randomness", f"KMeans({keyword}_x=1)\n") is FOUND


@pytest.mark.parametrize("call", rows("seeds"))
def test_a_call_seeds_and_its_neighbour_does_not(call):
    assert state("unseeded-randomness", f"tool.{call}(1)\nKMeans()\n") is ABSENT
    assert state("unseeded-randomness", f"tool.{call}_x(1)\nKMeans()\n") is FOUND


@pytest.mark.parametrize("word", rows("exploration_words"))
def test_a_word_of_exploration_is_seen_and_its_neighbour_is_not(word):
    assert state("exploration-present", f"{word} = 0.1\n") is FOUND
    assert state("exploration-present", f"un{word} = 0.1\n") is ABSENT


@pytest.mark.parametrize("package", rows("simulators"))
def test_what_explores_in_a_simulated_world_is_no_traffic(package):
    code = "import {}\ndef epsilon_greedy(values):\n    pass\n"
    assert state("exploration-present", code.format(package)) is ABSENT
    assert state("exploration-present", code.format(f"{package}_x")) is FOUND
    settings = {"work.py": code.format(package), "settings.yaml": "holdout_group: 0.05\n"}
    assert signal("exploration-present", settings).state is FOUND


@pytest.mark.parametrize("name", rows("data_version_files"))
def test_a_file_that_keeps_versions_of_data_is_seen(name):
    path, near = (f"data/orders.csv{name}", f"data/orders.csv{name}x") if name == ".dvc" else (name, f"{name}x")
    assert signal("data-version-recorded", {"work.py": "", path: "outs:\n"}).state is FOUND
    assert signal("data-version-recorded", {"work.py": "", near: "outs:\n"}).state is ABSENT


@pytest.mark.parametrize("name", rows("data_check_files"))
def test_a_file_of_a_tool_that_checks_data_is_seen(name):
    assert signal("data-checks-present", {"work.py": "", f"checks/{name}": "a: 1\n"}).state is FOUND
    assert signal("data-checks-present", {"work.py": "", f"checks/x{name}": "a: 1\n"}).state is ABSENT


@pytest.mark.parametrize("ending", rows("data_extensions"))
def test_a_large_file_with_the_ending_of_data_is_seen(ending):
    assert signal("large-data-in-repository", {"work.py": "", f"kept/orders{ending}": 9_000_000}).state is FOUND
    assert signal("large-data-in-repository", {"work.py": "", f"kept/orders{ending}q": 9_000_000}).state is ABSENT


# --- languages ---


@pytest.mark.parametrize(("ending", "language"), document("languages")["endings"].items())
def test_lines_are_counted_by_the_ending_of_the_file(ending, language):
    assert evidence_of({f"a.{ending}": "x\nx\nx"}).lines_by_language == {language: 3}
    assert language not in evidence_of({f"a.{ending}q": "x\nx\nx"}).lines_by_language


# --- storage ---


def storage_in(code: str) -> set[tuple[str, str, str]]:
    """The storage a file reads and writes: kind, how, name."""
    return {(str(use.kind), str(use.mode), use.name) for use in storage_of(repository_of({"work.py": code}))[0]}


def of(name: str) -> list[str]:
    return sorted(words("storage", name))


@pytest.mark.parametrize("scheme", of("schemes"))
def test_an_address_of_shared_storage_is_named_and_its_neighbour_is_not(scheme):
    (use,) = storage_in(f"pd.read_csv('{scheme}://acme-orders/day')")
    assert use[:2] == ("bucket", "read")
    assert use[2].endswith("://acme-orders/day")
    assert not storage_in(f"pd.read_csv('{scheme}x://acme-orders/day')")


@pytest.mark.parametrize("scheme", of("schemes"))
def test_what_stands_before_an_account_stays_only_where_it_is_part_of_the_address(scheme):
    ((_, _, name),) = storage_in(f"pd.read_csv('{scheme}://lake@acme-orders/day')")
    assert ("lake@" in name) is (scheme in of("account_schemes"))


@pytest.mark.parametrize(("call", "mode"), [(c, "read") for c in of("reads")] + [(c, "written") for c in of("writes")])
def test_a_call_tells_reading_from_writing(call, mode):
    assert storage_in(f"tool.{call}('s3://acme-orders/day')") == {("bucket", mode, "s3://acme-orders/day")}
    assert not storage_in(f"tool.{call}_x('s3://acme-orders/day')")


@pytest.mark.parametrize("call", of("by_word_before"))
def test_of_some_calls_the_word_before_tells(call):
    place = ("bucket", "read", "s3://acme-orders/day"), ("bucket", "written", "s3://acme-orders/day")
    assert storage_in(f"spark.read.{call}('s3://acme-orders/day')") == {place[0]}
    assert storage_in(f"frame.write.{call}('s3://acme-orders/day')") == {place[1]}
    assert not storage_in(f"spark.read.{call}_x('s3://acme-orders/day')")


@pytest.mark.parametrize("call", of("opens"))
def test_of_opening_the_mode_tells(call):
    assert storage_in(f"{call}('s3://acme-orders/day')") == {("bucket", "read", "s3://acme-orders/day")}
    assert storage_in(f"{call}('s3://acme-orders/day', 'w')") == {("bucket", "written", "s3://acme-orders/day")}
    assert not storage_in(f"{call}_x('s3://acme-orders/day')")


@pytest.mark.parametrize("name", of("generic"))
def test_a_name_that_stands_for_anything_is_left_out(name):
    code = f"df.to_sql('{name}', con)\npd.read_csv('s3://{name}/day')\nfs.get_feature_view('{name}')\n"
    assert not storage_in(code)
    assert len(storage_in(code.replace(f"'{name}'", f"'{name}_of_acme'").replace(f"//{name}/", f"//{name}-acme/"))) == 3


@pytest.mark.parametrize("schema", of("everywhere"))
def test_behind_a_schema_that_every_database_has_a_name_is_as_general_as_without(schema):
    assert not storage_in(f"df.to_sql('{schema}.orders', con)")
    assert storage_in(f"df.to_sql('{schema}_acme.orders', con)")


@pytest.mark.parametrize("table", of("of_the_database"))
def test_tables_of_the_database_itself_are_left_out(table):
    assert not storage_in(f"q = 'SELECT a FROM {table}.day_orders'")
    assert storage_in(f"q = 'SELECT a FROM {table}_acme.day_orders'")


CALLS = [
    pytest.param(row, name, id=f"{name}-{row['kind']}-{row['mode']}-{'-'.join(row.get('first', ()))}")
    for row in document("storage")["call"]
    for name in row["names"]
]


def call_of(row: dict, name: str, *, by_keyword: bool) -> str:
    """A call of this row with the name where it belongs: at its place, or under its first keyword."""
    given = [f"'{row['first'][0]}'"] if "first" in row else []
    if by_keyword:
        given.append(f"{row['keyword'][0]}='acme.day_orders'")
    else:
        given += ["given"] * (row["argument"] - len(given)) + ["'acme.day_orders'"]
    before = f"tool{row['after']}.x." if "after" in row else ""
    return f"{before}{name}({', '.join(given)})\n"


@pytest.mark.parametrize(("row", "name"), CALLS)
def test_a_call_names_what_it_touches_and_its_neighbour_does_not(row, name):
    imports = f"import {row['needs'][0]}\n" if "needs" in row else ""
    ways = [way for way in (False, True) if ("keyword" if way else "argument") in row]
    assert ways
    for by_keyword in ways:
        code = imports + call_of(row, name, by_keyword=by_keyword)
        if row["kind"] == "temporary":
            named = "spark.table('acme.day_orders')\n"
            assert not storage_in(code + named)
            assert storage_in(code.replace(f"{name}(", f"{name}_x(") + named)
            continue
        seen = {(kind, mode) for kind, mode, shown in storage_in(code) if "acme.day_orders" in shown}
        assert (row["kind"], row["mode"]) in seen, code
        assert not storage_in(code.replace(f"{name}(", f"{name}_x("))
        if imports:
            assert (row["kind"], row["mode"]) not in {use[:2] for use in storage_in(code.removeprefix(imports))}


# --- none is left out ---

#: lists whose rows are proven by what all rows of their table have in common, in test_tables.py
BY_TABLE = {
    "development": "development()",
    "frameworks": "frameworks()",
    "tools": "tools()",
    "distributions": "origins()",
}


@pytest.mark.parametrize("table", TABLES)
def test_every_list_of_every_table_is_gone_through_by_a_test(table):
    text = "".join((TESTS / name).read_text() for name in ("test_tables.py", "test_table_rows.py"))
    for name in document(table):
        if name == "checked":
            continue
        if table in BY_TABLE:
            said = BY_TABLE[table]
        elif name == "pattern":
            said = f'"{table}"'
        elif table == "calls":
            said = f'"{name}"'
        elif table == "storage":
            said = 'document("storage")["call"]' if name == "call" else f'of("{name}")'
        elif table == "languages":
            said = f'document("languages")["{name}"]'
        else:
            said = f'words("{table}", "{name}")'
        assert said in text, f"{table}.toml: no test goes through {name}"
