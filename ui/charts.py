"""Plotly charts as the pages show them: in our colours, without the tool bar."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st


def show(figure: go.Figure) -> None:
    """Draw a figure. Streamlit's own theme would replace its colours."""
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False})


def clickable(figure: go.Figure, key: str) -> Any:
    """Draw a figure whose points can be clicked; returns the selection."""
    config = {"scrollZoom": True, "displaylogo": False}
    return st.plotly_chart(
        figure, theme=None, config=config, key=key, on_select="rerun", selection_mode="points"
    )
