"""The README's tables, written from the manifest and from the app itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import spotiflix
from spotiflix.errors import SpotiflixError
from spotiflix.features import FEATURES
from train.store import Store

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- {0}: python -m train report -->", "<!-- end of {0} -->"

#: The paper's own three songs, and what it reports for them.
PAPERS_SONGS = {
    ("Hotel California", "Eagles"): {
        "clusters": "Rush; Kill Bill: Vol. 1",
        "positivity": "So I Married an Axe Murderer; The Informant!",
        "listening": "–",
    },
    ("Ne me quitte pas", "Jacques Brel"): {
        "clusters": "Casino; Game of Thrones; The Terminator",
        "positivity": "Single White Female; Ocean's Eleven",
        "listening": "The Shawshank Redemption; For a Few Dollars More; Prisoners; Dune",
    },
    ("Nel Blu Dipinto Di Blu (Volaré)", "Domenico Modugno"): {
        "clusters": "–",
        "positivity": "–",
        "listening": "Spider-Man: Into the Spider-Verse; 3 Idiots; The Hunt; Casino; Fargo",
    },
}


def run(data: Path, store: Store) -> None:
    """Write the tables between their marks in README.md; nothing is read from the data folder.

    Raises
    ------
    SpotiflixError
        If a mark is missing.
    """
    text = README.read_text("utf-8")
    for name, table in tables(store).items():
        begin, end = BEGIN.format(name), END.format(name)
        if begin not in text or end not in text:
            raise SpotiflixError(f"README.md lacks the marks of the table '{name}'.")
        before, rest = text.split(begin, 1)
        text = f"{before}{begin}\n\n{table}\n\n{end}{rest.split(end, 1)[1]}"
    README.write_text(text, "utf-8")
    print(f"  wrote {README.name}")


def tables(store: Store) -> dict[str, str]:
    """Markdown tables by name."""
    return {
        "figures": _figures(store),
        "listening": _listening(store.figures("listening.safetensors")),
        "songs": _songs(store),
    }


def _figures(store: Store) -> str:
    positivity = store.figures("positivity.safetensors")
    clusters = store.figures("clusters.parquet")
    network = store.figures("cluster_network.safetensors")
    ours, papers, reported = (positivity[k] for k in ("all_songs", "papers_songs", "paper"))
    paper = clusters["paper"]

    def errors(model: dict[str, float], prefix: str = "") -> str:
        return " / ".join(
            f"{model[prefix + name]:.{digits}f}"
            for name, digits in (("mse", 4), ("mae", 3), ("r2", 3))
        )

    def spread(which: str) -> str:
        values = clusters[f"feature_std_{which}"].values()
        return f"{sum(values) / len(values):.3f}"

    rows = [
        ("", "ours", "baseline", "the paper"),
        ("---", "---", "---", "---"),
        (
            f"Method 1, lyric positivity from sound, MSE / MAE / R² ({ours['n_held_out']:,} songs "
            "held out, artists apart)",
            errors(ours),
            f"{errors(ours, 'constant_')} (constant)",
            f"{reported['mse_reported']} reported, {reported['mse_true']} in truth",
        ),
        (
            f"The same on the paper's songs ({papers['n_held_out']} held out, artists apart)",
            errors(papers),
            f"{errors(papers, 'constant_')} (constant)",
            "",
        ),
        (
            f"Method 2, silhouette of {clusters['songs']:,} songs in 500 clusters",
            f"{clusters['silhouette_songs']:.3f}",
            "",
            f"{paper['silhouette_songs']:.2f}",
        ),
        (
            f"Method 2, silhouette of {clusters['soundtrack_tracks']:,} soundtrack tracks in 500",
            f"{clusters['silhouette_soundtracks']:.3f}",
            "",
            f"{paper['silhouette_soundtracks']:.2f} (a quarter of its rows are duplicates)",
        ),
        (
            "Mean standard deviation of a feature within a cluster, songs / soundtracks",
            f"{spread('songs')} / {spread('soundtracks')}",
            "",
            paper["feature_std"],
        ),
        (
            f"Method 2, network: right song cluster ({network['held_out']:,} songs held out)",
            f"{network['accuracy_held_out']:.1%}",
            f"{network['constant_accuracy']:.1%} (constant)",
            f"{network['paper']['accuracy_held_out']:.0%}",
        ),
    ]
    return _markdown(rows)


def _listening(figures: dict[str, Any]) -> str:
    rows = [
        (
            "feature",
            "MAE, ours",
            "MAE, the paper's network",
            "MAE, constant",
            "r",
            "R²",
            "R², the paper's network",
            "true value within the interval",
        ),
        ("---",) * 8,
    ]
    for name in (*FEATURES, "mean"):
        r = figures["calibrated_r"].get(name)
        rows.append(
            (
                name,
                f"{figures['calibrated_mae'][name]:.3f}",
                f"{figures['raw_mae'][name]:.3f}",
                f"{figures['constant_mae'][name]:.3f}",
                "–" if r is None else f"{r:.2f}",
                f"{figures['calibrated_r2'][name]:.2f}",
                f"{figures['raw_r2'][name]:.2f}",
                f"{figures['coverage'][name]:.0%}",
            )
        )
    return _markdown(rows)


def _songs(store: Store) -> str:
    app = spotiflix.load(store.root)
    rows = [("song", "method", "ours", "the paper"), ("---",) * 4]
    for (title, artist), reported in PAPERS_SONGS.items():
        found = app.recommend_all(app.query_song(app.find_song(title, artist)))
        for method, papers in reported.items():
            movies = "; ".join(each.movie.title for each in found.get(method, ()))
            rows.append((f"{title}, {artist}", method, movies or "needs the song's audio", papers))
    return _markdown(rows)


def _markdown(rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
