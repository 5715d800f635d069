"""Comments on actions: what people say in the course of one; edits keep what stood before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from operations.actions import find_action
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.wording import NOTE_MAX, clean
from operations.workplace import Workplace
from store.comment_records import CommentRecord
from store.records import Records

COMMENTS_MAX = 500  #: on one action; more is a discussion for another place


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment with everything it ever said, oldest first."""

    versions: tuple[CommentRecord, ...]

    @property
    def current(self) -> CommentRecord:
        """What it says now; an empty body means that it was taken back."""
        return self.versions[-1]

    @property
    def first(self) -> CommentRecord:
        """As it was said at first, by whom and when."""
        return self.versions[0]

    @property
    def taken_back(self) -> bool:
        """Whether nothing stands of it."""
        return not self.current.body


@permitted(Action.COMMENT)
def add_comment(workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, body: str) -> CommentRecord:
    """Say something about an action, open or closed. Raises NotFound, InvalidInput."""
    said = clean(body, field="comment", longest=NOTE_MAX, required=True)

    def work(records: Records) -> CommentRecord:
        action = find_action(records, system_id, action_id)
        if len(records.comments.versions(action_id)) >= COMMENTS_MAX:
            raise InvalidInput("comment", f"this action has {COMMENTS_MAX} already; go on in your tracker and link it")
        return records.comments.keep(
            CommentRecord(
                comment_id=workplace.new_id(),
                system_id=action.system_id,
                action_id=action_id,
                body=said,
                said_at=workplace.now(),
                said_by=actor.name,
            ),
            0,
        )

    return workplace.store.write(work)


@permitted(Action.COMMENT)
def edit_comment(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str,
    action_id: str,
    comment_id: str,
    body: str,
    expected_rev: int,
) -> CommentRecord:
    """Say a comment better; what it said before stays to be read.

    Raises NotFound, InvalidInput, Conflict when somebody else edited it since `expected_rev`.
    """
    said = clean(body, field="comment", longest=NOTE_MAX, required=True)
    return _keep(workplace, actor, system_id, action_id, comment_id, said, expected_rev)


@permitted(Action.COMMENT)
def take_back_comment(
    workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, comment_id: str, expected_rev: int
) -> CommentRecord:
    """Take a comment back: it shows that there was one, and its history what it said. Raises NotFound, Conflict."""
    return _keep(workplace, actor, system_id, action_id, comment_id, "", expected_rev)


def _keep(  # noqa: PLR0917  (ids, words and a revision, as every change has them)
    workplace: Workplace,
    actor: Actor,
    system_id: str,
    action_id: str,
    comment_id: str,
    body: str,
    expected_rev: int,
) -> CommentRecord:
    if expected_rev < 1:
        raise NotFound("There is no such comment on this action.")

    def work(records: Records) -> CommentRecord:
        find_action(records, system_id, action_id)
        return records.comments.keep(
            CommentRecord(
                comment_id=comment_id,
                system_id=system_id,
                action_id=action_id,
                body=body,
                said_at=workplace.now(),
                said_by=actor.name,
            ),
            expected_rev,
        )

    return workplace.store.write(work)


@permitted(Action.READ)
def read_comments(workplace: Workplace, _actor: Actor, *, system_id: str, action_id: str) -> tuple[Comment, ...]:
    """The comments on an action in the order they were first said, those taken back included. Raises NotFound."""

    def work(records: Records) -> tuple[Comment, ...]:
        find_action(records, system_id, action_id)
        return tuple(Comment(versions=tuple(versions)) for versions in records.comments.versions(action_id))

    return workplace.store.read(work)


@permitted(Action.READ)
def count_comments(workplace: Workplace, _actor: Actor) -> Mapping[str, int]:
    """How many comments stand on each action; actions without any are absent."""
    return workplace.store.read(lambda records: records.comments.counts())
