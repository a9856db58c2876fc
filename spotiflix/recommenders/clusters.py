"""Method 2: movies whose soundtrack has tracks in the cluster that the song's translates to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spotiflix.assets import Assets
from spotiflix.dense import Dense
from spotiflix.features import FEATURES, Features
from spotiflix.movies import MovieCatalogue
from spotiflix.query import Query
from spotiflix.recommenders.base import MatchedTrack, Ranking, Recommender

CLUSTERS = "clusters.parquet"
NETWORK = "cluster_network.safetensors"

#: How far a row of each confidence can be trusted: shares found right by eye (12 in 12, 11 in 12
#: and 9 in 12 of a sample), the first kept a little below certainty.
TRUST = {1: 0.98, 2: 0.92, 3: 0.75}
TRACKS_NAMED = 3


@dataclass(frozen=True)
class ClusterMatch:
    """The way of a query through the translation table.

    Attributes
    ----------
    song_cluster : int
        Where the network puts the features.
    track_clusters : np.ndarray [shape=(500,)], int
        Soundtrack clusters, the one it translates to first, then the next nearest.
    """

    song_cluster: int
    track_clusters: np.ndarray


class ClusterRecommender(Recommender):
    """Song cluster → soundtrack cluster → its movies.

    Parameters
    ----------
    movies : MovieCatalogue
    assets : Assets
        Where the clusters and the network from features to song cluster lie.
    """

    name = "clusters"

    def __init__(self, movies: MovieCatalogue, assets: Assets) -> None:
        super().__init__(movies)
        self._assets = assets

    def match(self, features: Features) -> ClusterMatch:
        """Song cluster of seven features, and the soundtrack clusters from near to far."""
        song = int(self._network(features.as_array()[None])[0].argmax())
        distance = np.linalg.norm(self.track_means - self.song_means[song], axis=1)
        # The table's entry is the nearest already; it is put first so that the table decides.
        distance[self.translation[song]] = -1.0
        return ClusterMatch(song, np.argsort(distance, kind="stable"))

    def rank(self, query: Query) -> Ranking:
        """Movies of the matched cluster, then of the next nearest, and so on.

        Within a cluster a movie counts by ``1 - prod(1 - trust * exp(-distance / radius))`` over
        its tracks there: near tracks and many tracks both raise it. A movie first met in the
        k-th cluster (from 0) scores between 1/(k+2) and 1/(k+1), so that scores follow ranks.
        """
        tracks = self.movies.tracks
        place = np.empty(len(self.track_means), dtype=np.int64)
        place[self.match(query.features).track_clusters] = np.arange(len(place))
        place = place[tracks.cluster]
        first = np.full(len(self.movies), len(self.track_means))
        np.minimum.at(first, tracks.movie, place)
        here = place == first[tracks.movie]
        miss = np.log1p(-self._trust[here] * np.exp(-self._distance(query)[here] / self._radius))
        density = -np.expm1(np.bincount(tracks.movie[here], miss, len(self.movies)))
        rows = np.unique(tracks.movie)
        order = np.lexsort((rows, -density[rows], first[rows]))
        rows = rows[order]
        k = first[rows]
        return Ranking(rows, 1 / (k + 2) + density[rows] / ((k + 1) * (k + 2)))

    def explain(self, query: Query, row: int) -> tuple[str, tuple[MatchedTrack, ...]]:
        tracks = self.movies.tracks
        place = {c: i for i, c in enumerate(self.match(query.features).track_clusters.tolist())}
        own = np.flatnonzero(tracks.movie == row)
        places = np.array([place[c] for c in tracks.cluster[own].tolist()])
        inside = own[places == places.min()]
        distance = self._distance(query)
        inside = inside[np.argsort(distance[inside], kind="stable")]
        matched = tuple(
            MatchedTrack(str(tracks.title[i]), str(tracks.artist[i]), float(distance[i]))
            for i in inside[:TRACKS_NAMED]
        )
        where = "the matching cluster" if places.min() == 0 else "a neighbouring cluster"
        names = "; ".join(_named(track) for track in matched)
        if len(own) == 1:
            count = "The one track we know of its soundtrack is"
        elif len(inside) == 1:
            count = f"One of its {len(own)} soundtrack tracks is"
        else:
            count = f"{len(inside)} of its {len(own)} soundtrack tracks are"
        return f"{count} in {where}: {names}.", matched

    @cached_property
    def song_means(self) -> np.ndarray:
        """Mean features of the song clusters, shape (500, 7)."""
        return self._means("song")

    @cached_property
    def track_means(self) -> np.ndarray:
        """Mean features of the soundtrack clusters, shape (500, 7)."""
        return self._means("soundtrack")

    @cached_property
    def translation(self) -> np.ndarray:
        """Soundtrack cluster of each song cluster, shape (500,)."""
        table = self._assets.table(CLUSTERS, columns=["kind", "translates_to"])
        return table.loc[table["kind"] == "song", "translates_to"].to_numpy(np.int64)

    def _means(self, kind: str) -> np.ndarray:
        table = self._assets.table(CLUSTERS, columns=["kind", *FEATURES])
        return table.loc[table["kind"] == kind, list(FEATURES)].to_numpy(np.float64)

    def _distance(self, query: Query) -> np.ndarray:
        return np.linalg.norm(self.movies.tracks.features - query.features.as_array(), axis=1)

    @cached_property
    def _trust(self) -> np.ndarray:
        return np.vectorize(TRUST.get)(self.movies.tracks.confidence).astype(float)

    @cached_property
    def _radius(self) -> float:
        """Median distance of a track to the mean of its cluster: the scale of "near"."""
        tracks = self.movies.tracks
        off = tracks.features - self.track_means[tracks.cluster]
        return float(np.median(np.linalg.norm(off, axis=1)))

    @cached_property
    def _network(self) -> Dense:
        return Dense(self._assets.weights(NETWORK))


def _named(track: MatchedTrack) -> str:
    by = f" by {track.artist}" if track.artist else ""
    return f"“{track.title}”{by} (distance {track.distance:.2f})"
