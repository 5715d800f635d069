"""Signals of entanglement: parts that cannot be changed alone, and outputs that anybody can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call, PythonFile, Reference, Result, TextList, Value
from evidence.repository import Repository
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import words

CYCLE_STRONG = 3
SHARED_PLACE = re.compile(
    r"(?i)^(?:s3a?|gs|gcs|abfss?|adl|wasbs?|hdfs|oss)://|^//[\w.-]+/|^\\\\[\w.-]+|^/(?:mnt|dbfs|nfs|shared?|efs)/"
)
PREDICTION_WORD = re.compile(r"(?i)predict|score|forecast|recommend|inference|ranking|churn_list|output")
TABLE_WRITES = frozenset({"to_sql", "saveAsTable", "to_gbq", "insertInto"})


def shared_output_paths(repository: Repository) -> Finding:
    """Counts predictions written to a place others can read: a bucket, a share, a table, named in the code.

    A write counts when its place or the function it stands in speaks of predictions, or when the file also predicts
    and the place is shared. Weak: who may read the place is not seen.
    """
    places: list[tuple[str, int]] = []
    writes = 0
    for file in repository.work:
        if file.called.isdisjoint(words("calls", "writes")):
            continue
        predicts = not file.called.isdisjoint(words("calls", "predicts"))
        for call in file.calls:
            if call.last not in words("calls", "writes"):
                continue
            writes += 1
            place = _place(call)
            function = file.functions[call.scope].name if call.scope >= 0 else ""
            shared = bool(SHARED_PLACE.match(place)) or (call.last in TABLE_WRITES and bool(place))
            if shared and (predicts or PREDICTION_WORD.search(place) or PREDICTION_WORD.search(function)):
                places.append((file.path, call.line))
    if not writes:
        return unknown("No table or file is written by the code.")
    if not places:
        return absent("No prediction is written to a shared place named in the code.", of=writes)
    return found(
        f"{counted(len(places), 'write')} of predictions to a bucket, share or table that others may read.",
        places,
        value=len(places),
        of=writes,
    )


def _place(call: Call) -> str:
    candidates = [
        *call.arguments[:2],
        *(call.keywords.get(name) for name in ("name", "path", "path_or_buf", "destination_table")),
    ]
    return next((value for value in candidates if isinstance(value, str) and value), "")


def import_cycle(repository: Repository) -> Finding:
    """Finds the largest set of first-party modules that import each other in a circle when they are loaded.

    Imports inside functions, under `try`, `if` or type checking do not count, and neither do circles that close only
    through a package's `__init__`. Weak: in a library users do not change parts, and no circle of an application was
    read in a real repository yet.
    """
    graph = {
        name: frozenset(target for target in targets if not _is_package(repository, target))
        for name, targets in repository.import_graph.items()
        if not _is_package(repository, name) and repository.modules[name].role == "source"
    }
    if len(graph) < 2:
        return unknown("There are fewer than two modules that could import each other.")
    circles = sorted(circles_of(graph), key=lambda circle: (-len(circle), circle))
    if not circles:
        return absent(f"No circle among {counted(len(graph), 'module')}.", of=len(graph))
    largest = circles[0]
    clear = len(largest) >= CYCLE_STRONG and repository.kind is Kind.APPLICATION
    return found(
        f"{counted(len(circles), 'circle')} of imports; the largest ties {len(largest)} of {len(graph)} modules.",
        _places_in(repository, largest),
        value=len(largest),
        of=len(graph),
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _is_package(repository: Repository, name: str) -> bool:
    return repository.modules[name].path.endswith("__init__.py")


def _places_in(repository: Repository, circle: list[str]) -> Iterator[tuple[str, int]]:
    """Each module of a circle with the line of its first import that stays in it, 0 where none can be told."""
    lasts = Counter(name.rpartition(".")[2] for name in circle)
    for name in circle:
        own = name.rpartition(".")[2]
        inside = (
            record.line
            for record in repository.modules[name].imports
            if not record.lazy
            and any(lasts[word] > (word == own) for word in (*record.names, record.module.rpartition(".")[2]))
        )
        yield repository.modules[name].path, next(inside, 0)


def circles_of(graph: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """The sets of two or more nodes that all reach each other (Kosaraju's two walks, without recursion)."""
    backward: dict[str, list[str]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets & graph.keys():
            backward[target].append(node)
    seen: set[str] = set()
    for start in reversed(_by_leaving(graph)):
        circle: list[str] = []
        pending = [start]
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                circle.append(node)
                pending.extend(backward[node])
        if len(circle) > 1:
            yield sorted(circle)


def _by_leaving(graph: Mapping[str, frozenset[str]]) -> list[str]:
    """The nodes in the order in which a walk in depth leaves them."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(graph):
        pending = [(start, False)]
        while pending:
            node, left = pending.pop()
            if left:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                pending.append((node, True))
                pending.extend((target, False) for target in sorted(graph[node] & graph.keys()))
    return order


STACKS = frozenset({"StackingClassifier", "StackingRegressor", "StackingCVClassifier", "StackingCVRegressor",
                    "ClassifierChain", "RegressorChain"})  # fmt: skip
JOINS = frozenset({"concat", "concatenate", "column_stack", "hstack", "vstack", "stack", "DataFrame", "assign", "merge",
                   "join", "reshape", "insert", "append", "array", "asarray", "to_frame", "Series"})  # fmt: skip
CALIBRATES = re.compile(r"(?i)calib|isotonic|platt")
OWN_ROWS = frozenset({"predict", "predict_proba", "decision_function", "cross_val_predict"})


def models_chained(repository: Repository) -> Finding:
    """Counts places where what one model predicted is among the inputs another model is fitted to, in the same function
    (through steps of joining tables or columns), and models made to stack or chain others. Calibration does not count.

    Weak: the upper model is fitted to the mistakes of the lower one, but no such place was read in a real repository
    yet.
    """
    places: list[tuple[str, int]] = []
    fits = 0
    for file in repository.work:
        fits += sum(1 for call in file.calls if call.last == "fit")
        places += [(file.path, line) for line in _chains(file)]
    if not fits:
        return unknown("No model is fitted.")
    if not places:
        return absent(f"No model of {counted(fits, 'fit')} was seen to learn from another's predictions.", of=fits)
    modules = {file.path for file in repository.source}
    return found(
        f"{counted(len(places), 'model')} learning from what another model predicted.",
        places,
        value=len(places),
        of=fits,
        strength=Strength.STRONG if any(path in modules for path, _ in places) else Strength.WEAK,
    )


def _chains(file: PythonFile) -> Iterator[int]:
    """The lines where a model is fitted to predictions, followed name by name in the order of the source."""
    if "fit" not in file.called and STACKS.isdisjoint(file.called):
        return
    makers = file.makers()
    predicted: dict[int, dict[str, str]] = {}  # of each function: name -> the model whose predictions it holds
    for call in file.calls:
        names = predicted.setdefault(call.scope, {})
        owner = call.name.rpartition(".")[0]
        if call.last in STACKS and call.name != call.last:
            yield call.line
        elif call.last in OWN_ROWS and not call.nested and owner:
            names.update(dict.fromkeys(call.targets, owner))
        elif call.last == "fit" and owner and len(call.arguments) >= 2:
            source = "" if CALIBRATES.search(f"{owner} {makers.get(owner, '')}") else _holds(call.arguments[0], names)
            if source and source not in (owner, owner.removesuffix("()")):
                yield call.line
        elif call.targets and not call.nested:
            given = (call.arguments, tuple(call.keywords.values())) if call.last in JOINS else ()
            source = next((_holds(value, names) for values in given for value in values if _holds(value, names)), "")
            for target in call.targets:
                names.pop(target, None)
                if source:
                    names[target] = source


def _holds(value: Value, names: Mapping[str, str]) -> str:
    """The model whose predictions a value is, or ""."""
    if isinstance(value, Reference):
        return names.get(value.name, "")
    if isinstance(value, Result) and value.call.rpartition(".")[2] in OWN_ROWS:
        return value.call.rpartition(".")[0]
    return ""


FEATURE_NAME = re.compile(
    r"(?i)feature|feats?\b|column|(?:^|_)cols?(?:$|_)|predictor|covariate|variables|attributes|(?:^|_)inputs?(?:$|_)|numeric|"
    r"categorical|usecols|subset|fields"
)


def feature_lists_repeated(repository: Repository) -> Finding:
    """Counts lists of nine or more names that stand in more than one file and are columns: given to a name such as
    `features` or `columns`, or used to choose columns of a table. The order does not matter.

    Strong when two of the files are modules: one of them will be changed alone. Weak in notebooks.
    """
    lists: dict[int, dict[str, tuple[str, TextList]]] = {}
    columns: set[int] = set()
    modules = {file.path for file in repository.source}
    for file in repository.work:
        for one in file.text_lists:
            if one.chooses or FEATURE_NAME.search(one.name.rpartition(".")[2]):
                columns.add(one.content)
            lists.setdefault(one.content, {}).setdefault(file.path, (file.path, one))
    seen = {content: places for content, places in lists.items() if content in columns}
    if not seen:
        return unknown("No long list of columns is written in the code.")
    repeated = [places for places in seen.values() if len(places) > 1]
    if not repeated:
        return absent(f"No two files hold the same of {counted(len(seen), 'long list')} of columns.", of=len(seen))
    in_modules = any(len(modules & places.keys()) > 1 for places in repeated)
    longest = max(one.length for places in repeated for _, one in places.values())
    return found(
        f"{len(repeated)} of {counted(len(seen), 'long list')} of columns stand in more than one file, up to {longest} "
        "names.",
        ((path, one.line) for places in repeated for path, one in places.values()),
        value=len(repeated),
        of=len(seen),
        strength=Strength.STRONG if in_modules else Strength.WEAK,
    )


SHARED_OUTPUT_PATHS = Detector(
    id="shared-output-paths",
    statement="Predictions are written to a shared place",
    area="ENT",
    questions=("ENT-05",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="who may read the place, and outputs whose place comes from settings",
    fix="Give each consumer access by name and purpose, and keep the list of consumers with the output.",
    version=1,
    applies_to=PRODUCTS,
    look=shared_output_paths,
)
IMPORT_CYCLE = Detector(
    id="import-cycle",
    statement="Modules import each other in a circle",
    area="ENT",
    questions=("ENT-02",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="ties through data, settings or registries, and imports made at run time",
    fix="Move what both sides need into a module of its own, or turn one direction into an argument.",
    version=2,
    applies_to=CODE,
    look=import_cycle,
)
MODELS_CHAINED = Detector(
    id="models-chained",
    statement="Models are fitted to the predictions of other models",
    area="ENT",
    questions=("ENT-03",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="predictions handed over through files and tables, chains across functions, and chains of deep networks",
    fix="Give the base model the inputs of the correcting one, or record the order in which both are trained together.",
    version=1,
    applies_to=PRODUCTS,
    look=models_chained,
)
FEATURE_LISTS_REPEATED = Detector(
    id="feature-lists-repeated",
    statement="The same list of columns stands in several files",
    area="CFG",
    questions=("CFG-05",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="lists of fewer than nine names, lists that differ by a name, and lists in settings files",
    fix="Keep the list of features in one module or settings file with its version, and read it from there.",
    version=1,
    applies_to=PRODUCTS,
    look=feature_lists_repeated,
)
