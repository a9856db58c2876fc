"""Method 1: movies whose words are as positive as the song's words."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from spotiflix.assets import Assets
from spotiflix.dense import Dense
from spotiflix.features import Features
from spotiflix.movies import MovieCatalogue
from spotiflix.query import Query
from spotiflix.recommenders.base import MatchedTrack, Ranking, Recommender

WEIGHTS = "positivity.safetensors"
#: How the kinds of text read in a sentence: the movie's own, and all of them.
_TEXT = {
    "script": ("script is", "scripts"),
    "dialogue": ("dialogue is", "dialogues"),
    "subtitles": ("subtitles are", "subtitles"),
}


class PositivityRecommender(Recommender):
    """Match by percentile: the happiest songs meet the happiest movies.

    The paper compares raw scores, but songs and scripts live on different scales (medians .68
    and .53), which sends most songs to the same few movies; ranks reach every movie.

    Parameters
    ----------
    movies : MovieCatalogue
    assets : Assets
        Where the network from features to positivity lies.
    """

    name = "positivity"

    def __init__(self, movies: MovieCatalogue, assets: Assets) -> None:
        super().__init__(movies)
        self._assets = assets

    def rank(self, query: Query) -> Ranking:
        """Movies with a text, the nearest in positivity rank first; ties: most votes first."""
        distance = np.abs(self.movies.positivity_rank - self.query_rank(query))
        order = np.argsort(distance, kind="stable")[: self._with_text]
        return Ranking(order, 1.0 - distance[order])

    def query_rank(self, query: Query) -> float:
        """Share of songs with less positive words than the query's, in [0, 1].

        Known lyrics count where there are any, else what the features let expect; each is ranked
        among its own kind. A playlist has the mean rank of its songs.
        """
        if not query.songs:
            return self._expected_rank([query.features])
        known = [s.lyric_positivity for s in query.songs if s.lyric_positivity is not None]
        without = [s.features for s in query.songs if s.lyric_positivity is None]
        total = sum(self._known_rank(p) for p in known)
        if without:
            total += self._expected_rank(without) * len(without)
        return total / len(query.songs)

    def predict(self, features: Features) -> float:
        """Positivity that the linear model expects of a song's words, in [0, 1]."""
        return float(np.clip(self._network(features.as_array()[None])[0, 0], 0, 1))

    def explain(self, query: Query, row: int) -> tuple[str, tuple[MatchedTrack, ...]]:
        share = self.movies.positivity_rank[row]
        own, others = _TEXT[self.movies.text_kind[row]]
        about = f"the movie's {own} more positive than {_percent(share)} of {others}"
        return f"{self._about_query(query)}; {about}.", ()

    def _about_query(self, query: Query) -> str:
        rank = _percent(self.query_rank(query))
        if len(query.songs) > 1:
            known = sum(s.lyric_positivity is not None for s in query.songs)
            return (
                f"On average its songs' words are more positive than {rank} of songs' "
                f"(lyrics known for {known} of {len(query.songs)})"
            )
        if query.songs and query.songs[0].lyric_positivity is not None:
            return (
                f"Its lyrics are at least as positive as {rank} of songs' "
                f"(positivity {query.songs[0].lyric_positivity:.2f}, from the words)"
            )
        return (
            f"It sounds like a song with more positive words than {rank} of songs "
            f"(positivity {self.predict(query.features):.2f}, expected from its sound)"
        )

    def _known_rank(self, positivity: float) -> float:
        return _rank_in(self._tensors["known_quantiles"], positivity)

    def _expected_rank(self, features: list[Features]) -> float:
        expected = self._network(np.array([f.as_array() for f in features]))[:, 0]
        ranks = [_rank_in(self._tensors["predicted_quantiles"], value) for value in expected]
        return float(np.mean(ranks))

    @cached_property
    def _with_text(self) -> int:
        return int(np.isfinite(self.movies.positivity_rank).sum())

    @cached_property
    def _tensors(self) -> dict[str, np.ndarray]:
        return self._assets.weights(WEIGHTS)

    @cached_property
    def _network(self) -> Dense:
        return Dense({k: v for k, v in self._tensors.items() if k.startswith("linear.")})


def _rank_in(quantiles: np.ndarray, value: float) -> float:
    """Rank of a value in evenly spaced quantiles; the middle where several are equal to it.

    The ends are 0 and 1 however many share them: one song in twenty has no negative word at all,
    and their middle would never meet the happiest movies.
    """
    if not quantiles[0] < value < quantiles[-1]:
        return float(value >= quantiles[-1])
    below = np.searchsorted(quantiles, value, side="left")
    upto = np.searchsorted(quantiles, value, side="right")
    if below != upto:
        return float((below + upto - 1) / 2 / (len(quantiles) - 1))
    return float(np.interp(value, quantiles, np.linspace(0, 1, len(quantiles))))


def _percent(share: float) -> str:
    return f"{round(100 * float(share))} %"
