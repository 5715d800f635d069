"""Scores of the shipped checklist as they were before packs could declare how answers add up; never to be made anew.

Each line of samples/golden.json is one drawn system: the sha256 of its whole score document without the checklist's
own hash, and its system's numbers, so that a reader sees at once what moved.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

from checklists.checklist import Checklist
from scoring.document import score_document
from scoring.score import Floor, Response, ResponseState, Scope, score

GOLDEN = Path(__file__).parent / "samples" / "golden.json"
SYSTEMS = 40


def systems(checklist: Checklist) -> Iterator[tuple[dict[str, Response], tuple[Floor, ...], Scope]]:
    """Forty drawn systems: bare levels, votes, unknown, not applicable, blank, floors, core only, switches off."""
    for seed in range(SYSTEMS):
        chance = random.Random(seed)
        known = chance.choice([0.3, 0.8, 1.0])
        responses = {}
        for question in checklist.questions:
            drawn = chance.random()
            if drawn < 0.05:
                responses[question] = Response(state=ResponseState.NOT_APPLICABLE, reason="not here")
            elif drawn < 0.1:
                responses[question] = Response(state=ResponseState.UNKNOWN)
            elif drawn < 0.55 * known:
                votes = tuple(chance.choice([0, 1, 2, 3, 4, None]) for _ in range(chance.randint(1, 7)))
                responses[question] = Response(state=ResponseState.ANSWERED, votes=votes)
            elif drawn < known:
                responses[question] = Response(state=ResponseState.ANSWERED, level=chance.randrange(5))
        floors = tuple(
            Floor(question=question, signal="s", value=chance.choice([0.25, 0.5]))
            for question in chance.sample(list(checklist.questions), 12)
        )
        switches = None if seed % 3 else frozenset({"retrieval"})
        yield responses, floors, Scope(core_only=seed % 5 == 0, switches=switches)


def found(checklist: Checklist) -> list[dict[str, object]]:
    """What the program of today says of the same systems."""
    lines: list[dict[str, object]] = []
    for responses, floors, asked in systems(checklist):
        scored = score(checklist, responses, floors, asked=asked)
        document = score_document(scored, checklist)
        del document["checklist"]
        body = json.dumps(document, sort_keys=True)
        lines.append(
            {
                "sha256": hashlib.sha256(body.encode()).hexdigest(),
                **{name: document["system"][name] for name in ("estimate", "low", "high", "coverage")},
            }
        )
    return lines
