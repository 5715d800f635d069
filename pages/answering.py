"""Saving one answer from the questionnaire: against what the person saw, and what is said when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from operations.assessments import (
    Choice,
    answer_question,
    confirm_last,
    undo_answer,
    was_saved,
)
from operations.errors import Conflict, InvalidInput, StoreError
from operations.freshness import confirm_answer
from operations.records import AnswerRecord
from pages.place import Desk
from ui import problems, session
from ui.question_card import Clash, choice_of_option


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """One question of one assessment, as the person in this tab answers it."""

    here: Desk
    assessment_id: str
    question_id: str

    def save(self, choice: Choice) -> None:
        """Save a choice made on the question's card; a clash stays there until the person decides."""
        seen, clash = self._seen(), session.clash(self.assessment_id, self.question_id)
        if isinstance(clash, Clash) and clash.mine is choice:  # "Use mine": over what was shown as theirs, no more
            choice, seen = choice.over(clash.theirs, seen=clash.seen), clash.theirs
            session.set_seen_answer(self.assessment_id, self.question_id, seen, own=True)
        revision = self._revision()
        try:
            self._attempt(lambda: self._answer(choice, revision), revision, typed=choice.state == "not_applicable")
        except Conflict as conflict:
            self._keep_clash(conflict, seen, choice)

    def choose(self, option: int | str, *, revision: int) -> None:
        """Save an option of the list, chosen with that revision in sight; once, however often the browser says it."""
        seen = self._seen()
        choice = choice_of_option(option, seen)
        expected = self._after_own_step(revision)
        try:
            self._attempt(lambda: self._answer(choice, expected), expected, typed=False, step_from=revision)
        except Conflict as conflict:
            if not was_saved(
                self.here.workplace, self.here.actor, assessment_id=self.assessment_id, question_id=self.question_id,
                choice=choice, expected_rev=expected,
            ):  # fmt: skip
                self._keep_clash(conflict, seen, choice)

    def confirm(self) -> None:
        """Take last quarter's answer over."""
        self._press(confirm_last)

    def stand_by(self) -> None:
        """Say that the answer is still true."""
        self._press(confirm_answer)

    def undo(self, *, revision: int | None = None) -> None:
        """Put back what stood before the answer the person has in sight (`revision`, where the list says it)."""
        self._press(undo_answer, revision)

    def _seen(self) -> AnswerRecord | None:
        seen = session.seen_answer(self.assessment_id, self.question_id)
        return seen if isinstance(seen, AnswerRecord) else None

    def _revision(self) -> int:
        seen = self._seen()
        return seen.rev if seen else 0

    def _answer(self, choice: Choice, revision: int) -> AnswerRecord | None:
        return answer_question(
            self.here.workplace, self.here.actor, assessment_id=self.assessment_id, question_id=self.question_id,
            choice=choice, expected_rev=revision,
        )  # fmt: skip

    def _after_own_step(self, revision: int) -> int:
        """The revision that a second click means whose first has not come back yet."""
        step = session.own_step(self.assessment_id, self.question_id)
        if step is None or step[0] != revision:
            return revision
        others = session.changed_by_others(self.assessment_id, self.question_id)
        came_back = others and self._revision() == revision  # somebody cleared it: unanswered is 0 once more
        return revision if came_back else step[1]

    def _press(self, operation: Callable[..., AnswerRecord | None], given: int | None = None) -> None:
        """Confirm or undo: only what the person has before them, so there is nothing to choose between."""
        revision = self._revision() if given is None else self._after_own_step(given)

        def change() -> AnswerRecord | None:
            return operation(
                self.here.workplace, self.here.actor, assessment_id=self.assessment_id, question_id=self.question_id,
                expected_rev=revision,
            )  # fmt: skip

        try:
            self._attempt(change, revision, typed=False, step_from=given)
        except Conflict as conflict:
            self._refused(f"Nothing was changed: {conflict}", keep=False)

    def _attempt(
        self, change: Callable[[], AnswerRecord | None], revision: int, *, typed: bool, step_from: int | None = None
    ) -> None:
        """Change the answer the person has before them; what is refused is said, and a Conflict passed on.

        What was mistyped, or `typed` and could not be saved, stays where it was typed.
        """
        session.set_trouble(self.assessment_id, self.question_id, "")
        try:
            stored = change()
        except Conflict:
            raise
        except (StoreError, InvalidInput) as trouble:
            self._refused(f"Not saved: {trouble}", keep=typed or isinstance(trouble, InvalidInput))
            return
        if session.clash(self.assessment_id, self.question_id) is not None:
            session.drop_clash(self.assessment_id, self.question_id)
        session.set_seen_answer(self.assessment_id, self.question_id, stored, own=True)
        session.set_last_saved(self.here.workplace.clock())
        if step_from is not None:
            session.note_own_step(
                self.assessment_id, self.question_id, seen=step_from, became=stored.rev if stored else 0
            )
        if stored is None or stored.rev != revision:
            session.note_own_change(self.assessment_id)

    def _keep_clash(self, conflict: Conflict, seen: AnswerRecord | None, choice: Choice) -> None:
        theirs = conflict.current if isinstance(conflict.current, AnswerRecord) else None
        session.keep_clash(self.assessment_id, self.question_id, Clash(seen=seen, theirs=theirs, mine=choice))
        problems.attention(
            f"{self.question_id}: {theirs.changed_by if theirs else 'somebody'} was faster. Choose below."
        )

    def _refused(self, sentence: str, *, keep: bool) -> None:
        """Say why nothing was saved; `keep` leaves what the person typed, else what is stored is shown again."""
        session.set_trouble(self.assessment_id, self.question_id, sentence)
        problems.attention(f"{self.question_id} is not saved; the reason stands below the answers.")
        if not keep:
            session.note_refusal(self.assessment_id, self.question_id)
