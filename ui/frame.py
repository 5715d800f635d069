"""The frame around every page: the few style rules Streamlit's theme cannot say, as one component without content."""

from __future__ import annotations

import streamlit as st

from ui import session
from ui.components import source

#: The tab's icon, four cells of the heatmap. A drawing of our own: a Material icon would be fetched from elsewhere.
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<path fill='#FAD08C' d='M1 1h6.5v6.5H1z'/><path fill='#C64D2C' d='M8.5 1H15v6.5H8.5z'/>"
    "<path fill='#F0954A' d='M1 8.5h6.5V15H1z'/><path fill='#7C1D33' d='M8.5 8.5H15V15H8.5z'/></svg>"
)

_CSS = """
/* Level cards: each option of an answer has a clear edge in the text colour, so that both themes work. */
[class*="st-key-answer-"], [class*="st-key-answer-"] [data-testid="stRadio"] { width: 100%; }
[class*="st-key-answer-"] [role="radiogroup"] { gap: 0.375rem; width: 100%; }
[class*="st-key-answer-"] [role="radiogroup"] > div { width: 100%; }
[class*="st-key-answer-"] [data-testid="stRadioOption"] {
  width: 100%; margin: 0; padding: 0.45rem 0.75rem; align-items: flex-start; border-radius: 0.375rem;
  border: 1px solid color-mix(in srgb, currentColor 18%, transparent);
}
[class*="st-key-answer-"] [data-testid="stRadioOption"]:hover {
  border-color: color-mix(in srgb, currentColor 55%, transparent);
}
[class*="st-key-answer-"] [data-testid="stRadioOption"]:has(input:checked) {
  border-color: currentColor; background: color-mix(in srgb, currentColor 6%, transparent);
}
[class*="st-key-answer-"] [data-testid="stRadioOption"]:has(input:focus-visible) {
  outline: 2px solid currentColor; outline-offset: 2px;
}
/* Streamlit writes white on the accent; on the dark theme's light accent that would be 2.1:1. */
.arrears-dark :is([data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"],
  [data-testid="stBaseLinkButton-primary"]):not(:disabled) {
  color: #14100C;
}
/* A quiet button under the mouse turns to the accent made darker, on the dark page 4.4:1. */
.arrears-dark :is([data-testid="stBaseButton-tertiary"], [data-testid="stPopoverButton"]):is(:hover, :active, :focus) {
  color: #F0A08A;
}
/* In a drawer Streamlit makes headings smaller than the text under them. */
[role="dialog"] [data-testid="stMarkdown"] h4 { font-size: 1rem; }
/* What has no place of its own takes none. */
.st-key-arrears-frame, .st-key-arrears-identity, .st-key-arrears-freshness { position: absolute; }
/* Copying is what the secret of a token is shown for: its button does not wait for the mouse. */
.st-key-token-secret :has(> * > [data-testid="stElementToolbarButton"]),
.st-key-token-secret :has(> [data-testid="stElementToolbarButton"]) {
  opacity: 1; visibility: visible; transform: none;
}
.st-key-token-secret pre { padding-right: 3.5rem; }
/* A link of the ledger leads to the page it stands on; that is no reason to look pressed. */
[class*="st-key-contradiction-"] [data-testid="stPageLink-NavLink"] { background: transparent; padding-left: 0; }
[class*="st-key-contradiction-"] [data-testid="stPageLink-NavLink"] p { font-weight: 400; text-decoration: underline; }
[class*="st-key-contradiction-"] [data-testid="stPageLink-NavLink"]:hover p { text-decoration-thickness: 2px; }
/* What would help most to know is a question: it is read to its end. */
[class*="st-key-knowing-"] [data-testid="stPageLink-NavLink"] {
  padding-left: 0; align-items: flex-start; height: auto; line-height: 1.4;
}
[class*="st-key-knowing-"] [data-testid="stPageLink-NavLink"] * {
  white-space: normal; overflow: visible; line-height: inherit;
}
/* The areas before and after stay in sight while levels are tried out further down the list. */
@media (min-width: 641px) and (min-height: 780px) {
  [data-testid="stColumn"]:has(.st-key-plan-aside) { position: sticky; top: 4rem; align-self: flex-start; }
}
/* An action that is opened comes before the others on a phone. */
@media (max-width: 640px) { [data-testid="stColumn"]:has(.st-key-action-drawer) { order: -1; } }
/* Beside an open drawer all columns of the heatmap need the width of a large screen: on a smaller one the drawer is a
   sheet at the foot of the window, over nothing but the rows further down. */
@media (min-width: 641px) and (max-width: 1300px) {
  .st-key-portfolio-split > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
  .st-key-portfolio-split > [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-portfolio-split [data-testid="stColumn"]:has(.st-key-portfolio-grid),
  .st-key-portfolio-split [data-testid="stColumn"]:has(.st-key-portfolio-drawer) { min-width: 100%; }
  .st-key-portfolio-split [data-testid="stColumn"]:has(.st-key-portfolio-drawer) {
    position: sticky; bottom: 0; z-index: 20; max-height: 42vh; overflow: auto;
  }
  .arrears-dark .st-key-portfolio-drawer { background: #0F1318; }
  .st-key-portfolio-drawer { background: #FFFFFF; border-top: 2px solid currentColor; }
}
/* What a room reads fills the screen. */
[data-testid="stMainBlockContainer"]:has(.st-key-projector) { padding: 1rem 1.5rem 0; max-width: none; }
[data-testid="stApp"]:has(.st-key-projector) [data-testid="stHeader"] { display: none; }
/* The next step of a workshop is the largest thing to press; on a phone it stays in reach. */
.st-key-workshop-step button { min-height: 3.5rem; }
.st-key-workshop-step button p { font-size: 1.25rem; font-weight: 600; }
@media (max-width: 640px) {
  .st-key-workshop-step { position: fixed; bottom: 0.5rem; left: 1rem; right: 1rem; z-index: 10; width: auto; }
  [data-testid="stMainBlockContainer"]:has(.st-key-workshop-step) { padding-bottom: 6rem; }
}
/* The chosen system and who is answering stand in the header, at the right. */
.st-key-arrears-header {
  position: fixed; top: 0.6rem; right: 3.25rem; z-index: 1000000; width: auto !important; flex-wrap: nowrap;
}
.st-key-arrears-header > div { width: auto !important; }
.st-key-arrears-search [data-testid="stPageLink-NavLink"] { background: transparent; padding: 0.25rem 0.5rem; }
@media (max-width: 640px) { .st-key-arrears-search [data-testid="stPageLink-NavLink"] p {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; } }
/* What Streamlit says of a running script would be written across it. */
[data-testid="stStatusWidget"] { position: fixed; top: 3.9rem; right: 1rem; }
[data-testid="stMainBlockContainer"] { padding: 4rem 2rem; max-width: 100rem; }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
  .st-key-arrears-header [data-testid="stPopoverButton"] p {
    display: block; max-width: 5.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  }
}
@media print {
  header, .st-key-arrears-header, [data-testid="stToolbar"], [data-testid="stBaseButton-primary"] {
    display: none !important;
  }
}
"""

_FRAME = st.components.v2.component(
    "arrears_frame", css=_CSS, html="<span hidden></span>", js=source("frame.js"), isolate_styles=False
)


def frame() -> None:
    """Mount the style rules, and the key that leads to the search. Call once a run, before the page."""
    _FRAME(key="arrears-frame", height=0, data={"search": session.shortcuts_on()})
