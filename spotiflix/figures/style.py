"""Colours and layout that all figures share."""

from __future__ import annotations

import plotly.graph_objects as go

#: One accent for music, one for film; and a colour for each mood and each method.
MUSIC, FILM, HEARD = "#1ed760", "#ff5c68", "#ffc24b"
MOOD_COLOURS = {
    "Bright": "#ffc24b",
    "Tense": "#ff5c68",
    "Melancholy": "#6f8cff",
    "Calm": "#3fd0b6",
}
METHOD_COLOURS = {"positivity": "#ffc24b", "clusters": "#7fb2ff", "listening": "#d68cff"}
INK, FAINT, GRID = "#f3f5f9", "#98a2b3", "#2b313d"

FONT = {"family": "Source Sans, system-ui, sans-serif", "color": INK, "size": 14}


def faded(colour: str, opacity: float) -> str:
    """A colour ``"#rrggbb"`` with an opacity in [0, 1]."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def styled(figure: go.Figure, *, height: int, margin: tuple[int, int, int, int]) -> go.Figure:
    """Give a figure our look, in place; height and margin (left, top, right, bottom) in pixels."""
    left, top, right, bottom = margin
    figure.update_layout(
        height=height,
        margin={"l": left, "t": top, "r": right, "b": bottom},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font=FONT,
        hoverlabel={"bgcolor": "#161a22", "bordercolor": GRID, "font": {"color": INK}},
    )
    return figure
