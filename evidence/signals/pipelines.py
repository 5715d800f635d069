"""Signals of pipelines: what is left over in them, and how many ways there are to run them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call, PythonFile
from evidence.repository import Repository, role_of
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import tools_for, words

COPY_ENDING = re.compile(
    r"(?i)(?:[-_. ](?:old|copy|backup|bak|orig|original|deprecated|legacy|unused|final\d*|v\d+|ver\d+|new|tmp|"
    r"temp|wip|fixed|exp\d+)\d*"
    r"|-copy\d*| \(\d+\)| copy(?: \d+)?)+$"
)
SURE_COPY = re.compile(
    r"(?i)-copy\d+$| \(\d+\)$| copy(?: \d+)?$|^untitled\d*$|^copy[_ ]of[_ ]|[-_.](?:backup|bak|old)$"
)
DEAD_FOLDER = re.compile(r"(?i)(?:^|/)(?:old|backup|backups|bak|old_code|unused|deprecated|do_not_use)/")
SHARED_FUNCTIONS_MIN = 2
COPIES_STRONG = 3
NUMBERED = re.compile(r"(?i)[-_. ]v(?:er)?\d+$")


def stale_copies(repository: Repository) -> Finding:
    """Counts modules and notebooks whose name says that they are a copy of one beside them (`train_old.py` beside
    `train.py`, `Untitled3`, `model-Copy1`), and files in folders named `old`, `backup` or the like.

    A name such as `_new` counts only when the file it derives from is there too, `_v2` only when it also shares half
    of its functions with it and the repository is an application: model families carry such names. Weak: the copies
    that were read were true, but those that share half of their functions with the original were not read yet.
    """
    stems: dict[str, str] = {}
    for member in repository.members:
        if member.path.endswith((".py", ".ipynb", ".sql", ".r", ".R")) and role_of(member.path) in ("source", "build"):
            stems[member.path.rpartition(".")[0].lower()] = member.path
    if not stems:
        return unknown("There are no modules or notebooks.")
    by_path = {file.path: file for file in repository.python}
    copies: list[tuple[str, int]] = []
    confirmed = 0
    for stem, path in stems.items():
        folder, _, name = stem.rpartition("/")
        base = COPY_ENDING.sub("", name)
        original = stems.get(f"{folder}/{base}" if folder else base) if base != name else None
        shares = original is not None and _share_functions(path, original, by_path)
        numbered = bool(NUMBERED.search(name)) and not (shares and repository.kind is Kind.APPLICATION)
        if (original is not None and not numbered) or SURE_COPY.search(name) or DEAD_FOLDER.search(path):
            copies.append((path, 0))
            confirmed += shares
    if not copies:
        return absent(f"No copy among {counted(len(stems), 'module')} and notebooks.", of=len(stems))
    clear = repository.kind is not Kind.LIBRARY and (confirmed > 0 or len(copies) >= COPIES_STRONG)
    return found(
        f"{len(copies)} of {counted(len(stems), 'file')} look like copies kept beside the original; {confirmed} share "
        "their functions with it.",
        copies,
        value=len(copies),
        of=len(stems),
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _share_functions(path: str, original: str, by_path: Mapping[str, PythonFile]) -> bool:
    if path not in by_path or original not in by_path:
        return False
    names, others = ({function.name for function in by_path[one].functions} for one in (path, original))
    common = len(names & others)
    return common >= SHARED_FUNCTIONS_MIN and 2 * common >= min(len(names), len(others))


COMMENTED_MIN = 20
COMMENTED_SHARE = 0.002
COMMENTED_SHARE_STRONG = 0.01
COMMENTED_STRONG = 50


def commented_out_code(repository: Repository) -> Finding:
    """Counts lines of modules and notebooks that hold code in comments: two or more neighbouring lines that are nothing
    but comment, are valid Python without their signs, and call, import, define or decide something.

    Found from 20 lines and 2 in 1,000 on. Strong from 50 lines and 10 in 1,000 on in an application. Single lines are
    left out, so the count is a lower bound.
    """
    lines = sum(file.lines for file in repository.work)
    commented = {file.path: file.commented for file in repository.work if file.commented}
    number = sum(len(places) for places in commented.values())
    if not lines:
        return unknown("There is no Python code.")
    share = number / lines
    if number < COMMENTED_MIN or share < COMMENTED_SHARE:
        return absent(f"{counted(number, 'line')} of {lines:,} hold code in comments.", of=lines)
    clear = number >= COMMENTED_STRONG and share >= COMMENTED_SHARE_STRONG and repository.kind is not Kind.LIBRARY
    most = sorted(commented, key=lambda path: (-len(commented[path]), path))
    return found(
        f"{counted(number, 'line')} of {lines:,} in {counted(len(commented), 'file')} hold code in comments.",
        ((path, commented[path][0]) for path in most[:10]),
        value=number,
        of=lines,
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def switched_off_code(repository: Repository) -> Finding:
    """Counts `if` statements of modules whose condition is a false constant: `if False`, `if 0`, or a name that the
    file sets to False at its top level and nowhere else.

    A name that may be given another value, by the file or through `exec` or `globals`, does not count. Weak: somebody
    may switch it on by hand.
    """
    places = [(file.path, line) for file in repository.source for line in file.switched_off]
    if not repository.source:
        return unknown("There are no Python modules.")
    if not places:
        return absent(f"No branch of {counted(len(repository.source), 'module')} is switched off by a constant.")
    files = len({path for path, _ in places})
    return found(
        f"{counted(len(places), 'branch', 'branches')} in {counted(files, 'module')} switched off by a constant.",
        places,
        value=len(places),
    )


ENTRY_STEM = re.compile(
    r"(?i)^(?:__\w+__|main|app|cli|run\w*|manage|wsgi|asgi|settings\w*|config\w*|conf|setup|version|_version|urls|admin|"
    r"apps|models|tasks|celery|hubconf|train\w*|predict\w*|serve\w*|score\w*|inference|handler|lambda\w*|gunicorn\w*|"
    r"index|cog_predict|test\w*|\d.*)$"
)
ENTRY_FOLDER = re.compile(
    r"(?i)(?:^|/)(?:features/steps|migrations|alembic|versions|pages|dags|plugins|scripts?|bin|jobs|notebooks?|experiments?|commands|"
    r"lambdas?|functions|hooks|tools|utilities/scripts)/"
)
ENTRY_FUNCTIONS = frozenset(
    {"main", "handler", "lambda_handler", "model_fn", "predict_fn", "input_fn", "transform_fn", "init", "azureml_main",
     "run", "cli", "register", "entrypoint"}
)  # fmt: skip
QUIET_DECORATORS = frozenset(  # the others may hand the function to a framework that calls it
    {"setter", "getter", "deleter", "abstractmethod", "wraps", "lru_cache", "cache", "cached_property", "overload",
     "contextmanager", "asynccontextmanager", "no_grad", "inference_mode", "jit", "njit", "function", "dataclass"}
)  # fmt: skip
LOADS_BY_NAME = frozenset({"import_module", "iter_modules", "walk_packages", "__import__", "spec_from_file_location",
                           "load_source", "load_module", "import_string", "instantiate", "autodiscover"})  # fmt: skip


def unreferenced_modules(repository: Repository) -> Finding:
    """Counts modules that define functions or classes while nothing names them: no import in modules, notebooks, tests
    or examples, no settings file, no text in the code.

    Scripts, entry points by their name, folder or function, and modules of web and workflow frameworks or with
    functions that a decorator may hand to one do not count.
    Any import of the same last word counts as a use. Weak: in repositories that were read, every second such module
    was run by a tool that finds it by its folder.
    """
    candidates = {
        file.path.rpartition("/")[2].removesuffix(".py"): file for file in repository.source if _could_be_dead(file)
    }
    if not candidates:
        return unknown("No module is one that others would import.")
    total = len(candidates)
    imported = _imported_words(repository)
    candidates = {stem: file for stem, file in candidates.items() if stem not in imported}
    if candidates:
        named = _words_of_texts(repository)
        tools = {**tools_for("serving"), **tools_for("orchestration")}
        candidates = {
            stem: file for stem, file in candidates.items() if stem not in named and not repository.uses(tools, (file,))
        }
    if not candidates:
        return absent(f"Each of {counted(total, 'module')} that others could import is used.", of=total)
    by_name = any(call.last in LOADS_BY_NAME for file in repository.source for call in file.calls)
    number = len(candidates)
    return found(
        f"Nothing names {number} of {counted(total, 'module')} that others could import"
        f"{'; some modules are loaded by name' if by_name else ''}.",
        ((file.path, 0) for file in candidates.values()),
        value=number,
        of=total,
    )


def _could_be_dead(file: PythonFile) -> bool:
    """Whether a module is made to be imported: it defines something and does nothing by itself."""
    stem = file.path.rpartition("/")[2].removesuffix(".py")
    acts = any(call.scope < 0 and not call.nested and not call.targets and call.name for call in file.calls)
    return bool(
        (file.functions or file.classes)
        and file.path.endswith(".py")
        and not file.is_script
        and not any(function.name.startswith("test") for function in file.functions)
        and not acts
        and not ENTRY_STEM.match(stem)
        and not ENTRY_FOLDER.search(file.path)
        and not any(function.name in ENTRY_FUNCTIONS for function in file.functions)
        and all("." not in name or name.rpartition(".")[2] in QUIET_DECORATORS for name in file.decorators)
    )


def _imported_words(repository: Repository) -> set[str]:
    """The last words of everything that is imported anywhere."""
    modules: set[str] = set()
    imported: set[str] = set()
    for file in (*repository.python, *(notebook.code for notebook in repository.notebooks)):
        for record in file.imports:
            modules.add(record.module)
            imported.update(record.names)
    return imported.union(*(module.split(".") for module in modules))


def _words_of_texts(repository: Repository) -> set[str]:
    """Every word of the settings files and of the texts in the code."""
    words_seen: set[str] = set()
    for text in repository.texts.values():
        words_seen.update(_WORD.findall(text))
    for file in repository.python:
        words_seen.update(_WORD.findall(" ".join([literal.text for literal in file.texts])))
    return words_seen


_WORD = re.compile(r"\w+")
RUNNERS_STRONG = 3
RUNS_PYTHON = re.compile(
    r"(?m)^\t.*(?:\bpython3?\s+(?:-m\s+)?[\w./]*(?:train|data|dataset|feature|preprocess|predict|pipeline|evaluat)\w*)"
)


def several_orchestrators(repository: Repository) -> Finding:
    """Counts the families of tools that run steps in order: workflow packages imported by the work itself (table,
    purpose orchestration), DVC stages, Snakemake, Argo, MLproject, crontabs, and Makefiles whose recipes run training
    or data modules.

    Found from two on. Weak: of two, one may start the other, and more were not read in real repositories yet.
    """
    families = dict(_runners(repository))
    if not families:
        return unknown("Nothing was seen that runs steps in order.")
    names = ", ".join(sorted(families)[:5])
    if len(families) < 2:
        return absent(f"Steps are run by {names} alone.", of=1)
    return found(
        f"Steps are run by {len(families)} kinds of tool: {names}.",
        families.values(),
        value=len(families),
        strength=Strength.STRONG if len(families) >= RUNNERS_STRONG else Strength.WEAK,
    )


def _runners(repository: Repository) -> Iterator[tuple[str, tuple[str, int]]]:
    for name, places in repository.uses(tools_for("orchestration"), repository.source).items():
        yield name, places[0]
    for path, text in repository.texts.items():
        if role_of(path) not in ("source", "build"):
            continue
        name = path.rpartition("/")[2].lower()
        if name == "dvc.yaml" and "stages:" in text:
            yield "DVC stages", (path, 0)
        elif name == "makefile" and (recipe := RUNS_PYTHON.search(text)):
            yield "Makefile", (path, text.count("\n", 0, recipe.start()) + 1)
        elif name == "mlproject":
            yield "MLproject", (path, 0)
        elif name == "crontab" or name.endswith(".cron"):
            yield "cron", (path, 0)
        elif "argoproj.io" in text and re.search(r"(?m)^kind:\s*(?:Cron)?Workflow(?:Template)?\s*$", text):
            yield "Argo", (path, 0)
    for member in repository.members:
        if member.path.rpartition("/")[2] == "Snakefile" and role_of(member.path) == "source":
            yield "Snakemake", (member.path, 0)


HANDED_STRONG = 3
DATA_FILE = re.compile(
    r"(?i)^[^{}*?\n]+\.(?:csv|tsv|parquet|feather|json|jsonl|pkl|pickle|h5|hdf5|xlsx?|txt|gz|orc|npy|npz)$"
)


def files_handed_on(repository: Repository) -> Finding:
    """Counts files of tables that one module or notebook writes and another reads under the same path, written in both
    as a text, while no workflow file (DVC stages, settings, Makefile, build server) names the path.

    Found from one on. Weak: between modules of an application only people know the order in which to run them, but
    such a finding was not read in enough real repositories yet to say more.
    """
    written: dict[str, dict[str, int]] = {}
    read: dict[str, dict[str, int]] = {}
    for file in repository.work:
        for call in file.calls_to(words("calls", "writes") | words("calls", "reads")):
            side = written if call.last in words("calls", "writes") else read
            if path := _file_of(call):
                side.setdefault(path, {}).setdefault(file.path, call.line)
    if not written:
        return unknown("No file of a path named in the code is written.")
    handed = {
        path: (writers, readers)
        for path, writers in written.items()
        if (readers := {name: line for name, line in read.get(path, {}).items() if name not in writers})
        and not any(path in text for text in repository.texts.values())
    }
    if not handed:
        return absent(f"None of {counted(len(written), 'written file')} is read by another module.", of=len(written))
    modules = {file.path for file in repository.source}
    between = sum(1 for writers, readers in handed.values() if modules & writers.keys() and modules & readers.keys())
    return found(
        f"Written by one module or notebook, read by another: {len(handed)} of {counted(len(written), 'path')}.",
        (place for writers, readers in handed.values() for place in (*writers.items(), *readers.items())),
        value=len(handed),
        of=len(written),
        strength=Strength.STRONG if between >= HANDED_STRONG else Strength.WEAK,
    )


def _file_of(call: Call) -> str:
    """The path a call reads or writes when it is written as a text, without the steps up; else ""."""
    values = (*call.arguments[:1], *(call.keywords.get(name) for name in ("path", "path_or_buf", "filepath_or_buffer")))
    text = next((value for value in values if isinstance(value, str)), "")
    text = re.sub(r"^(?:\.{1,2}/)+", "", text.replace("\\", "/"))
    return text if DATA_FILE.match(text) and "://" not in text else ""


STALE_COPIES = Detector(
    id="stale-copies",
    statement="Old copies are kept beside the live files",
    area="PIP",
    questions=("PIP-03", "PIP-09"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="copies under unrelated names, and whether two versions are both meant to live",
    fix="Delete the copy (history keeps it), or pull what both share into one tested module.",
    version=1,
    applies_to=CODE,
    look=stale_copies,
)
COMMENTED_OUT_CODE = Detector(
    id="commented-out-code",
    statement="Code is kept in comments",
    area="PIP",
    questions=("PIP-03",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="single lines, code kept in texts, and whether a comment is an example",
    fix="Delete it (history keeps it), or turn what is still wanted into a setting with an end date.",
    version=1,
    applies_to=CODE,
    look=commented_out_code,
)
SWITCHED_OFF_CODE = Detector(
    id="switched-off-code",
    statement="Branches are switched off by constants",
    area="PIP",
    questions=("PIP-03",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="flags that come from settings or services, and constants another module changes",
    fix="Delete the branch, or make the flag a setting with an owner and an end date.",
    version=1,
    applies_to=CODE,
    look=switched_off_code,
)
UNREFERENCED_MODULES = Detector(
    id="unreferenced-modules",
    statement="Modules are kept that nothing uses",
    area="PIP",
    questions=("PIP-03",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="uses from other repositories, names put together at run time, and modules only dead ones use",
    fix="Delete the module (history keeps it), or name it where it is used.",
    version=2,
    applies_to=PRODUCTS,
    look=unreferenced_modules,
)
SEVERAL_ORCHESTRATORS = Detector(
    id="several-orchestrators",
    statement="Steps are run by several kinds of tool",
    area="PIP",
    questions=("PIP-02",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="schedules kept in a platform, shell scripts, and whether one tool only starts the other",
    fix="Choose one workflow graph for the way from data to model and let the other tools start it.",
    version=1,
    applies_to=PRODUCTS,
    look=several_orchestrators,
)
FILES_HANDED_ON = Detector(
    id="files-handed-on",
    statement="Files are handed from script to script under fixed paths",
    area="PIP",
    questions=("PIP-02",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="paths put together at run time, and an order that is written down for people",
    fix="Name the steps and what they hand on in one workflow graph, and take paths from there.",
    version=1,
    applies_to=PRODUCTS,
    look=files_handed_on,
)
