"""The page of the probe: what must work under the content policy, and what must not."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

SCRIPT = """
export default function (component) {
  const { parentElement, setStateValue, data } = component;
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => setStateValue("pressed", "yes");
}
"""
component = st.components.v2.component("probe", html="<button>x</button>", css="button { color: red }", js=SCRIPT)

st.title("Probe")
pressed = component(data={"label": "Press me"}, key="component", on_pressed_change=lambda: None)
st.write("component says", pressed.pressed or "nothing")
st.plotly_chart(go.Figure(go.Scatter(x=[1, 2, 3], y=[3, 1, 2], mode="lines+markers")), key="trend")
st.dataframe(pd.DataFrame({"area": ["DAT", "ENT"], "debt": [0.5, 0.25]}), key="table")
st.code("print('hello')", language="python")
received = st.file_uploader("Archive")
if received:
    st.write("received", len(received.getvalue()), "bytes")
st.markdown("[Export](/file.csv)")

st.markdown("![planted](https://attacker.invalid/reads-along.png)")
st.markdown(
    "<iframe srcdoc=\"<script>parent.PLANTED = 'frame'</script>\"></iframe>"
    "<form action='https://attacker.invalid/'><input type='submit' value='Planted form'></form>",
    unsafe_allow_html=True,
)
