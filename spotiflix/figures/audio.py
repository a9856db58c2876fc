"""A piece of audio, and what was heard in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from spotiflix.features import FEATURES, Features
from spotiflix.figures.style import (
    FILM,
    GRID,
    HEARD,
    INK,
    MUSIC,
    faded,
    styled,
)

#: Dark to light, like matplotlib's magma; not by its name, since its first colour is one that
#: Streamlit replaces by one of its own theme.
_HEAT = ["#0b0d12", "#251255", "#5f187f", "#982d80", "#d3436e", "#f8765c", "#febb81", "#fcfdbf"]


def waveform(times: np.ndarray, low: np.ndarray, high: np.ndarray) -> go.Figure:
    """Envelope of a waveform: lowest and highest sample, shape (n,), at times in seconds (n,)."""
    figure = go.Figure(
        [
            go.Scatter(x=times, y=high, line={"width": 0}, hoverinfo="skip", showlegend=False),
            go.Scatter(
                x=times,
                y=low,
                fill="tonexty",
                fillcolor=faded(MUSIC, 0.7),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            ),
        ]
    )
    figure.update_layout(
        xaxis={"title": "Seconds", "gridcolor": GRID, "zeroline": False},
        yaxis={"range": [-1, 1], "gridcolor": GRID, "tickvals": [-1, 0, 1], "title": "Amplitude"},
    )
    return styled(figure, height=200, margin=(55, 10, 15, 40))


def mel_spectrogram(decibels: np.ndarray, times: np.ndarray) -> go.Figure:
    """Mel spectrogram in dB, shape (bands, frames), over the times of its frames in seconds."""
    figure = go.Figure(
        go.Heatmap(
            z=decibels,
            x=times,
            colorscale=_HEAT,
            zmin=float(decibels.max()) - 80,
            colorbar={"title": "dB", "thickness": 12, "outlinewidth": 0},
            hovertemplate="%{x:.1f} s, band %{y}: %{z:.0f} dB<extra></extra>",
        )
    )
    figure.update_layout(xaxis={"title": "Seconds"}, yaxis={"title": "Mel band"})
    return styled(figure, height=300, margin=(55, 10, 15, 40))


def mood_curve(times: np.ndarray, per_window: np.ndarray) -> go.Figure:
    """Valence and energy along a song.

    Parameters
    ----------
    times : np.ndarray [shape=(windows,)], seconds
        Start of each window.
    per_window : np.ndarray [shape=(windows, 7)]
    """
    figure = go.Figure()
    for name, colour in (("valence", MUSIC), ("energy", FILM)):
        figure.add_trace(
            go.Scatter(
                x=times,
                y=per_window[:, FEATURES.index(name)],
                name=name.capitalize(),
                mode="lines+markers",
                line={"color": colour, "width": 3, "shape": "spline"},
                hovertemplate="%{x:.0f} s: %{y:.2f}<extra>" + name.capitalize() + "</extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": "Seconds", "gridcolor": GRID, "zeroline": False},
        yaxis={"range": [0, 1], "gridcolor": GRID, "zeroline": False, "tickvals": [0, 0.5, 1]},
        legend={"orientation": "h", "y": 1.15, "x": 0},
    )
    return styled(figure, height=260, margin=(55, 40, 15, 40))


def feature_bars(features: Features, intervals: Mapping[str, tuple[float, float]]) -> go.Figure:
    """The seven features as bars, each with the interval that the true value is likely within."""
    values = features.as_dict()
    names = list(FEATURES)[::-1]
    ranges = [intervals.get(n, (values[n], values[n])) for n in names]
    figure = go.Figure(
        go.Bar(
            x=[values[n] for n in names],
            y=[f"{n.capitalize()}  <b>{values[n]:.2f}</b>" for n in names],
            orientation="h",
            marker={"color": HEARD},
            error_x={
                "type": "data",
                "array": [high - values[n] for n, (_, high) in zip(names, ranges, strict=True)],
                "arrayminus": [values[n] - low for n, (low, _) in zip(names, ranges, strict=True)],
                "color": INK,
                "thickness": 1.5,
            },
            customdata=ranges,
            hovertemplate="%{y}<br>%{customdata[0]:.2f} to %{customdata[1]:.2f}<extra></extra>",
        )
    )
    figure.update_layout(
        xaxis={"range": [0, 1.05], "gridcolor": GRID, "zeroline": False}, bargap=0.35
    )
    return styled(figure, height=330, margin=(160, 15, 15, 30))
