"""Signals of configuration: where settings, cut-offs and credentials stand, and what checks them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Reference, Setting, Text
from evidence.repository import Repository, role_of
from evidence.signals.detector import CODE, EVERY_KIND, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import patterns, tools_for, words

SETTINGS_FILE = re.compile(
    r"(?i)(?:^|/)(?:config|configs|configuration|conf|settings|constants|params|parameters|hparams|hyperparams|defaults|options)(?:/|\.py$)"
    r"|(?:^|/)[\w-]*(?:config|settings|constants)\.py$"
)
LITERALS_MIN = 3  #: fewer numbers than this are nobody's configuration problem
LITERALS_STRONG = 5
READING_FILES_MIN = 3
READING_FILES_STRONG = 5


def config_literals_in_code(repository: Repository) -> Finding:
    """Counts learning settings and decision cut-offs that are numbers in the code.

    A learning setting is a number given by keyword to a constructor or a training call, or assigned, under a name of
    the table `calls.toml`; a cut-off is a number a score is compared with. Settings modules, declared fields and
    defaults of parameters do not count, nor does a zero, which switches off. Strong from five numbers on that are at
    least half of all such settings: "one versioned place" is then not the whole truth, but how the place is managed
    is not seen.
    """
    literal: list[tuple[str, int]] = []
    managed = 0
    names = words("calls", "hyperparameters")
    for file in repository.work:
        if SETTINGS_FILE.search(file.path):
            continue
        literal += [(file.path, setting.line) for setting in file.settings if _is_learning_setting(setting)]
        if file.passed.isdisjoint(names):
            continue
        managed += sum(
            1
            for call in file.calls
            if call.keywords
            for name, value in call.keywords.items()
            if name in names and isinstance(value, Reference)
        )
    if not literal and not managed:
        return unknown("No learning settings or cut-offs were seen.")
    total = len(literal) + managed
    if len(literal) < LITERALS_MIN:
        return absent(f"Numbers in the code: {len(literal)} of {counted(total, 'learning setting')}.", of=total)
    files = len({path for path, _ in literal})
    clear = len(literal) >= LITERALS_STRONG and 2 * len(literal) >= total
    return found(
        f"{len(literal)} of {total} learning settings and cut-offs are numbers in {counted(files, 'file')}.",
        literal,
        value=len(literal),
        of=total,
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _is_learning_setting(setting: Setting) -> bool:
    name = setting.name.rpartition(".")[2].lower()
    if not setting.value:
        return False  # switched off, or an axis
    if setting.place == "compared":
        return name in words("calls", "scores") and 0 < setting.value < 1
    if setting.place == "assigned":
        return name in words("calls", "thresholds") or (
            name in words("calls", "hyperparameters") and len(name) > 2 and name != "max_iter"
        )
    if setting.place != "passed" or setting.name not in words("calls", "hyperparameters"):
        return False
    last = setting.call.rpartition(".")[2]
    top = setting.call.split(".")[0]
    return last[:1].isupper() or last in ("fit", "train", "compile") or top in tools_for("learning")


SECRET_NAME = re.compile(
    r"(?i)(?:^|[_.-])(?:password|passwd|pwd|passphrase|secret(?:_?key)?|api_?key|access_?key(?:_?id)?|private_?key|"
    r"account_?key|client_?secret|credentials?|(?:api|auth|access|bearer|github|gitlab|hf|slack|bot|refresh)_?token)$"
)
PLACEHOLDER = re.compile(
    r"(?i)your|xxx|\*\*\*|\.\.\.|example|placeholder|changeme|change_me|dummy|fake|sample|todo|redacted|insert|replace|"
    r"foo|bar|test|mock|none|null|undefined|secret|password|localhost|default|qwerty|(?:root|admin|user)pass|<|>|\{|\}|\$|%|\(|\)|\[|\]|//|\s|[a-z]_key"
)
GUESSED = re.compile(r"(?i)(?:attempted|guessed|wrong|typed|entered|weak|strong|common)_")
ENTROPY_BITS_MIN = 3.0
SECRET_LENGTH_MIN, SECRET_LENGTH_MAX = 8, 200
SETTING_LINE = re.compile(r"""^\s*(?:export\s+|-\s+)?["']?([\w.-]{2,60})["']?\s*[:=]\s*["']?([^\s"'#]{8,200})""")
SAMPLE_SETTINGS = re.compile(r"(?i)example|sample|template|\.dist$")


def secrets_in_code(repository: Repository) -> Finding:
    """Looks for credentials as literals in Python, notebooks and settings files.

    A text counts when it has the form of a known kind of credential (table `secrets.toml`), or when it is given to a
    name such as `password` or `api_key` and looks like no placeholder: eight characters or more, letters and digits,
    at least three bits of entropy a character. Direct for a known form outside tests and examples; strong for a
    telling name; weak when all places are tests or examples. Only the place is kept, never the text.
    """
    known: set[tuple[str, int]] = set()
    named: set[tuple[str, int]] = set()
    for file in (*repository.python, *(notebook.code for notebook in repository.notebooks)):
        begins = _beginnings().search("\n".join([text.text for text in file.texts])) is not None
        for text in file.texts:
            if begins and _is_known_secret(text.text):
                known.add((file.path, text.line))
            elif _is_named_secret(text):
                named.add((file.path, text.line))
    for path, content in repository.texts.items():
        if SAMPLE_SETTINGS.search(path):
            continue
        for number, line in _lines(content):
            if _is_known_secret(line):
                known.add((path, number))
            elif (match := SETTING_LINE.match(line)) and _looks_secret(match.group(1), match.group(2)):
                named.add((path, number))
    places = known | named
    if not places:
        return absent("No credential was seen in the code or the settings files.")
    live = {place for place in places if role_of(place[0]) in ("source", "build")}
    strength = Strength.WEAK if not live else Strength.DIRECT if known & live else Strength.STRONG
    files = len({path for path, _ in places})
    where = "" if live else ", all in tests or examples"
    return found(
        f"{counted(len(places), 'place')} in {counted(files, 'file')} with what looks like a credential{where}.",
        live or places,
        value=len(places),
        strength=strength,
    )


def _lines(content: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(content.splitlines(), start=1):
        if len(line) <= 2_000:
            yield number, line


@lru_cache(maxsize=1)
def _beginnings() -> re.Pattern[str]:
    """What one of the known forms needs: a single look that most texts do not pass."""
    return re.compile("|".join(re.escape(needed) for pattern in patterns("secrets") for needed in pattern.needs))


def _is_known_secret(text: str) -> bool:
    return (
        _beginnings().search(text) is not None
        and any(pattern.regex.search(text) for pattern in patterns("secrets"))
        and not re.search(r"(?i)example|xxxx|your|\*\*\*|\.\.\.", text)
    )


def _is_named_secret(text: Text) -> bool:
    if not text.name or text.length > SECRET_LENGTH_MAX or not SECRET_NAME.search(text.name):
        return False
    name = text.name.rpartition(".")[2]
    return not GUESSED.match(name) and _looks_secret(name, text.text)


def _looks_secret(name: str, value: str) -> bool:
    return bool(
        SECRET_NAME.search(name)
        and len(value) >= SECRET_LENGTH_MIN
        and not PLACEHOLDER.search(value)
        and re.search(r"[A-Za-z]", value)
        and re.search(r"[0-9]", value)
        and entropy_bits(value) >= ENTROPY_BITS_MIN
    )


def entropy_bits(text: str) -> float:
    """The mean information of a character of the text, in bits."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


CONFIG_READERS = frozenset(
    {
        "yaml.safe_load", "yaml.load", "yaml.full_load", "toml.load", "toml.loads", "tomllib.load", "tomllib.loads",
        "tomli.load", "configparser.ConfigParser", "configparser.RawConfigParser", "ConfigParser", "ruamel.yaml.YAML",
    }
)  # fmt: skip
READING_WORDS = frozenset(name.rpartition(".")[2] for name in CONFIG_READERS)
CONFIG_CLASS = re.compile(r"(?i)(?:config|settings|params|hparams|options|arguments|hyperparameters)$")
SCHEMA_BASE = re.compile(r"dataclass|attrs|@define|@attr|BaseModel|BaseSettings|TypedDict|NamedTuple|Struct")
CHECK_FUNCTION = re.compile(r"(?i)valid\w*|check_(?:config|settings|params|arguments)|assert_\w+")


def config_without_schema(repository: Repository) -> Finding:
    """Sees settings files that are read (YAML, TOML, INI) while nothing gives settings a type or a range.

    A schema is a package of the table (purpose config_schema) in use, or a typed class named like a configuration.
    Strong: a wrong setting then fails late or not at all, unless it is checked by hand, which makes this weak.
    """
    reads = [
        (file.path, call.line)
        for file in repository.source
        for call in file.calls_to(READING_WORDS)
        if call.name in CONFIG_READERS and not file.path.endswith(("setup.py", "conf.py"))
    ]
    if not reads:
        return unknown("No settings file is read by the code.")
    tools = repository.uses(tools_for("config_schema"), repository.source)
    typed = sorted(
        {
            name
            for file in repository.source
            for name, bases in file.classes
            if CONFIG_CLASS.search(name) and any(SCHEMA_BASE.search(base) for base in bases)
        }
    )
    if tools or typed:
        return absent(f"Settings are given a form by {', '.join([*sorted(tools), *typed][:3])}.", of=len(reads))
    checks = any(CHECK_FUNCTION.match(function.name) for file in repository.source for function in file.functions)
    by_hand = "; checks by hand were seen" if checks else ""
    return found(
        f"Settings files are read at {counted(len(reads), 'place')} and nothing gives them a type or a range{by_hand}.",
        reads,
        value=len(reads),
        of=len(reads),
        strength=Strength.WEAK if checks else Strength.STRONG,
    )


def env_reads_scattered(repository: Repository) -> Finding:
    """Counts the modules that read environment variables, settings modules apart.

    Found from three modules on; strong from five in an application: settings then live in the environment of each
    machine and are picked up all over the code. Weak in a library, which is told its environment by others.
    """
    reading = [file for file in repository.source if file.environment_reads and not SETTINGS_FILE.search(file.path)]
    total = len(repository.source)
    if not total:
        return unknown("There are no Python modules.")
    if len(reading) < READING_FILES_MIN:
        return absent(f"Environment variables are read in {len(reading)} of {counted(total, 'module')}.", of=total)
    clear = len(reading) >= READING_FILES_STRONG and repository.kind is not Kind.LIBRARY
    return found(
        f"Environment variables are read in {len(reading)} of {total} modules.",
        ((file.path, file.environment_reads[0]) for file in reading),
        value=len(reading),
        of=total,
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


CONFIG_LITERALS_IN_CODE = Detector(
    id="config-literals-in-code",
    statement="Learning settings and cut-offs stand as numbers in the code",
    area="CFG",
    questions=("CFG-01", "CFG-07"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="settings computed or read at run time, and whether a number is a deliberate default",
    fix="Move learning settings and cut-offs into one versioned settings file and keep the resolved set with each run.",
    version=3,
    applies_to=PRODUCTS,
    look=config_literals_in_code,
)
SECRETS_IN_CODE = Detector(
    id="secrets-in-code",
    statement="Credentials stand in the code",
    area="CFG",
    questions=("CFG-06",),
    polarity=Polarity.DEBT,
    strength=Strength.DIRECT,
    cannot_see="credentials in history, in notebook outputs, short passwords, and whether one is still valid",
    fix="Withdraw the credential, issue a new one, and read it from a secret store or the environment.",
    version=3,
    applies_to=EVERY_KIND,
    look=secrets_in_code,
)
CONFIG_WITHOUT_SCHEMA = Detector(
    id="config-without-schema",
    statement="Settings are read without a schema",
    area="CFG",
    questions=("CFG-03",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="checks in another repository or in the platform that hands the settings over",
    fix="Read settings into a typed schema with ranges and cross-field rules, and load every file in CI.",
    version=1,
    applies_to=PRODUCTS,
    look=config_without_schema,
)
ENV_READS_SCATTERED = Detector(
    id="env-reads-scattered",
    statement="Environment variables are read in several files",
    area="CFG",
    questions=("CFG-01", "CFG-06"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="whether the variables are listed and generated somewhere else",
    fix="Read the environment in one settings module and pass typed settings on from there.",
    version=1,
    applies_to=CODE,
    look=env_reads_scattered,
)
