"""The command-line door: the same operations as the pages, for scripts and CI. `python cli.py --help` lists them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evidence.command import (
    Command,
    Mistake,
    Parser,
    add_scan_options,
    leave,
    one_line,
    print_out,
    run,
    say,
    scan,
    signals,
    write_whole,
)
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
    """Check checklist files; every problem with file:line:column; exit 1 if there is any; --against: what changed."""
    from checklists.difference import differ
    from checklists.lint import as_json, as_text, difference_text, lint_files
    from checklists.reader import InvalidChecklist, load_checklist
    from evidence.signals import SIGNALS

    paths = [Path(name) for name in arguments.files]
    before = None
    if arguments.against is not None:
        if len(paths) > 1:
            raise Mistake("--against: is for one file; name the newer version alone before it")
        try:
            before = load_checklist(Path(arguments.against))
        except InvalidChecklist as problem:
            raise Mistake(f"{_first(problem.problems)}; `python cli.py lint {arguments.against}` lists all") from None
    problems = lint_files(paths, known_signals=SIGNALS, before=before)
    difference = differ(before, load_checklist(paths[0])) if before is not None and not problems else None
    if arguments.json:
        print_out(as_json(problems, files=len(paths), difference=difference))
    else:
        print_out(as_text(problems, files=len(paths)))
        if difference is not None:
            print_out(difference_text(difference))
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
        from operations.errors import InvalidInput, NotFound, StoreError
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
        except NotFound as missing:
            what, _, way_out = str(missing).rstrip(".").partition(". ")
            raise Mistake(f"{arguments.command}: {what}; {way_out[:1].lower()}{way_out[1:]}") from None
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


def diff(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """Why a debt moved between two quarters: of a system, of a team, else of the portfolio; the steps sum to it."""
    from operations.movement import read_movement
    from operations.movement_document import movement_document, movement_lines
    from operations.periods import read_period
    from operations.system_view import compare_periods

    before, after = (read_period(given) if given else None for given in (arguments.earlier, arguments.later))
    view = read_movement(
        workplace, actor, before=before, after=after, pack=arguments.checklist,
        team=_team_named(workplace, actor, arguments.team),
        system_id=_system_named(workplace, actor, arguments.system) if arguments.system else None,
        progress=None if arguments.json else lambda _done, _of, what: say(what),
    )  # fmt: skip
    if arguments.checklist and view.pack != arguments.checklist:
        raise Mistake(
            f"--checklist: {arguments.checklist[:60]!r} is no checklist of these systems; choose among "
            f"{', '.join(sorted(view.packs) or [view.pack])}"
        )
    document, lines = movement_document(view), movement_lines(view)
    if view.single is not None:
        system_id = view.single.system_id
        whole = compare_periods(workplace, actor, system_id=system_id, before=view.before, after=view.after)[0].system
        document["direction"], document["goes_by"] = whole.direction.value, whole.verdict.basis.value
        clear = "no clear change" if whole.direction.value == "none" else f"clearly {whole.direction.value}"
        lines.insert(1, f"{clear}: {whole.counts}")
    _say(document, as_json=arguments.json, text="\n".join(map(one_line, lines)))
    return 0


def gate(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """Exit 1 when a limit is broken, something clearly got worse, or a contradiction is open; 0 when all is kept."""
    from operations.gate import Limits, check_gate, read_limit
    from operations.periods import read_period

    limits: dict[str, float] = {}
    for given in arguments.max_area:
        area, _, limit = given.rpartition("=")
        limits[area.strip().upper()] = read_limit(limit, "--max-area")
    found = check_gate(
        workplace, actor, team=_team_named(workplace, actor, arguments.team),
        system_id=_system_named(workplace, actor, arguments.system) if arguments.system else None,
        period=read_period(arguments.period) if arguments.period else None,
        limits=Limits(
            area=limits.pop("", None), areas=limits,
            system=read_limit(arguments.max_debt, "--max-debt") if arguments.max_debt else None,
            regressions=not arguments.allow_regression, contradictions=not arguments.allow_contradictions,
        ),
    )  # fmt: skip
    document = {
        "passed": not found.broken,
        "checked": [{"id": s.system_id, "name": s.name, "period": period} for s, period in found.checked],
        "never_assessed": [{"id": system.system_id, "name": system.name} for system in found.never_assessed],
        "broken": [
            {
                "id": one.system.system_id, "name": one.system.name, "period": one.period, "rule": one.rule,
                "area": one.area, "value": one.value, "limit": one.limit, "message": one.message,
            }
            for one in found.broken
        ],
    }  # fmt: skip
    lines = [f"{one.system.name}, {one.period}: {one.rule}: {one.message}" for one in found.broken]
    held = _count(len(found.checked), "system")
    lines.append(f"{_count(len(lines), 'limit')} broken in {held}." if lines else f"All kept: {held}.")
    if found.never_assessed:
        lines.append(f"Never assessed, so not held against anything: {_count(len(found.never_assessed), 'system')}.")
    _say(document, as_json=arguments.json, text="\n".join(map(one_line, lines)))
    return 1 if found.broken else 0


def report(workplace: Any, actor: Any, arguments: argparse.Namespace) -> int:
    """Write the review of a quarter as a file: PDF, web page, slides, workbook, Markdown, CSV or charts."""
    from operations.periods import read_period
    from operations.reports import make_report, read_length

    target = Path(arguments.output)
    if not target.parent.is_dir():
        raise Mistake(f"{arguments.output}: there is no folder {target.parent}; make it first or name another")
    made = make_report(
        workplace, actor, form=arguments.format, length=read_length(arguments.length),
        team=_team_named(workplace, actor, arguments.team),
        system_id=_system_named(workplace, actor, arguments.system) if arguments.system else None,
        period=read_period(arguments.period) if arguments.period else None,
    )  # fmt: skip
    write_whole(target, made.body)
    document = {"file": str(target), "bytes": len(made.body), "format": arguments.format}
    _say(document, as_json=arguments.json, text=f"{target}: {len(made.body):,} bytes")
    return 0


def _team_named(workplace: Any, actor: Any, named: str | None) -> str | None:
    """A team by the name it goes by now: a build may still call it by an older one."""
    from operations.systems import present_team

    return str(present_team(workplace, actor, team=named)) if named else None


def _system_named(workplace: Any, actor: Any, named: str) -> str:
    """The id of a system given by its id, or by its name where only one has it."""
    from operations.system_view import list_with_periods

    listed = [system for system, _ in list_with_periods(workplace, actor)]
    found = [system.system_id for system in listed if named in (system.system_id, system.name)]
    if len(found) == 1:
        return str(found[0])
    why = "is the name of several systems; give the id" if found else "is no system; give an id or a name"
    raise Mistake(f"--system: {named[:60]!r} {why} of `python cli.py systems`")


def _add_reviews(add_stored: Callable[..., Parser]) -> None:
    """The commands of a review, which speak of one system, of one team, or of all."""
    scope = Parser(add_help=False)
    of = scope.add_mutually_exclusive_group()
    of.add_argument("--system", metavar="ID", help="one system, by id or name")
    of.add_argument("--team", metavar="NAME", help="the systems of one team")
    differing = add_stored("diff", diff, make=False, parents=[scope])
    differing.add_argument("--from", dest="earlier", metavar="2026Q3", help="the earlier quarter (the one before --to)")
    differing.add_argument("--to", dest="later", metavar="2026Q4", help="the later quarter (the latest that is rated)")
    differing.add_argument("--checklist", metavar="ID", help="whose systems, where several checklists are in use")
    gating = add_stored("gate", gate, make=False, parents=[scope])
    gating.add_argument(
        "--max-area", action="append", default=[], metavar="[AREA=]LIMIT",
        help="no area may owe more: a letter A to E, or points 0 to 100; MON=C for one area; may be repeated",
    )  # fmt: skip
    gating.add_argument("--max-debt", metavar="LIMIT", help="no system may owe more")
    gating.add_argument("--period", metavar="2026Q4", help="the quarter to look at (each system's latest)")
    gating.add_argument("--allow-regression", action="store_true", help="let a clear turn for the worse pass")
    gating.add_argument("--allow-contradictions", action="store_true", help="let open contradictions pass")
    reporting = add_stored("report", report, make=False, parents=[scope])
    reporting.add_argument("--period", metavar="2026Q3", help="the quarter (the latest that somebody closed)")
    reporting.add_argument("--format", default="pdf", help="pdf, html, pptx, xlsx, md, csv, svg or png (pdf)")
    reporting.add_argument("--length", default="full", help="executive, full or handout (full)")
    reporting.add_argument("--output", required=True, metavar="FILE")


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

    def add_stored(
        name: str,
        work: Callable[[Any, Any, argparse.Namespace], int],
        *,
        make: bool = True,
        parents: Sequence[Parser] = (),
    ) -> Parser:
        run = _with_workplace(work, make=make)
        run.__doc__ = work.__doc__
        return add(name, run, parents=[shared, stored, *parents])

    linting = add("lint", lint, parents=[shared])
    linting.add_argument("files", nargs="+", metavar="FILE")
    linting.add_argument("--against", metavar="OLDER", help="the version before: what differs, and what would be lost")
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
    _add_reviews(add_stored)
    add_stored("backup", backup, make=False).add_argument("file", metavar="FILE")
    add_stored("verify", verify, make=False)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 something was found, 2 a user's mistake."""
    return run(arguments_parser, argv)


if __name__ == "__main__":
    leave(main())
