"""Signals of foundation models: where prompts live, which model answers, and what bounds and checks its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.evidence import Kind, Polarity, State, Strength
from evidence.python_source import Call, PythonFile, Reference, Text, Value
from evidence.repository import Repository, is_record, role_of
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found, unknown
from evidence.tables import patterns, tools_for, words

PROMPT_LENGTH_MIN = 200
OPEN_SHARE = 0.75
MESSAGE_LINES_MAX = 5  #: from the start of a message's dictionary to its text
PROMPT_NAME = re.compile(r"(?i)prompt|instruction|system_?(?:message|msg)|^content$|^template$|persona|few_?shot")
PROMPT_START = re.compile(
    r"(?i)^\s*(?:you are (?:a|an|the)\b|act as (?:a|an)\b|your task is\b|answer the (?:following )?question|"
    r"given the following)"
)
MODEL_NAME = re.compile(r"(?i)(?:^|_|\b)(?:model|engine|deployment|llm)(?:_?(?:name|id))?$")
MODEL_SETTING = re.compile(
    r"""(?i)^\s*(?:-\s+)?["']?([\w.-]*(?:model|engine|llm)(?:_?(?:name|id))?)["']?\s*[:=]\s*"""
    r"""["']?([\w./:-]{4,80})["']?\s*,?\s*(?:\#.*)?$"""
)


def prompt_in_code(repository: Repository) -> Finding:
    """Counts prompts as text literals in the code of a repository that calls a language model.

    A prompt is a literal that opens like one ("You are a ..."), or one of 200 characters and more under a name such
    as `prompt`, `system_message` or `content`. Strong in an application; weak in a library, whose prompts are its
    product.
    """
    users = _users(repository)
    if not users:
        return _no_model()
    prompts = [(file.path, text.line) for file in repository.work for text in file.texts if _is_prompt(text, file)]
    if not prompts:
        return absent("No prompt stands in the code.")
    return found(
        f"{counted(len(prompts), 'prompt')} in the code of {counted(len({path for path, _ in prompts}), 'file')}.",
        prompts,
        value=len(prompts),
        strength=Strength.WEAK if repository.kind is Kind.LIBRARY else Strength.STRONG,
    )


def _is_prompt(text: Text, file: PythonFile) -> bool:
    if PROMPT_START.match(text.text) and text.length >= 40:
        return True
    if text.name == "content" and not text.call and not _is_message(text, file):
        return False
    return text.length >= PROMPT_LENGTH_MIN and bool(PROMPT_NAME.search(text.name)) and text.text.count(" ") >= 20


def _is_message(text: Text, file: PythonFile) -> bool:
    """Whether a text under "content" stands beside a "role", as messages to a model do; pages have contents too."""
    return any(
        0 <= text.line - record.line <= MESSAGE_LINES_MAX and "role" in record.keys and "content" in record.keys
        for record in file.records
    )


def _users(repository: Repository) -> dict[str, list[tuple[str, int]]]:
    """Which language-model packages the work uses."""
    return repository.uses(tools_for("llm"), repository.work)


def _no_model() -> Finding:
    return Finding(state=State.NOT_APPLICABLE, message="No language model is called by the code.")


def floating_model_alias(repository: Repository) -> Finding:
    """Counts names of hosted models that the provider moves to another version (table `models.toml`), in the code and
    settings of a repository that calls a language model.

    Direct when the name is handed to a call; strong when it is a constant, a default or a setting, which something
    else may replace; weak in a library.
    """
    if not _users(repository):
        return _no_model()
    called: set[tuple[str, int]] = set()
    named: set[tuple[str, int]] = set()
    fixed = 0
    for file in repository.work:
        for name, line, in_call in _model_names(file):
            if is_floating(name):
                (called if in_call else named).add((file.path, line))
            elif re.search(r"\d{4}|\d{3}$", name):
                fixed += 1
    for path, line, name in _settings(repository):
        if is_floating(name):
            named.add((path, line))
    places = called | named
    if not places and not fixed:
        return unknown("No name of a hosted model was seen that could be told to be fixed or to float.")
    if not places:
        return absent(f"{counted(fixed, 'model name')} with a version, none that floats.", of=fixed)
    strength = Strength.DIRECT if called else Strength.STRONG
    if repository.kind is Kind.LIBRARY:
        strength = Strength.WEAK
    return found(
        f"{counted(len(places), 'place')} with a model name whose version the provider may change, {len(called)} of "
        "them in a call.",
        called or named,
        value=len(places),
        of=len(places) + fixed,
        strength=strength,
    )


def is_floating(name: str) -> bool:
    """Whether a model's name is one the provider points at another version when it likes."""
    return any(pattern.regex.match(name) for pattern in patterns("models"))


def _model_names(file: PythonFile) -> Iterator[tuple[str, int, bool]]:
    """Texts that name a model: (name, line, whether it is handed to a call)."""
    for text in file.texts:
        if MODEL_NAME.search(text.name.rpartition(".")[2]) and text.length <= 80:
            yield (
                text.text,
                text.line,
                bool(text.call)
                and text.call.rpartition(".")[2] not in ("add_argument", "get", "Field", "getenv", "option", "Option"),
            )
    for call in file.calls:
        first = call.arguments[0] if call.arguments else None
        if isinstance(first, str) and re.match(r"(?:Chat|OpenAI|Anthropic|GenerativeModel|Gemini|LLM)", call.last):
            yield first, call.line, True


def _settings(repository: Repository) -> Iterator[tuple[str, int, str]]:
    for path, content in repository.texts.items():
        if path.endswith((".yml", ".yaml", ".toml", ".json", ".env", ".ini", ".cfg")) and path not in repository.ci:
            if role_of(path) != "source" or is_record(path):
                continue
            for number, line in enumerate(content.splitlines(), start=1):
                match = MODEL_SETTING.match(line[:300])
                if match:
                    yield path, number, match.group(2)


ANSWER_NAME = re.compile(
    r"(?i)(?:^|\.)(?:content|output_text|completion|completion_text|generated_text|llm_output|llm_response|reply)$|"
    r"choices\.(?:message\.content|text)$|(?:^|\.)(?:response|completion|message|answer|result)s?\.text$"
)
EVALUATION_FOLDER = re.compile(
    r"(?i)(?:^|/)(?:llm[-_]?)?eval(?:s|uation|uations)?/(?:[\w-]+/)*[\w.-]+\.(?:jsonl|ya?ml|py|csv|json)$"
)
EVALUATION_COMMAND = re.compile(r"(?i)\b(?:promptfoo|deepeval|inspect eval|ragas|evals?/|run_evals?\b|evaluat\w+\.py)")
READS_ANSWER = frozenset({"json.loads", "orjson.loads", "ast.literal_eval", "eval", "json5.loads", "yaml.safe_load"})


def answers_evaluated(repository: Repository) -> Finding:
    """Sees a set of cases or a tool that judges the answers of a language model: settings files of such tools (table
    `checking.toml`), a package of the table (purpose answer_evaluation) in use, a folder of evaluation cases. Says
    whether a build file runs it.
    """
    if not _users(repository):
        return _no_model()
    files = words("checking", "evaluation_files")
    places = {
        (member.path, 0)
        for member in repository.members
        if member.path.rpartition("/")[2].lower() in files or EVALUATION_FOLDER.search(member.path)
    }
    for used in repository.uses(tools_for("answer_evaluation"), repository.python).values():
        places.update(used)
    if not places:
        return absent("No evaluation of answers was seen.")
    runs = any(EVALUATION_COMMAND.search(text) for text in repository.ci.values())
    return found(
        f"Answers are evaluated in {counted(len({path for path, _ in places}), 'file')}; "
        f"{'a build file runs it' if runs else 'no build file was seen to run it'}.",
        places,
        value=len(places),
    )


def model_call_unbounded(repository: Repository) -> Finding:
    """Counts calls of a language model, and clients made for one, that set no limit to the length of the answer (names
    of the table `checking.toml`). Calls with keywords that are not followed (`**options`) do not count.

    Strong in an application when three of four calls are so: length, time and price of a task then have no bound that
    the code sets. Weak otherwise, and where only notebooks call it.
    """
    if not _users(repository):
        return _no_model()
    lasts = words("checking", "model_clients") | {name.rpartition(".")[2] for name in words("checking", "asks_model")}
    asking = (file for file in repository.work if repository.calls_any(file, lasts))
    calls = [(file.path, call) for file in asking for call in file.calls if call.last in lasts and _asks_model(call)]
    seen = [(path, call) for path, call in calls if "**" not in call.keywords]
    if not seen:
        return unknown("No call of a language model was seen whose keywords could be followed.")
    bounds = words("checking", "bounds")
    open_ended = [(path, call.line) for path, call in seen if not bounds & call.keywords.keys()]
    if not open_ended:
        return absent(f"Each of {counted(len(seen), 'call')} of a language model is bounded.", of=len(seen))
    in_modules = any(not path.endswith(".ipynb") for path, _ in open_ended)
    clear = repository.kind is Kind.APPLICATION and in_modules and len(open_ended) >= OPEN_SHARE * len(seen)
    return found(
        f"{len(open_ended)} of {counted(len(seen), 'call')} of a language model set no limit to the answer.",
        open_ended,
        value=len(open_ended),
        of=len(seen),
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _asks_model(call: Call) -> bool:
    if call.last in words("checking", "model_clients"):
        return True
    return any(call.name == name or call.name.endswith(f".{name}") for name in words("checking", "asks_model"))


def answer_parsed_unchecked(repository: Repository) -> Finding:
    """Sees the text of a model's answer read as data (`json.loads`, `literal_eval`, `eval`) in files that give it no
    schema.

    An answer is told by its name (`choices[0].message.content`, `output_text` ...) in a file that uses a language
    model; a schema by a keyword or call of the table `checking.toml`, or a typed class. Strong in an application: what
    the model wrote is used as it came. Weak in a library.
    """
    if not _users(repository):
        return _no_model()
    schemas = words("checking", "schemas")
    places: list[tuple[str, int]] = []
    parsing = 0
    for file in repository.work:
        if not repository.uses(tools_for("llm"), (file,)):
            continue
        reads = [call.line for call in file.calls if call.name in READS_ANSWER and any(map(_is_answer, call.arguments))]
        if not reads:
            continue
        parsing += bool(reads)
        checked = any(call.last in schemas or schemas & call.keywords.keys() for call in file.calls)
        if not checked and not any("BaseModel" in base for _, bases in file.classes for base in bases):
            places += [(file.path, line) for line in reads]
    if not places:
        return absent(f"No answer is read as data without a schema ({counted(parsing, 'file')} read one).", of=parsing)
    return found(
        f"The answer of a model is read as data without a schema at {counted(len(places), 'place')}.",
        places,
        value=len(places),
        of=parsing,
        strength=Strength.WEAK if repository.kind is Kind.LIBRARY else Strength.STRONG,
    )


def _is_answer(value: Value) -> bool:
    return isinstance(value, Reference) and bool(ANSWER_NAME.search(value.name))


PROMPT_IN_CODE = Detector(
    id="prompt-in-code",
    statement="Prompts stand in the code",
    area="FMD",
    questions=("FMD-01",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="prompts put together from short pieces or kept in a provider's console",
    fix="Keep prompts in versioned files with an owner, and release them with the evaluation they passed.",
    version=2,
    applies_to=CODE,
    look=prompt_in_code,
)
FLOATING_MODEL_ALIAS = Detector(
    id="floating-model-alias",
    statement="A model is called by a name whose version floats",
    area="FMD",
    questions=("FMD-03",),
    polarity=Polarity.DEBT,
    strength=Strength.DIRECT,
    cannot_see="names that come from the environment, and versions fixed by a gateway",
    fix="Name the dated version, note its withdrawal date, and evaluate the successor before it is needed.",
    version=3,
    applies_to=CODE,
    look=floating_model_alias,
)
ANSWERS_EVALUATED = Detector(
    id="answers-evaluated",
    statement="Answers of the model are checked on a set of cases",
    area="FMD",
    questions=("FMD-02",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="evaluations in a platform, the size of the set, and whether a failure stops anything",
    fix="Keep a set of real tasks with limits, run it in CI more than once a case, and stop a release that falls.",
    version=1,
    applies_to=CODE,
    look=answers_evaluated,
)
MODEL_CALL_UNBOUNDED = Detector(
    id="model-call-unbounded",
    statement="Calls of a language model are without a limit",
    area="FMD",
    questions=("FMD-09",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="limits set by a gateway, a wrapper or the account, and limits on the number of calls",
    fix="Set the most tokens and the longest time of each call, and a budget for each task with an alert.",
    version=1,
    applies_to=CODE,
    look=model_call_unbounded,
)
ANSWER_PARSED_UNCHECKED = Detector(
    id="answer-parsed-unchecked",
    statement="Answers of a model are read as data without a schema",
    area="FMD",
    questions=("FMD-06",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="checks in another module, and answers handed on under another name",
    fix="Ask for structured output, validate it against a schema, and say what happens when it does not fit.",
    version=1,
    applies_to=CODE,
    look=answer_parsed_unchecked,
)
