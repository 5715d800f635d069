"""Three people on one assessment who save, clear, undo and repeat: nobody ever overwrites what they have not seen."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from store.errors import Conflict
from tests.store.world import LATER, a_system, an_answer, an_assessment

EDITORS = st.sampled_from(["ada", "bob", "cyd"])
QUESTIONS = st.sampled_from(["ENT-01", "CFG-01"])
CHOICES = st.sampled_from([0, 1, None])  # None: "we do not know"


def content(answer):
    """What a person sees of an answer; None where there is none."""
    return None if answer is None else (answer.state, answer.level)


class Editors(RuleBasedStateMachine):
    """The model: what stands for each question (None = nothing), how often it changed, what each editor saw last."""

    counter = 0
    store = None  # set by the test

    @initialize()
    def open(self):
        Editors.counter += 1
        self.here = f"assessment-{Editors.counter}"
        system = a_system(f"system-{Editors.counter}", name=f"System {Editors.counter}")
        self.store.write(lambda records: records.add_system(system))
        self.store.write(lambda r: r.open_assessment(an_assessment(self.here, system_id=system.system_id)))
        self.stands = {}  # question -> content
        self.changes = {}  # question -> number of changes
        self.seen = {editor: {} for editor in ("ada", "bob", "cyd")}  # editor -> question -> AnswerRecord or None
        self.before = {}  # editor -> (question, what stood before their last change, revision after it)
        self.last = {}  # editor -> their last call, to repeat

    def attempt(self, editor, question, call, wanted, seen_content):
        """Make a call. It may change something only if the editor saw what stood."""
        stood, changes = self.stands.get(question), self.changes.get(question, 0)
        self.last[editor] = (question, call, wanted, seen_content)
        refused = rev = None
        try:
            rev = self.store.write(call)
        except Conflict as conflict:
            refused = conflict
        if refused is not None:
            assert stood != wanted, "what stands already is never refused"
            assert content(refused.current) == stood, "who is refused is shown what stands"
            return
        now = self.store.read(lambda records: records.answers(self.here)).get(question)
        assert content(now) == wanted
        if stood == wanted:
            assert rev == changes, "nothing was counted"
            return
        assert seen_content == stood, "a silent overwrite"
        assert rev == changes + 1
        self.stands[question], self.changes[question] = wanted, rev
        self.before[editor] = (question, stood, rev)
        self.seen[editor][question] = now

    def give(self, editor, question, wanted, expected_rev, seen_content):
        if wanted is None:
            self.attempt(
                editor,
                question,
                lambda records: records.clear_answer(self.here, question, expected_rev, LATER, editor),
                None,
                seen_content,
            )
        else:
            state, level = wanted
            answer = an_answer(question, level, state=state, by=editor)
            self.attempt(
                editor,
                question,
                lambda records: records.save_answer(self.here, answer, expected_rev).rev,
                wanted,
                seen_content,
            )

    @rule(editor=EDITORS)
    def look(self, editor):
        self.seen[editor] = dict(self.store.read(lambda records: records.answers(self.here)))

    @rule(editor=EDITORS, question=QUESTIONS, choice=CHOICES)
    def save(self, editor, question, choice):
        seen = self.seen[editor].get(question)
        wanted = ("unknown", None) if choice is None else ("answered", choice)
        self.give(editor, question, wanted, seen.rev if seen else 0, content(seen))

    @rule(editor=EDITORS, question=QUESTIONS)
    def clear(self, editor, question):
        seen = self.seen[editor].get(question)
        self.give(editor, question, None, seen.rev if seen else 0, content(seen))

    @rule(editor=EDITORS)
    def undo(self, editor):
        """Bring back what stood before one's own last change, if nobody changed it since."""
        if editor in self.before:
            question, stood, rev = self.before[editor]
            mine = self.stands[question] if self.changes[question] == rev else "not mine any more"
            self.give(editor, question, stood, rev, mine)

    @rule(editor=EDITORS)
    def repeat(self, editor):
        """The reply was lost and the browser asks again, long after perhaps."""
        if editor in self.last:
            question, call, wanted, seen_content = self.last[editor]
            self.attempt(editor, question, call, wanted, seen_content)

    @invariant()
    def the_history_tells_every_change(self):
        def look(records):
            return (
                records.answers(self.here),
                records.change_seq(self.here),
                {question: records.answer_history(self.here, question) for question in self.changes},
            )

        answers, change_seq, histories = self.store.read(look)
        assert {question: content(answer) for question, answer in answers.items()} == {
            question: stands for question, stands in self.stands.items() if stands is not None
        }
        assert change_seq == sum(self.changes.values())
        for question, history in histories.items():
            assert [event.rev for event in history] == list(range(1, self.changes[question] + 1))
            last = history[-1]
            assert (None if last.state == "unanswered" else (last.state, last.level)) == self.stands[question]


def test_nobody_overwrites_what_they_have_not_seen(store):
    Editors.store = store
    run_state_machine_as_test(
        Editors,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    assert store.verify() == ()


def test_undo_of_a_first_answer_and_of_its_undo(store):
    """Answer, undo (clear), redo: three entries of history, and whoever saw the first answer is told."""
    here = "churn-2026Q4"
    first = store.write(lambda records: records.save_answer(here, an_answer(level=3), 0))
    assert store.write(lambda records: records.clear_answer(here, "ENT-01", first.rev, LATER, "ada")) == 2
    assert store.write(lambda records: records.save_answer(here, an_answer(level=3), 2)) == replace(first, rev=3)
