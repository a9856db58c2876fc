"""A tiny Spotiflix whose answers are known: four clusters, ten movies, twelve songs.

Everything lies at or near four points of feature space, A to D, each the centre of a song cluster
and of a soundtrack cluster.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from spotiflix.engine import Spotiflix, load
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard
from spotiflix.movies import NO_POSITIVITY
from spotiflix.query import Query
from spotiflix.songs import FRACTION, NO_POPULARITY, NO_YEAR
from train.store import Store


def point(**values: float) -> Features:
    """Features that are 0.5 but for the ones named."""
    return Features(**{**dict.fromkeys(FEATURES, 0.5), **values})


A = point(acousticness=0.9, energy=0.1)
B = point(energy=0.9, valence=0.9)
C = point(speechiness=0.9, danceability=0.9)
D = point(instrumentalness=0.9, valence=0.0)
CENTRES = (A, B, C, D)
#: Soundtrack cluster of each song cluster. D's own is the nearest to it, but the table says C's.
TRANSLATION = (0, 1, 2, 2)

#: Title, kind, votes (they order the catalogue), positivity rank.
MOVIES = [
    ("Alpha", "movie", 1000, 0.05),
    ("Beta", "movie", 900, 0.15),
    ("Gamma", "tv", 800, 0.25),
    ("Delta", "movie", 700, 0.35),
    ("Epsilon", "movie", 600, None),
    ("Zeta", "movie", 500, 0.55),
    ("Eta", "tv", 400, 0.65),
    ("Theta", "movie", 300, 0.75),
    ("Iota", "movie", 200, 0.75),  # Theta's twin in every respect
    ("Kappa", "movie", 100, 0.95),
]
WITH_TEXT = [title for title, _, _, rank in MOVIES if rank is not None]

#: Movie, cluster, distance from its centre (along liveness), confidence.
TRACKS = [
    ("Alpha", 0, 0.0, 1),
    ("Alpha", 0, 0.0, 1),
    ("Alpha", 0, 0.0, 1),
    ("Beta", 0, 0.1, 3),
    ("Beta", 1, 0.3, 1),
    ("Gamma", 1, 0.0, 1),
    ("Gamma", 1, 0.0, 1),
    ("Delta", 1, 0.3, 1),
    ("Delta", 1, 0.05, 1),
    ("Epsilon", 2, 0.1, 1),
    ("Zeta", 3, 0.0, 1),
    ("Eta", 0, 0.1, 1),
    ("Theta", 3, 0.2, 2),
    ("Iota", 3, 0.2, 2),
]
WITH_TRACKS = list(dict.fromkeys(title for title, *_ in TRACKS))

#: Place of each song, its lyric positivity. The known ones run from 0.5 to 1, and so do their
#: quantiles below: 0.75 is the middle.
SONGS = [
    *((each, None) for each in CENTRES),
    *((each, 0.5) for each in CENTRES),
    *(
        (each, positivity)
        for each, positivity in zip(CENTRES, (0.75, 0.625, 0.875, 1.0), strict=True)
    ),
]
KNOWN_QUANTILES = np.linspace(0.5, 1.0, 11)
PREDICTED_QUANTILES = np.linspace(0.0, 1.0, 11)
LONE_ID = "lone"


def build(root: Path) -> Spotiflix:
    """Write the assets and open them."""
    store = Store(root)
    titles = [title for title, *_ in MOVIES]
    count = len(MOVIES)
    store.write_table(
        "movies.parquet",
        pd.DataFrame(
            {
                "movie_id": [f"tt{row}" for row in range(count)],
                "imdb_id": [f"tt{row}" if row else None for row in range(count)],
                "tmdb_id": np.arange(count, dtype=np.int32),
                "title": titles,
                "also": pd.Series([None] * count, dtype=object),
                "year": np.array([1990 + row if row else 0 for row in range(count)], np.uint16),
                "kind": [kind for _, kind, _, _ in MOVIES],
                "genres": ["Drama, Music" if row else None for row in range(count)],
                "language": "en",
                "runtime": np.full(count, 100, np.uint16),
                "rating": np.full(count, 75, np.uint8),
                "rating_source": "IMDb",
                "votes": np.array([votes for _, _, votes, _ in MOVIES], np.int32),
                "poster_path": pd.Series([None] * count, dtype=object),
                "text_kind": [None if rank is None else "script" for *_, rank in MOVIES],
                "positivity": _shares(rank for *_, rank in MOVIES),
                "positivity_rank": _shares(rank for *_, rank in MOVIES),
            }
        ),
        source="planted",
    )
    places = [_moved(CENTRES[cluster], distance) for _, cluster, distance, _ in TRACKS]
    store.write_table(
        "soundtracks.parquet",
        pd.DataFrame(
            {
                "movie": np.array([titles.index(title) for title, *_ in TRACKS], np.int32),
                "track": [f"{title} {n}" for n, (title, *_) in enumerate(TRACKS)],
                "artist": ["The Planters" if n else None for n in range(len(TRACKS))],
                "spotify_id": [f"track{n}" for n in range(len(TRACKS))],
                "confidence": np.array([trust for *_, trust in TRACKS], np.uint8),
                **_packed(places),
            }
        ),
        source="planted",
    )
    _clusters(store)
    _members(store, "track_clusters.parquet", [cluster for _, cluster, _, _ in TRACKS])
    _songs(store)
    _networks(store)
    return load(root)


def ask(features: Features, **changes: object) -> Query:
    """A query of bare features, changed as named."""
    return Query(**{"features": features, "source": "planted", "kind": "features", **changes})


def heard(features: Features) -> Heard:
    """A single window in which these features were heard."""
    return Heard(
        features=features,
        windows=1,
        seconds=20.0,
        per_window=features.as_array()[None],
        starts=np.zeros(1),
        typical_error=dict.fromkeys(FEATURES, 0.1),
    )


def _songs(store: Store) -> None:
    store.write_table(
        "songs.parquet",
        pd.DataFrame(
            {
                "song_id": [f"song{n}" for n in range(len(SONGS))],
                "title": [f"Song {n}" for n in range(len(SONGS))],
                "artist": "The Planters",
                "year": np.array([2000] * 11 + [NO_YEAR], np.uint16),
                "popularity": np.array([*range(90, 79, -1), NO_POPULARITY], np.uint8),
                "genre": "pop",
                **_packed([place for place, _ in SONGS]),
                "lyric_positivity": _shares(positivity for _, positivity in SONGS),
            }
        ),
        source="planted",
    )
    _members(store, "song_clusters.parquet", [CENTRES.index(place) for place, _ in SONGS])
    lone = {
        name: pd.array([pd.NA, value], dtype="UInt16")
        for name, value in zip(FEATURES, (C.as_array() * FRACTION).astype(int), strict=True)
    }
    store.write_table(
        "song_versions.parquet",
        pd.DataFrame(
            {
                "spotify_id": ["version-of-song1", LONE_ID],
                "row": np.array([1, -1], np.int32),
                "title": [None, "Lone"],
                "artist": pd.Series([None, None], dtype=object),
                **lone,
            }
        ),
        source="planted",
    )


def _clusters(store: Store) -> None:
    means = np.array([each.as_array() for each in CENTRES])
    axes = np.eye(len(FEATURES))[[0, 2, 6]]  # acousticness, energy, valence
    origin = np.full(len(FEATURES), 0.5)
    kinds = [("song", TRANSLATION), ("soundtrack", [-1] * len(CENTRES))]
    store.write_table(
        "clusters.parquet",
        pd.concat(
            pd.DataFrame(
                {
                    "kind": kind,
                    "cluster": np.arange(len(CENTRES), dtype=np.int16),
                    "size": np.full(len(CENTRES), 3, np.int16),
                    **dict(zip(FEATURES, means.T.astype(np.float32), strict=True)),
                    **dict(zip("xyz", ((means - origin) @ axes.T).T, strict=True)),
                    "translates_to": np.array(translates, np.int16),
                }
            )
            for kind, translates in kinds
        ),
        source="planted",
    )
    store.write_weights(
        "projection.safetensors",
        {"components": axes.astype(np.float32), "mean": origin.astype(np.float32)},
        source="planted",
    )


def _networks(store: Store) -> None:
    """Positivity is valence; the cluster network is the nearest centre, through one ReLU layer.

    The nearest centre c of x has the largest 2 c·x - c·c. With z the standardised inputs, the
    hidden layer holds relu(z) and relu(-z), whose difference is z.
    """
    valence = np.eye(len(FEATURES), dtype=np.float32)[[FEATURES.index("valence")]]
    store.write_weights(
        "positivity.safetensors",
        {
            "linear.weight": valence,
            "linear.bias": np.zeros(1, np.float32),
            "known_quantiles": KNOWN_QUANTILES.astype(np.float32),
            "predicted_quantiles": PREDICTED_QUANTILES.astype(np.float32),
        },
        source="planted",
    )
    centres = np.array([each.as_array() for each in CENTRES], np.float32)
    one = np.eye(len(FEATURES), dtype=np.float32)
    mean, scale = np.full(len(FEATURES), 0.4, np.float32), np.full(len(FEATURES), 0.2, np.float32)
    weight = 2 * centres * scale
    store.write_weights(
        "cluster_network.safetensors",
        {
            "mean": mean,
            "scale": scale,
            "layers.0.weight": np.vstack([one, -one]),
            "layers.0.bias": np.zeros(2 * len(FEATURES), np.float32),
            "layers.2.weight": np.hstack([weight, -weight]),
            "layers.2.bias": 2 * centres @ mean - (centres**2).sum(axis=1),
        },
        source="planted",
    )


def _members(store: Store, name: str, clusters: list[int]) -> None:
    store.write_table(
        name, pd.DataFrame({"cluster": np.array(clusters, np.int16)}), source="planted"
    )


def _moved(features: Features, distance: float) -> Features:
    return Features(**{**features.as_dict(), "liveness": features.liveness + distance})


def _packed(places: list[Features]) -> dict[str, np.ndarray]:
    values = np.array([each.as_array() for each in places]) * FRACTION
    return dict(zip(FEATURES, values.round().astype(np.uint16).T, strict=True))


def _shares(values: object) -> np.ndarray:
    return np.array([NO_POSITIVITY if v is None else round(v * FRACTION) for v in values], "u2")
