"""The collector's command line: `python cli.py scan` and `arrears-collect.pyz scan` are both this one.

What is heavy is read inside the function that needs it, so that help and version are there at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from evidence.evidence import Evidence
    from evidence.gate import Gate

TRIPPED, USER_MISTAKE, NOT_NOW, STOPPED = 1, 2, 3, 130
TOKEN_VARIABLE = "ARREARS_TOKEN"  # noqa: S105 - the name of a variable, not a secret
QUARTERS_MAX = 40
KINDS = ("application", "library", "notebooks", "template")
EXITS = """\
exit codes: 0 done; 1 the gate of --fail-on was tripped; 2 a mistake in the
command, or something that cannot be read, written or sent; 3 scanned well, but
the server of --push could not take it right now."""

Command = Callable[[argparse.Namespace], int]


class Mistake(Exception):
    """A user's mistake: shown as one line "where: what; way out", exit code 2 unless it says another."""

    def __init__(self, sentence: str, *, code: int = USER_MISTAKE) -> None:
        super().__init__(sentence)
        self.code = code


class Parser(argparse.ArgumentParser):
    """The command line read; what is wrong with it is a Mistake like any other, not a page of usage."""

    def error(self, message: str) -> NoReturn:
        """Raise Mistake."""
        raise Mistake(f"{self.prog}: {message}; `python {self.prog} --help` shows what it takes")


def one_line(text: str) -> str:
    """The text without anything that would break its line, such as a file name with a newline in it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def print_out(text: str) -> None:
    """Print on standard output and see it through, so that a full disk is noticed here."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise Mistake(f"standard output: cannot be written ({problem.strerror}); send it elsewhere") from None


def say(text: str) -> None:
    """One line beside the result, on standard error."""
    print(one_line(text), file=sys.stderr, flush=True)


def run(parser: Callable[[], argparse.ArgumentParser], argv: Sequence[str] | None) -> int:
    """Read the command line and run its command. Returns the exit code; a mistake has become one line."""
    try:
        arguments = parser().parse_args(argv)
        command: Command = arguments.run
        return command(arguments)
    except Mistake as mistake:
        say(str(mistake))
        return mistake.code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        say("stopped: nothing more was written or sent.")
        return STOPPED


def leave(code: int) -> NoReturn:
    """End the process with this code, with nothing left in a buffer that nobody reads."""
    try:
        sys.stdout.flush()
    except OSError:  # said already, or nobody reads it; Python would flush once more and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def add_scan_options(parser: argparse.ArgumentParser) -> None:
    """What `scan` takes, beside --json."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXITS
    parser.add_argument("path", metavar="PATH", help="a checkout, or an archive of one: .zip, .tar.gz")
    looking = parser.add_argument_group("looking")
    looking.add_argument("--history", type=int, default=0, metavar="N", help="look at N past quarters too")
    looking.add_argument("--kind", choices=KINDS, help="what the repository is; visible marks tell if not given")
    looking.add_argument("--name", metavar="NAME", help="what to call the repository; else its folder's name")
    looking.add_argument("--cache", metavar="DIR", help="where to remember what was read (default: your cache folder)")
    looking.add_argument("--no-cache", action="store_true", help="remember nothing")
    handing = parser.add_argument_group("handing on")
    handing.add_argument("--output", metavar="FILE", help="write the evidence JSON to this file")
    handing.add_argument("--sarif", metavar="FILE", help="write what was found for code-scanning views")
    handing.add_argument("--push", metavar="URL", help="send the evidence to the Arrears at this address")
    handing.add_argument(
        "--token", metavar="TOKEN", help=f"its token; better in {TOKEN_VARIABLE}, where no list shows it"
    )
    handing.add_argument("--allow-insecure", action="store_true", help="let --push use http:// beyond this machine")
    gate = parser.add_argument_group("gate")
    gate.add_argument(
        "--fail-on", metavar="WHAT", help="exit 1 if found: direct, strong, debt, or ids of signals, commas between"
    )
    gate.add_argument("--baseline", metavar="FILE", help="count only what this earlier evidence JSON does not have")


def scan(arguments: argparse.Namespace) -> int:
    """Show what a checkout or an archive shows; hand it on and gate it where asked."""
    gate = _gate_of(arguments)
    baseline = _baseline_of(arguments)
    token = _token_of(arguments)
    for option, written in (("--output", arguments.output), ("--sarif", arguments.sarif)):
        _check_written(option, written, root=arguments.path)
    found = _collect(arguments)
    _hand_over(found, arguments)
    not_sent = _push(found, arguments, token) if arguments.push else None
    code = 0
    if gate is not None:
        from evidence.gate import verdict

        tripped, sentence = verdict(gate, found, baseline=baseline)
        say(sentence)
        code = TRIPPED if tripped else 0
    if not_sent is not None:
        say(str(not_sent))
        return code or not_sent.code
    return code


def _gate_of(arguments: argparse.Namespace) -> Gate | None:
    """The gate, read before the scan, so that a wrong word costs no minute."""
    if arguments.fail_on is None:
        return None
    from evidence.gate import InvalidGate, read_gate
    from evidence.signals import SIGNALS

    try:
        return read_gate(arguments.fail_on, known=SIGNALS)
    except InvalidGate as problem:
        raise Mistake(f"--fail-on: {problem}") from None


def _baseline_of(arguments: argparse.Namespace) -> Evidence | None:
    """The evidence that the gate compares with."""
    if arguments.baseline is None:
        return None
    if arguments.fail_on is None:
        raise Mistake("--baseline: does nothing alone; say with --fail-on what may not be new")
    from evidence.document import InvalidEvidence, from_json

    try:
        return from_json(Path(arguments.baseline).read_text(encoding="utf-8"))
    except OSError as problem:
        raise Mistake(f"{arguments.baseline}: cannot be read ({problem.strerror}); check the name") from None
    except UnicodeDecodeError:
        raise Mistake(f"{arguments.baseline}: is not UTF-8 text; give what --output wrote") from None
    except InvalidEvidence as problem:
        raise Mistake(f"{arguments.baseline}: {problem.problems[0]}") from None


def _check_written(option: str, written: str | None, *, root: str) -> None:
    """A file to write is named, and no link of the scanned repository leads it out: its author chose that place."""
    if written is None:
        return
    if not written:
        raise Mistake(f"{option}: is empty; name a file")
    real = os.path.realpath(root)
    inside = any(Path(os.path.abspath(written)).is_relative_to(folder) for folder in (os.path.abspath(root), real))
    if inside and not Path(os.path.realpath(written)).is_relative_to(real):
        raise Mistake(f"{option} {written}: a link of the repository leads it elsewhere; name a file outside of it")


def _token_of(arguments: argparse.Namespace) -> str:
    """The token for --push, "" without one to send to. Address and token are checked before the scan."""
    if not arguments.push:
        if arguments.push == "":
            raise Mistake("--push: is empty; give the address you open Arrears with, https://...")
        for option, given in (("--token", arguments.token), ("--allow-insecure", arguments.allow_insecure)):
            if given:
                raise Mistake(f"{option}: does nothing alone; say with --push where to send")
        return ""
    from evidence.push import NotSent, check_target

    try:
        check_target(arguments.push, allow_insecure=arguments.allow_insecure)
    except NotSent as problem:
        raise Mistake(f"--push: {problem}") from None
    token = (arguments.token or os.environ.get(TOKEN_VARIABLE, "")).strip()
    if not token:
        raise Mistake(f"--push: no token is given; set {TOKEN_VARIABLE} to one made on the system's evidence page")
    return token


def _collect(arguments: argparse.Namespace) -> Evidence:
    """Read the repository, with a bar on a terminal while it takes long."""
    from evidence.contained import collect_contained
    from evidence.evidence import Kind
    from evidence.source import Refused
    from evidence.terminal import Bar

    path = Path(arguments.path)
    if not path.exists():
        raise Mistake(f"{path}: no such file or folder; give a checkout, a .zip or a .tar.gz")
    if not 0 <= arguments.history <= QUARTERS_MAX:
        raise Mistake(f"--history: {arguments.history} is not a number of quarters; give 0 to {QUARTERS_MAX}")
    bar = Bar(sys.stderr)
    try:
        return collect_contained(
            path,
            name=arguments.name,
            kind=Kind(arguments.kind) if arguments.kind else None,
            quarters=arguments.history,
            cache=_cache_of(arguments),
            progress=bar,
        )
    except Refused as refusal:
        raise Mistake(f"{path}: {refusal}") from None
    finally:
        bar.clear()


def _cache_of(arguments: argparse.Namespace) -> Path | None:
    """Where to remember what was read: what was said, else the person's own cache folder, else nowhere."""
    if arguments.no_cache:
        if arguments.cache is not None:
            raise Mistake("--no-cache: says the opposite of --cache; leave one of them out")
        return None
    from evidence.cache import Cache, default_folder

    if arguments.cache is None:
        return default_folder()
    if not arguments.cache or not Cache(Path(arguments.cache)).usable:
        what = "must be a folder of yours into which nobody else may write"
        raise Mistake(f"--cache {arguments.cache}: {what}; name another, or say --no-cache")
    return Path(arguments.cache)


def _hand_over(found: Evidence, arguments: argparse.Namespace) -> None:
    """Write the files that are asked for, then show the evidence."""
    from evidence.document import to_json
    from evidence.readable import summary
    from evidence.terminal import takes_colours

    document = to_json(found)
    if arguments.output:
        write_whole(Path(arguments.output), f"{document}\n".encode())
    if arguments.sarif:
        from evidence.sarif import to_sarif

        write_whole(Path(arguments.sarif), to_sarif(found).encode())
    if hasattr(sys.stdout, "reconfigure"):
        # JSON is UTF-8 wherever it goes; words for a person may lose a mark their terminal does not have
        sys.stdout.reconfigure(**({"encoding": "utf-8"} if arguments.json else {"errors": "replace"}))
    print_out(document if arguments.json else summary(found, colours=takes_colours(sys.stdout)).rstrip("\n"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there in whole or not at all: beside its place first, then moved there."""
    try:
        if path.exists() and not path.is_file():  # a device or a pipe is written to, never replaced
            path.write_bytes(content)
            return
        target = Path(os.path.realpath(path))
        part = target.with_name(f".{target.name[:80]}.{os.getpid()}.part")
        try:
            with part.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise Mistake(f"{path}: cannot be written ({problem.strerror}); name another file") from None


def _push(found: Evidence, arguments: argparse.Namespace, token: str) -> Mistake | None:
    """Send the evidence; what went wrong comes back, so that the gate is still asked."""
    from evidence.document import to_json
    from evidence.push import NotSent, push

    try:
        sent = push(
            to_json(found),
            url=arguments.push,
            token=token,
            allow_insecure=arguments.allow_insecure,
            say=lambda words: say(f"push: {words}"),
        )
    except NotSent as problem:
        return Mistake(f"push: {problem}", code=NOT_NOW if problem.later else USER_MISTAKE)
    what = "sent" if sent.new else "the server had this very evidence already"
    say(f"push: {what}{f', {sent.system}' if sent.system else ''}{f': {sent.url}' if sent.url else '.'}")
    return None


def signals(arguments: argparse.Namespace) -> int:
    """List every signal: its id for --fail-on, what it states and how much it may claim."""
    import json

    from evidence.signals import SIGNALS

    if arguments.json:
        listed = [
            {
                "id": one.id,
                "statement": one.statement,
                "area": one.area,
                "questions": one.questions,
                "polarity": one.polarity.value,
                "strength": one.strength.value,
                "version": one.version,
            }
            for one in SIGNALS.values()
        ]
        print_out(json.dumps({"signals": listed}, ensure_ascii=False))
        return 0
    width = max(map(len, SIGNALS))
    ordered = sorted(SIGNALS.values(), key=lambda one: (one.area, one.id))
    print_out(
        "\n".join(
            f"{one.area}  {one.strength.value if one.polarity.value == 'debt' else 'care':<6}  "
            f"{one.id:<{width}}  {one.statement}"
            for one in ordered
        )
    )
    return 0


class _Version(argparse.Action):
    """Prints the collector's version, which stands where the collector is."""

    def __call__(self, *_: object) -> NoReturn:
        """Print and leave."""
        from evidence import COLLECTOR

        print_out(f"arrears-collect {COLLECTOR}")
        raise SystemExit(0)


def arguments_parser() -> Parser:
    """The collector's command line as it is documented."""
    parser = Parser(
        prog=Path(sys.argv[0]).name if sys.argv[0].endswith(".pyz") else "-m evidence",
        description="What a repository shows of the technical debt of its machine learning. Nothing of it is run, "
        "nothing leaves this machine unless you ask for it with --push.",
    )
    parser.add_argument("--version", nargs=0, action=_Version, help="show the collector's version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command, add_options in ((scan, add_scan_options), (signals, None)):
        about = (command.__doc__ or "").split("\n")[0]
        added = commands.add_parser(command.__name__, help=about, description=about)
        added.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        added.set_defaults(run=command)
        if add_options is not None:
            add_options(added)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command of the collector. Returns the exit code."""
    return run(arguments_parser, argv)
