"""How good the listening model is, drawn."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from spotiflix.figures.style import (
    GRID,
    HEARD,
    styled,
)


def model_errors(rows: Mapping[str, tuple[float, float]]) -> go.Figure:
    """Mean absolute error by feature: a constant's beside the model's."""
    names = [name.capitalize() for name in rows]
    figure = go.Figure(
        [
            go.Bar(
                x=names,
                y=[constant for constant, _ in rows.values()],
                name="A constant",
                marker={"color": "#5b6472"},
            ),
            go.Bar(
                x=names,
                y=[model for _, model in rows.values()],
                name="Listening model",
                marker={"color": HEARD},
            ),
        ]
    )
    figure.update_layout(
        barmode="group",
        yaxis={"title": "Mean absolute error", "gridcolor": GRID},
        legend={"orientation": "h", "y": 1.12, "x": 0},
    )
    return styled(figure, height=330, margin=(60, 40, 10, 40))


def predicted_against_true(pairs: Mapping[str, list[tuple[float, float]]]) -> go.Figure:
    """For each feature the true value of every judged song, and what was heard in it."""
    from plotly.subplots import make_subplots

    columns = 4
    figure = make_subplots(
        rows=-(-len(pairs) // columns),
        cols=columns,
        subplot_titles=[name.capitalize() for name in pairs],
        horizontal_spacing=0.05,
        vertical_spacing=0.16,
    )
    for at, points in enumerate(pairs.values()):
        place = {"row": at // columns + 1, "col": at % columns + 1}
        diagonal = go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", line={"color": GRID}, hoverinfo="skip"
        )
        songs = go.Scatter(
            x=[true for true, _ in points],
            y=[heard for _, heard in points],
            mode="markers",
            marker={"color": HEARD, "size": 5, "opacity": 0.7},
            hovertemplate="true %{x:.2f}, heard %{y:.2f}<extra></extra>",
        )
        figure.add_trace(diagonal, **place)
        figure.add_trace(songs, **place)
    figure.update_xaxes(range=[-0.03, 1.03], gridcolor=GRID, zeroline=False)
    figure.update_yaxes(range=[-0.03, 1.03], gridcolor=GRID, zeroline=False)
    figure.update_layout(showlegend=False)
    return styled(figure, height=480, margin=(40, 40, 10, 30))
