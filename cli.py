"""The command-line door: the same operations as the pages, for scripts and CI. `python cli.py --help` lists them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evidence.command import Command, Mistake, Parser, add_scan_options, leave, print_out, run, scan, signals
from version import VERSION


def _say(document: Any, *, as_json: bool, text: str) -> None:
    print_out(json.dumps(document, ensure_ascii=False, allow_nan=False) if as_json else text)


def _first(problems: Sequence[object]) -> str:
    """The first problem of a file, and how many more there are: one line is promised."""
    more = len(problems) - 1
    return f"{problems[0]} (and {more} more)" if more else str(problems[0])


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        raise Mistake(f"{path}: cannot be read ({problem.strerror}); check the name and the rights") from None
    except UnicodeDecodeError:
        raise Mistake(f"{path}: is not UTF-8 text; save it as UTF-8") from None


def lint(arguments: argparse.Namespace) -> int:
    """Check checklist files; every problem with file:line:column; exit 1 if there is any."""
    from checklists.lint import as_json, as_text, lint_files
    from evidence.signals import SIGNALS

    problems = lint_files([Path(name) for name in arguments.files], known_signals=SIGNALS)
    print_out((as_json if arguments.json else as_text)(problems, files=len(arguments.files)))
    return 1 if problems else 0


def _answered(arguments: argparse.Namespace) -> tuple[Any, Any, Any]:
    """The checklist, the responses and the floors of the evidence that a command was given."""
    from checklists.reader import InvalidChecklist, load_checklist
    from evidence.document import InvalidEvidence, from_json
    from scoring.answers import InvalidAnswers, read_answers
    from scoring.weigh import weigh

    try:
        checklist = load_checklist(Path(arguments.checklist))
        answers = read_answers(_text_of(Path(arguments.answers)), name=arguments.answers, checklist=checklist)
    except InvalidChecklist as problem:
        way_out = f"`python cli.py lint {arguments.checklist}` lists every problem"
        raise Mistake(f"{_first(problem.problems)}; {way_out}") from None
    except InvalidAnswers as problem:
        raise Mistake(_first(problem.problems)) from None
    except OSError as problem:
        raise Mistake(f"{arguments.checklist}: cannot be read ({problem.strerror}); check the name") from None
    try:
        found = from_json(_text_of(Path(arguments.evidence))) if arguments.evidence else None
    except InvalidEvidence as problem:
        raise Mistake(f"{arguments.evidence}: {_first(problem.problems)}") from None
    return checklist, answers, weigh(checklist, found).floors


def score(arguments: argparse.Namespace) -> int:
    """Score an answers file against a checklist, with evidence if given."""
    from scoring.answers import score_document
    from scoring.score import score as score_now

    checklist, answers, floors = _answered(arguments)
    result = score_now(checklist, answers, floors)
    document = score_document(result, checklist)
    lines = [_line("system", document["system"]) if result.system.applies else "system   no question applies"]
    lines += [_line(area["id"], area) for area in document["areas"]]
    if said := document.get("reading", {}).get("system"):
        words = f", {said['words']}" if said["words"] else ""
        unit = document["reading"]["unit"]
        lines[0] += f" · {said['value']:g} {unit} ({said['low']:g}-{said['high']:g}){words}"
    lines += [f"contradiction: {c['question']}: {c['message']}" for c in document["contradictions"]]
    _say(document, as_json=arguments.json, text="\n".join(lines))
    return 0


def plan(arguments: argparse.Namespace) -> int:
    """What to repay first with a number of person-days, and how sure that is."""
    from scoring.plan_terms import DAYS_MAX, HORIZON_MAX_QUARTERS, PlanParameters

    budget = _number(arguments.budget_days, "--budget-days", 0, DAYS_MAX, "person-days")
    horizon = _number(arguments.horizon, "--horizon", 1, HORIZON_MAX_QUARTERS, "quarters", whole=True)
    checklist, answers, floors = _answered(arguments)

    from scoring.plan import choose
    from scoring.plan_document import plan_document, plan_lines
    from scoring.priority import rank
    from scoring.score import score as score_now

    parameters = PlanParameters(horizon_quarters=int(horizon))
    ranking = rank(checklist, score_now(checklist, answers, floors), parameters=parameters)
    best = choose(ranking, checklist, budget_days=budget)
    _say(
        plan_document(ranking, best),
        as_json=arguments.json,
        text="\n".join(plan_lines(ranking, best, checklist)),
    )
    return 0


def _number(text: str, where: str, least: float, most: float, unit: str, *, whole: bool = False) -> float:
    """A number of the command line, NaN and the infinities being none."""
    try:
        number = float(int(text) if whole else text)
    except (ValueError, OverflowError):
        number = -1.0
    if not least <= number <= most:
        kind = "a whole number" if whole else "a number"
        raise Mistake(f"{where}: {text[:40]!r} is not {kind} of {unit}; give {least:,.0f} to {most:,.0f}")
    return number


def agreement(arguments: argparse.Namespace) -> int:
    """How far raters agree, question by question and together: a CSV with raters as rows and questions as columns."""
    from scoring.agreement import AgreementState
    from scoring.agreement import agreement as agreement_on
    from scoring.ballots import InvalidVotes, agreement_document, read_votes

    try:
        votes = read_votes(_text_of(Path(arguments.file)), name=arguments.file)
    except InvalidVotes as problem:
        raise Mistake(_first(problem.problems)) from None
    found = agreement_on(votes.votes, levels=votes.levels)
    document = agreement_document(found)
    lines = [_alpha_line(document, all_equal=found.all_equal)]
    order = [AgreementState.SPLIT, AgreementState.SPREAD, AgreementState.AGREED, AgreementState.TOO_FEW]
    for question in sorted(found.questions, key=lambda q: (order.index(q.state), -(q.range or 0), q.a or 0)):
        apart = "" if question.range is None or question.a is None else f", {question.range} apart, A {question.a:.2f}"
        lines.append(
            f"{question.id:10} {question.state.value.replace('_', ' '):8} {_count(question.votes, 'vote')}{apart}"
        )
    _say(document, as_json=arguments.json, text="\n".join(lines))
    return 0


def _alpha_line(document: dict[str, Any], *, all_equal: bool) -> str:
    raters, alpha = _count(document["raters"], "rater"), document["alpha"]["ordinal"]
    if all_equal:
        return f"{raters}: full agreement, alpha is not defined"
    if alpha is None:
        return f"{raters}: no question has two votes"
    low, high = document["low"], document["high"]
    between = "no interval" if low is None else f"{low:.2f} to {high:.2f}"
    return (
        f"{raters}: ordinal alpha {alpha:.2f} ({between}), {document['pairs_within_one']:.0%} of pairs within one level"
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _line(name: str, estimate: dict[str, Any]) -> str:
    if estimate["estimate"] is None:
        return f"{name:8} not rated, {estimate['coverage']:.0%} known"
    band = estimate["band"] or f"not rated, {estimate['coverage']:.0%} known"
    numbers = f"{100 * estimate['estimate']:3.0f} ({100 * estimate['low']:.0f}-{100 * estimate['high']:.0f})"
    return f"{name:8} {numbers} {band}"


def _with_workplace(command: Callable[[Any, Any, argparse.Namespace], int], *, make: bool) -> Command:
    """Run a command that needs the database, made anew if need be and if it may be; its errors become one line."""

    def run(arguments: argparse.Namespace) -> int:
        from operations.authorize import Actor
        from operations.errors import InvalidInput, StoreError
        from operations.workplace import open_workplace

        if arguments.database == "":
            raise Mistake("--database: is empty; name a file, or leave the option out")
        try:
            workplace = open_workplace(arguments.database, make=make)
            try:
                return command(workplace, Actor(name="command line", local=True), arguments)
            finally:
                workplace.store.close()
        except InvalidInput as problem:
            raise Mistake(str(problem)) from None
        except StoreError as problem:
            what, _, way_out = str(problem).rpartition(": ")
            said = f"{what}; {way_out}" if what and "; " not in str(problem) else str(problem)
            raise Mistake(f"database: {said}") from None

    return run


def systems(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """List the systems with id, name, team and assessed quarters."""
    from operations.system_view import list_with_periods

    listed = list_with_periods(workplace, actor)
    document = {"systems": [{"id": s.system_id, "name": s.name, "team": s.team, "periods": list(p)} for s, p in listed]}
    text = "\n".join(f"{s.system_id}  {s.team} / {s.name}  {' '.join(p)}" for s, p in listed)
    _say(document, as_json=arguments.json, text=text or "No systems yet. `python cli.py demo` loads a demonstration.")
    return 0


def demo(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """Fill an empty database with the demonstration portfolio; --remove takes it away again."""
    from operations.demonstration import load_demonstration, remove_demonstration

    if arguments.remove:
        count = remove_demonstration(workplace, actor)
        _say({"removed": count}, as_json=arguments.json, text=f"Removed {count} demonstration systems.")
        return 0
    progress = None if arguments.json else lambda done, of, what: print(f"{done}/{of} {what}", file=sys.stderr)
    count = load_demonstration(workplace, actor, progress=progress)
    _say({"systems": count}, as_json=arguments.json, text=f"Loaded {count} demonstration systems.")
    return 0


def backup(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """Write a whole copy of the database to a new file, while others go on working."""
    from operations.upkeep import back_up

    path = back_up(workplace, actor, path=Path(arguments.file))
    size = path.stat().st_size
    _say({"file": str(path), "bytes": size}, as_json=arguments.json, text=f"{path}: {size:,} bytes")
    return 0


def verify(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """Check the audit chain, every snapshot's hash, and that each scores again to the same result."""
    from operations.upkeep import verify as verify_all

    verdict = verify_all(workplace, actor)
    text = verdict.fault or f"All well: {verdict.snapshots} snapshots and the audit chain."
    _say({"snapshots": verdict.snapshots, "fault": verdict.fault}, as_json=arguments.json, text=text)
    return 1 if verdict.fault else 0


def arguments_parser() -> Parser:
    """The command line as it is documented."""
    parser = Parser(prog="cli.py", description="Arrears from the command line.")
    parser.add_argument("--version", action="version", version=f"Arrears {VERSION}")
    shared = Parser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    stored = Parser(add_help=False)
    stored.add_argument("--database", metavar="FILE", help="the database (default: ARREARS_DATABASE or the user's own)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command, *, parents: Sequence[Parser]) -> Parser:
        about = (run.__doc__ or "").split("\n")[0]
        command = commands.add_parser(name, parents=list(parents), help=about, description=about)
        command.set_defaults(run=run)
        return command

    def add_stored(name: str, work: Callable[[Any, Any, argparse.Namespace], int], *, make: bool = True) -> Parser:
        run = _with_workplace(work, make=make)
        run.__doc__ = work.__doc__
        return add(name, run, parents=[shared, stored])

    add("lint", lint, parents=[shared]).add_argument("files", nargs="+", metavar="FILE")
    add_scan_options(add("scan", scan, parents=[shared]))
    add("signals", signals, parents=[shared])
    answered = Parser(add_help=False)
    answered.add_argument("--checklist", required=True, metavar="FILE")
    answered.add_argument("--answers", required=True, metavar="FILE")
    answered.add_argument("--evidence", metavar="FILE")
    add("score", score, parents=[shared, answered])
    planning = add("plan", plan, parents=[shared, answered])
    planning.add_argument("--budget-days", required=True, metavar="DAYS", help="person-days there are to spend")
    planning.add_argument("--horizon", default="4", metavar="QUARTERS", help="how far ahead avoided work counts (4)")
    add("agreement", agreement, parents=[shared]).add_argument("file", metavar="FILE.csv")
    add_stored("systems", systems)
    add_stored("demo", demo).add_argument("--remove", action="store_true", help="remove the demonstration portfolio")
    add_stored("backup", backup, make=False).add_argument("file", metavar="FILE")
    add_stored("verify", verify, make=False)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 something was found, 2 a user's mistake."""
    return run(arguments_parser, argv)


if __name__ == "__main__":
    leave(main())
