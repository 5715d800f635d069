"""Signals of monitoring: errors that make no noise, printing in place of logging, tools that watch."""

from __future__ import annotations

import re

from evidence.evidence import Polarity, Strength
from evidence.python_source import Handler
from evidence.repository import Repository
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import tools_for

PRINTS_MIN = 5
TIDYING = frozenset(
    {"close", "shutdown", "unlink", "remove", "rmtree", "cleanup", "terminate", "kill", "stop", "flush", "quit", "join",
     "disconnect", "release", "end", "finish", "getLogger", "import_module"}
)  # fmt: skip
SCORING_CALLS = re.compile(
    r"(?i)^(?:predict\w*|score\w*|infer|inference\w*|run_inference|forecast\w*|generate|complete|transform|embed\w*|classify\w*|rank\w*)$"
)
COMMAND_LINE_FILE = re.compile(
    r"(?i)(?:^|/)(?:__main__|cli\w*|\w*_cli|commands?|console|main|manage)\.py$|(?:^|/)(?:scripts|bin|cli|commands)/"
)


def broad_except(repository: Repository) -> Finding:
    """Counts handlers that catch everything and neither raise, log nor hand the error on. Printing is no handling.

    Handlers around tidying up (`close`, `remove` ...) and around mere imports do not count. Handlers in functions
    around predicting or scoring are shown alone where there are any: an answer is then made up. Weak all the same: in
    repositories that were read, every second handler had its reason.
    """
    silent: list[tuple[str, int, Handler]] = []
    total = 0
    for file in repository.source:
        for handler in file.handlers:
            total += 1
            if handler.silent and set(handler.guards) - TIDYING:
                silent.append((file.path, handler.line, handler))
    if not repository.source:
        return unknown("There are no Python modules.")
    if not silent:
        return absent(f"{counted(total, 'handler')} catching everything, none without a trace.", of=total)
    scoring = [
        entry for entry in silent if entry[2].scope >= 0 and any(SCORING_CALLS.match(word) for word in entry[2].guards)
    ]
    around = f", {len(scoring)} of them around predicting or scoring" if scoring else ""
    return found(
        f"No trace of the error in {len(silent)} of {counted(total, 'handler')} catching everything{around}.",
        ((path, line) for path, line, _ in scoring or silent),
        value=len(silent),
        of=total,
    )


PRINT = frozenset({"print"})
LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def print_instead_of_logging(repository: Repository) -> Finding:
    """Counts `print` calls in modules that are no command line, where they outnumber calls that log. Weak: it asks
    who would see the message.
    """
    prints: list[tuple[str, int]] = []
    logs = 0
    for file in repository.source:
        if COMMAND_LINE_FILE.search(file.path):
            continue
        prints += [(file.path, call.line) for call in file.calls_to(PRINT) if call.name == "print"]
        logs += sum(1 for call in file.calls_to(LOGS) if "log" in call.name.lower())
    if not repository.source:
        return unknown("There are no Python modules.")
    if len(prints) < PRINTS_MIN or len(prints) <= logs:
        return absent(f"{counted(len(prints), 'print')}, {counted(logs, 'call')} of a log.", of=len(prints) + logs)
    modules = len({path for path, _ in prints})
    return found(
        f"{len(prints)} prints in {counted(modules, 'module')} against {counted(logs, 'call')} of a log.",
        prints,
        value=len(prints),
        of=len(prints) + logs,
    )


def monitoring_tool_used(repository: Repository) -> Finding:
    """Sees a package that watches inputs, outputs or quality (table, purpose monitoring) imported by a module of the
    work itself, not optionally, not in notebooks, tests or examples, and not the repository's own.
    """
    tools = repository.uses(tools_for("monitoring"), repository.source)
    if not tools:
        return absent("No package that watches a live model was seen in use.")
    return found(
        f"In use: {', '.join(sorted(tools)[:4])}.",
        (place for places in tools.values() for place in places),
        value=len(tools),
    )


BROAD_EXCEPT = Detector(
    id="broad-except",
    statement="Errors are swallowed",
    area="MON",
    questions=("MON-09", "MON-12"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether the value given in place of the error is checked later, and errors swallowed by other means",
    fix="Catch the errors you expect, log the others with their cause, and count the answers that were replaced.",
    version=3,
    applies_to=CODE,
    look=broad_except,
)
PRINT_INSTEAD_OF_LOGGING = Detector(
    id="print-instead-of-logging",
    statement="Messages are printed, not logged",
    area="MON",
    questions=("MON-10",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether a platform collects what is printed and alerts on it",
    fix="Log with a level and the request's key, and route errors to whoever acts on them.",
    version=1,
    applies_to=PRODUCTS,
    look=print_instead_of_logging,
)
MONITORING_TOOL_USED = Detector(
    id="monitoring-tool-used",
    statement="A tool watches the live model",
    area="MON",
    questions=("MON-03",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="monitoring bought as a service or kept elsewhere, and whether anybody reads it",
    fix="Compare live inputs with training inputs per feature, with limits tuned on history.",
    version=2,
    applies_to=PRODUCTS,
    look=monitoring_tool_used,
)
