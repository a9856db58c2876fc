"""Method 2: 500 clusters of songs, 500 of soundtrack tracks, and the way between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

from spotiflix.features import FEATURES
from spotiflix.songs import FRACTION
from train.store import Store

CLUSTERS = 500
SEED = 2023
STARTS = 5
FILE = "clusters.parquet"


def run(data: Path, store: Store) -> None:
    """Write ``clusters.parquet``, ``track_clusters.parquet`` and ``song_clusters.parquet``.

    The songs are the paper's 13,129 of the Free Music Archive; the tracks are the distinct
    feature rows of our soundtrack table (a quarter of the paper's rows were exact duplicates,
    which pull centres onto single tracks).
    """
    fma = song_features(data)
    tracks = track_features(store)
    distinct = np.unique(tracks, axis=0)
    songs_fit = _fit("songs", fma)
    tracks_fit = _fit("soundtracks", distinct)
    song_means, track_means = songs_fit.cluster_centers_, tracks_fit.cluster_centers_
    distance = np.linalg.norm(song_means[:, None] - track_means[None], axis=2)
    pca = PCA(3, random_state=SEED).fit(np.vstack([fma, distinct]))
    axes = _oriented(pca.components_)

    centres = pd.concat(
        [
            _centres("song", song_means, songs_fit.labels_, axes, pca.mean_),
            _centres("soundtrack", track_means, tracks_fit.labels_, axes, pca.mean_),
        ],
        ignore_index=True,
    )
    centres["translates_to"] = np.r_[distance.argmin(axis=1), np.full(CLUSTERS, -1)].astype(
        np.int16
    )
    store.write_table(
        FILE,
        centres,
        source="k-means (scikit-learn, 5 starts) on the seven features: 13,129 songs of the Free "
        "Music Archive with Echonest features, and the soundtrack table; translates_to is the "
        "nearest soundtrack cluster by mean features; x, y, z: principal components of both",
        figures={
            "songs": len(fma),
            "soundtrack_tracks": len(distinct),
            "silhouette_songs": _silhouette(fma, songs_fit.labels_),
            "silhouette_soundtracks": _silhouette(distinct, tracks_fit.labels_),
            "feature_std_songs": _mean_std(fma, songs_fit.labels_),
            "feature_std_soundtracks": _mean_std(distinct, tracks_fit.labels_),
            "projection_variance": float(pca.explained_variance_ratio_.sum()),
            "soundtrack_clusters_reached": len(set(distance.argmin(axis=1).tolist())),
            "paper": {
                "silhouette_songs": 0.13,
                "silhouette_soundtracks": 0.30,
                "feature_std": "< 0.1",
            },
        },
    )
    store.write_weights(
        "projection.safetensors",
        {"components": axes.astype(np.float32), "mean": pca.mean_.astype(np.float32)},
        source="principal components of both sets: point = components @ (features - mean)",
        figures={"variance": pca.explained_variance_ratio_.tolist()},
    )
    _write_members(store, "track_clusters.parquet", tracks, tracks_fit)
    _write_members(store, "song_clusters.parquet", catalogue_features(store), songs_fit)


def song_features(data: Path) -> np.ndarray:
    """The 13,129 songs of the Free Music Archive, shape (13129, 7), by track id."""
    table = pd.read_parquet(data / "fma_echonest.parquet").sort_values("track_id")
    return table[list(FEATURES)].clip(0, 1).to_numpy()


def track_features(store: Store) -> np.ndarray:
    """The soundtrack rows, shape (rows, 7), in the table's order."""
    return _unpacked(store, "soundtracks.parquet")


def catalogue_features(store: Store) -> np.ndarray:
    """The song catalogue, shape (songs, 7), in the table's order."""
    return _unpacked(store, "songs.parquet")


def _unpacked(store: Store, name: str) -> np.ndarray:
    return pd.read_parquet(store.root / name, columns=list(FEATURES)).to_numpy(float) / FRACTION


def _fit(name: str, points: np.ndarray) -> KMeans:
    print(f"  k-means, {len(points)} {name}", flush=True)
    return KMeans(CLUSTERS, n_init=STARTS, random_state=SEED).fit(points)


def _centres(
    kind: str, means: np.ndarray, labels: np.ndarray, axes: np.ndarray, origin: np.ndarray
) -> pd.DataFrame:
    point = (means - origin) @ axes.T
    return pd.DataFrame(
        {
            "kind": kind,
            "cluster": np.arange(CLUSTERS, dtype=np.int16),
            "size": np.bincount(labels, minlength=CLUSTERS).astype(np.int16),
            **{f: means[:, i].astype(np.float32) for i, f in enumerate(FEATURES)},
            **{axis: point[:, i].astype(np.float32) for i, axis in enumerate("xyz")},
        }
    )


def _oriented(components: np.ndarray) -> np.ndarray:
    """Signs fixed, so that rebuilding never mirrors the map."""
    largest = components[np.arange(len(components)), np.abs(components).argmax(axis=1)]
    return components * np.sign(largest)[:, None]


def _silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    return float(silhouette_score(points, labels))


def _mean_std(points: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Standard deviation within a cluster for each feature, averaged over the clusters."""
    within = pd.DataFrame(points, columns=list(FEATURES)).groupby(labels).std(ddof=0).mean()
    return {k: float(v) for k, v in within.items()}


def _write_members(store: Store, name: str, points: np.ndarray, fit: KMeans) -> None:
    store.write_table(
        name,
        pd.DataFrame({"cluster": fit.predict(points).astype(np.int16)}),
        source="nearest k-means centre of each row",
    )
