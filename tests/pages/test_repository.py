"""The evidence page in each of its states, and what the system page shows of the repository."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from evidence.evidence import AdmittedDebt, Hotspot, Location, Polarity, State, Strength, Unparsed
from operations.assessments import close_assessment, open_assessment
from operations.authorize import Actor
from operations.records import AssessmentRecord
from operations.repository_evidence import (
    add_evidence_json,
    decide_floor,
    make_token,
    push_evidence,
    read_evidence,
    read_tokens,
    revoke_token,
)
from operations.systems import create_system
from operations.workplace import Workplace
from tests.operations.scans import a_quarter, a_sign, text_of
from tests.pages.conftest import ADA, QUARTER, Open, answer, open_system, press, title, words

BO = Actor(name="Bo", local=True)
PAIR = "CFG-06.secrets-in-code"


@pytest.fixture
def assessment(workplace: Workplace) -> AssessmentRecord:
    """A system that says of its secrets what is best."""
    system = create_system(workplace, ADA, name="Churn model", team="Growth")
    opened = open_assessment(workplace, ADA, system_id=system.system_id, period=QUARTER, scope="all")
    answer(workplace, opened, "CFG-06", 0)
    return opened


def hand_in(workplace: Workplace, assessment: AssessmentRecord, *signs: Any, **about: Any) -> None:
    text = text_of(*signs, **about)
    add_evidence_json(workplace, ADA, assessment_id=assessment.assessment_id, text=text)


def buttons(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def show(page: AppTest, key: str, option: str) -> AppTest:
    """Choose one of the segments."""
    page.segmented_control(key=key).set_value(option).run()
    assert not page.exception, page.exception
    return page


# --- before the first scan ---
def test_before_the_first_scan_both_ways_in_stand_in_the_open(at_page: Open, assessment: AssessmentRecord) -> None:
    page = at_page("repository", system=assessment.system_id)
    assert "nothing is known of the repository yet" in title(page)
    assert [tab.label for tab in page.tabs][:2] == ["Upload a file", "Run it in your build"]
    assert any("--push http" in code.value for code in page.code)
    assert "(/collector.pyz)" in words(page)
    assert "Make a token" in buttons(page)
    assert "Answer against repository" not in words(page)


def test_without_a_quarter_the_build_can_already_be_set_up(at_page: Open, workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="Churn model", team="Growth")
    page = at_page("repository", system=system.system_id)
    assert "Open a quarter first" in words(page)
    assert "Make a token" in buttons(page)


# --- the ledger ---
def test_a_repository_that_agrees_is_said_in_the_title(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment, a_sign(state=State.ABSENT, value=0.0, locations=()))
    page = at_page("repository", system=assessment.system_id)
    assert title(page).endswith(": no contradiction")
    assert "No direct or strong sign disagrees with an answer." in words(page)


def test_a_contradiction_shows_both_sides_its_place_its_age_and_the_way_out(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = at_page("repository", system=assessment.system_id)
    assert title(page).endswith(": 1 contradiction to decide")
    said = words(page)
    for part in (
        "You answered · CFG-06", "Level 0: ", "The statement of secrets-in-code", "src/settings.py:3", "seen directly",
        "Counts as at least 50", "Open · since ", "Way out: Move it into the environment.",
    ):  # fmt: skip
        assert part in said
    assert {"Accept: the floor counts", "Override with this reason"} <= buttons(page)
    assert [metric.value for metric in page.metric] == ["1", "1", "0", "0"]


def test_an_accepted_floor_leaves_the_open_list_and_stays_in_the_ledger(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = press(at_page("repository", system=assessment.system_id), "Accept: the floor counts")
    assert title(page).endswith(": its one contradiction is decided")
    assert "**Nothing is open.** 1 contradiction is decided." in words(page)
    assert "You answered" not in words(page)
    of_the_system = {metric.label: metric.value for metric in at_page("system", system=assessment.system_id).metric}
    assert of_the_system["Contradictions to decide"] == "0 of 1"
    assert "You answered · CFG-06" in words(show(page, "ledger", "Decided"))
    assert "Accepted by Somebody" in words(page)
    assert "Counts as at least 50" in words(page)
    assert "Every decision so far (1)" in words(page)


def test_a_decision_is_undone_at_once_or_later(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = press(at_page("repository", system=assessment.system_id), "Accept: the floor counts")
    assert "CFG-06: floor accepted. It stays in the ledger" in words(page)
    press(page, "Undo this decision")
    assert title(page).endswith(": 1 contradiction to decide")
    assert "Before: reopened by Somebody" in words(page)
    press(page, "Accept: the floor counts")
    later = show(at_page("repository", system=assessment.system_id), "ledger", "All")
    press(later, "Undo this decision")
    assert title(later).endswith(": 1 contradiction to decide")
    assert "Every decision so far (4)" in words(later)


def test_an_override_needs_a_reason_and_keeps_it(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = press(at_page("repository", system=assessment.system_id), "Override with this reason")
    assert "Not decided: reason: is empty" in page.error[0].value
    page.text_area[0].set_value("Keys of a *test* server.")
    press(page, "Override with this reason")
    assert not page.error
    show(page, "ledger", "Decided")
    for part in ("Does not count", "“Keys of a *test* server.”", "Overridden by Somebody"):
        assert part in words(page)


def test_nothing_decided_yet_is_said(at_page: Open, workplace: Workplace, assessment: AssessmentRecord) -> None:
    hand_in(workplace, assessment)
    page = show(at_page("repository", system=assessment.system_id), "ledger", "Decided")
    assert "Nothing is decided yet." in words(page)


def test_somebody_elses_decision_is_not_overwritten(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = at_page("repository", system=assessment.system_id)
    pair = {"assessment_id": assessment.assessment_id, "question_id": "CFG-06", "signal_id": "secrets-in-code"}
    decide_floor(workplace, BO, **pair, decision="overridden", reason="Test keys.", decided_at=None)
    press(page, "Accept: the floor counts")
    show(page, "ledger", "All")
    assert "Bo decided this meanwhile: overridden (Test keys.)" in page.error[0].value.replace("\\", "")
    view = read_evidence(workplace, ADA, assessment_id=assessment.assessment_id)
    assert [(entry.decision, entry.decided_by) for entry in view.ledger] == [("overridden", "Bo")]


def test_a_link_opens_one_contradiction_and_leads_back_to_all(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    answer(workplace, assessment, "CFG-01", 0)
    hand_in(workplace, assessment, a_sign(), a_sign("second", questions=("CFG-01",)))
    page = at_page("repository", system=assessment.system_id, contradiction=PAIR)
    assert words(page).count("You answered · ") == 1
    assert "You answered · CFG-06" in words(page)
    press(page, "See the whole ledger (2)")
    assert words(page).count("You answered · ") == 2
    assert "contradiction" not in page.query_params


def test_a_link_to_a_contradiction_that_is_gone_says_so(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = at_page("repository", system=assessment.system_id, contradiction="<b>x</b>")
    assert "is not here any more" in page.info[0].value
    assert "See the whole ledger (1)" in buttons(page)


def test_a_closed_quarter_can_be_read_and_not_decided(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    close_assessment(workplace, ADA, assessment_id=assessment.assessment_id)
    page = at_page("repository", system=assessment.system_id)
    assert "You answered · CFG-06" in words(page)
    assert not {"Accept: the floor counts", "Override with this reason", "Undo this decision"} & buttons(page)
    assert not page.get("file_uploader")


# --- what changed ---
def test_the_first_scan_says_that_the_next_one_will_compare(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    assert "This is the first scan of this repository." in words(at_page("repository", system=assessment.system_id))


def test_a_scan_under_another_name_says_why_it_is_not_compared(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment, repository="shop", commit="aaaaaaa")
    hand_in(workplace, assessment, repository="shop-main.zip", commit="bbbbbbb")
    said = words(at_page("repository", system=assessment.system_id))
    assert "This is the first scan of shop-main.zip, so nothing is compared: the others are of shop." in said
    assert "`--name`" in said


def test_what_appeared_went_grew_and_is_measured_differently_since_the_scan_before(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    before = (
        a_sign("grows"), a_sign("goes"), a_sign("comes", state=State.ABSENT, value=0.0, locations=()),
        a_sign("tool"), a_sign("care", polarity=Polarity.CARE),
    )  # fmt: skip
    after = (
        a_sign("grows", value=5.0), a_sign("goes", state=State.ABSENT, value=0.0, locations=()), a_sign("comes"),
        a_sign("tool", version=2), a_sign("care", polarity=Polarity.CARE, state=State.ABSENT, value=0.0, locations=()),
    )  # fmt: skip
    hand_in(workplace, assessment, *before, commit="aaaaaaa")
    hand_in(workplace, assessment, *after, commit="bbbbbbb")
    page = at_page("repository", system=assessment.system_id)
    said = words(page)
    assert "1 sign of debt appeared, 1 is gone, 1 grew; 1 sign of care is gone." in said
    assert "What changed since " in said
    assert re.search(r"worse\nThe statement of comes\n.*\nappeared", said)
    assert re.search(r"worse\nThe statement of grows\n2 before, 5 now\. .*\ngrew", said)
    assert re.search(r"worse\nThe statement of care\n.*\ncare: gone", said)
    assert re.search(r"better\nThe statement of goes\n.*\ngone", said)
    assert re.search(r"same\nThe statement of tool\n.*\nmeasured differently now", said)
    assert "Every scan (2)" in said
    assert "(shown here)" in said


# --- area by area ---
def test_found_debt_stands_first_and_what_could_not_be_told_says_why(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(
        workplace, assessment,
        a_sign("dull", area="ENT", state=State.UNKNOWN, value=None, message="No import was seen.", locations=()),
        a_sign("nothing", area="FBL", state=State.NOT_APPLICABLE, value=None, locations=()),
        a_sign("good", polarity=Polarity.CARE), a_sign("bad", strength=Strength.WEAK),
    )  # fmt: skip
    page = at_page("repository", system=assessment.system_id)
    said = words(page)
    assert said.index("Configuration\n1 sign of debt, 1 of care") < said.index("Entanglement")
    assert "no sign of debt, 1 could not be told" in said
    assert re.search(r"debt\nThe statement of bad\n.*\nonly asks", said)
    assert (
        "unknown\nThe statement of dull\nNo import was seen.\ncould not tell\nCannot see secrets in the history."
        in said
    )
    assert "1 check does not apply here" in said
    assert "The statement of dull" not in words(show(page, "signals", "Signs of debt"))
    assert "The statement of bad" in words(page)
    assert "The statement of bad" not in words(show(page, "signals", "Could not tell"))


def test_one_area_with_a_strong_sign_stands_before_one_with_many_that_only_ask(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    asking = [a_sign(name, area="CFG", strength=Strength.WEAK) for name in ("asks", "asks-too")]
    hand_in(workplace, assessment, *asking, a_sign("strong", area="TST", strength=Strength.STRONG))
    said = words(at_page("repository", system=assessment.system_id))
    assert said.index("Testing and reproducibility\n1 sign") < said.index("Configuration\n2 signs")


# --- hotspots, admitted debt, what could not be read ---
def test_hotspots_and_admitted_debt_are_ranked_with_their_age(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(
        workplace, assessment,
        hotspots=(Hotspot(path="churn/train.py", changes=41, complexity=1_200, lines=900, authors=3, admitted=2),),
        admitted=(AdmittedDebt(path="churn/train.py", line=7, marker="FIXME", age_days=800),),
    )  # fmt: skip
    said = words(at_page("repository", system=assessment.system_id))
    assert "churn/train.py\n\n41\n\n1,200" in said.replace("solid\n", "")
    assert "churn/train.py:7" in said
    assert "2 years" in said


def test_an_archive_without_history_says_what_the_history_would_add(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment, commit=None)
    said = words(at_page("repository", system=assessment.system_id))
    assert "they need the git history, and an archive has none" in said
    assert "No comment says that something is owed" in said


def test_files_that_could_not_be_read_stand_with_their_reason_and_the_rest_folded(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    broken = tuple(Unparsed(path=f"old/file_{n:02}.py", reason="not valid Python") for n in range(12))
    hand_in(workplace, assessment, unparsed=broken, notes=("2 links were skipped.",))
    said = words(at_page("repository", system=assessment.system_id))
    for part in ("2 links were skipped.", "old/file_00.py", "not valid Python", "The other 2 files", "old/file_11.py"):
        assert part in said


# --- tokens ---
def test_a_token_is_made_its_secret_shown_once_and_the_evidence_pushed_with_it_appears(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    page = at_page("repository", system=assessment.system_id)
    page.text_input(key="token-name").set_value("GitHub Actions")
    press(page, "Make a token")
    secret = next(code.value for code in page.code if code.value.startswith("arr_"))
    page.run()
    assert not [code for code in page.code if code.value.startswith("arr_")]
    assert "never used" in words(page)
    push_evidence(workplace, secret=secret, text=text_of())
    after = at_page("repository", system=assessment.system_id)
    assert "1 contradiction to decide" in title(after)
    assert "by collector GitHub Actions" in words(after)
    assert "last used " in words(after)
    assert secret not in words(after)


@pytest.mark.parametrize(("name", "problem"), [("", "is empty"), ("Taken", "Taken")])
def test_a_token_needs_a_name_of_its_own(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord, name: str, problem: str
) -> None:
    make_token(workplace, ADA, system_id=assessment.system_id, name="Taken")
    page = at_page("repository", system=assessment.system_id)
    page.text_input(key="token-name").set_value(name)
    press(page, "Make a token")
    assert problem in page.error[0].value
    assert not [code for code in page.code if code.value.startswith("arr_")]


def test_a_token_is_revoked_after_a_confirmation(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    make_token(workplace, ADA, system_id=assessment.system_id, name="GitHub Actions")
    page = at_page("repository", system=assessment.system_id)
    assert "can hand in nothing from now on" in words(page)
    assert read_tokens(workplace, ADA, system_id=assessment.system_id)[0].revoked_at is None
    press(page, "Revoke it for good")
    assert read_tokens(workplace, ADA, system_id=assessment.system_id)[0].revoked_at is not None
    assert "Revoked (1)" in words(page)
    assert "Revoke it for good" not in buttons(page)


def test_a_token_somebody_revoked_meanwhile_is_no_trouble(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    made = make_token(workplace, ADA, system_id=assessment.system_id, name="GitHub Actions")
    page = at_page("repository", system=assessment.system_id)
    revoke_token(workplace, BO, system_id=assessment.system_id, token_id=made.token.token_id)
    press(page, "Revoke it for good")
    assert not page.error


# --- words of a repository ---
def test_what_a_repository_says_never_becomes_markup(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hostile = "![x](http://evil.example/p.png) <b>N</b> :red[r] $x$ `y`"
    place = (Location(path=f"{hostile}.py", line=1),)
    hand_in(
        workplace, assessment,
        a_sign(statement=hostile, message=hostile, fix=hostile, cannot_see=hostile, locations=place),
        repository=hostile, notes=(hostile,),
    )  # fmt: skip
    page = at_page("repository", system=assessment.system_id)
    live = re.compile(r"(?<!\\)(?:!\[x|<b>N|:red\[r|\$x\$)")
    for element in (*page.title, *page.markdown, *page.caption, *page.info):
        outside_code = re.sub(r"`[^`]*`", "", str(element.value))
        assert not live.search(outside_code), element.value


# --- the system page ---
def test_the_system_page_shows_the_repository_apart_from_the_score(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    past = (
        a_quarter("2025Q1", ("secrets-in-code", State.FOUND)),
        a_quarter("2025Q2", ("secrets-in-code", State.ABSENT)),
    )
    hand_in(workplace, assessment, history=past)
    page = at_page("system", system=assessment.system_id)
    said = words(page)
    assert "What the repository shows; not a score" in said
    assert "1 of 1 signs of debt were found in" in said
    assert "less can be looked for: 1 of 1 in Q1 2025, 0 of 1 in Q2 2025." in said
    assert "dotted" in said
    assert "hatched" in said
    twin = next(frame.value for frame in page.dataframe if "Looked for" in frame.value)
    assert list(twin.loc[twin["Area"] == "All areas", "Read"]) == ["from history", "from history", "scanned"]


def test_the_system_page_without_evidence_shows_no_empty_trend(at_page: Open, workplace: Workplace) -> None:
    opened = open_system(workplace, "Churn model", answers=3)
    assert "not a score" not in words(at_page("system", system=opened.system_id))


def test_an_area_opened_leads_to_its_contradiction(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    page = at_page("system", system=assessment.system_id, area="CFG", quarter=QUARTER)
    links = [link.proto for link in page.get("page_link")]
    (ledger,) = [link for link in links if link.label == "Open it in the ledger"]
    assert f"contradiction={PAIR}" in ledger.query_string


def test_an_override_outlives_an_answer_that_became_unknown(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    hand_in(workplace, assessment)
    pair = {"assessment_id": assessment.assessment_id, "question_id": "CFG-06", "signal_id": "secrets-in-code"}
    decide_floor(workplace, BO, **pair, decision="overridden", reason="Test keys.", decided_at=None)
    answer(workplace, assessment, "CFG-06", None, rev=1)
    page = show(at_page("repository", system=assessment.system_id), "ledger", "All")
    assert "We do not know." in words(page)
    assert "Test keys." in words(page)
