"""Method 3: what is heard in the audio decides, by method 2 or, on request, by method 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spotiflix.errors import NeedsAudio, UnknownMethod
from spotiflix.features import Features
from spotiflix.query import Query
from spotiflix.recommenders.base import MatchedTrack, Ranking, Recommender

#: Draws from what the song's features may truly be.
DRAWS = 48
#: How much of a movie's worth is its rank for what was heard; the rest is its rank for the draws.
HEARD_SHARE = 0.2
#: A rank r is worth 1 / (r + RANK_SCALE): the constant of reciprocal rank fusion (Cormack et al.,
#: 2009, use 60). Ten ranks matter at the top of a list and hardly further down.
RANK_SCALE = 20


class ListeningRecommender(Recommender):
    """Recommends by the features that the listening model heard, not by known ones.

    What is heard is uncertain, so movies are ranked by what their rank is worth on average over
    the features that the song may truly have: a doubtful feature counts for less.
    ``python -m train evaluate uncertainty`` measures what that gains.

    Parameters
    ----------
    methods : dict of str to Recommender
        What the heard features can go to; `via` names one of them.
    via : str

    Raises
    ------
    UnknownMethod
        If there is no method called `via`.
    """

    name = "listening"

    def __init__(self, methods: dict[str, Recommender], *, via: str = "clusters") -> None:
        if via not in methods:
            raise UnknownMethod(f"Listening goes by {' or '.join(methods)}, not by '{via}'.")
        super().__init__(methods[via].movies)
        self.via = methods[via]

    def rank(self, query: Query) -> Ranking:
        """Movies by the expected worth of their rank; ties keep the order for what was heard."""
        heard = heard_only(query)
        assert heard.heard is not None
        worth = expected_worth(self.via, heard, heard.heard.draws(DRAWS))
        rows = self.via.rank(heard).rows
        order = np.argsort(-worth[rows], kind="stable")
        return Ranking(rows[order], worth[rows][order])

    def explain(self, query: Query, row: int) -> tuple[str, tuple[MatchedTrack, ...]]:
        reason, tracks = self.via.explain(heard_only(query), row)
        return f"By what was heard: {reason[0].lower()}{reason[1:]}", tracks


def expected_worth(method: Recommender, heard: Query, draws: np.ndarray) -> np.ndarray:
    """What the rank of each movie is worth on average, in [0, 1]; 1 for one that is always first.

    Parameters
    ----------
    method : Recommender
        Ranks the movies for given features.
    heard : Query
        With the features as heard, and no known songs.
    draws : np.ndarray [shape=(n, 7)]
        What the features may truly be.

    Returns
    -------
    np.ndarray [shape=(movies,)]
        0 for movies that the method does not know.
    """
    total = np.zeros(len(method.movies))
    shares = [HEARD_SHARE, *[(1 - HEARD_SHARE) / len(draws)] * len(draws)]
    for share, features in zip(shares, [heard.features.as_array(), *draws], strict=True):
        found = method.rank(replace(heard, features=Features.from_array(features)))
        # Scores never rise: a movie's rank is the number of movies with a better one.
        rank = np.searchsorted(-found.scores, -found.scores, side="left")
        total[found.rows] += share * RANK_SCALE / (rank + RANK_SCALE)
    return np.minimum(total, 1.0)  # the shares may add up to a hair more


def heard_only(query: Query) -> Query:
    """The query as if nothing but its audio were known.

    Raises
    ------
    NeedsAudio
        If it has no audio.
    """
    if query.heard is None:
        raise NeedsAudio("The listening method needs audio: add the song as an mp3.")
    return replace(query, features=query.heard.features, songs=())
