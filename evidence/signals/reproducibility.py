"""Signals of reproducibility: whether runs are recorded, models registered, machines described."""

from __future__ import annotations

import re
from functools import cache

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call, PythonFile
from evidence.repository import Repository, is_record, role_of, tool_of
from evidence.signals.data import ignore_patterns, is_ignored
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import tools_for, words

MODEL_BYTES_MIN = 1_000
MODEL_WORD = re.compile(
    r"(?i)model|weights?|checkpoint|classifier|regressor|(?:^|[/_.-])(?:clf|reg|lr|rf|xgb|lgbm?|svm|knn|net|nn|"
    r"vectori[sz]er|scaler|encoder|tokenizer|tfidf|pipeline)(?:[/_.-]|$)"
)
DATA_WORD = re.compile(r"(?i)(?:^|[._])(?:data|ds|df|rows|table|leaderboard)(?:$|[._])|dataset|dataframe")
DVC_MODEL = re.compile(r"(?im)^[ \t]+-[ \t]+(?=\S*model)\S++$")


def experiments_tracked(repository: Repository) -> Finding:
    """Sees an experiment tracker (table, purpose tracking) that records runs where a model is trained: a call of the
    table `tracking.toml` in a file that trains, or in one that such a file imports or is imported by. An import alone
    does not count.
    """
    tracked = [
        (file, call.line)
        for file in repository.work
        if repository.uses(tools_for("tracking"), (file,))
        for call in file.calls_to(words("tracking", "records_run"))
        if _is_of_a_tracker(file, call)
    ]
    near = _near_training(repository)
    places = [(file.path, line) for file, line in tracked if file.path in near]
    if not places:
        elsewhere = f"; {counted(len(tracked), 'call')} of a tracker elsewhere" if tracked else ""
        return absent(f"No run is recorded by a tracker where a model is trained{elsewhere}.")
    files = len({path for path, _ in places})
    return found(f"Runs are recorded in {counted(files, 'file')} where a model is trained.", places, value=files)


def _is_of_a_tracker(file: PythonFile, call: Call) -> bool:
    """Whether a call belongs to a tracker: by its module, or because a tracker made what it is called on."""
    tops = {module.split(".")[0] for module in tools_for("tracking")}
    base = call.name.rpartition(".")[0]
    made_by = file.makers().get(base, "")
    speaks = base.rpartition(".")[2] in ("run", "experiment", "tracker", "logger", "live")
    return (
        call.name.split(".")[0] in tops
        or made_by.split(".")[0] in tops
        or call.last.endswith("Logger")
        or (call.last.startswith("log_") and speaks)
    )


def _near_training(repository: Repository) -> frozenset[str]:
    """The paths of files that train, and of modules they import or that import them."""
    trains = {file.path for file in repository.work if is_training(repository, file)}
    names = {name for name, file in repository.modules.items() if file.path in trains}
    near = set(trains)
    for name, targets in repository.import_graph.items():
        if name in names:
            near |= {repository.modules[target].path for target in targets}
        elif targets & names:
            near.add(repository.modules[name].path)
    return frozenset(near)


def is_training(repository: Repository, file: PythonFile) -> bool:
    """Whether a file trains a model: it fits, and imports a package for learning."""
    if not repository.calls_any(file, _training_verbs()):
        return False
    tops = _tops_of_learning()
    return any(record.module.partition(".")[0] in tops for record in file.imports)


@cache
def _training_verbs() -> frozenset[str]:
    return words("calls", "trains") - {"fit_transform"}


@cache
def _tops_of_learning() -> frozenset[str]:
    return frozenset(module.partition(".")[0] for module in tools_for("learning"))


def training_unrecorded(repository: Repository) -> Finding:
    """Sees modules of an application that train a model while nothing in the work records a run: no tracker is
    imported, no metrics are written by a logger of a framework, no DVC file holds them.

    Weak: a platform may record runs by itself.
    """
    training = [file for file in repository.source if is_training(repository, file)]
    if not training:
        return unknown("No module that trains a model was seen.")
    everywhere = (*repository.work, *(file for file in repository.python if file.role == "build"))
    trackers = tools_for("tracking")
    tops = {module.partition(".")[0] for module in trackers}
    tools = any(
        record.module.partition(".")[0] in tops and tool_of(trackers, record)
        for file in everywhere
        for record in file.imports
    )
    local = any(repository.calls_any(file, words("tracking", "records_run_locally")) for file in everywhere)
    recorded = any(path.rpartition("/")[2] in ("dvc.yaml", "mlproject") for path in map(str.lower, repository.texts))
    if tools or local or recorded:
        return absent(f"Something records the runs of {counted(len(training), 'module')} that train.", of=len(training))
    return found(
        f"Nothing records the runs of {counted(len(training), 'module')} with training in it.",
        ((file.path, min(c.line for c in file.calls if c.last in words("calls", "trains"))) for file in training),
        value=len(training),
        of=len(training),
    )


def model_registered(repository: Repository) -> Finding:
    """Sees a model entered in a registry by the work (table `tracking.toml`), or kept as an output of a DVC stage."""
    keywords = words("tracking", "registering_keywords")
    calls = words("tracking", "registers_model")
    places = [
        (file.path, call.line)
        for file in repository.work
        if not (file.passed.isdisjoint(keywords) and file.called.isdisjoint(calls))
        for call in file.calls
        if (call.keywords and keywords & call.keywords.keys()) or (call.last in calls and not _is_of_data(file, call))
    ]
    for path, text in repository.texts.items():
        name = path.rpartition("/")[2].lower()
        if (name == "dvc.yaml" and re.search(r"(?m)^[ \t]+outs:", text) and DVC_MODEL.search(text)) or (
            name.endswith(".dvc") and MODEL_WORD.search(path)
        ):
            places.append((path, 0))
    if not places:
        return absent("No model is entered in a registry by the code.")
    return found(f"A model is registered or versioned at {counted(len(places), 'place')}.", places, value=len(places))


def _is_of_data(file: PythonFile, call: Call) -> bool:
    """Whether what is pushed is a data set, by its name or the call that made it, or the call is the file's own."""
    if any(function.name == call.last for function in file.functions):
        return True
    base = call.name.rpartition(".")[0]
    return bool(DATA_WORD.search(base) or DATA_WORD.search(file.makers().get(base, "")))


def model_files_in_repository(repository: Repository) -> Finding:
    """Counts trained models kept as files with the code: not ignored by git, not stored by Git LFS or DVC, outside
    tests, examples and what a tool recorded of a run.

    Some endings only a model has; for others the path must speak of one. Weak: each commit is a version of the model,
    but nothing says which data and run it came from.
    """
    paths = {member.path for member in repository.members}
    ignored = ignore_patterns(repository.texts.get(".gitignore", ""))
    stored = _stored_apart(repository.texts.get(".gitattributes", ""))
    models = [
        member.path
        for member in repository.members
        if member.size >= MODEL_BYTES_MIN
        and is_model_file(member.path)
        and role_of(member.path) == "source"
        and not is_record(member.path)
        and f"{member.path}.dvc" not in paths
        and not is_ignored(member.path, ignored)
        and not is_ignored(member.path, stored)
    ]
    if not models:
        return absent("No trained model is kept with the code.", of=len(repository.members))
    return found(
        f"{counted(len(models), 'trained model')} kept as files with the code.",
        ((path, 0) for path in models),
        value=len(models),
        of=len(repository.members),
    )


def _stored_apart(attributes: str) -> list[str]:
    """The patterns of files that `.gitattributes` hands to Git LFS."""
    return [line.split()[0] for line in attributes.splitlines()[:500] if "filter=lfs" in line and line.split()]


def is_model_file(path: str) -> bool:
    """Whether a path is that of a trained model, as far as its name tells."""
    name, _, last = path.rpartition("/")[2].lower().rpartition(".")
    ending = f".{last}" if name else ""
    if ending in words("tracking", "model_endings"):
        return True
    return ending in words("tracking", "open_endings") and bool(MODEL_WORD.search(path))


def environment_described(repository: Repository) -> Finding:
    """Sees a file that describes the machine the work runs on: Dockerfile, conda environment, Nix, development
    container.
    """
    if not repository.work:
        return unknown("There is no Python code.")
    names = words("tracking", "environment_files")
    places = [
        (member.path, 0)
        for member in repository.members
        if role_of(member.path) in ("source", "build") and _plain_name(member.path) in names
    ]
    if not places:
        return absent("No file that describes the machine was seen.")
    return found(f"The machine is described in {counted(len(places), 'file')}.", places, value=len(places))


def _plain_name(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return "dockerfile" if name.startswith("dockerfile.") or name.endswith(".dockerfile") else name


def determinism_asked_for(repository: Repository) -> Finding:
    """Sees the work ask for the same result twice: a call, a variable of the environment or a keyword of the table
    `tracking.toml`. A variable set to `random` asks for the opposite.
    """
    places = []
    calls, keywords = words("tracking", "determinism_calls"), words("tracking", "determinism_keywords")
    variables = words("tracking", "determinism_variables")
    for file in repository.work:
        if not file.passed.isdisjoint(keywords):
            places += [
                (file.path, call.line)
                for call in file.calls
                if call.keywords and any(call.keywords.get(word) is True for word in keywords)
            ]
        places += [(file.path, call.line) for call in file.calls_to(calls)]
        places += [(file.path, line) for key, line in file.environment_writes if key in variables]
    named = "|".join(sorted(variables))
    variable = re.compile(rf"\b(?:{named})\s*[=:](?!\s*[\"']?random\b)")
    for path, text in repository.texts.items():
        match = variable.search(text)
        if match and role_of(path) in ("source", "build"):
            places.append((path, text.count("\n", 0, match.start()) + 1))
    if not places:
        return absent("Nothing asks the machine for the same result twice.")
    return found(f"The same result twice is asked for at {counted(len(places), 'place')}.", places, value=len(places))


EXPERIMENTS_TRACKED = Detector(
    id="experiments-tracked",
    statement="Training runs are recorded by a tracker",
    area="CFG",
    questions=("CFG-02", "ENT-08"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="runs recorded by a platform, and whether all settings are among what is recorded",
    fix="Record settings, data version and metrics of every run, and compare runs that differ in one setting.",
    version=2,
    applies_to=PRODUCTS,
    look=experiments_tracked,
)
TRAINING_UNRECORDED = Detector(
    id="training-unrecorded",
    statement="Models are trained and no run is recorded",
    area="ENT",
    questions=("CFG-02", "ENT-08"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="runs recorded by a platform or by hand",
    fix="Record settings, data version and metrics of every run, and compare runs that differ in one setting.",
    version=2,
    applies_to=frozenset({Kind.APPLICATION}),
    look=training_unrecorded,
)
MODEL_REGISTERED = Detector(
    id="model-registered",
    statement="Models are kept in a registry",
    area="TST",
    questions=("DAT-09", "TST-05", "TST-06"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="models registered by a platform, and whether what serves asks the registry",
    fix="Enter each model with its run, data version and list of features, and let serving ask for it by alias.",
    version=2,
    applies_to=PRODUCTS,
    look=model_registered,
)
MODEL_FILES_IN_REPOSITORY = Detector(
    id="model-files-in-repository",
    statement="Trained models are kept with the code",
    area="TST",
    questions=("DAT-09", "TST-05"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="which data and run a model came from, and models under other names",
    fix="Keep models in a registry with run, data version and hash, and check the hash when it is loaded.",
    version=1,
    applies_to=PRODUCTS,
    look=model_files_in_repository,
)
ENVIRONMENT_DESCRIBED = Detector(
    id="environment-described",
    statement="The machine the work needs is kept as a file",
    area="TST",
    questions=("RPG-02", "TST-04"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="whether training and serving use it, and drivers outside of it",
    fix="Describe the machine in one file with fixed versions, and train and serve in it.",
    version=1,
    applies_to=PRODUCTS,
    look=environment_described,
)
DETERMINISM_ASKED_FOR = Detector(
    id="determinism-asked-for",
    statement="Training is run so that it gives the same twice",
    area="TST",
    questions=("TST-04",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="flags set as an attribute, and operations that have no repeatable form",
    fix="Ask the framework for repeatable operations where the price allows it, and report the variance where not.",
    version=2,
    applies_to=CODE,
    look=determinism_asked_for,
)
