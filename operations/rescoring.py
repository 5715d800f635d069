"""Score sealed quarters again under today's rules: beside the scores they were sealed with, which never change."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from checklists.checklist import Checklist
from operations.authorize import Action, Actor, permitted
from operations.scans import scan_of
from operations.scores import PARAMETERS, keep_scores, score_rows
from operations.workplace import Workplace
from scoring.freshness import DOUBT_LEVELS
from scoring.score import Response, ResponseState, Scope, Score, score, scoring_id
from scoring.weigh import weigh
from store.records import Records

BATCH = 20  #: assessments in one transaction: what is done stays done when somebody cancels

Progress = Callable[[int, int, str], None]


def score_sealed(workplace: Workplace, records: Records, document: Mapping[str, Any]) -> tuple[Checklist, Score]:
    """What a sealed document scores to under today's rules, with the checklist it was answered in."""
    checklist = workplace.checklist(records, document["checklist"])
    responses = {
        key: Response(
            state=ResponseState(a["state"]),
            level=a["level"],
            votes=tuple(a["votes"]),
            reason=a["reason"],
            doubt=DOUBT_LEVELS if "waits" in a else 0,
        )
        for key, a in document["answers"].items()
    }
    overridden = frozenset((d["question"], d["signal"]) for d in document["decisions"] if d["decision"] == "overridden")
    stored = records.evidence_of(document["assessment"])
    weighed = weigh(checklist, scan_of(stored) if stored else None, overridden=overridden)
    scope = Scope(core_only=document["scope"] == "core", switches=frozenset(document["switches"]))
    return checklist, score(checklist, responses, weighed.floors, asked=scope, parameters=PARAMETERS)


@permitted(Action.READ)
def score_anew(
    workplace: Workplace, _actor: Actor, *, periods: Collection[str], progress: Progress | None = None
) -> int:
    """Score every sealed assessment of these quarters under today's rules that was not yet. Returns how many.

    From the sealed documents, never from answers; the scores are kept beside those of the sealing. `progress` hears
    (done, of, what) before each batch and may raise to cancel: what is done by then is kept.
    """
    active = scoring_id(PARAMETERS)
    tell = progress or (lambda _done, _of, _what: None)
    to_do = workplace.store.read(
        lambda records: [one for period in sorted(periods) for one in records.portfolio.to_score_anew(period, active)]
    )
    for start in range(0, len(to_do), BATCH):
        tell(start, len(to_do), f"Scoring {len(to_do)} sealed assessments under today's rules")
        batch = to_do[start : start + BATCH]
        workplace.store.write(partial(_score_batch, workplace, batch))
    if to_do:
        tell(len(to_do), len(to_do), "Scored under today's rules")
    return len(to_do)


def _score_batch(workplace: Workplace, batch: Sequence[str], records: Records) -> None:
    for assessment_id in batch:
        sealed, assessment = records.snapshot(assessment_id), records.assessment(assessment_id)
        if sealed is None or assessment is None:
            continue
        document = json.loads(sealed.document)
        _, scored = score_sealed(workplace, records, document)
        decided = {(d["question"], d["signal"]) for d in document["decisions"]}
        keep_scores(workplace, records, assessment, score_rows(assessment, scored, decided=decided))
