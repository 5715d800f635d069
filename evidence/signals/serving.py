"""Signals of serving: who may call, what form a request has, what is counted, and where features are computed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call, Function, PythonFile, Reference, Value
from evidence.repository import Repository, role_of
from evidence.signals.detector import PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import last_words, tools_for, words

APPLICATION_NAME = re.compile(
    r"(?i)^(?:app|router|api|application|server|blueprint|bp|\w+_(?:app|router|api|bp|blueprint))$"
)
PREDICTION_PATH = re.compile(
    r"(?i)predict|infer|scor(?:e|ing)|classif|recommend|forecast|rank|detect|estimate|embed|generate|complet|chat|answer|"
    r"invocations|translate|summari[sz]e|similar"
)
TYPED_BASE = re.compile(r"(?:^|\.)(?:BaseModel|Schema|RootModel|SQLModel|Struct|TypedDict)$|dataclass|@define$")
FORMS = re.compile(
    r"(?i)(?:^|[/_])(?:schemas?|models?|validations?|types|requests?|dto|payloads?|contracts?|service)(?:[/_.]|$)"
)
PAGE_PATH = re.compile(
    r"(?i)^/?$|/(?:home|index|health\w*|ping|thanks|results?|feedback|about|metrics|login|upload)/?$"
)
VERSIONED_PATH = re.compile(r"(?i)^/(?:api/)?v\d+(?:/|$)")
PREFIXES = frozenset({"prefix", "url_prefix"})
CONTRACT_FILE = re.compile(r"(?i)(?:^|/)(?:openapi|swagger|asyncapi)[\w.-]*\.(?:ya?ml|json)$|\.proto$|\.avsc$")
LOG_CALL = re.compile(
    r"(?i)(?:^|\.)_?log(?:ger|ging)?\.(?:debug|info|warning|error|exception|log)$|(?:^|[._])log_\w+$|record_prediction"
)
FEATURE_NAME = re.compile(
    r"(?i)(?:^|_)(?:pre_?process|prepare|features?|transform|clean|encode|normali[sz]e|standardi[sz]e|tokeni[sz]e|"
    r"extract|impute|scale|vectori[sz]e|one_hot|bucketi[sz]e|discreti[sz]e)"
)
COURSE_FOLDER = re.compile(r"(?i)\d|^(?:cohorts|lessons?|weeks?|chapters?|modules?|exercises?)$")
FEATURE_LINES_MIN = 4
LOAD_TEST_FILE = re.compile(
    r"(?i)(?:^|/)(?:load[-_]?tests?|stress[-_]?tests?|perf(?:ormance)?[-_]tests?|k6|locust|jmeter|gatling)/"
    r"(?:[\w.-]+/)*[\w.-]+\.(?:py|js|ts|jmx|sh|scala|ya?ml)$|\.jmx$|"
    r"(?:^|/)(?:k6|load[-_]?tests?|stress[-_]?tests?)(?:[-.]\w+)?\.(?:js|ts|py|sh|ya?ml)$"
)


def routes_of(repository: Repository, file: PythonFile) -> tuple[tuple[Call, str], ...]:
    """The routes a file hangs on an application: (the call, the path)."""
    return repository.said_of(_routes_of, file)


def _routes_of(file: PythonFile) -> tuple[tuple[Call, str], ...]:
    return tuple(_routes(file))


def _routes(file: PythonFile) -> Iterator[tuple[Call, str]]:
    names = words("serving", "routes")
    if file.called.isdisjoint(names):
        return
    makers: dict[str, str] | None = None
    for call in file.calls:
        if call.last not in names or not call.arguments:
            continue
        path = call.arguments[0]
        if isinstance(path, str) and path.startswith("/"):
            base = call.name.rpartition(".")[0]
            makers = file.makers() if makers is None else makers
            made = makers.get(base, "") in words("serving", "applications")
            if made or (base and APPLICATION_NAME.match(base.rpartition(".")[2])):
                yield call, path


def _endpoints(repository: Repository) -> list[tuple[PythonFile, Call, str]]:
    """The routes of the work itself that give a model's answer: by their path, or in a file that predicts."""
    found_routes = []
    for file in repository.source:
        routes = routes_of(repository, file)
        if {path.strip("/") for _, path in routes} >= {"ping", "invocations"}:
            continue  # a container of SageMaker: the platform asks who is calling
        predicts = _predicts(repository, file)
        for call, path in routes:
            given = predicts and call.last not in ("get", "delete") and not PAGE_PATH.search(path)
            if call.last == "route" and "methods" not in call.keywords:
                given = False  # answers to GET: a page
            if PREDICTION_PATH.search(path) or given:
                found_routes.append((file, call, path))
    return found_routes


def _predicts(repository: Repository, file: PythonFile) -> bool:
    return repository.calls_any(file, words("calls", "predicts"))


DEPENDS = frozenset({"Depends"})
HEADER_LENGTH_MAX = 60
AUTH_SWITCHED_ON = re.compile(r"(?im)^[ \t]*auth_?enabled\s*:\s*true")
ASKS_WHO = re.compile(
    r"(?i)auth(?!or(?!i))|current_user|verify_(?:token|key|jwt)|api_?key|login_required|require_(?:user|login)"
)


def endpoint_without_authentication(repository: Repository) -> Finding:
    """Sees routes that give a model's answer while nothing in the work asks who is calling: no call, package or header
    of the table `serving.toml`, no dependency or function named for it.

    Weak: a gateway in front of the service may ask.
    """
    endpoints = _endpoints(repository)
    if not endpoints:
        return unknown("No route that gives a model's answer was seen.")
    asked = any(map(_asks_by_name, repository.source)) or any(map(_asks_by_value, repository.source))
    if asked or any(map(AUTH_SWITCHED_ON.search, repository.texts.values())):
        return absent(f"Callers are asked who they are ({counted(len(endpoints), 'route')}).", of=len(endpoints))
    return found(
        f"{counted(len(endpoints), 'route gives', 'routes give')} a model's answer and nothing asks who is calling.",
        ((file.path, call.line) for file, call, _ in endpoints),
        value=len(endpoints),
        of=len(endpoints),
    )


def _asks_by_name(file: PythonFile) -> bool:
    """Whether a package, a call, a function or a dependency of the file is named for asking who is calling."""
    modules = words("serving", "authentication_modules")
    return (
        not file.called.isdisjoint(words("serving", "authentication_calls"))
        or any(record.module.partition(".")[0] in modules for record in file.imports)
        or any(
            isinstance(value, Reference) and ASKS_WHO.search(value.name)
            for call in file.calls_to(DEPENDS)
            for value in call.arguments
        )
        or ASKS_WHO.search("\n".join([function.name for function in file.functions])) is not None
    )


def _asks_by_value(file: PythonFile) -> bool:
    """Whether the file names a header that says who is calling. This looks at every text, so it comes last."""
    headers = words("serving", "authentication_headers")
    return any(text.text.lower() in headers for text in file.texts if text.length <= HEADER_LENGTH_MAX) or any(
        value.__class__ is str and value.lower() in headers  # faster than isinstance, for every argument there is
        for call in file.calls
        if call.arguments
        for value in call.arguments
    )


def request_untyped(repository: Repository) -> Finding:
    """Sees files that answer requests with a model and read the body as it came (`get_json()`, `await request.json()`),
    while nothing in the file gives it a form.

    A form is a class with typed fields or a package of the table. Strong: any consumer may send any shape, and the
    model gets it.
    """
    answering = [file for file in repository.source if routes_of(repository, file)]
    answering = [
        file
        for file in answering
        if _predicts(repository, file) or any(PREDICTION_PATH.search(path) for _, path in routes_of(repository, file))
    ]
    if not answering:
        return unknown("No file that answers requests with a model was seen.")
    places = [(file.path, line) for file in answering if not _gives_form(file) for line in _raw_bodies(file)]
    if not places:
        return absent(
            f"No body is read as it came; read: {counted(len(answering), 'file')} with a route to the model.",
            of=len(answering),
        )
    return found(
        f"The body of a request is read as it came at {counted(len(places), 'place')}.",
        places,
        value=len(places),
        of=len(answering),
    )


def _raw_bodies(file: PythonFile) -> Iterator[int]:
    raw = {"json", *words("serving", "untyped_bodies")}
    for call in file.calls:
        base = call.name.rpartition(".")[0].rpartition(".")[2]
        loaded = call.name == "json.loads" and any(_is_body(value) for value in call.arguments)
        if loaded or (base == "request" and call.last in raw):
            yield call.line


def _is_body(value: Value) -> bool:
    return isinstance(value, Reference) and bool(re.search(r"(?:^|\.)request\.(?:data|body)$", value.name))


def _gives_form(file: PythonFile) -> bool:
    typed = words("serving", "typed_requests")
    if any(call.last.startswith("validate") for call in file.calls):
        return True
    return any(record.module.split(".")[0] in typed for record in file.imports) or any(
        TYPED_BASE.search(base) for _, bases in file.classes for base in bases
    )


def request_typed(repository: Repository) -> Finding:
    """Sees typed classes (pydantic and the like) in code that answers requests: in a file with routes, imported by such
    a file by their name, or in a module for forms (`schemas`, `validation` ...) that it imports.
    """
    answering = [file for file in repository.source if routes_of(repository, file)]
    if not answering:
        return absent("No route was seen.")
    paths = {file.path for file in answering}
    asked_for = {name for file in answering for record in file.imports for name in record.names}
    loaded = {
        word for file in answering for record in file.imports for word in (*record.module.split("."), *record.names)
    }
    places = [
        (file.path, 0)
        for file in repository.source
        for name, bases in file.classes
        if (file.path in paths or name in asked_for or _holds_forms(file, loaded))
        and any(TYPED_BASE.search(base) and "dataclass" not in base for base in bases)
    ]
    if not places:
        return absent("No typed form of a request was seen.", of=len(answering))
    return found(
        f"{counted(len(places), 'typed class', 'typed classes')} beside {counted(len(answering), 'file')} with routes.",
        places,
        value=len(places),
        of=len(answering),
    )


def _holds_forms(file: PythonFile, loaded: set[str]) -> bool:
    """Whether a module is there for the forms of requests and one of the imported words is in its path."""
    words_of_path = file.path.removesuffix(".py").split("/")
    return bool(FORMS.search(file.path)) and bool(loaded & set(words_of_path[-2:]))


def interface_versioned(repository: Repository) -> Finding:
    """Sees a contract kept as a file (OpenAPI, protocol buffers, Avro) or routes with a version in their path."""
    places = [
        (member.path, 0)
        for member in repository.members
        if CONTRACT_FILE.search(member.path) and role_of(member.path) in ("source", "build")
    ]
    for file in repository.source:
        places += [(file.path, call.line) for call, path in routes_of(repository, file) if VERSIONED_PATH.match(path)]
        if file.passed.isdisjoint(PREFIXES):
            continue
        places += [
            (file.path, call.line)
            for call in file.calls
            if isinstance(prefix := call.keywords.get("prefix", call.keywords.get("url_prefix")), str)
            and VERSIONED_PATH.match(prefix)
        ]
    if not places:
        return absent("No contract file and no version in a route was seen.")
    return found(
        f"A contract or a version of the interface stands at {counted(len(places), 'place')}.",
        places,
        value=len(places),
    )


def service_metrics_present(repository: Repository) -> Finding:
    """Sees a package that counts or times what a service does (table, purpose service_metrics) imported by the work
    itself, not optionally and not the repository's own.
    """
    tools = repository.uses(tools_for("service_metrics"), repository.source)
    if not tools:
        return absent("No package that counts or times requests was seen in use.")
    return found(
        f"In use: {', '.join(sorted(tools)[:4])}.",
        (place for places in tools.values() for place in places),
        value=len(tools),
    )


def predictions_untraced(repository: Repository) -> Finding:
    """Sees files with a route that predict, in which nothing is logged, stored or counted.

    Weak: a middleware, a proxy or the function called may keep the record.
    """
    answering = {file.path: file for file, _, _ in _endpoints(repository) if _predicts(repository, file)}
    if not answering:
        return unknown("No file with a route that predicts was seen.")
    answers = counted(len(answering), "file that answers", "files that answer")
    metrics = repository.uses(tools_for("service_metrics"), repository.source)
    watched = repository.uses(tools_for("monitoring"), repository.source)
    quiet = [file for file in answering.values() if not any(_keeps_trace(call) for call in file.calls)]
    if not quiet or metrics or watched:
        return absent(
            f"Something is logged or counted in {answers} with predictions.",
            of=len(answering),
        )
    return found(
        f"Nothing is logged, stored or counted in {len(quiet)} of {answers} with predictions.",
        (
            (file.path, next(call.line for call in file.calls if call.last in words("calls", "predicts")))
            for file in quiet
        ),
        value=len(quiet),
        of=len(answering),
    )


def _first_prediction(file: PythonFile) -> int:
    return min(call.line for call in file.calls if call.last in words("calls", "predicts"))


def _keeps_trace(call: Call) -> bool:
    return bool(LOG_CALL.search(call.name)) or call.last in (
        "insert", "insert_one", "execute", "publish", "send", "add_task", "put_record", "write", "add_middleware",
    )  # fmt: skip


def features_computed_twice(repository: Repository) -> Finding:
    """Finds functions that make features and stand twice: once where a model is trained, once where it serves, under
    the same name or with the same form.

    Code serves when it hangs routes, holds a function a model server calls, or loads a model and predicts; code trains
    when it fits; what only one side imports belongs to it, what both import to neither. Methods and functions below
    four lines do not count, nor do folders of a course, each of which is a project of its own. Weak: whether tests
    compare the two is not seen, and two implementations in modules were not read in a real repository yet.
    """
    training, serving = _sides(repository)
    if not training or not serving:
        return unknown("Code that trains and code that serves were not both seen.")
    defined: dict[str | int, dict[str, list[tuple[PythonFile, Function]]]] = {}  # by name or form, and by folder
    for file in training:
        for function in _feature_functions(file):
            for key in {function.name, function.shape or function.name}:
                defined.setdefault(key, {}).setdefault(_folder(file.path), []).append((file, function))
    places: set[tuple[str, int]] = set()
    names: set[str] = set()
    in_modules = False
    answered: dict[tuple[str | int, str], bool] = {}  # whether something of this name or form stands in the project
    for file in serving:
        for function in _feature_functions(file):
            for key in {function.name, function.shape or function.name}:
                asked = (key, _folder(file.path))
                if asked not in answered:
                    near = [there for folder, there in defined.get(key, {}).items() if _same_project(asked[1], folder)]
                    places |= {(other.path, there.line) for some in near for other, there in some}
                    in_modules = in_modules or any(not other.is_notebook for some in near for other, _ in some)
                    answered[asked] = bool(near)
                if answered[asked]:
                    names.add(function.name)
                    places.add((file.path, function.line))
    if not places:
        return absent(
            f"No feature function is in both: {counted(len(serving), 'serving file')}, {len(training)} that train.",
            of=len(serving),
        )
    return found(
        f"{counted(len(names), 'feature function')} defined both where the model is trained and where it serves.",
        places,
        value=len(names),
        of=len(serving),
        strength=Strength.STRONG if in_modules and repository.kind is Kind.APPLICATION else Strength.WEAK,
    )


def _sides(repository: Repository) -> tuple[list[PythonFile], list[PythonFile]]:
    """The files of training and those of serving, each with the modules it imports; what both have is left out."""
    by_path = {file.path: file for file in repository.work}
    names = {file.path: name for name, file in repository.modules.items()}
    trains = {path for path, file in by_path.items() if _trains(repository, file)}
    serves = {path for path, file in by_path.items() if _serves(repository, file) and not file.is_notebook}
    sides = []
    for side in (trains - serves, serves - trains):
        loaded = {name for path in side if path in names for name in repository.import_graph[names[path]]}
        sides.append(side | {repository.modules[name].path for name in loaded})
    both = (sides[0] & sides[1]) | (trains & serves)
    training, serving = ([by_path[path] for path in sorted(side - both) if path in by_path] for side in sides)
    return training, serving


def _trains(repository: Repository, file: PythonFile) -> bool:
    return repository.calls_any(file, words("calls", "trains") - {"fit_transform"})


def _serves(repository: Repository, file: PythonFile) -> bool:
    if any(function.name in words("serving", "server_functions") for function in file.functions):
        return True
    loads = any(
        call.name in words("serving", "loads_model") for call in file.calls_to(last_words("serving", "loads_model"))
    )
    return bool(routes_of(repository, file)) or (loads and _predicts(repository, file) and not file.is_notebook)


def _feature_functions(file: PythonFile) -> Iterator[Function]:
    for function in file.functions:
        if not function.class_name and function.lines >= FEATURE_LINES_MIN and FEATURE_NAME.search(function.name):
            yield function


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _same_project(folder: str, other: str) -> bool:
    """Whether files of two folders may belong to one project: not when they lie in different folders of a course."""
    parts, others = folder.split("/"), other.split("/")
    for part, there in zip(parts, others, strict=False):
        if part != there:
            return not (COURSE_FOLDER.search(part) and COURSE_FOLDER.search(there))
    return True


def _makes_features(file: PythonFile) -> bool:
    """Whether most functions of a module make features: a module of everything is not meant."""
    functions = [function for function in file.functions if not function.class_name]
    return 2 * sum(1 for _ in _feature_functions(file)) >= len(functions) > 0


def features_shared(repository: Repository) -> Finding:
    """Sees a module of the repository that makes features and is imported both by code that trains and by code that
    serves.
    """
    makers = {
        name: file for name, file in repository.modules.items() if file.role == "source" and _makes_features(file)
    }
    if not makers:
        return absent("No module with functions that make features was seen.")
    loads = repository.import_graph
    training = [name for name, file in repository.modules.items() if _trains(repository, file)]
    serving = [
        name for name, file in repository.modules.items() if _serves(repository, file) and not _trains(repository, file)
    ]
    used = [
        frozenset(target for name in side for target in loads[name] if target != name) for side in (training, serving)
    ]
    shared = sorted(used[0] & used[1] & makers.keys())
    if not shared:
        return absent("No module with feature functions is imported by both training and serving code.", of=len(makers))
    return found(
        f"{counted(len(shared), 'module')} with feature functions used where the model is trained and where it serves.",
        ((makers[name].path, 0) for name in shared),
        value=len(shared),
        of=len(makers),
    )


def load_test_present(repository: Repository) -> Finding:
    """Sees files of a tool that puts load on a service (locust, k6, JMeter, Gatling, Artillery), or locust in use."""
    files = words("serving", "load_test_files")
    places = {
        (member.path, 0)
        for member in repository.members
        if member.path.rpartition("/")[2].lower() in files or LOAD_TEST_FILE.search(member.path)
    }
    for used in repository.uses(tools_for("load_test"), repository.python).values():
        places.update(used)
    if not places:
        return absent("No load test was seen.")
    return found(
        f"A load test stands in {counted(len({path for path, _ in places}), 'file')}.", places, value=len(places)
    )


ENDPOINT_WITHOUT_AUTHENTICATION = Detector(
    id="endpoint-without-authentication",
    statement="Predictions are given to whoever asks",
    area="ENT",
    questions=("ENT-05",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="gateways, networks and platforms that keep strangers out, and routes put together at run time",
    fix="Give each consumer a credential of its own, and keep the list of consumers with their purpose.",
    version=2,
    applies_to=PRODUCTS,
    look=endpoint_without_authentication,
)
REQUEST_UNTYPED = Detector(
    id="request-untyped",
    statement="Requests to the model are read without a form",
    area="ENT",
    questions=("DAT-03", "ENT-06"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="checks in another module or in a gateway, and bodies read as an attribute",
    fix="Give requests and answers a typed schema with ranges, refuse what does not fit, and publish the schema.",
    version=2,
    applies_to=PRODUCTS,
    look=request_untyped,
)
REQUEST_TYPED = Detector(
    id="request-typed",
    statement="Requests to the model have a typed form",
    area="ENT",
    questions=("DAT-03", "ENT-06"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="whether ranges and meaning are part of the form, and whether consumers rely on it",
    fix="Give requests and answers a typed schema with ranges, refuse what does not fit, and publish the schema.",
    version=2,
    applies_to=PRODUCTS,
    look=request_typed,
)
INTERFACE_VERSIONED = Detector(
    id="interface-versioned",
    statement="The interface is kept under a version",
    area="ENT",
    questions=("ENT-06",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="whether the contract says what a score means, and whether old versions still answer",
    fix="Keep the contract as a file with a version, and announce a change before it comes.",
    version=1,
    applies_to=PRODUCTS,
    look=interface_versioned,
)
SERVICE_METRICS_PRESENT = Detector(
    id="service-metrics-present",
    statement="What the service does is counted and timed, so that growth is seen",
    area="MON",
    questions=("MON-11",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="metrics taken by a proxy or platform, and whether anybody looks at them",
    fix="Count requests, errors and seconds for each route and model version, and set a limit on the trend.",
    version=1,
    applies_to=PRODUCTS,
    look=service_metrics_present,
)
PREDICTIONS_UNTRACED = Detector(
    id="predictions-untraced",
    statement="Predictions are given without a trace",
    area="FBL",
    questions=("FBL-03", "MON-11"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="records kept by a middleware, a proxy or a function in another file",
    fix="Record decision, probability, the key of the inputs and the model's version for each request.",
    version=1,
    applies_to=PRODUCTS,
    look=predictions_untraced,
)
FEATURES_COMPUTED_TWICE = Detector(
    id="features-computed-twice",
    statement="Features are computed by two implementations",
    area="DAT",
    questions=("DAT-06",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="implementations under two names, in another repository or language, and tests that compare them",
    fix="Put feature functions into one package that training and serving both import.",
    version=2,
    applies_to=PRODUCTS,
    look=features_computed_twice,
)
FEATURES_SHARED = Detector(
    id="features-shared",
    statement="Training and serving import the same feature code",
    area="DAT",
    questions=("DAT-06",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="feature stores and packages kept elsewhere, and whether every feature takes this way",
    fix="Put feature functions into one package that training and serving both import.",
    version=3,
    applies_to=PRODUCTS,
    look=features_shared,
)
LOAD_TEST_PRESENT = Detector(
    id="load-test-present",
    statement="A load test is kept with the code",
    area="RPG",
    questions=("RPG-03",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="when it was last run, and at how many times today's load",
    fix="Run a load test at the forecast peak as part of the release.",
    version=2,
    applies_to=PRODUCTS,
    look=load_test_present,
)
