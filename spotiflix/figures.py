"""Plotly figures. Each function takes values of this package and returns a figure.

Figures have transparent paper, so that they sit on any theme; colours are named once here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from spotiflix.features import FEATURES, MEANING, MOODS, Features, mood_of

if TYPE_CHECKING:
    from spotiflix.clustermap import Points, Route

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

#: Dark to light, like matplotlib's magma; not by its name, since its first colour is one that
#: Streamlit takes for a placeholder and replaces.
_HEAT = ["#0b0d12", "#251255", "#5f187f", "#982d80", "#d3436e", "#f8765c", "#febb81", "#fcfdbf"]
_SYMBOLS = ("circle", "diamond")
_FONT = {"family": "Source Sans, system-ui, sans-serif", "color": INK, "size": 14}


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
                fillcolor=_faded(colour, 0.22),
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
    return _styled(figure, height=330, margin=(92, 24, 92, 30))


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
    return _styled(figure, height=520, margin=(60, 50, 20, 55))


def cluster_map(
    layers: Mapping[str, Points],
    *,
    colour_by: str = "mood",
    flat: bool = False,
    route: Route | None = None,
) -> go.Figure:
    """Songs and soundtracks in the space of their principal components.

    Parameters
    ----------
    layers : mapping of str to Points
        Name in the legend → points; the first ones are circles, the second diamonds.
    colour_by : str
        ``"mood"``, ``"cluster"`` or ``"kind"``.
    flat : bool
        Two dimensions instead of three; needs no WebGL, and points can be clicked.
    route : Route, optional
        The way of a query; everything else steps back behind it.
    """
    figure = go.Figure()
    for index, (name, points) in enumerate(layers.items()):
        for label, mask, colour in _groups(name, points, colour_by, (MUSIC, FILM)[index % 2]):
            figure.add_trace(
                _points(
                    points,
                    mask,
                    index,
                    flat,
                    name=label,
                    legendgroup=label,
                    showlegend=False,
                    opacity=0.8 if route is None else 0.3 if flat else 0.14,
                    marker={"size": 5 if flat else 2.4, **colour},
                )
            )
            if index == 0 or colour_by != "mood":
                figure.add_trace(_legend_entry(label, colour, index, flat))
    if route is not None:
        _add_route(figure, layers, route, flat)
    hidden = {"visible": False, "showgrid": False}
    axis = {
        "title": "",
        "showticklabels": False,
        "backgroundcolor": "rgba(0,0,0,0)",
        "gridcolor": GRID,
        "zerolinecolor": GRID,
    }
    figure.update_layout(
        scene={
            **{f"{name}axis": axis for name in "xyz"},
            "camera": {"eye": {"x": 0.85, "y": 0.95, "z": 0.55}},
            "aspectmode": "data",
        },
        xaxis=hidden,
        yaxis={**hidden, "scaleanchor": "x"},
        legend={"itemsizing": "constant", "orientation": "h", "y": 1.02, "x": 0},
        uirevision="map",
        clickmode="event+select",
    )
    return _styled(figure, height=640, margin=(0, 40, 0, 0))


def waveform(times: np.ndarray, low: np.ndarray, high: np.ndarray) -> go.Figure:
    """Envelope of a waveform: lowest and highest sample, shape (n,), at times in seconds (n,)."""
    figure = go.Figure(
        [
            go.Scatter(x=times, y=high, line={"width": 0}, hoverinfo="skip", showlegend=False),
            go.Scatter(
                x=times,
                y=low,
                fill="tonexty",
                fillcolor=_faded(MUSIC, 0.7),
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
    return _styled(figure, height=200, margin=(55, 10, 15, 40))


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
    return _styled(figure, height=300, margin=(55, 10, 15, 40))


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
    return _styled(figure, height=260, margin=(55, 40, 15, 40))


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
    return _styled(figure, height=330, margin=(160, 15, 15, 30))


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
    return _styled(figure, height=330, margin=(60, 40, 10, 40))


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
    return _styled(figure, height=480, margin=(40, 40, 10, 30))


def _groups(
    name: str, points: Points, colour_by: str, kind: str
) -> list[tuple[str, np.ndarray, dict[str, object]]]:
    everything = np.ones(len(points.label), dtype=bool)
    if colour_by == "cluster":
        # Neighbouring numbers are unrelated clusters: a shuffled hue tells them apart.
        hue = (points.cluster * 137.508) % 360
        return [(name, everything, {"color": hue, "colorscale": "HSV", "cmin": 0, "cmax": 360})]
    if colour_by == "kind":
        return [(name, everything, {"color": kind})]
    valence, energy = FEATURES.index("valence"), FEATURES.index("energy")
    moods = np.array([mood_of(f[valence], f[energy]) for f in points.features])
    return [(mood, moods == mood, {"color": MOOD_COLOURS[mood]}) for mood in MOODS]


def _add_route(figure: go.Figure, layers: Mapping[str, Points], route: Route, flat: bool) -> None:
    """The clusters' own points at full strength, and the line from the query through both."""
    ends = (("song", route.song_cluster, MUSIC), ("soundtrack", route.track_cluster, FILM))
    for index, (name, points) in enumerate(layers.items()):
        kind, cluster, colour = next(end for end in ends if end[0] == points.kind)
        figure.add_trace(
            _points(
                points,
                points.cluster == cluster,
                index,
                flat,
                name=f"{name} of {kind} cluster {cluster}",
                marker={"size": 7 if flat else 4, "color": colour},
            )
        )
    figure.add_trace(
        _scatter(
            route.places,
            flat,
            name="Your music, its cluster, the movies' cluster",
            mode="lines+markers",
            text=[
                "Your music",
                f"Centre of song cluster {route.song_cluster}",
                f"Centre of soundtrack cluster {route.track_cluster}",
            ],
            line={"color": INK, "width": 3 if flat else 7},
            marker={
                "size": [17, 11, 11] if flat else [13, 8, 8],
                "color": ["#ffffff", MUSIC, FILM],
                "opacity": 1,
                "line": {"color": "#0b0d12", "width": 1},
            },
            hovertemplate="%{text}<extra></extra>",
        )
    )


def _points(
    points: Points, mask: np.ndarray, index: int, flat: bool, **style: Any
) -> go.Scatter3d | go.Scatter:
    chosen = np.flatnonzero(mask)
    style["marker"] |= {"symbol": _SYMBOLS[index % 2]}
    if isinstance(style["marker"]["color"], np.ndarray):
        style["marker"]["color"] = style["marker"]["color"][chosen]
    return _scatter(
        points.xyz[chosen],
        flat,
        mode="markers",
        text=[points.label[i] for i in chosen],
        # A list: the browser does not hand packed arrays back when a point is clicked.
        customdata=[[index, int(cluster)] for cluster in points.cluster[chosen]],
        hovertemplate="<b>%{text}</b><br>cluster %{customdata[1]}<extra></extra>",
        **style,
    )


def _legend_entry(
    name: str, colour: dict[str, object], index: int, flat: bool
) -> go.Scatter3d | go.Scatter:
    """An entry at full strength, since the points themselves may have stepped back."""
    shade = colour["color"] if isinstance(colour["color"], str) else INK
    marker = {"color": shade, "symbol": _SYMBOLS[index % 2], "size": 6}
    nowhere = np.full((1, 3), np.nan)
    return _scatter(nowhere, flat, name=name, legendgroup=name, mode="markers", marker=marker)


def _scatter(xyz: np.ndarray, flat: bool, **style: Any) -> go.Scatter3d | go.Scatter:
    if flat:
        return go.Scatter(x=xyz[:, 0], y=xyz[:, 1], **style)
    return go.Scatter3d(x=xyz[:, 0], y=xyz[:, 1], z=xyz[:, 2], **style)


def _faded(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _styled(figure: go.Figure, *, height: int, margin: tuple[int, int, int, int]) -> go.Figure:
    left, top, right, bottom = margin
    figure.update_layout(
        height=height,
        margin={"l": left, "t": top, "r": right, "b": bottom},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font=_FONT,
        hoverlabel={"bgcolor": "#161a22", "bordercolor": GRID, "font": {"color": INK}},
    )
    return figure
