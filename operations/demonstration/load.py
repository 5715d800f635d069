"""Load the demonstration portfolio through the operations a user uses, and take it away again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence.collector import collect
from evidence.document import to_json
from evidence.evidence import Evidence, PastQuarter, PastSignal
from operations.actions import ActionDraft, close_action, drop_action, read_actions, save_actions
from operations.assessments import (
    answer_question,
    asked_questions,
    close_assessment,
    confirm_last,
    open_assessment,
    record_votes,
)
from operations.authorize import Action, Actor, permitted
from operations.comments import add_comment, edit_comment
from operations.demonstration import growth, pricing, service
from operations.demonstration.aims import AIMS, COMMENTS
from operations.demonstration.meeting import hold_meeting
from operations.demonstration.moments import CLOSED_AFTER, Clock, quarter_ends, workshop_clock
from operations.demonstration.one_transaction import in_one_transaction
from operations.demonstration.promises import PLANNING, Planning, Promise
from operations.demonstration.repositories import packed
from operations.demonstration.story import EVERYTHING, PRESENT, QUARTERS, Pushed, Story, Visit
from operations.demonstration.ties import tie_together
from operations.errors import InvalidInput
from operations.periods import period_of, shift
from operations.plans import save_estimate, save_plan_settings
from operations.repository_evidence import (
    add_archive,
    add_evidence_json,
    decide_floor,
    make_token,
    push_evidence,
)
from operations.scores import scope_of, score_assessment
from operations.systems import create_system
from operations.targets import set_target
from operations.workplace import Workplace, shipped_checklist
from scoring.aggregate import parameters_of
from scoring.interest import cost_days, interest_over_horizon, price
from scoring.plan_terms import PlanParameters
from store.records import AssessmentRecord, Records, SystemRecord
from store.target_records import PORTFOLIO

STORIES: tuple[Story, ...] = (*growth.STORIES, *pricing.STORIES, *service.STORIES)
SUBJECT = "demonstration"  #: of its entries in the audit trail
FIRST_PLACE = 0.55  #: part of a quarter that has passed when the first workshop takes place
NEXT_PLACE = 0.04  #: each further system a few days later
TIES_PLACE = 0.5  #: when people note which system feeds which
ACTIONS_PLACE = 0.35  #: when what was decided the quarter before is done

AIMS_PLACE = 0.98  #: when a quarter is looked back on

Progress = Callable[[int, int, str], None]


@permitted(Action.LOAD_DEMONSTRATION)
def load_demonstration(workplace: Workplace, actor: Actor, *, progress: Progress | None = None) -> int:
    """Add the invented systems with six quarters of answers. Returns how many systems there are.

    `progress` hears (done, of, what) before each quarter of each system. Everything goes through the operations a
    user uses, under invented names and at past moments; the audit trail says where the invented entries begin and
    end. A load that does not reach its end, for whatever reason, takes away what it had added.
    Raises InvalidInput when a demonstration is loaded already, AlreadyThere when a system of yours has the name of
    one of its systems in the same team, StorageFull.
    """
    tell = progress or (lambda _done, _of, _what: None)
    visits = [
        (story, quarter) for quarter in range(1, QUARTERS + 1) for story in STORIES if quarter in story.quarters()
    ]
    systems = in_one_transaction(workplace, partial(_create_all, actor=actor))
    secrets: dict[str, str] = {}
    try:
        for done, (story, quarter) in enumerate(visits):
            period = _period(workplace, quarter)
            tell(done, len(visits), f"{story.name}, Q{period[5]} {period[:4]}")
            _Quarter(workplace, actor, story, systems[story.name], quarter, secrets).enter()
            if done + 1 == len(visits) or visits[done + 1][1] != quarter:
                _look_ahead(workplace, actor, systems, quarter)
        ids = {name: system.system_id for name, system in systems.items()}
        tied = replace(workplace, clock=_clock(workplace, PRESENT, TIES_PLACE))
        in_one_transaction(tied, lambda inside: tie_together(inside, actor, systems=ids))
        tell(len(visits), len(visits), "The demonstration portfolio is complete")
    except BaseException:
        workplace.store.write(lambda records: _remove(workplace, actor, records, "demonstration not completed"))
        raise
    workplace.store.write(
        lambda records: _note(workplace, actor, records, "demonstration loaded", "The invented entries end here.")
    )
    return len(systems)


@permitted(Action.REMOVE_DEMONSTRATION)
def remove_demonstration(workplace: Workplace, actor: Actor) -> int:
    """Delete the demonstration's systems with all that belongs to them. Returns how many there were.

    Systems of the user stay, and so does every entry of the audit trail.
    """
    return workplace.store.write(lambda records: _remove(workplace, actor, records, "remove demonstration"))


def _remove(workplace: Workplace, actor: Actor, records: Records, action: str) -> int:
    count = records.remove_demonstration()
    if count:
        _note(workplace, actor, records, action, f"{count} systems")
    return count


def _note(workplace: Workplace, actor: Actor, records: Records, action: str, detail: str) -> None:
    records.audit(at=workplace.now(), actor=actor.name, action=action, subject=SUBJECT, detail=detail)


def _period(workplace: Workplace, quarter: int) -> str:
    return shift(period_of(workplace.today()), quarter - PRESENT)


def _create_all(workplace: Workplace, *, actor: Actor) -> dict[str, SystemRecord]:
    """Create the systems by name, all or none: of two loads at once, the second finds the first one's."""

    def begin(records: Records) -> None:
        if any(system.demonstration for system in records.systems(include_retired=True)):
            raise InvalidInput("demonstration", "it is loaded already; remove it first to load it anew")
        _note(
            workplace,
            actor,
            records,
            "load demonstration",
            "Invented systems, people and times follow, until the entry that says the demonstration is loaded.",
        )

    workplace.store.write(begin)
    return {
        story.name: create_system(
            replace(workplace, clock=_clock(workplace, story.first, 0)),
            replace(actor, name=story.people[0]),
            name=story.name,
            team=story.team,
            decides=story.decides,
            affected=story.affected,
            switches=story.switches,
            tags=story.tags,
            demonstration=True,
        )
        for story in STORIES
    }


def _clock(workplace: Workplace, quarter: int, place: float) -> Clock:
    return workshop_clock(_period(workplace, quarter), place=place, latest=workplace.clock())


def _look_ahead(workplace: Workplace, actor: Actor, systems: Mapping[str, SystemRecord], quarter: int) -> None:
    """Near the end of a quarter: what people want to come down to, and what they say about their actions."""
    stories = {story.name: story for story in STORIES}

    def work(then: Workplace) -> None:
        for aim in (one for one in AIMS if one.quarter == quarter and one.story in {"", *systems}):
            name = stories[aim.story].people[aim.person] if aim.story else "Management"
            set_target(
                then, replace(actor, name=name), debt=aim.debt, by_period=_period(workplace, aim.by), area=aim.area,
                system_id=systems[aim.story].system_id if aim.story else PORTFOLIO, expected_rev=0, demonstration=True,
            )  # fmt: skip
        for said in (one for one in COMMENTS if one.quarter == quarter and one.story in systems):
            system_id = systems[said.story].system_id
            person = replace(actor, name=stories[said.story].people[said.person])
            found = read_actions(then, person, system_id=system_id)
            action_id = next(action.action_id for action in found if action.question_id == said.question)
            place = {"system_id": system_id, "action_id": action_id}
            first = add_comment(then, person, **place, body=said.before or said.text)
            if said.before:
                edit_comment(then, person, **place, comment_id=first.comment_id, body=said.text, expected_rev=first.rev)

    in_one_transaction(replace(workplace, clock=_clock(workplace, quarter, AIMS_PLACE)), work)


class _Quarter:
    """One quarter of one story, entered as its people would."""

    def __init__(  # noqa: PLR0917  (each is another thing, named where they are taken up)
        self,
        workplace: Workplace,
        actor: Actor,
        story: Story,
        system: SystemRecord,
        quarter: int,
        secrets: dict[str, str],
    ) -> None:
        self.secrets = secrets  #: of the tokens of this load, by system; forgotten at its end
        self.actor = actor
        self.story = story
        self.system = system
        self.quarter = quarter
        self.period = _period(workplace, quarter)
        self.planning = PLANNING.get(story.name, Planning())
        place = FIRST_PLACE + NEXT_PLACE * STORIES.index(story)
        self.clock = _clock(workplace, quarter, place)
        self.done_clock = _clock(workplace, quarter, ACTIONS_PLACE)
        self.workplace = replace(workplace, clock=self.clock)

    def enter(self) -> None:
        """Answer in one transaction, then hand over (which takes a while), decide and close in another."""
        assessment = in_one_transaction(self.workplace, self._answer)
        visit = self.story.visit(self.quarter)
        if visit is not None and visit.pushed is not None:
            self._push(visit, visit.pushed)
        elif visit is not None:
            self._upload(assessment, packed(visit.files))
        in_one_transaction(self.workplace, partial(self._finish, assessment=assessment))

    def _upload(self, assessment: AssessmentRecord, archive: bytes) -> None:
        """Hand the archive over; where strangers' archives are not read, scan it here and hand over the result."""
        name = self._repository()
        place = {"assessment_id": assessment.assessment_id}
        try:
            add_archive(self.workplace, self._person(1), **place, archive=archive, name=f"{name}.zip")
        except InvalidInput:
            add_evidence_json(self.workplace, self._person(1), **place, text=to_json(_scan(archive, name)))

    def _push(self, visit: Visit, pushed: Pushed) -> None:
        """Hand the scan over as a build does, with the quarters that the repository's history shows."""
        system_id = self.system.system_id
        if system_id not in self.secrets:
            made = make_token(self.workplace, self._person(0), system_id=system_id, name=pushed.name)
            self.secrets[system_id] = made.secret
        past = [(quarter, files) for quarter, files in sorted(pushed.past.items()) if quarter < self.quarter]
        found = replace(
            _scan(packed(visit.files), self._repository()),
            commit=_commit(visit.files),
            history=tuple(self._past(quarter, files) for quarter, files in past),
        )
        push_evidence(self.workplace, secret=self.secrets[system_id], text=to_json(found))

    def _past(self, quarter: int, files: Mapping[str, str]) -> PastQuarter:
        period = shift(self.period, quarter - self.quarter)
        found = _scan(packed(files), self._repository())
        return PastQuarter(
            period=period,
            commit=_commit(files),
            date=quarter_ends(period).isoformat(),
            kind=found.kind,
            files=found.files,
            lines=sum(found.lines_by_language.values()),
            signals=tuple(
                PastSignal(id=s.id, state=s.state, value=s.value, denominator=s.denominator, version=s.version)
                for s in found.signals
            ),
        )

    def _repository(self) -> str:
        return self.story.name.lower().replace(" ", "-")

    def _person(self, place: int) -> Actor:
        return replace(self.actor, name=self.story.people[place % len(self.story.people)])

    def _answer(self, workplace: Workplace) -> AssessmentRecord:
        self._keep_promises(replace(workplace, clock=self.done_clock))
        assessment = open_assessment(
            workplace,
            self._person(0),
            system_id=self.system.system_id,
            period=self.period,
            scope=self.story.scope(self.quarter),
        )
        before = self._asked_before()
        left = self.story.answered_now if self.quarter == PRESENT else EVERYTHING
        for place, (area, questions) in enumerate(asked_questions(shipped_checklist(), scope_of(assessment))):
            for question in questions[:left]:
                self._say(
                    workplace, self._person(place), assessment, area.id, question.id, repeated=question.id in before
                )
            left -= len(questions[:left])
        if self.quarter == PRESENT and self.story.meeting is not None:
            hold_meeting(
                self.clock,
                workplace,
                self._person(0),
                assessment_id=assessment.assessment_id,
                meeting=self.story.meeting,
            )
        return assessment

    def _asked_before(self) -> frozenset[str]:
        """The questions that have an answer of the quarter before."""
        if self.quarter - 1 not in self.story.quarters():
            return frozenset()
        whole = self.story.scope(self.quarter - 1) == "all"
        return frozenset(q.id for q in shipped_checklist().questions.values() if whole or q.core)

    def _say(
        self,
        workplace: Workplace,
        person: Actor,
        assessment: AssessmentRecord,
        area: str,
        question: str,
        *,
        repeated: bool,
    ) -> None:
        """Confirm what was said last quarter where it still holds, else answer anew."""
        said = self.story.says(question, area, self.quarter)
        place = {"assessment_id": assessment.assessment_id, "question_id": question}
        if repeated and said.since < self.quarter:
            confirm_last(workplace, person, **place, expected_rev=0)
        elif said.votes:
            record_votes(workplace, person, **place, votes=said.votes, note=said.choice.note, expected_rev=0)
        else:
            answer_question(workplace, person, **place, choice=said.choice, expected_rev=0)

    def _finish(self, workplace: Workplace, *, assessment: AssessmentRecord) -> None:
        visit = self.story.visit(self.quarter)
        for override in visit.overrides if visit else ():
            decide_floor(
                workplace,
                self._person(0),
                assessment_id=assessment.assessment_id,
                question_id=override.question,
                signal_id=override.signal,
                decision="overridden",
                decided_at=None,
                reason=override.reason,
            )
        for question, signal in visit.accepted if visit else ():
            decide_floor(
                workplace,
                self._person(0),
                assessment_id=assessment.assessment_id,
                question_id=question,
                signal_id=signal,
                decision="accepted",
                decided_at=None,
            )
        if self.quarter < PRESENT:
            self.clock.moment += CLOSED_AFTER
            close_assessment(workplace, self._person(0), assessment_id=assessment.assessment_id)
            self._plan(workplace, assessment)

    def _keep_promises(self, workplace: Workplace) -> None:
        """Close what was done, and drop what was given up, before people answer anew."""
        kept = {p.question: p for p in self.planning.promises if p.done == self.quarter}
        dropped = {p.question: p for p in self.planning.promises if p.dropped and p.planned == self.quarter - 1}
        if not kept and not dropped:
            return
        for action in read_actions(workplace, self.actor, system_id=self.system.system_id):
            place = {"system_id": self.system.system_id, "action_id": action.action_id}
            if action.state != "open":
                continue
            if (promise := kept.get(action.question_id)) is not None:
                close_action(
                    workplace,
                    self._person(promise.owner or 0),
                    **place,
                    actual_days=promise.took,
                    friction_gone=promise.gone,
                    expected_rev=action.rev,
                )
            elif (promise := dropped.get(action.question_id)) is not None:
                drop_action(
                    workplace,
                    self._person(promise.owner or 0),
                    **place,
                    reason=promise.dropped,
                    expected_rev=action.rev,
                )

    def _plan(self, workplace: Workplace, assessment: AssessmentRecord) -> None:
        """Decide what to repay next; after the last closed quarter also say how to plan, and what the team expects."""
        system_id = self.system.system_id
        estimates = self.planning.estimates if self.quarter == PRESENT - 1 else ()
        for estimate in estimates:
            save_estimate(workplace, self._person(1), system_id=system_id, estimate=estimate, expected_rev=0)
        if self.quarter == PRESENT - 1 and self.planning.settings is not None:
            save_plan_settings(
                workplace, self._person(0), system_id=system_id, settings=self.planning.settings, expected_rev=0
            )
        promises = [promise for promise in self.planning.promises if promise.planned == self.quarter]
        if not promises:
            return
        scored = workplace.store.read(lambda records: score_assessment(workplace, records, assessment))
        own = {estimate.question: estimate for estimate in estimates}
        values, parameters = parameters_of(scored.checklist).values, PlanParameters()

        def draft(promise: Promise) -> ActionDraft:
            costs = price(scored.checklist, promise.question, estimates=own)
            debt, target = scored.score.questions[promise.question].debt, values[promise.target]
            due = None if promise.due_days is None else workplace.today() + timedelta(days=promise.due_days)
            return ActionDraft(
                question_id=promise.question,
                title=promise.title,
                owner="" if promise.owner is None else self._person(promise.owner).name,
                due=due or quarter_ends(shift(self.period, PRESENT - self.quarter)),
                link=promise.link,
                target=promise.target,
                planned_days=cost_days(debt, target, costs, parameters),
                benefit_days=interest_over_horizon(debt, costs, parameters)
                - interest_over_horizon(target, costs, parameters),
            )

        save_actions(
            workplace,
            self._person(0),
            assessment_id=assessment.assessment_id,
            drafts=[draft(promise) for promise in promises],
        )


def _scan(archive: bytes, name: str) -> Evidence:
    """What our own invented archive shows, read in this process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "repository.zip"
        path.write_bytes(archive)
        return collect(path, name=name)


def _commit(files: Mapping[str, str]) -> str:
    """A commit's name for an invented state of a repository: the same for the same files."""
    return hashlib.sha256(packed(files)).hexdigest()[:40]
