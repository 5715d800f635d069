"""The steps of a workshop: which one comes next, which others there are, and taking one without taking it twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from operations.errors import InvalidInput, StoreError
from operations.records import LOBBY, PAUSED, REVEALED, SETTLED, SKIPPED, VOTING
from operations.workshops import (
    ROUNDS,
    OnTable,
    WorkshopView,
    end_workshop,
    pause_workshop,
    put_before_people,
    reveal,
    settle_question,
    skip_question,
    start_workshop,
    vote_again,
)
from pages.place import Desk
from ui import problems, session
from ui.keys import shortcuts, shortcuts_switch
from ui.text import plain
from ui.workshop_words import needs_talk, reveal_words, settle_words

OWNER = "workshop-owner"  #: the field for who finds out what nobody knew
TROUBLE = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something the facilitator can do next."""

    name: str  #: of its button; tells one step from the next
    label: str
    letter: str  #: the key that takes it
    icon: str
    take: Callable[[], object]
    ready: bool = True
    why_not: str = ""


def next_step(here: Desk, view: WorkshopView) -> Step:
    """The one step that comes next."""
    held, table = view.workshop, view.on_table
    act = Acts(here, view)
    if held.state == LOBBY:
        return Step(
            name="start", label="Start", letter="s", icon=":material/play_arrow:", take=act.start,
            ready=bool(view.people), why_not="Nobody is in yet.",
        )  # fmt: skip
    if held.state == PAUSED:
        return Step(name="go-on", label="Go on", letter="p", icon=":material/play_arrow:", take=act.go_on)
    if table is None or table.turn.state in {SETTLED, SKIPPED}:
        return _onward(view, act)
    if table.turn.state == VOTING:
        return Step(
            name="reveal", label=reveal_words(view.people), letter="r", icon=":material/visibility:",
            take=act.reveal, ready=bool(table.voted), why_not="Nobody has voted yet.",
        )  # fmt: skip
    again, settled = _again(act), _settle(table, act)
    return again if again is not None and table.revealed and needs_talk(table.revealed) else settled


def _onward(view: WorkshopView, act: Acts) -> Step:
    following = view.next_question
    if following is None:
        return Step(name="end", label="End the workshop", letter="e", icon=":material/flag:", take=act.end)
    label = "Next question" if view.on_table else "Look at the first question"
    return Step(
        name=f"next-{following}", label=label, letter="n", icon=":material/arrow_forward:",
        take=lambda: act.go_to(following),
    )  # fmt: skip


def _again(act: Acts) -> Step | None:
    table = act.view.on_table
    if table is None or table.turn.state != REVEALED or table.turn.round >= ROUNDS:
        return None
    return Step(name="again", label="Vote again", letter="v", icon=":material/replay:", take=act.again)


def _settle(table: OnTable, act: Acts) -> Step:
    proposed = table.revealed.proposed if table.revealed else None
    return Step(
        name="settle", label=settle_words(proposed), letter="s", icon=":material/check:",
        take=lambda: act.settle(owner=session.widget_text(OWNER) if proposed is None else ""),
    )  # fmt: skip


def other_steps(here: Desk, view: WorkshopView, first: Step) -> list[Step]:
    """What else can be done now, the likeliest first."""
    held, table = view.workshop, view.on_table
    act = Acts(here, view)
    steps: list[Step | None] = []
    if table is not None and held.state != PAUSED:
        if table.turn.state == REVEALED:
            steps += [_again(act), _settle(table, act)]
        if table.turn.state in {VOTING, REVEALED}:
            steps.append(Step(name="skip", label="Skip", letter="k", icon=":material/skip_next:", take=act.skip))
        if table.turn.state == SKIPPED:
            steps.append(
                Step(
                    name="reopen", label="Vote on it after all", letter="v", icon=":material/replay:",
                    take=lambda: act.go_to(table.turn.question_id),
                )
            )  # fmt: skip
        before = [turn for turn in view.turns if turn.position < table.turn.position]
        if before:
            steps.append(
                Step(
                    name="back", label="Back", letter="b", icon=":material/arrow_back:",
                    take=lambda: act.go_to(before[-1].question_id),
                )
            )  # fmt: skip
    if held.state not in {LOBBY, PAUSED}:
        steps.append(Step(name="pause", label="Pause", letter="p", icon=":material/pause:", take=act.pause))
    return [step for step in steps if step is not None and step.name != first.name]


@dataclass(frozen=True, slots=True)
class Acts:
    """The operations behind the steps, each about the question and round this tab has drawn."""

    here: Desk
    view: WorkshopView

    @property
    def _workshop(self) -> str:
        return self.view.workshop.workshop_id

    @property
    def _table(self) -> OnTable:
        if self.view.on_table is None:
            raise InvalidInput("question", "none is on the table; go to one first")
        return self.view.on_table

    def start(self) -> None:
        """Let the people vote."""
        start_workshop(self.here.workplace, self.here.actor, workshop_id=self._workshop)

    def reveal(self) -> None:
        """Open the votes."""
        turn = self._table.turn
        reveal(
            self.here.workplace, self.here.actor, workshop_id=self._workshop, question_id=turn.question_id,
            ballot_round=turn.round,
        )  # fmt: skip

    def again(self) -> None:
        """Start the re-vote."""
        question_id = self._table.turn.question_id
        vote_again(self.here.workplace, self.here.actor, workshop_id=self._workshop, question_id=question_id)

    def settle(self, *, level: int | None = None, reason: str = "", owner: str = "") -> None:
        """Write the consensus down, by the rule or as a level with its reason."""
        settle_question(
            self.here.workplace, self.here.actor, workshop_id=self._workshop,
            question_id=self._table.turn.question_id, level=level, reason=reason, owner=owner,
        )  # fmt: skip
        session.set_last_saved(self.here.workplace.clock())

    def go_to(self, question_id: str) -> None:
        """Put a question before the people."""
        seen = self.view.workshop.question_id
        put_before_people(
            self.here.workplace, self.here.actor, workshop_id=self._workshop, question_id=question_id, seen=seen
        )

    def skip(self) -> None:
        """Leave the question without an answer, and go on where there is something to go on to."""
        question_id = self._table.turn.question_id
        skip_question(self.here.workplace, self.here.actor, workshop_id=self._workshop, question_id=question_id)
        if self.view.next_question is not None:
            self.go_to(self.view.next_question)

    def pause(self) -> None:
        """Stop the voting and the clock."""
        pause_workshop(self.here.workplace, self.here.actor, workshop_id=self._workshop, paused=True)

    def go_on(self) -> None:
        """End the pause."""
        pause_workshop(self.here.workplace, self.here.actor, workshop_id=self._workshop, paused=False)

    def end(self) -> None:
        """End the workshop."""
        end_workshop(self.here.workplace, self.here.actor, workshop_id=self._workshop)


def attempt(workshop_id: str, take: Callable[[], object]) -> None:
    """Take a step; what was refused stands on the page until the next one that works."""
    try:
        take()
    except (InvalidInput, StoreError) as refusal:
        session.set_trouble(workshop_id, TROUBLE, f"Not done: {refusal}")
        return
    session.set_trouble(workshop_id, TROUBLE, "")


def draw_steps(here: Desk, view: WorkshopView) -> None:
    """The one big button, what stands against it, and the others small beneath; each says its key."""
    workshop_id = view.workshop.workshop_id
    first = next_step(here, view)
    others = other_steps(here, view, first)
    place = f"{first.name}:{view.workshop.question_id}:{view.on_table.turn.round if view.on_table else 0}"
    session.offer_step(workshop_id, place)

    def take_first() -> None:
        if session.step_was_seen(workshop_id, place):
            attempt(workshop_id, first.take)

    if trouble := session.trouble(workshop_id, TROUBLE):
        problems.warning(trouble)
    with st.container(key="workshop-step"):
        st.button(
            _label(first), key=_key(first), type="primary", icon=first.icon, width="stretch", on_click=take_first,
            disabled=not first.ready,
        )  # fmt: skip
    if first.why_not and not first.ready:
        st.caption(first.why_not)
    if others:
        with st.container(horizontal=True, gap="xsmall"):
            for step in others:
                st.button(_label(step), key=_key(step), icon=step.icon, on_click=attempt, args=(workshop_id, step.take))


def draw_keys(here: Desk, view: WorkshopView) -> None:
    """Let each step's letter take it, and draw the switch that turns the letters off."""
    first = next_step(here, view)
    steps = [first, *other_steps(here, view, first)]
    shortcuts({step.letter: _key(step) for step in steps if step.ready}, key="workshop-keys")
    shortcuts_switch()


def _key(step: Step) -> str:
    return session.widget_key("workshop-do", step.name)


def _label(step: Step) -> str:
    return plain(f"{step.label} [{step.letter.upper()}]" if session.shortcuts_on() else step.label)
