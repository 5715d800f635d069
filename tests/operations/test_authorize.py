"""Every operation has a rule, and no way around it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import operations
from operations.authorize import OPERATIONS, RULES, Action, Actor, Resource, authorize
from operations.errors import Forbidden
from operations.systems import create_system, list_systems
from operations.workplace import Workplace


def modules() -> list[str]:
    return [name for _, name, _ in pkgutil.walk_packages(operations.__path__, "operations.")]


def takes_workplace_and_actor(function: object) -> bool:
    if not inspect.isfunction(function):
        return False
    names = [name.lstrip("_") for name in inspect.signature(function).parameters][:2]
    return names == ["workplace", "actor"]


def test_every_public_function_that_takes_a_workplace_and_an_actor_is_an_operation_with_a_rule() -> None:
    found = set()
    for name in modules():
        module = importlib.import_module(name)
        for public, function in vars(module).items():
            if public.startswith("_") or not takes_workplace_and_actor(function):
                continue
            if getattr(function, "__module__", "") == name:
                found.add(f"{name}.{public}")
    assert found, "no operation was found: the search is broken"
    assert found - set(OPERATIONS) == set(), "operations without @permitted"
    assert {action for action in OPERATIONS.values() if action not in RULES} == set()


#: What takes a workplace and no actor: a secret tells who acts, or an operation has asked before it calls.
WITHOUT_ACTOR = {
    "operations.repository_evidence.check_token",
    "operations.repository_evidence.push_evidence",
    "operations.ballots.join_workshop",
    "operations.ballots.guest_of",
    "operations.workshops.on_table",
    "operations.demonstration.one_transaction.in_one_transaction",
    "operations.packs.checklist_for",
    "operations.freshness.doubts_of",
    "operations.shared_questions.common_change",
    "operations.faults.first_fault",
    "operations.class_values.calibration_of",
    "operations.scores.score_assessment",
    "operations.scores.store_score",
    "operations.scores.freshen",
    "operations.rescoring.score_sealed",
    "operations.scores.keep_scores",
    "operations.scores.renew_open",
    "operations.scores.scores_in",
    "operations.scores.scores_of",
    "operations.standing.read_standings",
}


def test_what_asks_nobody_is_on_a_list_with_its_reason() -> None:
    found = set()
    for name in modules():
        for public, function in vars(importlib.import_module(name)).items():
            if public.startswith("_") or not inspect.isfunction(function) or function.__module__ != name:
                continue
            names = [parameter.lstrip("_") for parameter in inspect.signature(function).parameters]
            if names[:1] == ["workplace"] and names[1:2] != ["actor"]:
                found.add(f"{name}.{public}")
    assert found == WITHOUT_ACTOR


def test_a_collector_may_push_for_its_own_system_and_nothing_else() -> None:
    collector = Actor(name="collector CI", collects_for="churn")
    here, there = Resource(org_id="local", system_id="churn"), Resource(org_id="local", system_id="other")
    authorize(collector, Action.PUSH_EVIDENCE, here)
    for action in set(Action) - {Action.PUSH_EVIDENCE}:
        with pytest.raises(Forbidden):
            authorize(collector, action, here)
    for resource in (there, Resource(org_id="local")):
        with pytest.raises(Forbidden):
            authorize(collector, Action.PUSH_EVIDENCE, resource)


def test_every_action_is_used_and_has_a_rule() -> None:
    for name in modules():
        importlib.import_module(name)
    assert set(Action) == set(RULES)
    assert set(Action) - set(OPERATIONS.values()) == set()


def test_an_actor_who_is_not_local_may_do_nothing_and_learns_nothing(workplace: Workplace) -> None:
    stranger = Actor(name="Mallory")
    with pytest.raises(Forbidden, match="nothing here"):
        create_system(workplace, stranger, name="x", team="y")
    with pytest.raises(Forbidden):
        list_systems(workplace, stranger)
    assert list_systems(workplace, Actor(name="Ada", local=True)) == []


@pytest.mark.parametrize("action", list(Action))
def test_a_stranger_is_refused_each_action(action: Action) -> None:
    with pytest.raises(Forbidden):
        authorize(Actor(name="Mallory"), action, Resource(org_id="local"))
