"""The map of the clusters in three dimensions: where songs, soundtracks and queries lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from spotiflix.assets import Assets
from spotiflix.features import FEATURES, Features
from spotiflix.movies import MovieCatalogue
from spotiflix.settings import settings
from spotiflix.songs import SongCatalogue

if TYPE_CHECKING:
    import pandas as pd

    from spotiflix.recommenders.clusters import ClusterMatch

CLUSTERS = "clusters.parquet"
PROJECTION = "projection.safetensors"
SONG_CLUSTERS = "song_clusters.parquet"


@dataclass(frozen=True)
class Points:
    """Points of one kind on the map.

    Attributes
    ----------
    kind : str
        ``"song"`` or ``"soundtrack"``.
    xyz : np.ndarray [shape=(n, 3)]
    cluster : np.ndarray [shape=(n,)], int
    features : np.ndarray [shape=(n, 7)]
    label : list of str
        Title and artist of a song; track and movie of a soundtrack track.
    """

    kind: str
    xyz: np.ndarray
    cluster: np.ndarray
    features: np.ndarray
    label: list[str]


@dataclass(frozen=True)
class Route:
    """The way of a query through the clusters.

    Attributes
    ----------
    places : np.ndarray [shape=(3, 3)]
        Of the query, of its song cluster's centre and of the soundtrack cluster's.
    """

    song_cluster: int
    track_cluster: int
    places: np.ndarray


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

    def route(self, features: Features, match: ClusterMatch) -> Route:
        """The way of a query from its place to the soundtrack cluster it translates to."""
        song, track = match.song_cluster, int(match.track_clusters[0])
        places = [
            self.place(features),
            self.centres("song")[song],
            self.centres("soundtrack")[track],
        ]
        return Route(song, track, np.stack(places))

    @cached_property
    def songs(self) -> Points:
        """The most popular songs of the catalogue, at most ``settings.map_points``."""
        count = min(settings.map_points, len(self._songs))
        features = self._songs.features[:count]
        names = zip(self._songs.titles[:count], self._songs.artists[:count], strict=True)
        return Points(
            "song",
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
            "soundtrack",
            self.project(tracks.features[:count]),
            tracks.cluster[:count],
            tracks.features[:count],
            [
                f"{title} · {movies[row].title}"
                for title, row in zip(tracks.title[:count], tracks.movie[:count], strict=True)
            ],
        )

    def centres(self, kind: str) -> np.ndarray:
        """Places of the 500 centres of kind ``"song"`` or ``"soundtrack"``, shape (500, 3)."""
        table = self._centres
        return table.loc[table["kind"] == kind, ["x", "y", "z"]].to_numpy(np.float64)

    def mean_features(self, kind: str, cluster: int) -> Features:
        """Mean features of a cluster."""
        table = self._centres
        return Features.from_array(
            table.loc[table["kind"] == kind, list(FEATURES)].to_numpy(np.float64)[cluster]
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
    def _centres(self) -> pd.DataFrame:
        return self._assets.table(CLUSTERS)

    @cached_property
    def _song_cluster(self) -> np.ndarray:
        return self._assets.table(SONG_CLUSTERS)["cluster"].to_numpy(np.int64)

    @cached_property
    def _projection(self) -> dict[str, np.ndarray]:
        return self._assets.weights(PROJECTION)
