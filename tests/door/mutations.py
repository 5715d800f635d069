"""Bodies and headers gone wrong, for the fuzz tests and benchmarks.push_fuzz; and what must hold after them."""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Collection
from typing import Any

from evidence.document import evidence_hash, from_json
from evidence.evidence import State
from operations.workplace import Workplace
from tests.operations.scans import a_quarter, a_sign, text_of

ANSWERS = frozenset({200, 201, 401, 413, 415, 422})  #: all a push may be answered when nothing is wrong on our side

#: A document in which everything evidence can hold stands.
WHOLE: Any = json.loads(
    text_of(
        a_sign(),
        a_sign("print-instead-of-logging", area="MON", questions=("MON-01", "MON-02"), value=None, denominator=None),
        history=(a_quarter("2026Q2", ("secrets-in-code", State.FOUND)), a_quarter("2026Q3")),
        notes=("2 links were not followed.",),
    )
)
WHOLE["hotspots"] = [{"path": "a.py", "changes": 9, "complexity": 8, "lines": 70, "authors": 2, "admitted": 1}]
WHOLE["admitted"] = [{"path": "a.py", "line": 3, "marker": "TODO", "age_days": 400}]
WHOLE["touched"] = [{"path": "a.py", "days": ["2026-11-20", "2026-11-02"]}]
WHOLE["unparsed"] = [{"path": "b.py", "reason": "line 3: not Python"}]

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**19, 0.1, "", "x" * 2_000, "\x00", "\ud800", "\u202e", "../../etc/passwd", "/",
    "C:\\x", "=1+1", "'; DROP TABLE evidence; --", "<script>", [], {}, [[]], [None] * 30, {"a": {}}, "found", "direct",
    "CFG-06", "evidence/2", "2026Q5", "0000Q1", "%s%n", "\u0661\u0662",
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, as the keys that lead to it."""
    found = [path] if path else []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        found += _places(inner, (*path, key))
    return found


PLACES = _places(WHOLE)


def _changed(dice: random.Random, document: Any) -> Any:
    """The document with one place changed."""
    *way, last = dice.choice(PLACES)
    inside = document
    try:
        for key in way:
            inside = inside[key]
        match dice.randrange(6):
            case 0:
                del inside[last]
            case 1:
                inside["extra" if isinstance(inside, dict) else last] = copy.deepcopy(dice.choice(ODD))
            case 2 if isinstance(inside, list):
                inside.extend(copy.deepcopy(inside) * dice.choice((1, 30, 600)))
            case 3:
                inside[last] = copy.deepcopy(dice.choice((WHOLE, WHOLE["signals"], WHOLE["history"])))
            case _:
                inside[last] = copy.deepcopy(dice.choice(ODD))
    except (KeyError, IndexError, TypeError):  # an earlier change took the place away
        pass
    return document


def _spoilt(dice: random.Random, text: bytes) -> bytes:
    """The bytes cut, doubled, flipped or with something foreign among them."""
    at = dice.randrange(len(text) + 1)
    match dice.randrange(7):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + dice.randbytes(dice.randrange(1, 9)) + text[at:]
        case 2:
            return text[:at] + text[at + dice.randrange(1, 40) :]
        case 3:
            return text[:at] + dice.choice((b"[", b"{", b'"', b"\\u", b"NaN", b"1e999", b"9" * 5_000)) * 3 + text[at:]
        case 4:
            return text + text
        case 5:
            return text.decode("utf-8", "replace").encode(dice.choice(("utf-16", "utf-32", "utf-8-sig", "utf-7")))
        case _:
            return b"[" * dice.choice((10, 900, 995, 5_000)) + text + b"]" * dice.choice((10, 900, 995, 5_000))


def mutated(dice: random.Random, secret: str) -> tuple[bytes, dict[str, str]]:
    """A body and its headers, mostly wrong somewhere; `secret` is a good one."""
    document = copy.deepcopy(WHOLE)
    document["commit"] = f"{dice.randrange(40):07x}"
    for _ in range(dice.choice((0, 1, 1, 1, 2, 5))):
        document = _changed(dice, document)
    body = json.dumps(document, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    if dice.random() < 0.25:
        body = _spoilt(dice, body)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    if dice.random() < 0.2:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 1) if dice.random() < 0.8 else body
        body = _spoilt(dice, body) if dice.random() < 0.2 else body
    if dice.random() < 0.04:
        headers["Authorization"] = dice.choice(("", "Bearer", f"Bearer {secret[:-1]}", f"bearer  {secret}", "Basic x"))
    if dice.random() < 0.04:
        headers["Content-Type"] = dice.choice(("", "text/html", "application/json;charset=latin-1", "a" * 300))
    return body, headers


def never(workplace: Workplace, system_id: str, taken: Collection[str]) -> tuple[str, ...]:
    """What must never be after any pushes, in words: empty when all is well. `taken` was answered 200 or 201."""

    def look(records: Any) -> list[str]:
        faults = []
        rows = records.evidence_list(system_id)
        if {row.evidence_id for row in rows} != set(taken):
            faults.append("what is kept is not what was answered as taken")
        for row in rows:
            whole = records.evidence(system_id, row.evidence_id)
            if evidence_hash(from_json(whole.body)) != row.evidence_id or not row.summary:
                faults.append(f"{row.evidence_id} is kept otherwise than it was hashed")
        links = [link.evidence_id for link in records.evidence_links(system_id)]
        if not set(links) <= set(taken):
            faults.append("a quarter goes by a scan that was never taken")
        pushes = [entry for entry in records.audit_trail(10**9) if entry.action == "push evidence"]
        if len(pushes) != len(rows):
            faults.append(f"{len(rows)} scans are kept, {len(pushes)} stand in the audit trail")
        return faults

    return (*workplace.store.verify(), *workplace.store.read(look))
