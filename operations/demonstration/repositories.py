"""Small invented repositories for the demonstration: text by path, packed in memory and scanned like any upload."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

_PACKED_AT = (2020, 1, 1, 0, 0, 0)  #: the same bytes each time


def packed(files: Mapping[str, str]) -> bytes:
    """The files as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _PACKED_AT), text)
    return buffer.getvalue()


def _notebook(*cells: tuple[int, str]) -> str:
    """A notebook from (execution count, source)."""
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{place}",
                    "execution_count": count,
                    "metadata": {},
                    "outputs": [],
                    "source": source.strip("\n").splitlines(keepends=True),
                }
                for place, (count, source) in enumerate(cells)
            ],
        },
        indent=1,
    )


HOUSES: Mapping[str, str] = {
    "README.md": "# House price estimate\n\nRun `make train` for a new model. The land office file comes by hand.\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . /app\nWORKDIR /app\nCMD ["python", "serve.py"]\n',
    "Makefile": "train:\n\tpython train.py --settings settings.toml\n",
    "requirements.txt": "pandas>=2.1\nscikit-learn\nsqlalchemy>=2\nrequests\nfastapi\n",
    "settings.toml": "[training]\ntrees = 400\ndepth = 9\nseed = 17\n\n[range]\nwidth = 0.08\n",
    "houses/settings.py": '''
"""Settings of a run, typed."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainingSettings:
    trees: int
    depth: int
    seed: int


def read_settings(path: str) -> TrainingSettings:
    with Path(path).open("rb") as file:
        return TrainingSettings(**tomllib.load(file)["training"])
''',
    "houses/sources.py": '''
"""The four sources of the estimate."""

import pandas as pd

CRIME_STATISTICS = "https://statistics.example.org/api/crime?level=district"


def sales(connection):
    return pd.read_sql("select * from sale where sold_on < :until", connection)


def crime_rates():
    # the statistics office replaces this file whenever it corrects a figure
    return pd.read_csv("https://statistics.example.org/api/crime/districts.csv")


def land_office(folder):
    frame = pd.read_csv(folder / "land-office.csv", sep=";")
    if frame.empty:
        raise ValueError("the land office file is empty")
    return frame
''',
    "houses/features.py": '''
"""Inputs of the model, for training and for serving."""


def add_floor_area(frame):
    frame = frame.copy()
    frame["area_for_each_room"] = frame["living_area"] / frame["rooms"].clip(lower=1)
    return frame
''',
    "train.py": '''
"""Train the estimate."""

import argparse
import logging

from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

from houses.features import add_floor_area
from houses.settings import read_settings
from houses.sources import crime_rates, sales

log = logging.getLogger(__name__)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", default="settings.toml")
    settings = read_settings(parser.parse_args().settings)
    frame = add_floor_area(sales(None)).merge(crime_rates(), on="district", how="left", validate="many_to_one")
    train, test = train_test_split(frame, random_state=settings.seed)
    model = RandomForestRegressor(
        n_estimators=settings.trees, max_depth=settings.depth, random_state=settings.seed
    )
    model.fit(train.drop(columns="price"), train["price"])
    log.info("score %.3f", model.score(test.drop(columns="price"), test["price"]))


if __name__ == "__main__":
    main()
''',
    "tests/test_features.py": """
import pandas as pd

from houses.features import add_floor_area


def test_area_for_each_room_survives_zero_rooms():
    frame = pd.DataFrame({"living_area": [80.0], "rooms": [0]})
    assert add_floor_area(frame)["area_for_each_room"].tolist() == [80.0]
""",
}

FORECAST_BEFORE: Mapping[str, str] = {
    "README.md": "# Store demand forecast\n\nStart the notebook from top to bottom. If it stops, start cell 7 again.\n",
    "requirements.txt": "pandas\nscikit-learn\nstatsmodels\npapermill\n",
    "forecast.ipynb": _notebook(
        (3, "import pandas as pd\nfrom sklearn.ensemble import GradientBoostingRegressor"),
        (41, 'sales = pd.read_csv("/home/noor/forecast/sales_last.csv")\nmargin = 1.15'),
        (17, "holidays = pd.read_csv('/home/noor/forecast/holidays_corrected.csv')"),
        (44, "model = GradientBoostingRegressor(n_estimators=300, max_depth=5, learning_rate=0.05)"),
        (43, "frame = sales.merge(holidays)\nframe['weekday'] = frame['day'].astype('datetime64[ns]').dt.weekday"),
        (45, "model.fit(frame[['weekday', 'price']], frame['units'])"),
        (12, "orders = model.predict(tomorrow[['weekday', 'price']]) * margin"),
        (47, "orders.to_csv('/home/noor/forecast/orders.csv')"),
    ),
    "forecast_old.ipynb": _notebook(
        (1, "import pandas as pd"),
        (5, 'sales = pd.read_csv("/home/noor/forecast/sales.csv")'),
        (2, "print(len(sales))"),
        (9, "model.fit(sales[['weekday']], sales['units'])"),
    ),
    "nightly.py": '''
"""What the schedule starts at three in the morning."""

import papermill


def run():
    try:
        papermill.execute_notebook("forecast.ipynb", "/home/noor/forecast/last_night.ipynb")
    except Exception:
        pass
    print("done")


run()
''',
}

FORECAST_AFTER: Mapping[str, str] = {
    "README.md": "# Store demand forecast\n\n`make nightly` trains, forecasts and writes the orders.\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . /app\nWORKDIR /app\nCMD ["python", "-m", "demand.predict"]\n',
    "Makefile": "nightly:\n\tpython -m demand.train --settings settings.toml\n\tpython -m demand.predict\n",
    "requirements.txt": "pandas==2.2.3\nscikit-learn==1.5.2\npydantic==2.9.2\npapermill==2.6.0\n",
    "requirements.lock": "pandas==2.2.3\nscikit-learn==1.5.2\nscipy==1.14.1\npydantic==2.9.2\npapermill==2.6.0\n",
    "settings.toml": "[training]\ntrees = 300\ndepth = 5\nrate = 0.05\nseed = 4\n\n[orders]\nmargin = 1.15\n",
    "notebooks/first_study.ipynb": _notebook(
        (
            3,
            "import pandas\nfrom sklearn.ensemble import GradientBoostingRegressor\nfrom demand import weekday",
        ),
        (21, "sales = pandas.read_parquet('sales.parquet')\nsales['units'].describe()"),
        (8, "sales.groupby('store')['units'].sum().plot.bar()"),
        (22, "weekday(sales).groupby('weekday')['units'].mean()"),
        (11, "sales.query('units == 0').groupby('store').size()"),
        (
            24,
            "model = GradientBoostingRegressor(random_state=4)\nmodel.fit(frame[['weekday', 'price']], frame['units'])",
        ),
        (23, "frame = weekday(sales)\nframe['units'].hist(bins=40)"),
    ),
    "notebooks/weekly_picture.ipynb": _notebook(
        (1, "import pandas\nfrom demand.features import weekday"),
        (2, "week = weekday(pandas.read_parquet('/home/noor/pictures/last_week.parquet'))"),
        (3, "week.groupby('weekday')[['ordered', 'sold', 'thrown_away']].sum().plot.bar()"),
    ),
    "demand/weekly_picture.py": '''
"""The picture that store managers get on Monday mornings."""

import papermill


def draw():
    papermill.execute_notebook("notebooks/weekly_picture.ipynb", "/home/noor/pictures/week.ipynb")
''',
    "demand/features.py": '''
"""Inputs of the forecast."""


def weekday(frame):
    frame = frame.copy()
    frame["weekday"] = frame["day"].dt.weekday
    return frame
''',
    "demand/settings.py": '''
"""Settings of a run, with ranges."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, Field


class TrainingSettings(BaseModel):
    trees: int = Field(gt=0, le=2_000)
    depth: int = Field(gt=0, le=20)
    rate: float = Field(gt=0, lt=1)
    seed: int


def read_settings(path):
    with Path(path).open("rb") as file:
        return TrainingSettings(**tomllib.load(file)["training"])
''',
    "demand/train.py": '''
"""Train the forecast of one night."""

import logging

from sklearn.ensemble import GradientBoostingRegressor

from demand.features import weekday

log = logging.getLogger(__name__)


def train(sales, settings):
    frame = weekday(sales)
    model = GradientBoostingRegressor(
        n_estimators=settings.trees,
        max_depth=settings.depth,
        learning_rate=settings.rate,
        random_state=settings.seed,
    )
    model.fit(frame[["weekday", "price"]], frame["units"])
    log.info("trained on %d rows", len(frame))
    return model
''',
    "demand/predict.py": '''
"""Forecast tomorrow and write the orders."""

import logging

from demand.features import weekday

log = logging.getLogger(__name__)


def orders(model, tomorrow, margin):
    units = model.predict(weekday(tomorrow)[["weekday", "price"]]) * margin
    log.info("%d orders", len(units))
    return units
''',
    "tests/test_features.py": """
import pandas as pd

from demand.features import weekday


def test_a_monday_is_zero():
    frame = pd.DataFrame({"day": pd.to_datetime(["2024-01-01"])})
    assert weekday(frame)["weekday"].tolist() == [0]
""",
    "tests/test_predict.py": """
import pandas as pd

from demand.predict import orders


class Flat:
    def predict(self, rows):
        return pd.Series([10.0] * len(rows))


def test_the_margin_is_added_once():
    tomorrow = pd.DataFrame({"day": pd.to_datetime(["2024-01-01"]), "price": [1.0]})
    assert orders(Flat(), tomorrow, 1.2).tolist() == [12.0]
""",
    ".github/workflows/tests.yml": (
        "name: tests\non: [push]\njobs:\n  tests:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: pip install -r requirements.lock pytest\n      - run: pytest\n"
    ),
}

LEADS: Mapping[str, str] = {
    "README.md": "# Lead scoring\n\n1. `python export.py` 2. `python train.py` 3. `python score.py`\n",
    "requirements.txt": "pandas==2.2.3\nscikit-learn==1.5.2\npyarrow==17.0.0\n",
    "requirements.lock": "pandas==2.2.3\nnumpy==2.1.3\nscikit-learn==1.5.2\npyarrow==17.0.0\n",
    "settings.yaml": "trees: 250\nseed: 8\nregions: [north, south, coast]\n",
    "train.py": '''
"""Train on closed deals."""

import joblib
import pandas as pd
import yaml
from sklearn.ensemble import RandomForestClassifier


def main():
    with open("settings.yaml") as file:
        settings = yaml.safe_load(file)
    deals = pd.read_parquet("deals.parquet")
    model = RandomForestClassifier(n_estimators=settings["trees"], random_state=settings["seed"])
    model.fit(deals.drop(columns="won"), deals["won"])
    joblib.dump(model, "leads.joblib")


if __name__ == "__main__":
    main()
''',
    "score.py": '''
"""Score all open leads and leave the table where sales reads it."""

import joblib
import pandas as pd

TRADE_FAIR_WEIGHT = 1.4


def main():
    leads = pd.read_parquet("leads.parquet")
    model = joblib.load("leads.joblib")
    leads["score"] = model.predict_proba(leads.drop(columns="source"))[:, 1]
    leads.loc[leads["source"] == "fair", "score"] *= TRADE_FAIR_WEIGHT
    leads.to_parquet("s3://company-shared/scores/leads.parquet")
    print("wrote", len(leads))


if __name__ == "__main__":
    main()
''',
}

RECOMMENDATIONS: Mapping[str, str] = {
    "README.md": "# Product recommendations\n\nSee docs/loop-map.md for how clicks come back as training rows.\n",
    "docs/loop-map.md": "# Loop map\n\nShown, clicked, trained on, shown more. The random share breaks it.\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . /app\nWORKDIR /app\nCMD ["python", "serve.py"]\n',
    "requirements.txt": "pandas>=2\nlightgbm>=4\nfastapi\n",
    "settings.yaml": "exploration_share: 0.02\nseed: 3\nmargin_boost: 1.1\n",
    "train.py": '''
"""Train on the click log; randomly shown rows count by one over their propensity."""

import lightgbm as lgb
import pandas as pd
import yaml


def main():
    with open("settings.yaml") as file:
        settings = yaml.safe_load(file)
    assert 0 < settings["exploration_share"] < 0.2
    clicks = pd.read_parquet("logs/shown.parquet")
    clicks = clicks.join(pd.read_parquet("s3://company-shared/scores/leads.parquet"), on="visitor", how="left")
    weight = 1 / clicks["propensity"].clip(lower=settings["exploration_share"])
    model = lgb.LGBMRanker(random_state=settings["seed"])
    model.fit(clicks.drop(columns=["clicked"]), clicks["clicked"], sample_weight=weight)
    model.booster_.save_model("ranker.txt")


if __name__ == "__main__":
    main()
''',
    "serve.py": '''
"""Rank products; a small share of visitors gets a random order, logged with its propensity."""

import logging
import random

from fastapi import FastAPI

log = logging.getLogger(__name__)
app = FastAPI()
MODEL_VERSION = "unset"


@app.get("/recommend")
def recommend(visitor: str, exploration_share: float = 0.02):
    products = candidates(visitor)
    explored = random.random() < exploration_share
    if explored:
        random.shuffle(products)
    log.info("shown", extra={"visitor": visitor, "model_version": MODEL_VERSION, "propensity": exploration_share})
    return products[:8]


def candidates(visitor):
    return [f"product-{number}" for number in range(40)]
''',
    "tests/test_serve.py": """
from serve import candidates


def test_there_are_more_candidates_than_places():
    assert len(candidates("anybody")) > 8
""",
}

FRAUD: Mapping[str, str] = {
    "README.md": "# Card fraud screening\n\nThe cut-offs were set with finance at launch. Do not touch.\n",
    "Dockerfile": 'FROM python:3.9-slim\nCOPY . /app\nWORKDIR /app\nCMD ["python", "serve.py"]\n',
    "requirements.txt": "pandas\nscikit-learn\nimbalanced-learn\nflask\npyyaml\n",
    "config.yaml": "window_days: 90\nretries: 2\n",
    "train.py": '''
"""Train the fraud model."""

import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def main():
    payments = pd.read_parquet("payments.parquet")
    labels = payments.pop("charged_back")
    scaler = StandardScaler()
    payments = scaler.fit_transform(payments)
    payments, labels = SMOTE().fit_resample(payments, labels)
    train_rows, test_rows, train_labels, test_labels = train_test_split(payments, labels)
    model = RandomForestClassifier(n_estimators=500, max_depth=14, min_samples_leaf=3)
    model.fit(train_rows, train_labels)
    print(model.score(test_rows, test_labels))


if __name__ == "__main__":
    main()
''',
    "serve.py": '''
"""Decide on a payment."""

import joblib
import yaml
from flask import Flask, request

app = Flask(__name__)
model = joblib.load("fraud.joblib")
settings = yaml.safe_load(open("config.yaml"))


@app.post("/decide")
def decide():
    payment = request.get_json()
    try:
        score = model.predict_proba([payment["features"]])[0][1]
    except Exception:
        score = 0.0
    return {"decision": decision(score, payment["country"])}


def decision(score, country):
    if country in ("north", "coast"):
        if score > 0.83:
            return "block"
        if score > 0.61:
            return "ask"
        return "pass"
    if score > 0.9:
        return "block"
    if score > 0.72:
        return "ask"
    return "pass"
''',
    "serve_south_old.py": '''
"""Decide on a payment in the south, copied at the start there."""


def decision(score):
    if score > 0.88:
        return "block"
    if score > 0.7:
        return "ask"
    return "pass"
''',
}


def _fraud_at(quarter: int) -> Mapping[str, str]:
    """The fraud screening's repository at the end of an earlier quarter: each hurry since then taken back."""
    files = dict(FRAUD)
    if quarter < 6:
        files["serve.py"] = files["serve.py"].replace(
            """    try:
        score = model.predict_proba([payment["features"]])[0][1]
    except Exception:
        score = 0.0
""",
            """    score = model.predict_proba([payment["features"]])[0][1]
""",
        )
    if quarter < 5:
        files["train.py"] = (
            files["train.py"]
            .replace(
                """    payments, labels = SMOTE().fit_resample(payments, labels)
    train_rows, test_rows, train_labels, test_labels = train_test_split(payments, labels)
""",
                """    train_rows, test_rows, train_labels, test_labels = train_test_split(payments, labels)
    train_rows, train_labels = SMOTE(random_state=7).fit_resample(train_rows, train_labels)
""",
            )
            .replace(
                """    scaler = StandardScaler()
    payments = scaler.fit_transform(payments)
""",
                "",
            )
        )
    if quarter < 4:
        del files["serve_south_old.py"]
    if quarter < 3:
        files["requirements.txt"] = (
            "pandas==1.5.3\nscikit-learn==1.2.2\nimbalanced-learn==0.10.1\nflask==2.2.5\npyyaml==6.0\n"
        )
        files["tests/test_decide.py"] = """
from serve import decision


def test_a_sure_fraud_is_blocked_everywhere():
    assert decision(0.99, "north") == decision(0.99, "south") == "block"
"""
    return files


FRAUD_BEFORE: Mapping[int, Mapping[str, str]] = {quarter: _fraud_at(quarter) for quarter in range(1, 6)}

_HELPER_PROMPT = (
    "You are the service assistant of a furniture shop. Answer in at most five sentences. Use only the documents given "
    "below. If the customer asks for a refund, check the order first and then start the refund with the tool. Never "
    "promise a delivery date. If the customer is angry, say that you understand and offer to hand over to a colleague. "
    "Always end with a question."
)

ASSISTANT: Mapping[str, str] = {
    "README.md": "# Service assistant\n\nAnswers customers in the chat window, with documents and two tools.\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . /app\nWORKDIR /app\nCMD ["python", "-m", "assistant.serve"]\n',
    "requirements.txt": "fastapi==0.115.4\nollama==0.3.3\nlangchain-core==0.3.15\npydantic==2.9.2\n",
    "requirements.lock": "fastapi==0.115.4\nollama==0.3.3\nlangchain-core==0.3.15\npydantic==2.9.2\nhttpx==0.27.2\n",
    "assistant/answer.py": f'''
"""Answer one message."""

import ollama

SYSTEM_PROMPT = """{_HELPER_PROMPT}"""


def answer(message, documents):
    context = "\\n\\n".join(documents)
    reply = ollama.chat(
        model="llama3:latest",
        messages=[
            {{"role": "system", "content": SYSTEM_PROMPT}},
            {{"role": "user", "content": context + message}},
        ],
    )
    return reply["message"]["content"]
''',
    "assistant/tools.py": '''
"""What the assistant may do."""

import ollama


def start_refund(order, amount):
    return {"order": order, "refunded": amount}


def summary(conversation):
    summary_prompt = (
        "Summarise the following conversation for the person who takes over. Name the order, what the customer wants, "
        "what was promised, what has been tried, and how the customer feels about it. Write in short sentences, leave "
        "out greetings, and do not add anything that was not said in the conversation itself."
    )
    return ollama.generate(model="llama3:latest", prompt=summary_prompt + conversation)["response"]
''',
    "assistant/serve.py": '''
"""The chat endpoint."""

from fastapi import FastAPI
from pydantic import BaseModel

from assistant.answer import answer

app = FastAPI()


class Message(BaseModel):
    text: str


@app.post("/v1/answer")
def reply(message: Message):
    return {"text": answer(message.text, [])}
''',
}
