"""Shared storage the code names: what counts as a name, whether it is read or written, and what must never leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.document import InvalidEvidence, from_json, is_storage_name, to_json
from evidence.evidence import STORAGE_MAX, STORAGE_PLACES_MAX
from evidence.judgement import judge
from evidence.package import build_collector
from evidence.storage import storage_of
from tests.evidence.making import notebook, repository_of


def uses_of(files: dict[str, str] | str) -> set[str]:
    """What a repository reads and writes, as "read table sales.scores"."""
    repository = repository_of({"app.py": files} if isinstance(files, str) else files)
    found, _ = storage_of(repository)
    return {f"{use.mode} {use.kind} {use.name}" for use in found}


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        # calls
        ("import pandas as pd\npd.read_sql_table('churn_scores', con)", "read table churn_scores"),
        ("df.to_sql('churn_scores', con)", "written table churn_scores"),
        ("df.to_sql(name='ml.churn_scores', con=con)", "written table ml.churn_scores"),
        ("spark.table('ml.churn_scores')", "read table ml.churn_scores"),
        ("df.write.mode('overwrite').saveAsTable('ml.churn_scores')", "written table ml.churn_scores"),
        ("df.to_gbq('ml.churn_scores')", "written table ml.churn_scores"),
        ("client.load_table_from_dataframe(df, 'acme.ml.churn_scores')", "written table acme.ml.churn_scores"),
        ("from kafka import KafkaConsumer\nKafkaConsumer('churn-scores', group_id='x')", "read topic churn-scores"),
        ("from confluent_kafka import Consumer\nc.subscribe(['churn-scores'])", "read topic churn-scores"),
        ("from kafka import KafkaProducer\np.send('churn-scores', b'')", "written topic churn-scores"),
        ("spark.readStream.format('kafka').option('subscribe', 'churn-scores').load()", "read topic churn-scores"),
        ("df.write.format('jdbc').option('dbtable', 'ml.churn_scores').save()", "written table ml.churn_scores"),
        ("publisher.topic_path('acme', 'churn-scores')", "written topic churn-scores"),
        ("import boto3\ns3.get_object(Bucket='acme-scores', Key='churn/x.csv')", "read bucket s3://acme-scores/churn"),
        ("import boto3\ns3.upload_file('x', 'acme-scores', 'churn/x.csv')", "written bucket s3://acme-scores/churn"),
        ("import pandas as pd\npd.read_parquet('s3://acme/churn/')", "read bucket s3://acme/churn"),
        ("df.write.parquet('s3a://acme/churn')", "written bucket s3://acme/churn"),
        ("spark.read.parquet('abfss://lake@acme.dfs.core.windows.net/churn')",
         "read bucket abfss://lake@acme.dfs.core.windows.net/churn"),
        ("open('gs://acme/churn/x.csv', 'wb')", "written bucket gs://acme/churn"),
        ("fs.get_feature_view(name='customer_features')", "read feature view customer_features"),
        ("import feast\ns.get_online_features(features=['customer_stats:age'])", "read feature view customer_stats"),
        ("import feast\nfeast.FeatureView(name='customer_stats')", "written feature view customer_stats"),
        ("import mlflow\nmlflow.register_model(uri, 'churn-model')", "written model churn-model"),
        ("import mlflow\nmlflow.pyfunc.load_model('models:/churn-model/Production')", "read model churn-model"),
        # queries
        ("q = 'SELECT a, b FROM ml.churn_scores WHERE a > 1'", "read table ml.churn_scores"),
        ("pd.read_sql(f'select * from {schema}.churn_scores', con)", "read table churn_scores"),
        ("run('INSERT INTO ml.churn_scores SELECT * FROM x')", "written table ml.churn_scores"),
        ("run('CREATE OR REPLACE TABLE `acme.ml.churn_scores` AS SELECT 1')", "written table acme.ml.churn_scores"),
        ("run('MERGE INTO ml.churn_scores t USING x')", "written table ml.churn_scores"),
        (f"q = '''SELECT {'a, ' * 200} b FROM ml.churn_scores'''", "read table ml.churn_scores"),
        # a constant
        ("TABLE = 'ml.churn_scores'\nspark.table(TABLE)", "read table ml.churn_scores"),
        ("TOPIC = 'churny'\nfrom kafka import KafkaProducer\np.send(TOPIC)", "written topic churny"),
        # what is filled in when the code runs
        ("df.to_sql(f'churn_scores_{day}', con)", "written table churn_scores*"),
        ("pd.read_csv(f's3://acme-scores/churn/{day}/x.csv')", "read bucket s3://acme-scores/churn"),
        ("pd.read_csv(f's3://acme-scores-{env}/churn')", "read bucket s3://acme-scores*"),
    ],
)  # fmt: skip
def test_what_code_reads_and_writes_is_named(code, seen):
    assert seen in uses_of(code)


@pytest.mark.parametrize(
    "code",
    [
        "df.to_sql('data', con)",
        "df.to_sql('users', con)",
        "df.to_sql(f'{name}', con)",
        "df.to_sql(f'{a}_{b}', con)",
        "pd.read_csv('data/train.csv')",
        "pd.read_csv('https://example.org/a_b.csv')",
        "pd.read_csv(f's3://{bucket}/churn/x.csv')",
        "pd.read_csv('s3://your-bucket/churn')",
        "help = 'Select the best_model from all_candidates'",
        "q = 'SELECT EXTRACT(year FROM order_date)'",
        "q = 'WITH paid_orders AS (SELECT 1) SELECT * FROM paid_orders'",
        "q = 'WITH a_x AS (SELECT 1), # note\\n### more\\nlate_orders AS (SELECT 1) SELECT * FROM `late_orders`'",
        "q = 'SELECT a FROM b WHERE c_d IS DISTINCT FROM old_d'",
        "q = 'SELECT 1 FROM `my-big-project`.' + name",
        "parts = ['paid_orders AS (SELECT 1)', 'more of it here']\nq = 'SELECT * FROM paid_orders'",
        "q = 'SELECT * FROM information_schema.tables'",
        "q = 'SELECT * FROM sqlite_master'",
        "q = 'SELECT * FROM unnest_it_all(x)'",
        "q = 'SELECT 1 -- FROM ml.churn_scores'",
        "q = \"SELECT 'x FROM ml.churn_scores'\"",
        "mail.send('churn-scores')",
        "df.createOrReplaceTempView('paid_orders')\nspark.table('paid_orders')\nq = 'SELECT * FROM paid_orders'",
        "A = 'ml.one_x'\nA = 'ml.two_x'\nspark.table(A)",
        "client.bucket('acme-scores')",
    ],
)
def test_what_could_be_anybodys_or_tells_nothing_is_left_out(code):
    assert uses_of(code) == set()


@pytest.mark.parametrize(
    "address",
    [
        "s3://AKIAQ3EGRT7YV2WLM5ZP:hunter2secret@acme-scores/churn",
        "s3://hunter2secret@acme-scores/churn",
        "gs://acme-scores/churn?token=hunter2secret",
        "abfss://lake:hunter2secret@acme.dfs.core.windows.net/churn",
        "s3://acme-scores/churn#hunter2secret",
    ],
)
def test_no_credential_and_no_query_leaves_with_an_address(address):
    text = to_json(judge(repository_of({"app.py": f"pd.read_csv({address!r})"})))
    assert "hunter2secret" not in text
    assert "AKIA" not in text


def test_a_name_that_looks_like_a_credential_stays_at_home():
    secret = "ghp_" + "a8Kd72LqPz0XvB41mNcW" + "s9YtRe3UhGjQ5f6o"
    assert uses_of(f"df.to_sql('{secret}', con)\npd.read_csv('s3://acme/{secret}/')") == set()


def test_tests_and_examples_say_nothing_of_what_a_system_touches():
    code = "df.to_sql('churn_scores', con)"
    assert uses_of({"tests/test_a.py": code, "examples/a.py": code, "docs/a.py": code, "src/a.py": ""}) == set()


def test_constants_of_another_module_and_cells_of_a_notebook_are_followed():
    files = {
        "settings.py": "TABLE = 'ml.churn_scores'",
        "run.py": "import settings\nfrom settings import TABLE\nspark.table(settings.TABLE)\ndf.to_sql(TABLE, con)",
    }
    assert uses_of(files) == {"read table ml.churn_scores", "written table ml.churn_scores"}
    assert uses_of({"a.ipynb": notebook(("df.to_sql('churn_scores', con)", 1))}) == {"written table churn_scores"}


def test_files_of_sql_are_read_with_their_lines():
    found, _ = storage_of(
        repository_of({"load.sql": "-- note\n/* x */\nINSERT INTO ml.scores_a\nSELECT * FROM ml.raw_b"})
    )
    assert {(use.name, use.mode.value, use.locations[0].line) for use in found} == {
        ("ml.scores_a", "written", 3),
        ("ml.raw_b", "read", 4),
    }


def test_a_model_of_dbt_writes_the_table_of_its_name_and_reads_what_it_refers_to():
    files = {
        "dbt_project.yml": "name: x",
        "models/churn_scores.sql": "select * from {{ ref('stg_orders') }} join {{ source('crm', 'customers') }}",
    }
    assert uses_of(files) == {"written table churn_scores", "read table stg_orders", "read table crm.customers"}


def test_the_same_name_is_told_once_with_a_few_places_and_never_more_than_the_limit():
    lines = "\n".join(f"spark.table('ml.wide_{n // 9}')" for n in range(9 * (STORAGE_MAX + 5)))
    found, left_out = storage_of(repository_of({"app.py": lines}))
    assert (len(found), left_out) == (STORAGE_MAX, 5)
    assert all(len(use.locations) == STORAGE_PLACES_MAX for use in found)
    notes = judge(repository_of({"app.py": lines})).notes
    assert any("5 more names" in note for note in notes)


# --- the document ---


def document(**storage):
    use = {"kind": "table", "name": "ml.scores_a", "mode": "read", "locations": [{"path": "a.py", "line": 1}]}
    found = json.loads(to_json(judge(repository_of({"app.py": "spark.table('ml.scores_a')"}))))
    return json.dumps({**found, "storage": [{**use, **storage}]})


def test_a_document_comes_back_as_it_went_out_and_one_without_the_part_is_read_too():
    found = judge(repository_of({"app.py": "spark.table('ml.scores_a')"}))
    assert found.storage
    assert from_json(to_json(found)) == found
    plain = judge(repository_of({"app.py": "x = 1"}))
    assert "storage" not in json.loads(to_json(plain)), "who does not know the part reads this too"
    assert from_json(to_json(plain)) == plain


@pytest.mark.parametrize(
    "storage",
    [
        {"kind": "planet"},
        {"mode": "written "},
        {"name": ""},
        {"name": "a\nb"},
        {"name": "<script>alert(1)</script>"},
        {"name": "x" * 201},
        {"name": "s3://key:secret@bucket"},
        {"name": "s3://bucket?sig=1"},
        {"name": "=1+1"},
        {"locations": [{"path": "/etc/passwd", "line": 1}]},
        {"locations": [{"path": "a.py", "line": 1}] * (STORAGE_PLACES_MAX + 1)},
        {"text": "SELECT"},
    ],
)
def test_what_is_no_name_is_refused_at_the_door(storage):
    with pytest.raises(InvalidEvidence, match="storage"):
        from_json(document(**storage))


def test_more_names_than_the_limit_are_refused():
    whole = json.loads(document())
    with pytest.raises(InvalidEvidence, match="storage"):
        from_json(json.dumps({**whole, "storage": whole["storage"] * (STORAGE_MAX + 1)}))


@pytest.mark.parametrize("name", ["ml.scores", "s3://a-b/c", "abfss://lake@acme.net/x", "churn*", "Größe_x"])
def test_names_as_they_are_are_names(name):
    assert is_storage_name(name)


def test_the_collector_in_one_file_carries_it(tmp_path: Path):
    import subprocess
    import sys

    collector = tmp_path / "collect.pyz"
    collector.write_bytes(build_collector())
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "app.py").write_text("spark.table('ml.scores_a')")
    done = subprocess.run(
        [sys.executable, "-I", str(collector), "scan", str(tmp_path / "work"), "--output", str(tmp_path / "e.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [use.name for use in from_json((tmp_path / "e.json").read_text()).storage] == ["ml.scores_a"]


@pytest.mark.parametrize(
    "text",
    ["/*" * 100_000, "'" * 100_001, "CREATE " + " " * 200_000, "FROM " * 40_000, ", a" * 60_000, "UPDATE " * 30_000],
)
def test_no_file_of_sql_holds_up_the_collector(text):
    storage_of(repository_of({"a.sql": f"SELECT 1 FROM ml.some_x\n{text}"}))  # a slow pattern would take minutes here
