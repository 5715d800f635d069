"""The words people write into reports: versions that are added, never changed, and never written over unseen."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from store.errors import Conflict, StoreError
from store.report_records import WordingRecord
from tests.store.world import AT, LATER


def words(body, *, by="ada", at=AT, scope="team", scope_id="Größe, Inc. %s"):
    return WordingRecord(scope=scope, scope_id=scope_id, period="2026Q4", body=body, changed_at=at, changed_by=by)


def test_nothing_was_written_at_first(store):
    assert store.read(lambda records: records.reports.wording("portfolio", "", "2026Q4")).rev == 0


def test_each_version_is_kept_and_the_newest_counts(store):
    first = store.write(lambda records: records.reports.save(words('{"verdict":"ü"}'), 0))
    second = store.write(lambda records: records.reports.save(words("", by="bo", at=LATER), first.rev))
    assert (first.rev, second.rev) == (1, 2)
    assert store.read(lambda records: records.reports.history("team", "Größe, Inc. %s", "2026Q4")) == [first, second]
    assert store.read(lambda records: records.reports.wording("team", "Größe, Inc. %s", "2026Q4")) == second


def test_saying_what_stands_adds_nothing_and_a_save_that_did_not_see_the_newest_is_refused(store):
    first = store.write(lambda records: records.reports.save(words("one"), 0))
    assert store.write(lambda records: records.reports.save(words("one", by="bo", at=LATER), 0)) == first
    with pytest.raises(Conflict) as refused:
        store.write(lambda records: records.reports.save(words("two", by="bo"), 0))
    assert refused.value.current == first


def test_other_quarters_scopes_and_organisations_have_their_own(store):
    store.write(lambda records: records.reports.save(words("one"), 0))
    for scope, scope_id, period in (("team", "Growth", "2026Q4"), ("team", "Größe, Inc. %s", "2026Q3")):
        assert store.read(lambda records, s=scope, i=scope_id, p=period: records.reports.wording(s, i, p)).rev == 0


def test_a_version_is_never_changed_or_deleted(store, url):
    store.write(lambda records: records.reports.save(words("one"), 0))
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    for statement in ("UPDATE report_wording SET body = 'x'", "DELETE FROM report_wording"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"):
            raw.execute(statement)
    raw.close()


def test_the_portfolio_has_no_id_and_everything_else_has_one(store):
    with pytest.raises(StoreError):
        store.write(lambda records: records.reports.save(replace(words("one"), scope="portfolio"), 0))
