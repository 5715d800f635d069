"""Signals of foundation models: where prompts live and which model answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.evidence import Kind, Polarity, State, Strength
from evidence.python_source import PythonFile, Text
from evidence.repository import Repository, is_record, role_of
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found
from evidence.tables import patterns, tools_for

PROMPT_LENGTH_MIN = 200
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
