"""A query and its movies, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from spotiflix.features import FEATURES, MEANING, Features, mood_of
from spotiflix.figures.style import (
    FAINT,
    GRID,
    HEARD,
    METHOD_COLOURS,
    MOOD_COLOURS,
    MUSIC,
    faded,
    styled,
)


def radar(shapes: Mapping[str, Features]) -> go.Figure:
    """Seven features as a closed shape for each name, drawn over each other.

    What is called "Heard" has the colour of listening.
    """
    figure = go.Figure()
    # The longest name would not fit beside the chart on a phone.
    names = [n.capitalize().replace("Instrumental", "Instru-<br>mental") for n in FEATURES]
    for label, features in shapes.items():
        colour = HEARD if label == "Heard" else MUSIC
        values = list(features.as_dict().values())
        figure.add_trace(
            go.Scatterpolar(
                r=[*values, values[0]],
                theta=[*names, names[0]],
                name=label,
                fill="toself",
                fillcolor=faded(colour, 0.22),
                line={"color": colour, "width": 2.5},
                marker={"size": 6},
                text=[*MEANING.values(), MEANING[FEATURES[0]]],
                hovertemplate="<b>%{theta}</b> %{r:.2f}<br>%{text}<extra>" + label + "</extra>",
            )
        )
    axis = {"gridcolor": GRID, "linecolor": GRID}
    figure.update_layout(
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": {
                **axis,
                "range": [0, 1],
                "tickvals": [0.25, 0.5, 0.75, 1],
                "showticklabels": False,
                "showline": False,
            },
            "angularaxis": {**axis, "tickfont": {"size": 13}},
        },
        showlegend=len(shapes) > 1,
        legend={"orientation": "h", "y": -0.12, "x": 0.5, "xanchor": "center"},
    )
    return styled(figure, height=330, margin=(92, 24, 92, 30))


def mood_plane(
    groups: Mapping[str, tuple[np.ndarray, Sequence[str]]], query: Features
) -> go.Figure:
    """Valence against energy: the query, and movies of each method by their soundtrack's mean.

    Parameters
    ----------
    groups : mapping of str to (np.ndarray [shape=(n, 7)], list of str)
        Method → features of its movies and their titles.
    query : Features
    """
    valence, energy = FEATURES.index("valence"), FEATURES.index("energy")
    figure = go.Figure()
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        mood = mood_of(0.25 + 0.5 * corner[0], 0.25 + 0.5 * corner[1])
        figure.add_annotation(
            x=0.02 + 0.96 * corner[0],
            y=0.02 + 0.96 * corner[1],
            text=mood,
            showarrow=False,
            xanchor="right" if corner[0] else "left",
            yanchor="top" if corner[1] else "bottom",
            font={"color": MOOD_COLOURS[mood], "size": 13},
        )
    figure.add_hline(y=0.5, line={"color": GRID, "width": 1})
    figure.add_vline(x=0.5, line={"color": GRID, "width": 1})
    for method, (features, titles) in groups.items():
        figure.add_trace(
            go.Scatter(
                x=features[:, valence],
                y=features[:, energy],
                text=list(titles),
                name=method.capitalize(),
                mode="markers+text",
                textposition="top center",
                textfont={"size": 11, "color": FAINT},
                marker={
                    "size": 12,
                    "color": METHOD_COLOURS[method],
                    "line": {"color": "#0b0d12", "width": 1},
                },
                hovertemplate="<b>%{text}</b><br>valence %{x:.2f}, energy %{y:.2f}<extra></extra>",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=[query.valence],
            y=[query.energy],
            name="Your music",
            mode="markers",
            marker={"size": 18, "symbol": "star", "color": MUSIC},
            hovertemplate="Your music<extra></extra>",
        )
    )
    axis = {"range": [-0.02, 1.02], "gridcolor": GRID, "zeroline": False, "tickvals": [0, 0.5, 1]}
    figure.update_layout(
        xaxis={**axis, "title": "Valence: sad to happy"},
        yaxis={**axis, "title": "Energy: quiet to intense"},
        legend={"orientation": "h", "y": 1.08, "x": 0},
    )
    return styled(figure, height=520, margin=(60, 50, 20, 55))
