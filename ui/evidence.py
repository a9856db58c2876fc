"""The manifest's figures as tables, with words that say what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spotiflix.assets import Assets
from spotiflix.features import FEATURES

Table = dict[str, list[Any]]

UNKNOWN = (
    "Whether a movie truly feels like a song is a matter of taste, and nobody has measured it for "
    "us yet. The figures above say how well each step does what it is meant to do, not how happy "
    "you will be with the movies. Soundtrack lists are public lists joined by name: of the rows "
    "we trust least, about one in four is wrong, and such rows count for less."
)


def sections(assets: Assets) -> Iterator[tuple[str, str, Table]]:
    """Title, words and table of each part of the page."""
    yield _data(assets)
    yield _positivity(assets)
    yield _clusters(assets)
    yield _listening(assets)


def listening_errors(assets: Assets) -> dict[str, tuple[float, float]]:
    """Mean absolute error by feature: the constant's and the model's."""
    figures = assets.figures("listening.safetensors")
    return {
        name: (figures["constant_mae"][name], figures["calibrated_mae"][name]) for name in FEATURES
    }


def listening_pairs(assets: Assets) -> dict[str, list[tuple[float, float]]]:
    """True and heard value of every judged clip, by feature."""
    return assets.figures("listening.safetensors")["scatter"]


def _data(assets: Assets) -> tuple[str, str, Table]:
    songs = assets.figures("songs.parquet")
    movies = assets.figures("movies.parquet")
    tracks = assets.figures("soundtracks.parquet")
    rows = {
        "Songs to search": songs["songs"],
        "Songs whose lyrics we have read": songs["with_lyric_positivity"],
        "Movies": movies["movies"],
        "Series": movies["television"],
        "Movies and series whose script or subtitles we have read": movies["with_positivity"],
        "Movies and series with soundtrack tracks": tracks["movies"],
        "Soundtrack tracks": tracks["kept"],
    }
    return (
        "What it knows",
        "Method 1 recommends among the movies whose words we have read, methods 2 and 3 among "
        "those with soundtrack tracks.",
        {"": list(rows), "Count": [f"{count:,}" for count in rows.values()]},
    )


def _positivity(assets: Assets) -> tuple[str, str, Table]:
    figures = assets.figures("positivity.safetensors")
    ours, papers = figures["all_songs"], figures["papers_songs"]
    return (
        "Method 1: positivity",
        f"From sound alone, a song's words can hardly be told: the model explains "
        f"{ours['r2']:.0%} of the differences and beats a constant by a little. So where we have "
        "read the lyrics we use what they say, and the page tells you which it was. Split: "
        f"{figures['split']}.",
        {
            "": [
                f"Our model, all songs ({ours['n_held_out']:,} held out)",
                "A constant, same songs",
                f"Our model, the paper's songs ({papers['n_held_out']:,} held out)",
                "A constant, same songs",
                "The paper, as reported (a batch mean divided by the row count)",
                "The paper, as it is",
            ],
            "Mean squared error": [
                _number(v, 4)
                for v in (
                    ours["mse"],
                    ours["constant_mse"],
                    papers["mse"],
                    papers["constant_mse"],
                    figures["paper"]["mse_reported"],
                    figures["paper"]["mse_true"],
                )
            ],
            "Mean absolute error": [
                *(_number(p[k]) for p in (ours, papers) for k in ("mae", "constant_mae")),
                "–",
                "–",
            ],
            "R²": [
                *(_number(p[k]) for p in (ours, papers) for k in ("r2", "constant_r2")),
                "–",
                "–",
            ],
        },
    )


def _clusters(assets: Assets) -> tuple[str, str, Table]:
    clusters = assets.figures("clusters.parquet")
    network = assets.figures("cluster_network.safetensors")
    paper = clusters["paper"]

    def spread(which: str) -> str:
        values = clusters[f"feature_std_{which}"].values()
        return f"{sum(values) / len(values):.3f}"

    return (
        "Method 2: clusters",
        "A silhouette near 0.15 means that sound is a continuum with soft borders, not 500 "
        "islands. The paper's 0.30 for soundtracks is flattered: a quarter of its rows are exact "
        "duplicates, and ours are distinct. The network finds a song's cluster nearly always "
        f"({network['held_out']:,} songs held out; always naming one cluster would be right for "
        f"{network['constant_accuracy']:.1%}).",
        {
            "": [
                f"Silhouette, {clusters['songs']:,} songs in 500 clusters",
                f"Silhouette, {clusters['soundtrack_tracks']:,} soundtrack tracks in 500 clusters",
                "Mean standard deviation of a feature within a song cluster",
                "Mean standard deviation of a feature within a soundtrack cluster",
                "Network: right cluster, songs held out",
                "Network: right cluster, the whole catalogue",
            ],
            "Ours": [
                _number(clusters["silhouette_songs"]),
                _number(clusters["silhouette_soundtracks"]),
                spread("songs"),
                spread("soundtracks"),
                f"{network['accuracy_held_out']:.1%}",
                f"{network['accuracy_catalogue']:.1%}",
            ],
            "The paper's": [
                _number(paper["silhouette_songs"], 2),
                _number(paper["silhouette_soundtracks"], 2),
                paper["feature_std"],
                paper["feature_std"],
                f"{network['paper']['accuracy_held_out']:.0%}",
                "–",
            ],
        },
    )


def _listening(assets: Assets) -> tuple[str, str, Table]:
    figures = assets.figures("listening.safetensors")
    columns = {
        "Error of a constant": "constant_mae",
        "Error of the paper's network": "raw_mae",
        "Error (ours)": "calibrated_mae",
        "R² of the paper's network": "raw_r2",
        "R² (ours)": "calibrated_r2",
        "r (ours)": "calibrated_r",
        "True value within the interval": "coverage",
    }
    names = [*FEATURES, "mean"]
    ours, papers, flat = (
        figures[f"{each}_mae"]["mean"] for each in ("calibrated", "raw", "constant")
    )
    constant = figures["constant"]
    words = (
        "Two networks that were trained to tag music (musicnn), and what their answers say of the "
        f"features, learnt from {figures['clips']} clips by {figures['artists']} artists and "
        "judged on clips of artists that were not learnt from "
        f"({figures['folds']} folds). The mean error is {ours:.3f}; the paper's network, on the "
        f"same folds, has {papers:.3f} and a constant {flat:.3f}. Each feature comes with an "
        f"interval that is to hold the true value {figures['interval']:.0%} of the time; the last "
        "column says how often it did."
    )
    if constant:
        words += f" No better than a constant, and so given as one: {', '.join(constant)}."
    table: Table = {"Feature": [name.capitalize() for name in names]}
    for title, key in columns.items():
        table[title] = [_number(figures[key].get(name)) for name in names]
    return "Method 3: listening", words, table


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-0.000", "0.000")
