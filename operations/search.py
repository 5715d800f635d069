"""Search: words in systems, questions, notes of all quarters, actions and comments, each with a link to just it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from checklists.checklist import Checklist, Question
from operations.authorize import Action, Actor, permitted
from operations.wording import clean
from operations.workplace import Workplace, shipped_checklist
from store.records import Records

WORDS_MAX = 8
LENGTH_MAX = 200  #: characters of a question that are looked at
HITS_MAX = 50  #: of each kind
FETCHED_MAX = 200  #: of each kind, before letters outside of ASCII are looked at again
EXCERPT = 160  #: characters of a long text around the first word

Piece = tuple[str, bool]  #: a piece of text, and whether it is a word that was looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found. All of it is text of people or of checklists, to be shown letter by letter."""

    href: str  #: within Arrears
    title: tuple[Piece, ...]
    where: str  #: system, quarter, who
    text: tuple[Piece, ...] = ()  #: the place in a longer text


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroup:
    """What was found of one kind; `more` when there is more than is listed."""

    kind: str
    hits: tuple[Hit, ...]
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a question: the words that were looked for, and what has all of them."""

    words: tuple[str, ...]
    groups: tuple[HitGroup, ...]
    cut: bool = False  #: the question was longer than is looked at

    @property
    def count(self) -> int:
        """How many there are in the list."""
        return sum(len(group.hits) for group in self.groups)


def words_of(text: str) -> tuple[tuple[str, ...], bool]:
    """The words of a question as they are looked for, each once, and whether anything of it was left out."""
    cleaned = clean(text[:LENGTH_MAX], field="search", longest=LENGTH_MAX * 4)
    words = tuple(dict.fromkeys(word.lower() for word in cleaned.split()))
    return words[:WORDS_MAX], len(text.strip()) > LENGTH_MAX or len(words) > WORDS_MAX


@permitted(Action.READ)
def search(workplace: Workplace, _actor: Actor, *, text: str, system_id: str | None = None) -> Found:
    """Everything in which each word of `text` stands, as a part of any word and in any case, by kind.

    `system_id` is the system that a question is opened with, where one was chosen. Whatever `text` is, the answer is a
    list: signs that mean something to a database or a pattern mean themselves here.
    """
    words, cut = words_of(text)
    if not words:
        return Found(words=(), groups=(), cut=cut)

    def work(records: Records) -> tuple[HitGroup, ...]:
        return (
            _systems(records, words),
            _questions(_checklists(workplace, records), words, system_id),
            _actions(records, words),
            _comments(records, words),
            _notes(records, words),
        )

    groups = workplace.store.read(work)
    return Found(words=words, groups=tuple(group for group in groups if group.hits), cut=cut)


def _group(kind: str, hits: Sequence[Hit]) -> HitGroup:
    return HitGroup(kind=kind, hits=tuple(hits[:HITS_MAX]), more=len(hits) > HITS_MAX)


def _has_all(words: Iterable[str], *texts: str) -> bool:
    folded = [text.lower() for text in texts]
    return all(any(word in text for text in folded) for word in words)


def marked(text: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """A text in pieces, those that were looked for told apart; together they are the text."""
    found = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces: list[Piece] = []
    at = 0
    for match in found.finditer(text):
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        if match.end() > match.start():
            pieces.append((match[0], True))
        at = match.end()
    if at < len(text) or not pieces:
        pieces.append((text[at:], False))
    return tuple(pieces)


def _excerpt(words: Sequence[str], *texts: str) -> tuple[Piece, ...]:
    """The part of the first text that has one of the words, on one line, not longer than an excerpt."""
    for text in texts:
        line = " ".join(text.split())
        places = [place for word in words if (place := line.lower().find(word)) >= 0]
        if not places:
            continue
        begin = max(0, min(places) - EXCERPT // 3)
        if begin:  # at the beginning of a word, where there is one
            begin = max(begin, line.find(" ", begin, min(places)) + 1)
        part = line[begin : begin + EXCERPT]
        return marked(f"{'…' if begin else ''}{part}{'…' if begin + EXCERPT < len(line) else ''}", words)
    return ()


def _systems(records: Records, words: Sequence[str]) -> HitGroup:
    hits = []
    for one in records.search.systems(words, FETCHED_MAX):
        tags = ", ".join(json.loads(one.tags))
        if _has_all(words, one.name, one.team, one.decides, one.affected, tags):
            href = f"/system?{urlencode({'system': one.system_id})}"
            text = _excerpt(words, one.decides, one.affected, tags)
            hits.append(Hit(href=href, title=marked(one.name, words), where=one.team, text=text))
    return _group("Systems", hits)


def _checklists(workplace: Workplace, records: Records) -> list[Checklist]:
    """The checklists in use, the newest of each pack, and ours."""
    newest = {name: checklist_id for checklist_id, name in records.checklist_names().items()}
    ours = shipped_checklist()
    used = [workplace.checklist(records, one) for name, one in sorted(newest.items()) if name != ours.id]
    return [ours, *used]


def _questions(checklists: Iterable[Checklist], words: Sequence[str], system_id: str | None) -> HitGroup:
    hits = []
    for checklist in checklists:
        for question in checklist.questions.values():
            said = _words_of_question(question)
            if _has_all(words, *said):
                asked = {"question": question.id} | ({"system": system_id} if system_id else {})
                hits.append(
                    Hit(
                        href=f"/assess?{urlencode(asked)}",
                        title=marked(question.text, words),
                        where=f"{question.id} · {checklist.area_of[question.id].title}",
                        text=_excerpt(words, *said[2:]),
                    )
                )
    return _group("Questions", hits)


def _words_of_question(question: Question) -> list[str]:
    return [question.text, question.id, question.why, *(level.text for level in question.levels)]


def _notes(records: Records, words: Sequence[str]) -> HitGroup:
    texts = {question.id: question.text for question in shipped_checklist().questions.values()}
    hits = []
    for one in records.search.notes(words, FETCHED_MAX):
        links = " ".join(json.loads(one.links))
        if _has_all(words, one.note, one.reason, links):
            asked = {"system": one.system_id, "period": one.period, "question": one.question_id}
            quarter = f"Q{one.period[5]} {one.period[:4]}"
            hits.append(
                Hit(
                    href=f"/assess?{urlencode(asked)}",
                    title=_excerpt(words, one.note, one.reason, links) or marked(one.note, words),
                    where=f"{one.system} · {quarter}{', sealed' if one.closed else ''} · {one.question_id}",
                    text=((texts.get(one.question_id, ""), False),) if one.question_id in texts else (),
                )
            )
    return _group("Notes and reasons", hits)


def _actions(records: Records, words: Sequence[str]) -> HitGroup:
    hits = []
    for one in records.search.actions(words, FETCHED_MAX):
        if _has_all(words, one.title, one.owner, one.question_id, one.reason, one.link):
            hits.append(
                Hit(
                    href=f"/actions?{urlencode({'action': one.action_id})}",
                    title=marked(one.title, words),
                    where=f"{one.system} · {one.owner or 'nobody yet'} · {one.state}",
                    text=_excerpt(words, one.reason, one.link),
                )
            )
    return _group("Actions", hits)


def _comments(records: Records, words: Sequence[str]) -> HitGroup:
    hits = []
    for one in records.search.comments(words, FETCHED_MAX):
        if _has_all(words, one.body, one.said_by):
            hits.append(
                Hit(
                    href=f"/actions?{urlencode({'action': one.action_id})}",
                    title=_excerpt(words, one.body) or marked(one.body[:EXCERPT], words),
                    where=f"{one.said_by} on {one.system}: {one.title}",
                )
            )
    return _group("Comments", hits)
