"""The participant's page as HTML: what a view of the vote says, in which words, on a page of a few kilobytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from operations.assessments import level_of
from ui.palette import PALETTES, Palette

if TYPE_CHECKING:
    from jinja2 import Environment

    from checklists.checklist import Question
    from operations.ballots import Guest, GuestView
    from operations.records import AnswerRecord
    from operations.workshops import OnTable, Revealed

FILES = Path(__file__).parent / "workshop_files"

_AGREEMENT: Final = {
    "agreed": "Agreed: at most one level apart.",
    "spread": "Spread: two levels apart. Worth a few words.",
    "split": "Split: far apart. Talk before anything else.",
    "too_few": "Fewer than two votes name a level, so there is nothing to compare.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the page, the same for everybody."""

    body: bytes
    media_type: str
    mark: str  #: of its content; the page names it, so that a new version is fetched and an old one never again


def _colours(palette: Palette) -> str:
    named = {
        "page": palette.page,
        "surface": palette.surface,
        "ink": palette.ink,
        "muted": palette.muted,
        "line": palette.line,
        "strong": palette.strong_line,
        "accent": palette.accent,
        "better": palette.better,
        "worse": palette.worse,
    }
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in named.items()) + " }"


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Style and script by the last part of their address."""
    style = (FILES / "page.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{ {_colours(PALETTES['dark'])} }}"
    written = {
        "page.css": (f"{_colours(PALETTES['light'])}\n{dark}\n{style}", "text/css"),
        "page.js": ((FILES / "page.js").read_text(encoding="utf-8"), "text/javascript"),
    }
    return {
        name: Asset(body=text.encode(), media_type=kind, mark=hashlib.sha256(text.encode()).hexdigest()[:12])
        for name, (text, kind) in written.items()
    }


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """Our own templates; every value is escaped where it is put in."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # read when the first guest comes

    known = Environment(
        loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    known.globals["files"] = {
        "css": f"/vote/page.css?v={assets()['page.css'].mark}",
        "js": f"/vote/page.js?v={assets()['page.js'].mark}",
    }
    return known


def join_page(  # each named at the call
    *,
    title: str = "Join the workshop",
    code: str = "",
    name: str = "",
    role: str = "",
    problem: str = "",
    wrong: str = "",
    present: Any = None,
) -> str:
    """The form to come in by. `wrong` names the field that `problem` is about; `present` is who is in already."""
    return (
        _templates()
        .get_template("join.html")
        .render(title=title, code=code, name=name, role=role, problem=problem, wrong=wrong, present=present)
    )


def vote_page(page: VotePage, problem: str = "") -> str:
    """The whole page."""
    return _templates().get_template("vote.html").render(page=page, problem=problem)


def turn_part(page: VotePage) -> str:
    """The part of the page that changes with the workshop."""
    return _templates().get_template("turn.html").render(page=page, problem="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLevel:
    """One level as it is shown: with its votes only once they are revealed."""

    number: int
    text: str
    votes: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A question in the list of a vote that is spread over days."""

    id: str
    text: str
    said: str
    done: bool
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VotePage:
    """Everything the templates name. Before the reveal nothing in it comes from somebody else's vote."""

    mark: str
    room: str  #: tells workshops, and people at one phone, apart in the browser's memory
    name: str
    system: str
    phase: str  #: "waiting", "voting" or "open"
    title: str
    word: str = ""
    spread: bool = False
    until: str = ""
    listed: tuple[Listed, ...] = ()
    voted_on: int = 0
    question_id: str = ""
    round: int = 0
    turn: int = 0  #: of the own vote, 0 without one
    takes_votes: bool = False
    place: str = ""
    why: str = ""
    left: int | None = None  #: seconds of the time box
    left_said: str = ""
    legend: str = ""
    levels: tuple[ShownLevel, ...] = ()
    chosen: int | str | None = None
    comment: str = ""
    comment_label: str = ""
    own: str = ""
    here: str = "/vote"
    agreement: str = ""
    state_said: str = ""
    unknown_said: str = ""
    speak_first: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    last_said: str = ""
    hints: tuple[str, ...] = ()

    @property
    def follows(self) -> bool:
        """Whether a page without script may load itself anew: there is nothing in it that could be lost."""
        return self.phase != "voting" or self.turn > 0 or not self.takes_votes

    @property
    def say(self) -> str:
        """What a screen reader hears when the workshop has moved."""
        return " ".join(filter(None, (self.place, self.title, self.word, self.state_said)))


def page_of(view: GuestView, *, mark: str, guest: Guest, now: datetime) -> VotePage:
    """What a participant's page shows of a view at a moment."""
    about: dict[str, Any] = {
        "mark": mark,
        "room": hashlib.sha256(guest.participant.participant_id.encode()).hexdigest()[:12],
        "name": view.name,
        "system": view.system,
        "spread": view.mode == "spread",
        "until": datetime.fromisoformat(view.expires_at).astimezone().strftime("%d %b %Y %H:%M"),
        "voted_on": sum(one.voted for one in view.questions),
    }
    table = view.table
    here = table.question.id if table else ""
    about["listed"] = tuple(
        Listed(
            id=one.question.id,
            text=one.question.text,
            said="voted" if one.voted else {"voting": "not voted yet"}.get(one.state, one.state),
            done=one.voted or one.state != "voting",
            here=one.question.id == here,
        )
        for one in view.questions
    )
    if table is None or table.turn.state in {"waiting", "skipped"}:
        title, word = _waiting(view)
        return VotePage(phase="waiting", title=title, word=word, question_id=here, **about)
    left = None
    if table.box_ends_at is not None:
        left = max(0, round((datetime.fromisoformat(table.box_ends_at) - now).total_seconds()))
    mine = view.mine
    about |= {
        "question_id": here,
        "round": table.turn.round,
        "title": table.question.text,
        "why": table.question.why,
        "place": f"{table.area} · question {table.turn.position + 1} of {table.of}"
        + (", second vote" if table.turn.round > 1 else ""),
        "turn": mine.turn if mine else 0,
        "chosen": ("unknown" if mine.level is None else mine.level) if mine else None,
        "comment": mine.comment if mine else "",
        "here": f"/vote?question={here}" if view.mode == "spread" else "/vote",
    }
    if table.revealed is None:
        return VotePage(
            phase="voting",
            word=_word_while_voting(view),
            takes_votes=view.takes_votes,
            left=left,
            left_said="" if left is None else f"{left} seconds left" if left else "time is up",
            legend=f"0 is no debt, {len(table.question.levels) - 1} the most",
            levels=tuple(ShownLevel(number=level.number, text=level.text) for level in table.question.levels),
            comment_label="Comment: hidden until the reveal, then everybody reads it without a name",
            own=_own(view),
            **about,
        )
    return VotePage(
        phase="open",
        word=_settled(view),
        levels=tuple(
            _level_open(table, table.revealed, number, yours=mine is not None and mine.level == number)
            for number in range(len(table.question.levels))
        ),
        **about,
        **_opened(table.revealed, table.question),
    )


def _waiting(view: GuestView) -> tuple[str, str]:
    if view.state == "lobby":
        few = " Fewer than three are in so far: with so few, votes cannot stay anonymous." if view.few else ""
        return f"You are in, {view.name}.", f"The workshop begins in a moment; this page follows by itself.{few}"
    if view.state == "ended":
        return "The workshop has ended.", "Thank you. The votes are kept."
    if view.table is not None:
        return "This question was skipped.", "The next one comes by itself."
    if view.questions:
        return "You have voted on everything.", "You can change a vote until it is revealed: choose it above."
    return "A moment, please.", "The next question comes by itself."


def _word_while_voting(view: GuestView) -> str:
    if view.state == "paused":
        return "The workshop is paused. What you voted is kept."
    if not view.takes_votes:
        return "The time to vote is over. What you voted is kept."
    if view.few:
        return "Fewer than three people are in: with so few, votes cannot stay anonymous."
    if not view.anonymous:
        return "Votes are hidden until the reveal. Afterwards those who chose the extremes are named."
    return ""


def _own(view: GuestView) -> str:
    if view.mine is None:
        return "Not voted yet." if view.takes_votes else "You did not vote."
    return "Voted: you can change it until the reveal." if view.takes_votes else "Your vote is kept."


def _settled(view: GuestView) -> str:
    turn = view.table.turn if view.table else None
    if turn is None or turn.state != "settled":
        return ""
    if turn.level is None:
        return "Settled as: we do not know." + (f" {turn.owner} finds out." if turn.owner else "")
    return f"Settled at level {turn.level}." + (f" Why not by the votes: {turn.reason}" if turn.reason else "")


def _level_open(table: OnTable, revealed: Revealed, number: int, *, yours: bool) -> ShownLevel:
    votes = revealed.counts[number]
    parts = ["1 vote, yours"] if yours and votes == 1 else [_votes(votes), *(["yours among them"] if yours else [])]
    if revealed.first is not None:
        parts.append(f"first vote: {revealed.first[number]}")
    said = ", ".join(filter(None, parts))
    return ShownLevel(number=number, text=table.question.levels[number].text, votes=votes, said=said)


def _votes(count: int) -> str:
    return "" if not count else "1 vote" if count == 1 else f"{count} votes"


def _opened(revealed: Revealed, question: Question) -> dict[str, Any]:
    between = (
        f" Votes from level {revealed.low} to {revealed.high}."
        if revealed.low != revealed.high
        else f" All at level {revealed.low}."
        if revealed.low is not None and sum(revealed.counts) > 1
        else ""
    )
    return {
        "agreement": revealed.state.value,
        "state_said": f"{_AGREEMENT[revealed.state.value]}{between}",
        "unknown_said": f"{_votes(revealed.unknown)} for “we do not know”." if revealed.unknown else "",
        "speak_first": revealed.speak_first,
        "comments": revealed.comments,
        "last_said": _last(revealed.last, revealed.last_period, question),
        "hints": revealed.hints,
    }


def _last(answer: AnswerRecord | None, period: str | None, question: Question) -> str:
    if answer is None or period is None:
        return ""
    quarter, level = f"{period[4:]} {period[:4]}", level_of(answer)
    if answer.state == "not_applicable":
        return f"In {quarter}: does not apply."
    if answer.state == "unknown" or level is None:
        return f"In {quarter}: we do not know."
    return f"In {quarter}: level {level} ({question.levels[level].text})"
