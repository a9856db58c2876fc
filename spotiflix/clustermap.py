"""The map of the clusters in three dimensions: where songs, soundtracks and queries lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spotiflix.assets import Assets
from spotiflix.features import FEATURES, Features
from spotiflix.movies import MovieCatalogue
from spotiflix.settings import settings
from spotiflix.songs import SongCatalogue

CLUSTERS = "clusters.parquet"
PROJECTION = "projection.safetensors"
SONG_CLUSTERS = "song_clusters.parquet"


@dataclass(frozen=True)
class Points:
    """Points of one kind on the map.

    Attributes
    ----------
    xyz : np.ndarray [shape=(n, 3)]
    cluster : np.ndarray [shape=(n,)], int
    features : np.ndarray [shape=(n, 7)]
    label : list of str
        Title and artist of a song; track and movie of a soundtrack track.
    """

    xyz: np.ndarray
    cluster: np.ndarray
    features: np.ndarray
    label: list[str]


class ClusterMap:
    """Principal components of the seven features, and what lies where.

    Parameters
    ----------
    assets : Assets
    songs : SongCatalogue
    movies : MovieCatalogue
    """

    def __init__(self, assets: Assets, songs: SongCatalogue, movies: MovieCatalogue) -> None:
        self._assets = assets
        self._songs = songs
        self._movies = movies

    def project(self, features: np.ndarray) -> np.ndarray:
        """Places on the map [shape=(n, 3)] of features [shape=(n, 7)]."""
        axes = self._projection
        return (np.asarray(features, dtype=np.float64) - axes["mean"]) @ axes["components"].T

    def place(self, features: Features) -> np.ndarray:
        """Place on the map of one song, shape (3,)."""
        return self.project(features.as_array()[None])[0]

    @cached_property
    def songs(self) -> Points:
        """The most popular songs of the catalogue, at most ``settings.map_points``."""
        count = min(settings.map_points, len(self._songs))
        features = self._songs.features[:count]
        names = zip(self._songs.titles[:count], self._songs.artists[:count], strict=True)
        return Points(
            self.project(features),
            self._song_cluster[:count],
            features,
            [f"{title} · {artist}" for title, artist in names],
        )

    @cached_property
    def soundtracks(self) -> Points:
        """Soundtrack tracks of the best-known movies, at most ``settings.map_points``."""
        tracks = self._movies.tracks
        count = min(settings.map_points, len(tracks.movie))
        movies = [self._movies[row] for row in range(int(tracks.movie[:count].max()) + 1)]
        return Points(
            self.project(tracks.features[:count]),
            tracks.cluster[:count],
            tracks.features[:count],
            [
                f"{title} · {movies[row].title}"
                for title, row in zip(tracks.title[:count], tracks.movie[:count], strict=True)
            ],
        )

    def centres(self, kind: str) -> Points:
        """The 500 cluster centres of kind ``"song"`` or ``"soundtrack"``."""
        table = self._assets.table(CLUSTERS)
        table = table[table["kind"] == kind]
        return Points(
            table[["x", "y", "z"]].to_numpy(np.float64),
            table["cluster"].to_numpy(np.int64),
            table[list(FEATURES)].to_numpy(np.float64),
            [f"{size} tracks" for size in table["size"]],
        )

    def songs_in(self, cluster: int, limit: int) -> list[int]:
        """Rows of the most popular catalogue songs of a song cluster."""
        return np.flatnonzero(self._song_cluster == cluster)[:limit].tolist()

    def movies_in(self, cluster: int, limit: int) -> list[tuple[int, list[str]]]:
        """Movies with most tracks in a soundtrack cluster: row, and the tracks' titles."""
        tracks = self._movies.tracks
        inside = np.flatnonzero(tracks.cluster == cluster)
        rows, counts = np.unique(tracks.movie[inside], return_counts=True)
        best = rows[np.lexsort((rows, -counts))][:limit].tolist()
        return [
            (row, [str(t) for t in tracks.title[inside][tracks.movie[inside] == row]])
            for row in best
        ]

    @cached_property
    def _song_cluster(self) -> np.ndarray:
        return self._assets.table(SONG_CLUSTERS)["cluster"].to_numpy(np.int64)

    @cached_property
    def _projection(self) -> dict[str, np.ndarray]:
        return self._assets.weights(PROJECTION)
