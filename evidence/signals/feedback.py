"""Signals of feedback loops: outputs that come back as training data, what is recorded of a decision, exploration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from evidence.evidence import Polarity, Strength
from evidence.python_source import Call, PythonFile
from evidence.repository import Repository
from evidence.signals.detector import PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import tools_for, words

PSEUDO_LABELS = re.compile(r"(?i)pseudo_?label|self_?train|weak_?label")
VERSION_WORD = re.compile(
    r"(?i)version|model_?(?:id|name|uri|hash|path|tag|key|run)|^model$|run_?id|revision|checkpoint|release|commit"
)
DECISION_WORD = re.compile(
    r"(?i)^(?:predictions?|predicted(?:_\w+)?|y_pred|y_hat|scores?|probabilit(?:y|ies)|proba|decision|forecast|recommendations?|"
    r"\w+_(?:prediction|probability|score))$"
)
KIND_OF_SCORE = re.compile(r"(?i)^\w+_score$")
METRIC = re.compile(r"(?i)^(?:\w+_)?(?:accuracy|precision|recall|f1|auc|r2|rmse|mae|mse)(?:_score)?$")
EVALUATION_FILE = re.compile(r"(?i)(?:^|[/_])(?:evaluat(?:e|ion|ions|or)|metrics?)\.py$")
_SIGNS = re.compile(r"[-_. ]+")
SETTINGS_WORD = re.compile(r"(?i)^\s*[\"']?([\w.-]+)[\"']?\s*[:=]")


def model_output_feeds_training(repository: Repository) -> Finding:
    """Sees a path or table that one module writes after predicting and another reads for training, and code that
    makes labels from predictions (pseudo-labels).

    Weak: both may use the same folder for different things, and pseudo-labels may be tagged and capped.
    """
    written: dict[str, list[tuple[str, int]]] = {}
    read: dict[str, list[tuple[str, int]]] = {}
    for file in repository.work:
        if not file.called.isdisjoint(words("calls", "predicts")):
            for call, place in _places(file, words("calls", "writes")):
                written.setdefault(place, []).append((file.path, call.line))
        if not file.called.isdisjoint(words("calls", "trains")):
            for call, place in _places(file, words("calls", "reads")):
                read.setdefault(place, []).append((file.path, call.line))
    both = sorted(set(written) & set(read))
    loops = [
        place
        for name in both
        if {path for path, _ in written[name]} != {path for path, _ in read[name]} or len(written[name]) > 1
        for place in (*written[name], *read[name])
    ]
    made = [
        (file.path, function.line)
        for file in repository.work
        for function in file.functions
        if PSEUDO_LABELS.search(function.name)
    ]
    if not loops and not made:
        if not written and not read:
            return unknown("No code that writes predictions or reads training data by name was seen.")
        return absent("No output of a model was seen among the training inputs.")
    what = [
        *([f"{counted(len(both), 'place')} written after predicting and read for training"] if loops else []),
        *([f"{counted(len(made), 'function')} that make labels from predictions"] if made else []),
    ]
    return found(f"Seen: {'; '.join(what)}.", [*loops, *made], value=len(both) + len(made))


def _places(file: PythonFile, verbs: frozenset[str]) -> Iterator[tuple[Call, str]]:
    for call in file.calls_to(verbs):
        first = call.arguments[0] if call.arguments else None
        if isinstance(first, str) and len(first) >= 5 and first != "{}":
            yield call, first.removeprefix("./")


def exploration_present(repository: Repository) -> Finding:
    """Sees words of exploration, hold-outs or shadow runs (table `calls.toml`) as names in the modules or keys of the
    settings, or a package for it. Notebooks are left out, and so are names in the code of a repository that uses a
    simulated world: there an agent explores that learns. Weak: a word is not a share of traffic.
    """
    wanted = words("calls", "exploration_words")
    simulated = repository.uses({name: name for name in words("calls", "simulators")}, repository.work)
    places = [
        place
        for found_at in repository.uses(tools_for("exploration"), repository.source).values()
        for place in found_at
    ]
    for file in repository.source if not simulated and _may_speak_of(repository, wanted) else ():
        for function in file.functions:
            if _speaks_of(function.name, wanted):
                places.append((file.path, function.line))
        for setting in file.settings:
            if _speaks_of(setting.name, wanted):
                places.append((file.path, setting.line))
        for record in file.records:
            if any(_speaks_of(key, wanted) for key in record.keys):
                places.append((file.path, record.line))
    for path, content in repository.texts.items():
        if path.endswith((".yml", ".yaml", ".toml", ".json")) and path not in repository.ci:
            for number, line in enumerate(content.splitlines(), start=1):
                key = SETTINGS_WORD.match(line[:200])
                if key and _speaks_of(key.group(1), wanted):
                    places.append((path, number))
    if not places:
        return absent("No exploration, hold-out or shadow run was seen.")
    return found(
        f"Exploration, a hold-out or a shadow run is named at {counted(len(places), 'place')}.",
        places,
        value=len(places),
    )


def _may_speak_of(repository: Repository, wanted: frozenset[str]) -> bool:
    """Whether any name of the modules holds one of the words, however it is written; far quicker than name by name."""
    names: set[str] = set()
    for file in repository.source:
        names.update([function.name for function in file.functions])
        names.update([setting.name for setting in file.settings])
        for record in file.records:
            names.update(record.keys)
    text = _SIGNS.sub("", "\n".join(names)).lower()
    return any(word.replace("_", "") in text for word in wanted)


@lru_cache(maxsize=1 << 14)  # the same names come again and again: a repository has few
def _speaks_of(name: str, wanted: frozenset[str]) -> bool:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|[-. ]", "_", name).lower()
    return _any_of(wanted).search(plain) is not None


@cache
def _any_of(wanted: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, sorted(wanted)))})s?(?![a-z])")


def prediction_log_without_version(repository: Repository) -> Finding:
    """Sees records with a prediction or decision in code that predicts, and none of their names speaks of the model's
    version.

    A record is a dictionary written in the code or the keywords of a call that logs. Notebooks and modules that
    evaluate are left out, where such names are results of a trial; so is a record with a metric or with several
    scores by name, which are metrics or inputs. Weak: the version may be added by a wrapper or be part of a request id.
    """
    bare: list[tuple[str, int]] = []
    total = 0
    for file in repository.source:
        if file.called.isdisjoint(words("calls", "predicts")) or EVALUATION_FILE.search(file.path):
            continue
        logged = [
            (tuple(call.keywords), call.line)
            for call in file.calls
            if call.keywords and re.match(r"(?i)(?:log|record|insert|publish|send|emit|save)", call.last)
        ]
        for keys, line in [*((record.keys, record.line) for record in file.records), *logged]:
            if any(map(METRIC.match, keys)) or sum(1 for key in keys if KIND_OF_SCORE.match(key)) > 1:
                continue
            if any(map(DECISION_WORD.match, keys)):
                total += 1
                if not any(VERSION_WORD.search(key) for key in keys):
                    bare.append((file.path, line))
    if not total:
        return unknown("No record of a prediction was seen.")
    if not bare:
        return absent(f"The model's version is named in each of {counted(total, 'record')} of a prediction.", of=total)
    return found(
        f"No model version in {len(bare)} of {counted(total, 'record')} of a prediction.",
        bare,
        value=len(bare),
        of=total,
    )


MODEL_OUTPUT_FEEDS_TRAINING = Detector(
    id="model-output-feeds-training",
    statement="A model's output is read for training",
    area="FBL",
    questions=("FBL-02", "FBL-08"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="loops through the product, its users or tables whose names come from settings",
    fix="Mark machine-made labels, cap their share, and check a sample against labels made by people.",
    version=1,
    applies_to=PRODUCTS,
    look=model_output_feeds_training,
)
EXPLORATION_PRESENT = Detector(
    id="exploration-present",
    statement="Part of the traffic is decided without the model",
    area="FBL",
    questions=("FBL-02", "FBL-07"),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="exploration done by an experiment platform, and whether the named share is ever used",
    fix="Keep a stated random share away from the model and use it for training and for measuring effect.",
    version=2,
    applies_to=PRODUCTS,
    look=exploration_present,
)
PREDICTION_LOG_WITHOUT_VERSION = Detector(
    id="prediction-log-without-version",
    statement="Predictions are recorded without the model's version",
    area="FBL",
    questions=("FBL-03",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="versions added by a wrapper, a table's default or the platform",
    fix="Record decision, probability, inputs' key and model version together, joinable with the outcome.",
    version=2,
    applies_to=PRODUCTS,
    look=prediction_log_without_version,
)
