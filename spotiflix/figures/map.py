"""The cluster map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from spotiflix.features import FEATURES, MOODS, mood_of
from spotiflix.figures.style import (
    FILM,
    GRID,
    INK,
    MOOD_COLOURS,
    MUSIC,
    styled,
)

if TYPE_CHECKING:
    from spotiflix.clustermap import Points, Route

_SYMBOLS = ("circle", "diamond")


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
    return styled(figure, height=640, margin=(0, 40, 0, 0))


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
