"""The frame around every page: the few style rules Streamlit's theme cannot say, as one component without content."""

from __future__ import annotations

import streamlit as st

_CSS = """
/* Level cards: each option of an answer is a card with a clear edge, the chosen one carries the accent. */
[class*="st-key-answer-"] [role="radiogroup"] { gap: 0.375rem; width: 100%; }
[class*="st-key-answer-"] [role="radiogroup"] > label {
  width: 100%; margin: 0; padding: 0.5rem 0.75rem; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); align-items: flex-start;
}
[class*="st-key-answer-"] [role="radiogroup"] > label:hover { border-color: var(--st-primary-color); }
[class*="st-key-answer-"] [role="radiogroup"] > label:has(input:checked) {
  border-color: var(--st-primary-color); box-shadow: inset 3px 0 0 var(--st-primary-color);
  background: var(--st-secondary-background-color);
}
[class*="st-key-answer-"] [role="radiogroup"] > label:has(input:focus-visible) {
  outline: 2px solid var(--st-primary-color); outline-offset: 2px;
}
[class*="st-key-answer-"] [data-testid="stRadio"], [class*="st-key-answer-"] { width: 100%; }
[data-testid="stMainBlockContainer"] { padding-top: 4.25rem; padding-bottom: 4rem; max-width: 90rem; }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; } }
@media print {
  header, [data-testid="stToolbar"], [data-testid="stBaseButton-primary"] { display: none !important; }
}
"""

_FRAME = st.components.v2.component("arrears_frame", css=_CSS, html="<span hidden></span>", isolate_styles=False)


def frame() -> None:
    """Mount the style rules. Call once a run, before the page."""
    _FRAME(key="arrears-frame", height=0)
