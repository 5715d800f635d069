"""Makes scans for tests: what a collector could have seen, without a repository."""

from __future__ import annotations

from typing import Any

from evidence.document import to_json
from evidence.evidence import (
    SCHEMA,
    Evidence,
    Kind,
    Location,
    PastQuarter,
    PastSignal,
    Polarity,
    Signal,
    State,
    Strength,
)


def a_sign(identity: str = "secrets-in-code", **about: Any) -> Signal:
    """A sign of debt that was directly seen and speaks to CFG-06, unless told otherwise."""
    values: dict[str, Any] = {
        "id": identity,
        "statement": f"The statement of {identity}",
        "message": "2 of 12 files hold what looks like a secret.",
        "area": "CFG",
        "questions": ("CFG-06",),
        "polarity": Polarity.DEBT,
        "state": State.FOUND,
        "strength": Strength.DIRECT,
        "value": 2.0,
        "denominator": 12.0,
        "locations": (Location(path="src/settings.py", line=3),),
        "cannot_see": "secrets in the history",
        "fix": "Move it into the environment.",
        "version": 1,
    }
    return Signal(**{**values, **about})


def a_quarter(period: str, *signs: tuple[str, State]) -> PastQuarter:
    """A back-filled quarter in which these signals had these states."""
    month = {"1": "03-31", "2": "06-30", "3": "09-30", "4": "12-31"}[period[5]]
    return PastQuarter(
        period=period,
        commit="c0ffee1",
        date=f"{period[:4]}-{month}",
        kind=Kind.APPLICATION,
        files=10,
        lines=900,
        signals=tuple(
            PastSignal(id=name, state=state, value=1.0, denominator=None, version=1) for name, state in signs
        ),
    )


def a_scan(*signals: Signal, **about: Any) -> Evidence:
    """A scan that saw these signals, by default one sign of debt."""
    values: dict[str, Any] = {
        "schema": SCHEMA,
        "repository": "churn",
        "kind": Kind.APPLICATION,
        "commit": "4f2a91c",
        "collector": "1",
        "files": 12,
        "notebooks": 0,
        "lines_by_language": {"Python": 1_000},
        "signals": signals or (a_sign(),),
        "unparsed": (),
        "notes": (),
    }
    return Evidence(**{**values, **about})


def text_of(*signals: Signal, **about: Any) -> str:
    """A scan as the collector hands it in."""
    return to_json(a_scan(*signals, **about))
