"""The one place where keys of Streamlit's session state are named. A cache for this tab, never the record."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from ui import numbers

_PERSON = "arrears:person"
_NAMES_GIVEN = "arrears:names-given"
SHORTCUTS = "arrears-shortcuts"  #: key of the switch, shared with the widget
_SYSTEM = "arrears:system"
_PERIOD = "arrears:period"
_SAVED = "arrears:saved"
_MESSAGES = "arrears:messages"


def _state() -> MutableMapping[str, Any]:
    return cast("MutableMapping[str, Any]", st.session_state)


def _memory() -> dict[str, Any]:
    """What this tab remembers beside its widgets, under one key: Streamlit copies all keys for each widget."""
    memory: dict[str, Any] = _state().setdefault("arrears", {})
    return memory


def widget_key(kind: str, *parts: str) -> str:
    """Build the key of a widget, e.g. ("answer", assessment, question); Streamlit turns it into a CSS class."""
    return "-".join((kind, *parts))


# -- the person --
def person() -> str:
    """Read the display name given in this tab, "" when none was given."""
    return str(_memory().get(_PERSON, ""))


def set_person(name: str) -> None:
    """Keep the display name for this tab."""
    _memory()[_PERSON] = name
    _memory()[_NAMES_GIVEN] = names_given() + 1


def names_given() -> int:
    """Count how often a name was given in this tab; 0 means the cookie speaks."""
    return int(_memory().get(_NAMES_GIVEN, 0))


def shortcuts_on() -> bool:
    """Read whether the person wants keyboard shortcuts; yes until switched off."""
    return bool(_state().get(SHORTCUTS, True))


def widget_text(key: str) -> str:
    """Read a text widget's value, "" when it is not there."""
    return str(_state().get(key) or "")


# -- what is being looked at --
def chosen_system() -> str | None:
    """Read the id of the system chosen last, for pages opened without one in the address."""
    return cast("str | None", _memory().get(_SYSTEM))


def choose_system(system: str | None) -> None:
    """Keep the system across pages."""
    _memory()[_SYSTEM] = system


def chosen_period() -> str | None:
    """Read the period chosen last, e.g. "2026Q4"."""
    return cast("str | None", _memory().get(_PERIOD))


def choose_period(period: str | None) -> None:
    """Keep the period across pages."""
    _memory()[_PERIOD] = period


# -- saving --
def last_saved() -> datetime | None:
    """Read when this tab's last answer was acknowledged by the store."""
    return cast("datetime | None", _memory().get(_SAVED))


def set_last_saved(moment: datetime) -> None:
    """Note that an answer is safe."""
    _memory()[_SAVED] = moment


def say_after_rerun(message: str) -> None:
    """Keep a plain sentence to be shown by the next run, e.g. from a callback or before a page switch."""
    _memory().setdefault(_MESSAGES, []).append(message)


def take_messages() -> tuple[str, ...]:
    """Take the sentences kept by say_after_rerun; they are gone afterwards."""
    return tuple(_memory().pop(_MESSAGES, ()))


# -- questionnaire: the question in focus and how it is laid out --
def drawn_question(assessment: str) -> str | None:
    """Read which question the page drew last."""
    return cast("str | None", _memory().get(f"arrears:drawn:{assessment}"))


def note_drawn_question(assessment: str, question: str) -> None:
    """Note which question the page draws."""
    _memory()[f"arrears:drawn:{assessment}"] = question


def focused_question(assessment: str) -> str | None:
    """Read the id of the question in focus."""
    return cast("str | None", _memory().get(f"arrears:focus:{assessment}"))


def focus_question(assessment: str, question: str | None) -> None:
    """Put a question in focus."""
    _memory()[f"arrears:focus:{assessment}"] = question


# -- the list of questions --
def component_value(key: str, name: str) -> Any:
    """Read what a component of ours said under `name`, None when it said nothing."""
    said = _state().get(key)
    return said.get(name) if isinstance(said, Mapping) else None


def taken_choices(list_key: str) -> dict[str, int]:
    """Read which choice of each question was taken last, by the turn the browser gave it."""
    return dict(_memory().get(f"arrears:taken:{list_key}", {}))


def note_taken_choice(list_key: str, question: str, turn: int) -> None:
    """Note that this choice was taken, saved or refused: it is not taken again when the browser repeats it."""
    _memory().setdefault(f"arrears:taken:{list_key}", {})[question] = turn


def words_sent(list_key: str) -> object | None:
    """Read which request for words of a list was answered last."""
    return cast("object | None", _memory().get(f"arrears:words-sent:{list_key}"))


def note_words_sent(list_key: str, request: object) -> None:
    """Note that a list's words were sent along after this request for them, None for none."""
    _memory()[f"arrears:words-sent:{list_key}"] = request


def own_step(assessment: str, question: str) -> tuple[int, int] | None:
    """Read the last step this tab made in the list: from the revision the person saw to the one it became."""
    return cast("tuple[int, int] | None", _memory().get(f"arrears:own-step:{assessment}:{question}"))


def note_own_step(assessment: str, question: str, *, seen: int, became: int) -> None:
    """Note a step made in the list, so that a second click before the first came back is not taken for a clash."""
    _memory()[f"arrears:own-step:{assessment}:{question}"] = (seen, became)


LIST_SECONDS = 1.0  #: a run that starts sooner than this after another takes back what has not reached the browser yet


def note_list_page(list_key: str) -> None:
    """Note that the whole page is drawn, and not only the list on it."""
    _memory()[f"arrears:list-page:{list_key}"] = None


def list_page(list_key: str) -> bool:
    """Read whether the list is to be drawn whole: with the page, and again where the next run follows at once."""
    drawn = _memory().get(f"arrears:list-page:{list_key}", -LIST_SECONDS)
    return drawn is None or time.monotonic() - cast("float", drawn) < LIST_SECONDS


def note_list_drawn(list_key: str) -> None:
    """Note that the list was drawn whole, now or a moment ago; a run cut short before does it again."""
    memory, name = _memory(), f"arrears:list-page:{list_key}"
    if memory.get(name) is None:
        memory[name] = time.monotonic()


def drop_list_page(list_key: str) -> None:
    """Note that the page was drawn; each run of this one draws all of it, so nothing is left to the next."""
    _memory().pop(f"arrears:list-page:{list_key}", None)


def opened_card(assessment: str) -> str | None:
    """Read which question of the list is open as a whole card."""
    return cast("str | None", _memory().get(f"arrears:opened-card:{assessment}"))


def open_card(assessment: str, question: str | None) -> None:
    """Open a question of the list as a whole card, or with None close it."""
    _memory()[f"arrears:opened-card:{assessment}"] = question


def ask_why_not(assessment: str, question: str | None) -> None:
    """Let the whole card of this question open with "does not apply" chosen, which waits for its reason."""
    _memory()[f"arrears:why-not:{assessment}"] = question


def take_why_not(assessment: str, question: str) -> bool:
    """Ask whether "does not apply" is to be chosen in this card; asked once, no longer true."""
    if _memory().get(f"arrears:why-not:{assessment}") != question:
        return False
    ask_why_not(assessment, None)
    return True


# -- the heatmap's selection --
def cell_key(grid_key: str) -> str:
    """Name the entry that holds a heatmap's (row id, column id); a page test sets it to act like a click."""
    return f"arrears:cell:{grid_key}"


def selected_cell(grid_key: str) -> tuple[str, str] | None:
    """Read the selected cell of a heatmap."""
    return cast("tuple[str, str] | None", _state().get(cell_key(grid_key)))


def select_cell(grid_key: str, cell: tuple[str, str] | None) -> None:
    """Select a cell of a heatmap, or none."""
    _state()[cell_key(grid_key)] = cell


def asked_cell(grid_key: str) -> tuple[str, str] | None:
    """Read which cell the page asked for when it last drew the heatmap."""
    return cast("tuple[str, str] | None", _memory().get(f"arrears:asked-cell:{grid_key}"))


def returned_cell(grid_key: str) -> tuple[str, str] | None:
    """Read which cell the heatmap last told the page."""
    return cast("tuple[str, str] | None", _memory().get(f"arrears:returned-cell:{grid_key}"))


def note_cells(grid_key: str, *, asked: tuple[str, str] | None, returned: tuple[str, str] | None) -> None:
    """Note what the page asked for and what it was told, so that the heatmap knows when the page changed its mind."""
    _memory()[f"arrears:asked-cell:{grid_key}"] = asked
    _memory()[f"arrears:returned-cell:{grid_key}"] = returned


# -- widgets whose value comes from the store --
def feed(key: str, value: Any, *, version: object) -> None:
    """Give a widget the stored value before it is drawn, but only when the store has a newer `version` of it.

    Between versions the widget keeps what the person is typing.
    """
    state = _state()
    if key not in state or _memory().get(f"fed:{key}") != version:
        state[key] = value
        _memory()[f"fed:{key}"] = version


def put(key: str, value: Any) -> None:
    """Give a widget a value before it is drawn, whatever it held."""
    _state()[key] = value


def show_next(key: str, value: str) -> None:
    """Let a widget that is drawn already hold another value from the next run on."""
    _memory()[f"arrears:next:{key}"] = value


def take_next(key: str) -> str | None:
    """Take what show_next kept for a widget; asked once, it is gone."""
    return cast("str | None", _memory().pop(f"arrears:next:{key}", None))


def widget_value(key: str) -> Any:
    """Read what a widget holds now, None when it was never drawn."""
    return _state().get(key)


# -- saving one answer: what was refused, and what must be decided --
def clash(assessment: str, question: str) -> object | None:
    """Read the refused save of a question that waits for "keep theirs" or "use mine"."""
    return cast("object | None", _memory().get(f"arrears:clash:{assessment}:{question}"))


def keep_clash(assessment: str, question: str, value: object) -> None:
    """Keep a refused save until the person decides."""
    _memory()[f"arrears:clash:{assessment}:{question}"] = value
    _note_decision(assessment, question)


def drop_clash(assessment: str, question: str) -> None:
    """Forget a refused save: theirs stands, or mine was saved."""
    _memory().pop(f"arrears:clash:{assessment}:{question}", None)
    _note_decision(assessment, question)


def decisions(assessment: str, question: str) -> int:
    """Count how often two sides of a question met or were decided between."""
    return int(_memory().get(f"arrears:decisions:{assessment}:{question}", 0))


def _note_decision(assessment: str, question: str) -> None:
    _memory()[f"arrears:decisions:{assessment}:{question}"] = decisions(assessment, question) + 1
    note_refusal(assessment, question)


REACTION_SECONDS = 0.6  #: what was drawn less than this ago, a click that arrives now cannot have been meant for


def seen_answer(assessment: str, question: str) -> object | None:
    """Read the answer this tab's person had before them: the one drawn or saved last.

    Right after somebody else's answer was drawn that is still the one before it: a click on its way at that moment
    was meant for what stood there, and saving it must ask instead of overwriting.
    """
    known: tuple[object | None, object | None, float] | None = _memory().get(
        f"arrears:seen-answer:{assessment}:{question}"
    )
    if known is None:
        return None
    answer, before, drawn = known
    return before if time.monotonic() - drawn < REACTION_SECONDS else answer


def set_seen_answer(assessment: str, question: str, answer: object | None, *, own: bool = False) -> None:
    """Note the answer this tab draws, or (`own`) has just saved or agreed to."""
    key = f"arrears:seen-answer:{assessment}:{question}"
    known = _memory().get(key)
    if known is None or own:
        _memory()[key] = (answer, answer, 0.0)
    elif known[0] != answer:
        _memory()[key] = (answer, known[0], time.monotonic())


def changed_by_others(assessment: str, question: str) -> bool:
    """Whether the answer drawn last replaced another by itself: somebody else's work, not this tab's."""
    known: tuple[object | None, object | None, float] | None = _memory().get(
        f"arrears:seen-answer:{assessment}:{question}"
    )
    return known is not None and known[2] > 0.0


def refusals(assessment: str, question: str) -> int:
    """Count how often the widgets of a question had to be set back to what is stored."""
    return int(_memory().get(f"arrears:refusals:{assessment}:{question}", 0))


def note_refusal(assessment: str, question: str) -> None:
    """Make the widgets of a question show the stored answer again."""
    _memory()[f"arrears:refusals:{assessment}:{question}"] = refusals(assessment, question) + 1


def trouble(assessment: str, question: str) -> str:
    """Read why the last save of a question did not work, "" when it did."""
    return str(_memory().get(f"arrears:trouble:{assessment}:{question}", ""))


def set_trouble(assessment: str, question: str, sentence: str) -> None:
    """Keep (or with "" forget) why a save did not work."""
    _memory()[f"arrears:trouble:{assessment}:{question}"] = sentence


def seen_change(assessment: str) -> int | None:
    """Read the change counter this tab knows: its own changes included, other people's not."""
    return cast("int | None", _memory().get(f"arrears:seen:{assessment}"))


def set_seen_change(assessment: str, change_seq: int) -> None:
    """Note the change counter this tab has shown."""
    _memory()[f"arrears:seen:{assessment}"] = change_seq


def note_own_change(assessment: str) -> None:
    """Count a change this tab made itself, so that it is not taken for somebody else's."""
    known = seen_change(assessment)
    if known is not None:
        set_seen_change(assessment, known + 1)


def _local(moment: str) -> datetime:
    """Turn a stored UTC moment into the viewer's own time."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return datetime.fromisoformat(moment).astimezone(zone)


def local_clock(moment: str) -> str:
    """Write a stored UTC moment as the viewer's time of day, "12:03:11"."""
    return numbers.clock(_local(moment))


def local_when(moment: str, *, now: datetime) -> str:
    """Write a stored UTC moment as the time of day when it lies in the viewer's today, else with its date."""
    here = _local(moment)
    return local_clock(moment) if here.date() == now.astimezone(here.tzinfo).date() else local_moment(moment)


def local_moment(moment: str) -> str:
    """Write a stored UTC moment as the viewer's date and time, "20 Nov 2026, 12:03:11"."""
    local = _local(moment)
    return f"{numbers.day(local)}, {numbers.clock(local)}"


def local_day(moment: str) -> str:
    """Write a stored UTC moment as the viewer's date, "20 Nov 2026"."""
    return numbers.day(_local(moment))


# -- the ledger of contradictions --
def last_decided(assessment: str) -> str:
    """Read which contradiction this tab decided last, "" when none or undone."""
    return str(_memory().get(f"arrears:decided:{assessment}", ""))


def note_decided(assessment: str, contradiction: str) -> None:
    """Note which contradiction was decided, so that the page can offer to undo it."""
    _memory()[f"arrears:decided:{assessment}"] = contradiction


# -- uploads --
def uploads(assessment: str) -> int:
    """Count the uploads taken in this tab: a new number gives the uploader a new key, and so empties it."""
    return int(_memory().get(f"arrears:uploads:{assessment}", 0))


def count_upload(assessment: str) -> None:
    """Note that an upload was taken."""
    _memory()[f"arrears:uploads:{assessment}"] = uploads(assessment) + 1
