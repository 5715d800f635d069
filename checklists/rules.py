"""What must hold across a checklist beyond the form of each value: ids, references between things, wording."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from checklists import soundness
from checklists.checklist import Checklist
from checklists.fields import Record
from checklists.problems import Problems, listed, quoted

CIRCLES_MAX = 10  #: more circles than these are not searched for in one reading

Rule = Callable[[Record, Problems], None]


def ids_are_unique(checklist: Record, problems: Problems) -> None:
    """No two areas, questions or switches share an id."""
    for what, records in (
        ("area", areas(checklist)),
        ("question", questions(checklist)),
        ("switch", _records(checklist["switches"])),
    ):
        _no_twice(records, "id", f"another {what} has this id already", problems)


def ids_begin_with_their_area(checklist: Record, problems: Problems) -> None:
    """ENT-01 stands in the area ENT."""
    for area in areas(checklist):
        if not isinstance(area["id"], str):
            continue
        for question in _records(area["questions"]):
            number = question["id"]
            if isinstance(number, str) and number.split("-")[0] != area["id"]:
                message = f'{quoted(number)} does not begin with the id of its area, "{area["id"]}-"'
                problems.add(question.place("id"), f"{question.where}.id", message)


def classes_exist(checklist: Record, problems: Problems) -> None:
    """The class letters of each question are in the class table."""
    table = checklist["classes"]
    if not isinstance(table, Record):
        return
    for field, classes in (
        ("severity", "severity"),
        ("effort", "effort_days"),
        ("interest", "friction_days"),
        ("spread", "growth"),
    ):
        known = table[classes]
        if not isinstance(known, Record):
            continue
        for question in questions(checklist):
            letter = question[field]
            if isinstance(letter, str) and letter not in known.nodes:
                message = f"expected one of {listed(known.nodes)} (see classes.{classes}), got {quoted(letter)}"
                problems.add(question.place(field), f"{question.where}.{field}", message)


def switches_exist(checklist: Record, problems: Problems) -> None:
    """Every applies_when names a switch of this checklist."""
    known = [switch["id"] for switch in _records(checklist["switches"]) if isinstance(switch["id"], str)]
    for record in (*areas(checklist), *questions(checklist)):
        switch = record["applies_when"]
        if isinstance(switch, str) and switch not in known:
            message = f"no switch has the id {quoted(switch)}{problems.did_you_mean(switch, known)}"
            problems.add(record.place("applies_when"), f"{record.where}.applies_when", message)


def sources_are_referenced(checklist: Record, problems: Problems) -> None:
    """The first word of every source is a key of `references`."""
    references = checklist["references"]
    if not isinstance(references, Record):
        return
    for question in questions(checklist):
        for position, source in _texts(question["sources"]):
            key = source.split()[0]
            if key not in references.nodes:
                message = (
                    f"{quoted(key)} is not a key of references{problems.did_you_mean(key, references.nodes)}; "
                    "write a key, then the place in it, e.g. Sculley15 section 2"
                )
                problems.add(question.place("sources", position), f"{question.where}.sources[{position}]", message)


def dependencies_lead_somewhere(checklist: Record, problems: Problems) -> None:
    """depends_on names other questions of this checklist, and following it never comes back."""
    by_id = {question["id"]: question for question in questions(checklist) if isinstance(question["id"], str)}
    graph: dict[str, set[str]] = {}
    for number, question in by_id.items():
        graph[number] = set()
        for position, other in _texts(question["depends_on"]):
            where = f"{question.where}.depends_on[{position}]"
            if other == number:
                problems.add(question.place("depends_on", position), where, "a question cannot depend on itself")
            elif other not in by_id:
                message = f"no question has the id {quoted(other)}{problems.did_you_mean(other, by_id)}"
                problems.add(question.place("depends_on", position), where, message)
            else:
                graph[number].add(other)
    for _ in range(CIRCLES_MAX):
        circle = _circle(graph)
        if not circle:
            return
        first = by_id[circle[0]]
        position = next(at for at, other in _texts(first["depends_on"]) if other == circle[1])
        message = f"these questions wait for each other: {listed(circle)}; take one of the links out"
        problems.add(first.place("depends_on", position), f"{first.where}.depends_on[{position}]", message)
        graph[circle[0]].discard(circle[1])


def replaced_questions_are_retired(checklist: Record, problems: Problems) -> None:
    """An id that was taken out stands under `retired` and is never asked again; only such ids can be replaced."""
    by_id = {question["id"]: question for question in questions(checklist) if isinstance(question["id"], str)}
    retired = {number: position for position, number in _texts(checklist["retired"])}
    for number, position in retired.items():
        if number in by_id:
            message = f"{number} is still asked (line {by_id[number].node.line}); an id is never used a second time"
            problems.add(checklist.place("retired", position), f"retired[{position}]", message)
    for question in by_id.values():
        for position, other in _texts(question["replaces"]):
            where = f"{question.where}.replaces[{position}]"
            if other in by_id:
                message = f"{other} is still asked; only a question that was taken out can be replaced"
            elif other not in retired:
                close = problems.did_you_mean(other, retired)
                message = f"{quoted(other)} is not under retired{close}; list there what was taken out"
            else:
                continue
            problems.add(question.place("replaces", position), where, message)


def approximation_is_whole(checklist: Record, problems: Problems) -> None:
    """A pack that can be read from another says of which questions, and its levels never fall as the other's rise."""
    declared = checklist["approximation"]
    asked = {question["id"]: question for question in questions(checklist) if isinstance(question["id"], str)}
    mapped = {number for number, question in asked.items() if question["approximated_by"]}
    if not isinstance(declared, Record):
        for number in sorted(mapped) if declared is None else ():
            where = f"{asked[number].where}.approximated_by"
            message = "the checklist has no approximation; say under that key which pack these ids belong to"
            problems.add(asked[number].place("approximated_by"), where, message)
        return
    if declared["pack"] == checklist["id"]:
        problems.add(declared.place("pack"), "approximation.pack", "a checklist cannot be read from itself")
    if not mapped:
        problems.add(declared.node, "approximation", "no question has approximated_by; name the other pack's questions")
    numbers = [len(question["levels"]) for question in asked.values() if isinstance(question["levels"], tuple)]
    most = max(numbers, default=5) - 1
    before = -1
    for position, level in _texts(declared["levels"]):
        where = f"approximation.levels[{position}]"
        if int(level) > most:
            message = f"there is no level {level} here; the highest is {most}"
            problems.add(declared.place("levels", position), where, message)
        elif int(level) < before:
            message = f"falls from {before} to {level}; a higher level of the other pack never owes less here"
            problems.add(declared.place("levels", position), where, message)
        before = int(level)
    for position, number in _texts(declared["nearest"]):
        where = f"approximation.nearest[{position}]"
        if number not in asked:
            message = f"no question has the id {quoted(number)}{problems.did_you_mean(number, asked)}"
            problems.add(declared.place("nearest", position), where, message)
        elif number not in mapped:
            message = f"{number} has no approximated_by; say there what stands in for it"
            problems.add(declared.place("nearest", position), where, message)


def lists_hold_nothing_twice(checklist: Record, problems: Problems) -> None:
    """Signals, sources, remedies and the like are given once each."""
    for question in questions(checklist):
        for field in ("remedies", "look_for", "signals", "sources", "depends_on", "replaces", "approximated_by"):
            seen: set[str] = set()
            for position, value in _texts(question[field]):
                if value in seen:
                    where = f"{question.where}.{field}[{position}]"
                    problems.add(question.place(field, position), where, f"{quoted(value)} stands here twice")
                seen.add(value)


def every_area_has_a_core_question(checklist: Record, problems: Problems) -> None:
    """Without one, the short workshop would be silent about the area."""
    for area in areas(checklist):
        found = _records(area["questions"])
        if found and not any(question["core"] is True for question in found):
            problems.add(area.place("questions"), f"{area.where}.questions", "no question has core: true; mark one")


def questions_ask(checklist: Record, problems: Problems) -> None:
    """A question ends with a question mark and is asked once."""
    for question in questions(checklist):
        asked = question["text"]
        if isinstance(asked, str) and not asked.endswith("?"):
            problems.add(question.place("text"), f"{question.where}.text", 'a question ends with "?"')
    _no_twice(questions(checklist), "text", "another question asks the same", problems)


def levels_differ(checklist: Record, problems: Problems) -> None:
    """No two levels of a question read the same."""
    for question in questions(checklist):
        seen: dict[str, int] = {}
        for number, level in _texts(question["levels"]):
            first = seen.setdefault(level.casefold(), number)
            if first != number:
                message = f"reads the same as level {first}; say what can be observed at this level only"
                problems.add(question.place("levels", number), f"{question.where}.levels.{number}", message)


def nothing_is_left_over(checklist: Record, problems: Problems) -> None:
    """Every switch decides about something, every reference is cited."""
    asked = {record["applies_when"] for record in (*areas(checklist), *questions(checklist))}
    for switch in _records(checklist["switches"]):
        if isinstance(switch["id"], str) and switch["id"] not in asked:
            message = f"no area or question applies when {quoted(switch['id'])}; use the switch or take it out"
            problems.add(switch.place("id"), switch.where, message)
    cited = {source.split()[0] for question in questions(checklist) for _, source in _texts(question["sources"])}
    references = checklist["references"]
    if isinstance(references, Record):
        for key, node in references.nodes.items():
            if key not in cited:
                problems.add(node, f"references.{key}", "no question cites this reference; take it out")


def signals_are_known(known: Collection[str]) -> Rule:
    """The rule that every signal a question names is one of `known`."""

    def rule(checklist: Record, problems: Problems) -> None:
        for question in questions(checklist):
            for position, signal in _texts(question["signals"]):
                if signal not in known:
                    message = f"no detector measures {quoted(signal)}{problems.did_you_mean(signal, known)}"
                    problems.add(question.place("signals", position), f"{question.where}.signals[{position}]", message)

    return rule


def follows(old: Checklist) -> Rule:
    """The rule that a checklist is the next version of `old`: no id is lost, none comes back, changes have a number."""

    def rule(checklist: Record, problems: Problems) -> None:
        if checklist["id"] != old.id and isinstance(checklist["id"], str):
            message = f"expected {quoted(old.id)}, the id of the version before; another id is another checklist"
            problems.add(checklist.place("id"), "id", message)
            return
        asked = {question["id"]: question for question in questions(checklist) if isinstance(question["id"], str)}
        retired = {number for _, number in _texts(checklist["retired"])}
        for number in old.questions:
            if number not in asked and number not in retired:
                message = f"{number} was asked by version {old.version}; list it here, or ask it again"
                problems.add(checklist.place("retired"), "retired", message)
        for number in old.retired:
            if number in asked:
                message = f"{number} was retired by version {old.version}; an id is never used a second time"
                problems.add(asked[number].place("id"), f"{asked[number].where}.id", message)
            elif number not in retired:
                message = f"{number} was retired by version {old.version}; keep it here, so that nobody uses it again"
                problems.add(checklist.place("retired"), "retired", message)
        if checklist["version"] == old.version:
            message = f"{quoted(old.version)} is the version before; give this one a number of its own"
            problems.add(checklist.place("version"), "version", message)

    return rule


INTEGRITY: tuple[Rule, ...] = (
    ids_are_unique,
    ids_begin_with_their_area,
    classes_exist,
    switches_exist,
    sources_are_referenced,
    dependencies_lead_somewhere,
    replaced_questions_are_retired,
    approximation_is_whole,
    soundness.values_rise,
    soundness.rules_stand_where_they_apply,
    soundness.rules_name_what_is_there,
)  #: what the rest of the program relies on

WORDING: tuple[Rule, ...] = (
    lists_hold_nothing_twice,
    every_area_has_a_core_question,
    questions_ask,
    levels_differ,
    nothing_is_left_over,
    soundness.tables_decide_every_case,
    soundness.gates_lead_somewhere,
    soundness.weights_are_used,
    soundness.readings_are_whole,
    soundness.what_rules_name_is_core,
)  #: what a checklist needs to be a good one; not asked again of a checklist that was sealed earlier


def check(checklist: Record, problems: Problems, rules: Iterable[Rule]) -> None:
    """Hold every rule against the checklist; a rule skips what could not be read."""
    for rule in rules:
        rule(checklist, problems)


def areas(checklist: Record) -> tuple[Record, ...]:
    """The areas that could be read."""
    return _records(checklist["areas"])


def questions(checklist: Record) -> tuple[Record, ...]:
    """The questions that could be read, of all areas."""
    return tuple(question for area in areas(checklist) for question in _records(area["questions"]))


def _records(value: object) -> tuple[Record, ...]:
    return tuple(entry for entry in value if isinstance(entry, Record)) if isinstance(value, tuple) else ()


def _texts(value: object) -> Iterator[tuple[int, str]]:
    if isinstance(value, tuple):
        yield from ((position, entry) for position, entry in enumerate(value) if isinstance(entry, str))


def _no_twice(records: Iterable[Record], field: str, message: str, problems: Problems) -> None:
    seen: dict[str, Record] = {}
    for record in records:
        value = record[field]
        if not isinstance(value, str):
            continue
        if value in seen:
            line = seen[value].node.line
            problems.add(record.place(field), f"{record.where}.{field}", f"{message} (line {line})")
        else:
            seen[value] = record


def _circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One way that comes back to its start, from the question that is named first in the checklist; or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        way: list[str] = error.args[1][:0:-1]
        order = list(graph)
        start = way.index(min(way, key=order.index))
        return [*way[start:], *way[:start], way[start]]
    return []
