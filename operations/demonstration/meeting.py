"""A workshop of the demonstration: held through the operations of its phones and its facilitator, to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from operations.authorize import Actor
from operations.ballots import Guest, cast_vote, guest_of, join_workshop
from operations.demonstration.moments import Clock
from operations.demonstration.story import Asked, Meeting
from operations.workplace import Workplace
from operations.workshops import (
    end_workshop,
    open_workshop,
    put_before_people,
    reveal,
    settle_question,
    skip_question,
    start_workshop,
    vote_again,
)

VOTE_STEP = timedelta(seconds=9)  #: from one step or vote to the next
TIME_BOX_SECONDS = 180


def hold_meeting(clock: Clock, workplace: Workplace, actor: Actor, *, assessment_id: str, meeting: Meeting) -> None:
    """Open a workshop on the meeting's questions, let its people vote, settle and end it. Moves `clock` on."""
    room = Clock(moment=clock.moment, step=min(VOTE_STEP, clock.step), latest=clock.latest)
    there = replace(workplace, clock=room)
    opened = open_workshop(
        there,
        actor,
        assessment_id=assessment_id,
        questions=[asked.question for asked in meeting.asked],
        time_box_seconds=TIME_BOX_SECONDS,
    )
    guests = [
        guest_of(there, secret=join_workshop(there, code=opened.code, name=name, role=role).secret)
        for name, role in meeting.people
    ]
    place = {"workshop_id": opened.workshop_id}
    start_workshop(there, actor, **place)
    seen: str | None = None
    for asked in meeting.asked:
        if seen is not None:
            put_before_people(there, actor, **place, question_id=asked.question, seen=seen)
        seen = asked.question
        if asked.first:
            _vote_and_settle(there, actor, opened.workshop_id, guests, asked)
        else:
            skip_question(there, actor, **place, question_id=asked.question)
    end_workshop(there, actor, **place)
    clock.moment = room.moment


def _vote_and_settle(workplace: Workplace, actor: Actor, workshop_id: str, guests: list[Guest], asked: Asked) -> None:
    place = {"workshop_id": workshop_id, "question_id": asked.question}
    for number, votes in enumerate(filter(None, (asked.first, asked.second)), start=1):
        if number > 1:
            vote_again(workplace, actor, **place)
        for voter, (guest, level) in enumerate(zip(guests, votes, strict=True)):
            comment = asked.comments.get(voter, "") if number == 1 else ""
            cast_vote(
                workplace,
                guest.actor,
                workshop_id=workshop_id,
                guest=guest,
                question_id=asked.question,
                ballot_round=number,
                level=level,
                comment=comment,
            )
        reveal(workplace, actor, **place, ballot_round=number)
    settle_question(workplace, actor, **place, level=asked.level, reason=asked.reason)
