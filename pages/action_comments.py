"""Comments on an action: what was said, by whom, what it said before, and a place to say more."""

from __future__ import annotations

import streamlit as st

from operations.comments import Comment, add_comment, edit_comment, read_comments, take_back_comment
from operations.errors import InvalidInput, StoreError
from operations.records import ActionRecord
from operations.wording import NOTE_MAX
from pages.place import Desk
from ui import numbers, problems, session
from ui.text import plain

SHOWN = 10  #: the newest; the ones before are folded


def draw_comments(here: Desk, action: ActionRecord) -> None:
    """The comments, the newest last, and the form for another one."""
    comments = read_comments(here.workplace, here.actor, **_ids(action))
    standing = [comment for comment in comments if not comment.taken_back]
    st.markdown(f"**{numbers.count(len(standing), 'comment')}**" if standing else "**Comments**")
    if not comments:
        st.caption("Nobody has said anything yet. What holds it up? What was found?")
    older = comments[:-SHOWN]
    if older:
        with st.expander(f"{numbers.count(len(older), 'earlier comment')}"):
            for comment in older:
                _comment(here, action, comment)
    for comment in comments[-SHOWN:]:
        _comment(here, action, comment)
    _say(here, action)


def _ids(action: ActionRecord) -> dict[str, str]:
    return {"system_id": action.system_id, "action_id": action.action_id}


def _comment(here: Desk, action: ActionRecord, comment: Comment) -> None:
    now, first = comment.current, comment.first
    day = numbers.day(here.workplace.day_of(first.said_at))
    edited = "" if len(comment.versions) == 1 else f", edited by {now.said_by}"
    with st.container(border=True, gap="xsmall"):
        if comment.taken_back:
            st.caption(plain(f"{first.said_by} · {day} · taken back by {now.said_by}"))
        else:
            st.caption(plain(f"{first.said_by} · {day}{edited}"))
            st.markdown(plain(now.body, lines=True))
        if len(comment.versions) > 1:
            with st.expander(f"What it said before ({len(comment.versions) - 1})"):
                for version in comment.versions[:-1]:
                    said_on = numbers.day(here.workplace.day_of(version.said_at))
                    st.caption(plain(f"{version.said_by} · {said_on}"))
                    st.markdown(plain(version.body, lines=True) or "Taken back.")
        with st.container(horizontal=True, gap="small"):
            key = session.widget_key("comment", now.comment_id)
            if st.button("Edit…" if now.body else "Put it back…", key=f"{key}-edit", type="tertiary"):
                _edit(here, action, comment, here.workplace.now())
            if now.body:
                st.button(
                    "Take it back", key=f"{key}-back", type="tertiary", on_click=_take_back,
                    args=(here, action, comment),
                )  # fmt: skip


def _take_back(here: Desk, action: ActionRecord, comment: Comment) -> None:
    try:
        take_back_comment(
            here.workplace, here.actor, **_ids(action), comment_id=comment.current.comment_id,
            expected_rev=comment.current.rev,
        )  # fmt: skip
    except (InvalidInput, StoreError) as refusal:
        problems.attention(f"Not changed: {refusal}")
    else:
        session.say_after_rerun("Taken back. Its history keeps what it said.")


@st.dialog("Edit the comment")
def _edit(here: Desk, action: ActionRecord, comment: Comment, opened: str) -> None:
    """What stood before stays to be read."""
    words = comment.current.body or comment.versions[-2].body
    with st.form("edit-comment", border=False):
        body = st.text_area(
            "Comment", words, key=session.widget_key("edit-comment", comment.current.comment_id, opened),
            max_chars=NOTE_MAX,
        )  # fmt: skip
        if not st.form_submit_button("Save", type="primary"):
            return
    try:
        edit_comment(
            here.workplace, here.actor, **_ids(action), comment_id=comment.current.comment_id, body=body or "",
            expected_rev=comment.current.rev,
        )  # fmt: skip
    except (InvalidInput, StoreError) as refusal:
        problems.problem(f"Not saved: {refusal}")
        return
    session.say_after_rerun("Saved. What it said before is kept.")
    st.rerun()


def _say(here: Desk, action: ActionRecord) -> None:
    """The form for another comment; what was typed stays when it was refused."""
    key = session.widget_key("say", action.action_id)

    def say() -> None:
        try:
            add_comment(here.workplace, here.actor, **_ids(action), body=session.widget_text(key))
        except (InvalidInput, StoreError) as refusal:
            problems.attention(f"Not saved: {refusal}")
        else:
            session.put(key, "")
            session.say_after_rerun("Your comment is saved.")

    with st.form(f"{key}-form", border=False):
        st.text_area("Say something about it", key=key, max_chars=NOTE_MAX, height=80)
        st.form_submit_button("Comment", on_click=say)
