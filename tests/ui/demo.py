"""One small app with a page for each part of ui/, chosen by ?part=..."""

from pathlib import Path
from runpy import run_path

import streamlit as st

PARTS = ("heatmap", "parts", "trend", "hostile", "moved", "large", "tables")

part = st.query_params.get("part", "heatmap")
if part in PARTS:
    run_path(str(Path(__file__).parent / f"demo_{part}.py"))["page"]()
