"""Which shared storage the code names, and whether it reads or writes it: tables, topics, buckets, views, models.

Names only, out of facts that were read already; a name that could be anybody's is left out, and so is one whose use
does not tell reading from writing. What it cannot see is said in docs/connections.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from evidence.document import STORAGE_NAME_MAX, is_storage_name
from evidence.evidence import STORAGE_MAX, STORAGE_PLACES_MAX, Location, Mode, StorageKind, StorageUse
from evidence.python_source import QUERY, Call, Listed, PythonFile, Reference, Value
from evidence.repository import Repository, role_of
from evidence.source import display
from evidence.tables import document, patterns, words

TABLE_LENGTH_MIN = 6  #: of a name without a schema
PLAIN_LENGTH_MIN = 5  #: of a topic, view or model
TEMPORARY = "temporary"  #: the kind of a call that makes a name for its own session
NAMES_OF_A_TEXT_MAX = 40  #: tables of one query
TEXTS_OF_A_FILE_MAX = 5_000
TABLE_PARTS_MAX = 4
QUERY_BYTES_MAX = 256 * 1024


class _Row(NamedTuple):
    """One row of the table: calls that take a name, and where they take it."""

    names: tuple[str, ...]
    kind: str
    mode: Mode
    argument: int | None
    keyword: tuple[str, ...]
    every: bool
    needs: frozenset[str]
    within: tuple[str, ...]
    within_argument: int | None
    first: frozenset[str]  #: texts one of which stands first: `option("subscribe", "topic")`
    after: str  #: a word that stands before it: ".read" of `spark.readStream.format().option`


class _Use(NamedTuple):
    kind: StorageKind
    name: str
    mode: Mode
    path: str
    line: int


@cache
def _rows() -> Mapping[str, tuple[_Row, ...]]:
    """The rows by the last word of the calls they know."""
    by_last: dict[str, list[_Row]] = {}
    for row in document("storage")["call"]:
        made = _Row(
            names=tuple(row["names"]),
            kind=row["kind"],
            mode=Mode(row["mode"]),
            argument=row.get("argument"),
            keyword=tuple(row.get("keyword", ())),
            every=row.get("every", False),
            needs=frozenset(row.get("needs", ())),
            within=tuple(row.get("within", ())),
            within_argument=row.get("within_argument"),
            first=frozenset(row.get("first", ())),
            after=row.get("after", ""),
        )
        for last in {name.rpartition(".")[2] for name in made.names}:
            by_last.setdefault(last, []).append(made)
    return {last: tuple(rows) for last, rows in by_last.items()}


@cache
def _telling() -> frozenset[str]:
    """The last words of all calls that may name storage."""
    addressed = words("storage", "reads") | words("storage", "writes") | words("storage", "by_word_before")
    return addressed | words("storage", "opens") | frozenset(_rows())


def storage_of(repository: Repository) -> tuple[tuple[StorageUse, ...], int]:
    """The shared storage a repository's work reads and writes, in order, and how many more names were left out."""
    temporary: set[str] = set()
    uses = [use for use in _uses(repository, temporary) if use.name.casefold() not in temporary]
    places: dict[tuple[StorageKind, str, Mode], list[Location]] = {}
    spelled: dict[tuple[StorageKind, str, Mode], str] = {}
    for use in uses:
        key = (use.kind, use.name.casefold(), use.mode)
        spelled.setdefault(key, use.name)
        there = places.setdefault(key, [])
        here = Location(path=display(use.path), line=use.line)
        if len(there) < STORAGE_PLACES_MAX and here not in there:
            there.append(here)
    found = [
        StorageUse(kind=key[0], name=spelled[key], mode=key[2], locations=tuple(places[key])) for key in sorted(places)
    ]
    return tuple(found[:STORAGE_MAX]), max(0, len(found) - STORAGE_MAX)


def _uses(repository: Repository, temporary: set[str]) -> Iterator[_Use]:
    """Every use that is surely one; names made for a session only are added to `temporary`."""
    constants = _constants(repository)
    for file in repository.work:
        tops: frozenset[str] | None = None
        if not file.called.isdisjoint(_telling()):
            tops = frozenset(record.module.partition(".")[0] for record in file.imports)
            own = _own_constants(file)
            for call in file.calls:
                if call.last in _telling():
                    yield from _of_call(call, file.path, tops, own, constants, temporary)
        queries = [t for t in file.texts[:TEXTS_OF_A_FILE_MAX] if t.length >= 20 and QUERY.match(t.text)]
        if queries:  # the parts of one may stand in several texts
            named = frozenset(found[1].casefold() for text in file.texts for found in _PART.finditer(text.text))
            for text in queries:
                yield from _of_query(text.text, file.path, text.line, temporary, named, numbered=False)
    yield from _of_query_files(repository, temporary)


# --- constants ---


def _own_constants(file: PythonFile) -> dict[str, str]:
    """The texts given to a name of a file, each once: a name with two values stands for neither."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for text in file.texts:
        of_a_name = text.name and not text.call and len(text.text) <= STORAGE_NAME_MAX
        if of_a_name and found.setdefault(text.name, text.text) != text.text:
            twice.add(text.name)
    return {name: text for name, text in found.items() if name not in twice}


def _constants(repository: Repository) -> dict[str, str]:
    """The constants that modules may import from each other, "settings.TABLE": module's last word and name."""
    found: dict[str, str] = {}
    for file in repository.source:
        module = file.path.rpartition("/")[2].removesuffix(".py")
        for name, text in _own_constants(file).items():
            if name.isupper():
                found[f"{module}.{name}"] = text
    return found


def _texts_of(value: Value, own: Mapping[str, str], constants: Mapping[str, str]) -> tuple[str, ...]:
    """The texts a value stands for: itself, a constant of this file or of an imported module, a short list."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Listed):
        return value.texts
    if isinstance(value, Reference) and not value.part:
        text = own.get(value.name) or constants.get(".".join(value.name.rsplit(".", 2)[-2:]))
        return () if text is None else (text,)
    return ()


# --- calls ---


def _of_call(  # noqa: PLR0917  (one call with all that its names may mean)
    call: Call,
    path: str,
    tops: frozenset[str],
    own: Mapping[str, str],
    constants: Mapping[str, str],
    temporary: set[str],
) -> Iterator[_Use]:
    for row in _rows().get(call.last, ()):
        if not _fits(row, call, tops):
            continue
        for text in _named(row, call, own, constants):
            if row.kind == TEMPORARY:
                temporary.add(text.casefold())
                continue
            kind = StorageKind(row.kind)
            name = _name_of(kind, _with_path(row, call, text, own, constants) if kind is StorageKind.BUCKET else text)
            if name is not None:
                yield _Use(kind, name, row.mode, path, call.line)
    mode = _mode_of(call)
    if mode is not None:
        for value in (*call.arguments, *call.keywords.values()):
            for text in _texts_of(value, own, constants):
                if text.startswith("models:/"):
                    model = _plain(re.split(r"[/@]", text.removeprefix("models:/").lstrip("/"))[0])
                    if model is not None:
                        yield _Use(StorageKind.MODEL, model, mode, path, call.line)
                elif "://" in text and (address := _address(text)) is not None:
                    yield _Use(StorageKind.BUCKET, address, mode, path, call.line)


def _fits(row: _Row, call: Call, tops: frozenset[str]) -> bool:
    if row.needs and row.needs.isdisjoint(tops):
        return False
    if row.first and not (call.arguments and isinstance(call.arguments[0], str) and call.arguments[0] in row.first):
        return False
    if row.after not in call.name:
        return False
    return any(call.name == name or call.name.endswith(f".{name}") for name in row.names)


def _named(row: _Row, call: Call, own: Mapping[str, str], constants: Mapping[str, str]) -> list[str]:
    values = [call.keywords[name] for name in row.keyword if name in call.keywords]
    if row.argument is not None:
        given = call.arguments[row.argument :]
        values += given if row.every else given[:1]
    return [text for value in values for text in _texts_of(value, own, constants)]


def _with_path(row: _Row, call: Call, bucket: str, own: Mapping[str, str], constants: Mapping[str, str]) -> str:
    values = [call.keywords[name] for name in row.within if name in call.keywords]
    if row.within_argument is not None:
        values += call.arguments[row.within_argument : row.within_argument + 1]
    keys = [text for value in values for text in _texts_of(value, own, constants)]
    return f"s3://{bucket}/{keys[0] if keys else ''}"


def _mode_of(call: Call) -> Mode | None:
    """Whether a call reads or writes what it is given the address of; None when it does not tell."""
    last, name = call.last, call.name
    if last in words("storage", "opens"):
        how = call.keywords.get("mode", call.arguments[1] if len(call.arguments) > 1 else "r")
        return None if not isinstance(how, str) else Mode.WRITTEN if set(how) & set("wax") else Mode.READ
    if last in words("storage", "by_word_before"):
        if ".write." in name or ".write()" in name or ".writeStream" in name:
            return Mode.WRITTEN
        if ".read." in name or ".read()" in name or ".readStream" in name:
            return Mode.READ
    if last in words("storage", "writes"):
        return Mode.WRITTEN
    return Mode.READ if last in words("storage", "reads") else None


# --- names ---

_HOLE = re.compile(r"\$?\{\{[^{}]{0,200}\}\}|\$?\{[^{}]{0,200}\}|%\(\w{1,60}\)s|%s|<[^<>]{1,60}>")
_MARK = "\0"  # stands for what is filled in when the code runs
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_QUOTES = str.maketrans({**dict.fromkeys('`"[];,'), ":": "."})


def _name_of(kind: StorageKind, text: str) -> str | None:
    """The name a text gives, None when it could be anybody's or nobody can tell."""
    if kind is StorageKind.BUCKET:
        return _address(text)
    if kind is StorageKind.TABLE:
        return None if QUERY.match(text) and " " in text.strip() else _table(text)
    if kind is StorageKind.TOPIC:
        text = text.rpartition("/topics/")[2]
    elif kind is StorageKind.VIEW:
        text = text.partition(":")[0]
    return _plain(text)


def _plain(text: str) -> str | None:
    """A topic, view or model."""
    name = _HOLE.sub(_MARK, text.strip())
    if _MARK in name:
        name = name.partition(_MARK)[0].rstrip("._-/") + "*"
    bare = name.rstrip("*")
    if len(bare) < PLAIN_LENGTH_MIN or bare.casefold() in words("storage", "generic") or " " in bare:
        return None
    if bare != name and not _is_specific(bare):
        return None
    return _kept(name)


def _table(text: str) -> str | None:
    """A table with the schema that stands before it: what is filled in before it is dropped, after it becomes `*`."""
    parts = [part for part in _HOLE.sub(_MARK, text.strip().translate(_QUOTES)).partition("$")[0].split(".") if part]
    while len(parts) > 1 and _MARK in parts[0]:
        parts.pop(0)
    if not 0 < len(parts) <= TABLE_PARTS_MAX:
        return None
    last, hole, _ = parts[-1].partition(_MARK)
    bare = last.rstrip("_-") if hole else last
    known = [part.casefold() for part in (*parts[:-1], bare)]
    before = [part for part in known[:-1] if part not in words("storage", "everywhere")]
    if not all(map(_WORD.fullmatch, known)) or not words("storage", "of_the_database").isdisjoint(known):
        return None
    if (hole or not before) and not _is_specific(bare):
        return None
    return _kept(".".join([*parts[:-1], f"{bare}*" if hole else bare]))


def _is_specific(name: str) -> bool:
    """Whether a name without a schema is likely to be one thing only: two words, and not an example's."""
    return (
        len(name) >= TABLE_LENGTH_MIN
        and bool(re.search(r"[A-Za-z0-9][_-][A-Za-z0-9]", name))
        and (name.casefold() not in words("storage", "generic"))
    )


def _address(text: str) -> str | None:
    """The bucket and the path in it, up to what is filled in; no query, no credential, no file name with a date."""
    scheme, _, rest = text.strip().partition("://")
    scheme = scheme.lower()
    if scheme not in words("storage", "schemes"):
        return None
    rest = re.split(r"[?#\s]", _HOLE.sub(_MARK, rest), maxsplit=1)[0]
    place, _, path = rest.partition("/")
    account = scheme in words("storage", "account_schemes")
    before, at, after = place.rpartition("@")
    if at and (not account or ":" in before):
        place = after
    if not place and scheme in ("hdfs", "dbfs"):
        place, _, path = path.partition("/")
    bucket, hole, _ = place.partition(_MARK)
    if hole:
        if not _is_specific(bucket.rstrip("-_.")):
            return None
        place, path = bucket.rstrip("-_.") + "*", ""
    if len(place.rstrip("*")) < 3 or place.casefold() in words("storage", "generic"):
        return None
    kept: list[str] = []
    for part in path.split("/"):
        if _MARK in part or "*" in part or not part or not re.fullmatch(r"[\w.@:$+=~-]+", part):
            break
        kept.append(part)
    if kept and re.search(r"\.\w{2,8}$|\d{4}[-_]?\d{2}[-_]?\d{2}|=", kept[-1]):
        kept.pop()  # a file of many, or one day's
    scheme = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "abfss", "wasb": "wasbs"}.get(scheme, scheme)
    return _kept("/".join([f"{scheme}://{place}", *kept[:6]]))


def _kept(name: str) -> str | None:
    """The name as it may leave the machine: plain, short, and nothing that looks like a credential."""
    if not is_storage_name(name) or any(pattern.regex.search(name) for pattern in patterns("secrets")):
        return None
    return name


# --- SQL ---

_LINE_COMMENT = re.compile(r"--[^\n]*|(?<!\S)#+ [^\n]*")
_STRING = re.compile(r"'[^'\n]{0,500}'")
_IDENTIFIER = r"((?:[`\"\[]?(?:\{\{.{0,200}?\}\}|\$?\{[^{}]{0,80}\}|[\w$-])+[`\"\]]?\.?){1,4})"
_CLAUSE = re.compile(
    r"\b(?:(?P<temp>CREATE\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+|GLOBAL\s+)?(?:TEMP|TEMPORARY)\s+(?:TABLE|VIEW)"
    r"(?:\s+IF\s+NOT\s+EXISTS)?)"
    r"|(?P<written>INSERT\s+(?:INTO|OVERWRITE)(?:\s+TABLE)?|MERGE\s+INTO|MERGE(?!\s+INTO\b)|DELETE\s+FROM|TRUNCATE\s+TABLE|COPY\s+INTO"
    r"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:EXTERNAL\s+|TRANSIENT\s+|MATERIALIZED\s+)?(?:TABLE|VIEW)(?:\s+IF\s+NOT\s+EXISTS)?"
    r"|UPDATE(?=\s+\S+\s+SET\b))"
    r"|(?P<read>FROM|JOIN))\s+" + _IDENTIFIER + r"(?P<after>\s*\()?",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"(?:\bWITH\s+(?:RECURSIVE\s+)?|[,)]\s*)([A-Za-z_]\w*)\s+AS\s*(?:(?:NOT\s+)?MATERIALIZED\s*)?\(", re.IGNORECASE
)
_PART_OF_VALUE = re.compile(r"\b(?:extract|trim|substring|overlay|position)\s*\([^()]{0,80}$", re.IGNORECASE)
_NO_TABLE = re.compile(
    r"\b(?:DELETE|DISTINCT)\s{1,9}$", re.IGNORECASE
)  # `DELETE FROM` writes, `IS DISTINCT FROM` compares
_PART = re.compile(r"\b([A-Za-z_]\w{0,99})\s{1,9}AS\s{0,9}\(", re.IGNORECASE)
_REF = re.compile(r"\{\{-?\s*(ref|source)\s*\(\s*([^(){}]{1,200})\)\s*-?\}\}")


def _of_query(
    text: str, path: str, line: int, temporary: set[str], common: frozenset[str], *, numbered: bool
) -> Iterator[_Use]:
    """The tables of a text that begins as SQL does, but for `common` names; `numbered`: count lines within it."""
    bare = _LINE_COMMENT.sub("", _without_blocks(text))
    bare = _STRING.sub(lambda found: "'" + " " * (len(found[0]) - 2) + "'", bare)
    if not re.search(r"\b(?:FROM|JOIN|INTO|TABLE|VIEW|SET)\b", bare, re.IGNORECASE) or _is_prose(bare):
        return
    common |= {found[1].casefold() for found in _COMMON.finditer(bare)}
    for number, found in enumerate(_CLAUSE.finditer(bare)):
        if number >= NAMES_OF_A_TEXT_MAX:
            return
        named = found[4]
        if found["temp"]:
            temporary.add(named.strip('`"[]').casefold())
            continue
        if named.endswith(".") or named.strip('`"[]').casefold() in common or (found["read"] and found["after"]):
            continue  # named in the query itself, or a function
        before = bare[max(0, found.start() - 100) : found.start()]
        if found["read"] and (_PART_OF_VALUE.search(before) or _NO_TABLE.search(before)):
            continue
        name = _table(named)
        if name is not None:
            at = line + bare.count("\n", 0, found.start(4)) if numbered else line
            yield _Use(StorageKind.TABLE, name, Mode.WRITTEN if found["written"] else Mode.READ, path, at)


def _without_blocks(text: str) -> str:
    """A query without its comments between /* and */, with as many lines."""
    parts = text.split("/*")
    kept = [parts[0]]
    for part in parts[1:]:
        comment, end, rest = part.partition("*/")
        kept.append("\n" * comment.count("\n") + rest if end else "\n" * part.count("\n"))
    return " ".join(kept)


def _is_prose(text: str) -> bool:
    """Whether a text is a sentence that begins like SQL: "Select the best model from candidates"."""
    first = re.search(r"[A-Za-z]+", text)
    return first is not None and not (first[0].isupper() or first[0].islower())


def _of_query_files(repository: Repository, temporary: set[str]) -> Iterator[_Use]:
    """The tables of SQL files; in a dbt project a model's file writes the table of its name, and refs read others."""
    models = [path.rpartition("/")[0] for path in repository.texts if path.endswith("dbt_project.yml")]
    for path, text in repository.queries.items():
        if role_of(path) != "source" or len(text) > QUERY_BYTES_MAX:
            continue
        in_dbt = any(path.startswith(f"{root}/models/" if root else "models/") for root in models)
        if in_dbt:
            name = _table(path.rpartition("/")[2].removesuffix(".sql"))
            if name is not None:
                yield _Use(StorageKind.TABLE, name, Mode.WRITTEN, path, 1)
            for found in _REF.finditer(text):
                given = [part.strip().strip("'\"") for part in found[2].split(",")]
                name = _table(".".join(given) if found[1] == "source" else given[-1])
                if name is not None:
                    yield _Use(StorageKind.TABLE, name, Mode.READ, path, 1 + text.count("\n", 0, found.start()))
        yield from _of_query(text, path, 1, temporary, frozenset(), numbered=True)
