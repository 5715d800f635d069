"""Signals of missing building blocks: frameworks side by side, training at the top of a script, loose transformers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.evidence import Polarity, Strength
from evidence.python_source import Call, PythonFile, Reference
from evidence.repository import Repository
from evidence.signals.detector import PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import document, frameworks, tools_for, words

FRAMEWORKS_STRONG = 3


def several_frameworks(repository: Repository) -> Finding:
    """Counts the jobs (deep learning, boosting, tables) that are done with more than one framework by modules of the
    work; notebooks, imports inside functions, optional ones, tests and examples do not count.

    Found from one such job on. Strong when three frameworks share one job. Weak below: two may be meant, one to train
    and one to serve.
    """
    several: dict[str, dict[str, list[tuple[str, int]]]] = {}
    most = 0
    loaded = tuple(
        file._replace(imports=tuple(record for record in file.imports if not record.lazy)) for file in repository.source
    )
    for job, packages in frameworks().items():
        used = repository.uses(packages, loaded)
        most = max(most, len(used))
        if len(used) > 1:
            several[job] = used
    if not most:
        return unknown("No framework for learning or tables is used in modules.")
    if not several:
        return absent("One framework for each job.")
    said = "; ".join(f"{' and '.join(sorted(used))} for {job}" for job, used in several.items())
    return found(
        f"{said}.",
        (places[0] for used in several.values() for places in used.values()),
        value=sum(len(used) - 1 for used in several.values()),
        strength=Strength.STRONG if most >= FRAMEWORKS_STRONG else Strength.WEAK,
    )


SPREAD_MODULES_MIN = 10
SPREAD_SHARE = 0.5


def learning_package_everywhere(repository: Repository) -> Finding:
    """Counts the modules that import the learning framework most of them import (table, purpose learning). Found when
    they are ten or more and at least half of all modules. Notebooks, optional imports, tests and examples do not count.

    Weak: it asks how dear it would be to change the framework or take its next major version.
    """
    modules = len(repository.source)
    using: dict[str, dict[str, int]] = {}
    for name, places in repository.uses(tools_for("learning"), repository.source).items():
        using[name] = dict(reversed(places))
    if not using:
        return unknown("No module imports a learning framework.")
    name = max(using, key=lambda name: (len(using[name]), name))
    number = len(using[name])
    said = f"{name} is imported by {number} of {counted(modules, 'module')}"
    if number < SPREAD_MODULES_MIN or number < SPREAD_SHARE * modules:
        return absent(f"{said}.", of=modules)
    folders = len({path.rpartition("/")[0] for path in using[name]})
    return found(f"{said}, in {counted(folders, 'folder')}.", using[name].items(), value=number, of=modules)


PREPARES = re.compile(r"(?i)imput|scaler|encod|transformer$|vectori|normali|tokeni|binari|discreti|pca$")
TRAINING = frozenset({"fit", "fit_generator", "train_on_batch", "partial_fit", "backward"})


def training_at_top_level(repository: Repository) -> Finding:
    """Counts modules that train at their top level or under `if __name__ == "__main__"`: a call of `fit`, `backward`
    and the like outside of every function, in a file that imports a learning package. Notebooks are exempt.

    Fitting a scaler or the like is no training. Strong when half of the modules that train do so: what trains can then
    not be imported, tested or run with other data. Weak below.
    """
    places: list[tuple[str, int]] = []
    training = 0
    learning = tools_for("learning")
    for file in repository.source:
        calls = list(_trainings(file))
        if not calls or not repository.uses(learning, (file,)):
            continue
        training += 1
        top = [call for call in calls if call.scope < 0]
        if top and not any(call.scope >= 0 for call in calls):
            places.append((file.path, top[0].line))
    if not training:
        return unknown("No module trains.")
    if not places:
        return absent(f"Training stands in functions in {counted(training, 'training module')}.", of=training)
    return found(
        f"Training stands outside of functions in {len(places)} of {counted(training, 'training module')}.",
        places,
        value=len(places),
        of=training,
        strength=Strength.STRONG if 2 * len(places) >= training else Strength.WEAK,
    )


def _trainings(file: PythonFile) -> Iterator[Call]:
    """The calls that fit a model to data; `loss.backward()` takes nothing, a scaler is no model."""
    if file.called.isdisjoint(TRAINING):
        return
    learns = words("calls", "learns_from_rows")
    scalers = {target for call in file.calls if call.last in learns for target in call.targets}
    makers = file.makers()
    for call in file.calls:
        if call.last in TRAINING and (call.last == "backward" or call.arguments or call.keywords):
            owner = call.name.rpartition(".")[0]
            word = owner.removesuffix("()").rpartition(".")[2]
            maker = makers.get(owner, "").rpartition(".")[2]
            if owner not in scalers and word not in learns and not (PREPARES.search(word) or PREPARES.search(maker)):
                yield call


def transformer_outside_pipeline(repository: Repository) -> Finding:
    """Counts places where a scaler, imputer or encoder (table, learns_from_rows) is fitted in the same function as a
    model, while the file builds no Pipeline and stores no transformer: whoever predicts has to repeat the steps.

    Weak: the steps may be kept in another way.
    """
    places: list[tuple[str, int]] = []
    models = 0
    for file in repository.work:
        if file.called.isdisjoint(FITS) or not file.called.isdisjoint(PIPELINES):
            continue
        found_here, fits_models = _loose(file)
        models += fits_models
        places += [(file.path, line) for line in found_here]
    if not models:
        return unknown("No model of scikit-learn's kind is fitted outside of a Pipeline.")
    if not places:
        return absent(f"No loose transformer beside {counted(models, 'fitted model')}.", of=models)
    return found(
        f"{counted(len(places), 'transformer')} fitted beside a model, in no Pipeline and not stored.",
        places,
        value=len(places),
        of=models,
    )


FITS = frozenset({"fit", "fit_transform"})
PIPELINES = frozenset({"Pipeline", "make_pipeline", "ColumnTransformer", "make_column_transformer"})
STORES = frozenset({"dump", "save", "log_model", "save_model", "to_pickle", "dumps"})


def _loose(file: PythonFile) -> tuple[list[int], int]:
    """The lines where a transformer is fitted in a function that fits a model too, and how many models are fitted."""
    makers = file.makers()
    learns = words("calls", "learns_from_rows")
    stored = {
        argument.name
        for call in file.calls
        if call.last in STORES
        for argument in (*call.arguments, *call.keywords.values())
        if isinstance(argument, Reference)
    }
    transformers: dict[int, list[int]] = {}
    models: set[int] = set()
    number = 0
    for call in file.calls:
        if call.last not in FITS:
            continue
        owner = call.name.rpartition(".")[0]
        maker = makers.get(owner, owner.removesuffix("()"))
        if maker.rpartition(".")[2] in learns:
            if owner not in stored:
                transformers.setdefault(call.scope, []).append(call.line)
        elif call.last == "fit" and maker != owner and len(call.arguments) >= 2:
            models.add(call.scope)
            number += 1
    return [line for scope, lines in transformers.items() if scope in models for line in lines], number


#: languages in which features and models are computed, those that go together as one
COMPUTING = {
    "Python": "Python", "Jupyter notebook": "Python", "Cython": "C", "C": "C", "C++": "C", "CUDA": "C", "SQL": "SQL",
    "R": "R", "Julia": "Julia", "Java": "Java", "Kotlin": "Java", "Scala": "Scala", "Go": "Go", "Rust": "Rust",
    "C#": "C#", "MATLAB": "MATLAB",
}  # fmt: skip
LANGUAGE_SHARE = 0.05


def several_languages(repository: Repository) -> Finding:
    """Counts the languages that hold more than 5 % of the lines in which something is computed. Pages, settings,
    shell scripts and build files do not count; C, C++, CUDA and Cython count as one, Java and Kotlin too.

    Found from two on. Weak: whether one feature crosses from one to the other is not seen.
    """
    lines: dict[str, int] = {}
    for language, number in repository.lines_by_language.items():
        if language in COMPUTING:
            lines[COMPUTING[language]] = lines.get(COMPUTING[language], 0) + number
    total = sum(lines.values())
    if not total:
        return unknown("No code was seen.")
    used = sorted((name for name in lines if lines[name] > LANGUAGE_SHARE * total), key=lambda name: -lines[name])
    if len(used) < 2:
        return absent(f"{used[0]} alone holds more than 5 % of the code.", of=total)
    named = ", ".join(f"{name} {lines[name] / total:.0%}" for name in used)
    return found(
        f"Code in {len(used)} languages: {named}.",
        _largest(repository, used),
        value=len(used),
        of=total,
    )


def _largest(repository: Repository, used: list[str]) -> Iterator[tuple[str, int]]:
    """The largest file of each of the languages."""
    endings = document("languages")["endings"]
    largest: dict[str, tuple[int, str]] = {}
    for member in repository.members:
        language = COMPUTING.get(endings.get(member.path.rpartition(".")[2].lower(), ""), "")
        if language in used:
            largest[language] = max(largest.get(language, (0, "")), (member.size, member.path))
    return ((path, 0) for _, path in largest.values())


SEVERAL_FRAMEWORKS = Detector(
    id="several-frameworks",
    statement="Several frameworks are used for one job",
    area="PIP",
    questions=("PIP-01", "PIP-04"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="whether one trains and the other serves, and frameworks behind a service",
    fix="Choose one framework for each job, or put each behind the same small interface of your own.",
    version=1,
    applies_to=PRODUCTS,
    look=several_frameworks,
)
TRAINING_AT_TOP_LEVEL = Detector(
    id="training-at-top-level",
    statement="Training stands in scripts outside of functions",
    area="PIP",
    questions=("PIP-04",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="training behind calls of your own, and whether the script is only an example",
    fix="Move training into a function from data and settings to a model, and call that from the script.",
    version=1,
    applies_to=PRODUCTS,
    look=training_at_top_level,
)
TRANSFORMER_OUTSIDE_PIPELINE = Detector(
    id="transformer-outside-pipeline",
    statement="Transformers are fitted beside the model and not kept with it",
    area="DAT",
    questions=("DAT-06", "PIP-04"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="transformers stored by other means, and steps repeated correctly when serving",
    fix="Put transformer and model into one Pipeline, and store and serve that.",
    version=1,
    applies_to=PRODUCTS,
    look=transformer_outside_pipeline,
)
SEVERAL_LANGUAGES = Detector(
    id="several-languages",
    statement="Features and models are written in several languages",
    area="PIP",
    questions=("PIP-06",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether one feature crosses from one language to the other, vendored files and other repositories",
    fix="Export the computation instead of writing it again, and test each crossing on shared examples.",
    version=1,
    applies_to=PRODUCTS,
    look=several_languages,
)
LEARNING_PACKAGE_EVERYWHERE = Detector(
    id="learning-package-everywhere",
    statement="One learning framework is imported by most modules",
    area="PIP",
    questions=("ENT-09", "PIP-01"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether its types cross the borders between the parts, and whether swapping it was tried",
    fix="Keep the framework behind the interface of the model, and give other parts arrays and types of your own.",
    version=1,
    applies_to=PRODUCTS,
    look=learning_package_everywhere,
)
