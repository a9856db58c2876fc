"""One interface for all methods: a query in, ranked movies with reasons out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from spotiflix.errors import SpotiflixError
from spotiflix.movies import Movie, MovieCatalogue
from spotiflix.query import Query
from spotiflix.settings import settings


@dataclass(frozen=True)
class MatchedTrack:
    """A soundtrack track that speaks for a movie, and its distance to the query in [0, √7]."""

    title: str
    artist: str
    distance: float


@dataclass(frozen=True)
class Recommendation:
    """A movie, how well it fits and why.

    Attributes
    ----------
    score : float
        In [0, 1]; never rises from one rank to the next. Not comparable between methods.
    rank : int
        From 1.
    reason : str
        One or two sentences.
    tracks : tuple of MatchedTrack
        The soundtrack tracks behind it, where the method goes by tracks.
    """

    movie: Movie
    score: float
    rank: int
    reason: str
    method: str
    tracks: tuple[MatchedTrack, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The movie's fields with score, rank and reason, ready for JSON."""
        return {
            **self.movie.as_dict(),
            "score": round(self.score, 4),
            "rank": self.rank,
            "reason": self.reason,
            "tracks": [
                {"title": t.title, "artist": t.artist or None, "distance": round(t.distance, 4)}
                for t in self.tracks
            ],
        }


@dataclass(frozen=True)
class Ranking:
    """Movies that a method can recommend for a query, best first.

    Attributes
    ----------
    rows : np.ndarray [shape=(n,)], int
        Rows of the movie catalogue, each once.
    scores : np.ndarray [shape=(n,)]
        In [0, 1], never rising.
    """

    rows: np.ndarray
    scores: np.ndarray


class Recommender(ABC):
    """Base of the three methods.

    Parameters
    ----------
    movies : MovieCatalogue
    """

    #: Name in commands and JSON.
    name: str

    def __init__(self, movies: MovieCatalogue) -> None:
        self.movies = movies

    def recommend(
        self, query: Query, limit: int = settings.movies_shown, *, allowed: np.ndarray | None = None
    ) -> list[Recommendation]:
        """The movies that fit best.

        Parameters
        ----------
        query : Query
        limit : int
            Most movies to return; fewer come back only where the method knows no more.
        allowed : np.ndarray [shape=(movies,)], bool, optional
            Only movies of this mask are ranked, so that filtering never leaves too few.

        Raises
        ------
        SpotiflixError
            If `limit` is not between 1 and ``settings.movies_most``.
        NeedsAudio
            If the method listens and the query has no audio.
        """
        if not 1 <= limit <= settings.movies_most:
            raise SpotiflixError(
                f"The number of movies must be between 1 and {settings.movies_most}, not {limit}."
            )
        ranking = self.rank(query)
        rows, scores = ranking.rows, ranking.scores
        if allowed is not None:
            rows, scores = rows[allowed[rows]], scores[allowed[rows]]
        return [
            self._explained(query, int(row), float(score), rank)
            for rank, (row, score) in enumerate(zip(rows[:limit], scores[:limit], strict=True), 1)
        ]

    @abstractmethod
    def rank(self, query: Query) -> Ranking:
        """All movies that the method knows, best first; equal scores keep a fixed order."""

    @abstractmethod
    def explain(self, query: Query, row: int) -> tuple[str, tuple[MatchedTrack, ...]]:
        """Why a movie was recommended: a sentence, and the tracks that speak for it."""

    def _explained(self, query: Query, row: int, score: float, rank: int) -> Recommendation:
        reason, tracks = self.explain(query, row)
        return Recommendation(self.movies[row], score, rank, reason, self.name, tracks)
