"""A page with one heatmap and what was selected, for the browser and AppTest."""

import random

import streamlit as st

from scoring.bands import band
from ui.heatmap import Cell, ColumnHead, Grid, RowHead, heatmap, heatmap_sentence, heatmap_table, interval_bar
from ui.text import plain

AREAS = (
    ("ENT", "Entangle- ment", "Entanglement"),
    ("FBL", "Loops", "Feedback loops"),
    ("DAT", "Data", "Data dependencies"),
    ("CFG", "Config", "Configuration"),
    ("MON", "Monitor", "Monitoring"),
    ("RPG", "Res / prod", "Research and production"),
    ("PIP", "Pipelines", "Pipelines and glue code"),
    ("TST", "Testing", "Testing"),
    ("PRO", "Process", "Process and people"),
    ("FMD", "Found. models", "Foundation models"),
)
SYSTEMS = (
    ("Growth", "Lead scoring"),
    ("Growth", "Churn model"),
    ("Growth", "Recommender for the weekly newsletter"),
    ("Risk", "Fraud model"),
    ("Risk", "Credit limit"),
    ("Operations", "House prices"),
    ("Operations", "Demand forecast"),
    ("Operations", "Support assistant"),
)


def cell(rng: random.Random, total: bool = False) -> Cell:
    drawn = rng.random()
    if not total and drawn < 0.05:
        return Cell(kind="unanswered")
    if not total and drawn < 0.1:
        return Cell(kind="not_applicable")
    if not total and drawn < 0.12:
        return Cell(kind="empty")
    debt = rng.random()
    moved = rng.gauss(0, 0.08)
    return Cell(
        kind="score",
        debt=debt,
        band=band(debt) if rng.random() < 0.9 else None,
        low=max(0, debt - 0.08),
        high=min(1, debt + 0.11),
        coverage=rng.choice((0.62, 0.92, 1.0)),
        change="worse" if moved > 0.08 else "better" if moved < -0.08 else None,
        difference=moved,
        uncertain=rng.random() < 0.1,
        contradicted=rng.random() < 0.08,
        hatched=rng.random() < 0.05,
    )


def grid(systems: tuple[tuple[str, str], ...] = SYSTEMS, seed: int = 1) -> Grid:
    rng = random.Random(seed)
    return Grid(
        caption="Debt by system and area, Q4 2026. Higher is worse.",
        corner="System",
        compared="Q3 2026",
        rows=tuple(
            RowHead(id=f"s{i:03}", label=name, group=team, href=f"/?part=heatmap&system=s{i:03}")
            for i, (team, name) in enumerate(systems)
        ),
        columns=(
            *(ColumnHead(id=i, short=short, title=title) for i, short, title in AREAS),
            ColumnHead(id="ALL", short="All", title="All areas", total=True),
        ),
        cells=tuple((*(cell(rng) for _ in AREAS), cell(rng, total=True)) for _ in systems),
    )


def page() -> None:
    st.set_page_config(page_title="Heatmap", layout="wide", menu_items={"About": "Heatmap demonstration"})
    st.title("Portfolio", anchor=False)
    shown = grid(seed=st.session_state.get("seed", 1))
    asked = st.query_params.get("cell", "").split(".")
    chosen = heatmap(shown, key="portfolio", selected=(asked[0], asked[1]) if len(asked) == 2 else None)
    if chosen:
        st.query_params["cell"] = ".".join(chosen)
    else:
        st.query_params.pop("cell", None)
    st.text(f"selected: {chosen}")
    st.text(f"system: {st.query_params.get('system', '')} runs: {st.session_state.get('runs', 0)}")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.markdown(plain(heatmap_sentence(shown)))
    interval_bar(0.38, 0.47, 0.61, label="Churn model")
    if st.button("Other numbers"):
        st.session_state["seed"] = 2
        st.rerun()
    if st.button("Close"):
        st.query_params.pop("cell", None)
        st.rerun()
    with st.expander("Table"):
        st.dataframe(heatmap_table(shown), hide_index=True)


if __name__ == "__main__":
    page()
