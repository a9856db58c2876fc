"""The movie catalogue, and the soundtrack tracks that link movies to sound."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from spotiflix.assets import Assets
from spotiflix.features import FEATURES, Features
from spotiflix.songs import FRACTION, NO_POSITIVITY

if TYPE_CHECKING:
    import pandas as pd

MOVIES = "movies.parquet"
SOUNDTRACKS = "soundtracks.parquet"
TRACK_CLUSTERS = "track_clusters.parquet"


@dataclass(frozen=True)
class Movie:
    """One movie or series. Fields that no source gave are None.

    Attributes
    ----------
    kind : str
        ``"movie"`` or ``"tv"``.
    runtime : int or None
        Minutes.
    rating : float or None
        0 to 10, by the voters of `rating_source` (IMDb or TMDB).
    poster_path : str or None
        TMDB's path of the poster; to be joined to its image host.
    row : int
        Its place in the catalogue; does not take part in comparisons.
    """

    movie_id: str
    title: str
    year: int | None
    kind: str
    genres: tuple[str, ...]
    language: str | None
    runtime: int | None
    rating: float | None
    rating_source: str | None
    votes: int
    imdb_id: str | None
    tmdb_id: int | None
    poster_path: str | None
    row: int = field(compare=False)

    @property
    def url(self) -> str:
        """Its page on IMDb, else on TMDB, else an IMDb search for its title."""
        if self.imdb_id:
            return f"https://www.imdb.com/title/{self.imdb_id}/"
        if self.tmdb_id:
            return f"https://www.themoviedb.org/movie/{self.tmdb_id}"
        return "https://www.imdb.com/find/?" + urllib.parse.urlencode(
            {"q": f"{self.title} {self.year or ''}".strip(), "s": "tt"}
        )

    def as_dict(self) -> dict[str, Any]:
        """The fields that a front end needs, ready for JSON."""
        return {
            "movie_id": self.movie_id,
            "imdb_id": self.imdb_id,
            "tmdb_id": self.tmdb_id,
            "title": self.title,
            "year": self.year,
            "kind": self.kind,
            "genres": list(self.genres),
            "language": self.language,
            "runtime": self.runtime,
            "rating": self.rating,
            "rating_source": self.rating_source,
            "url": self.url,
        }


@dataclass(frozen=True)
class Tracks:
    """The soundtrack table as parallel arrays, one entry a track, sorted by movie.

    Attributes
    ----------
    movie : np.ndarray [shape=(n,)], int
        Row of the movie.
    features : np.ndarray [shape=(n, 7)], float32
    cluster : np.ndarray [shape=(n,)], int
        Soundtrack cluster.
    confidence : np.ndarray [shape=(n,)], int
        1 (performer or album agrees) to 3 (found by title alone).
    title, artist : np.ndarray [shape=(n,)], str
        The artist is empty where it is not known.
    """

    movie: np.ndarray
    features: np.ndarray
    cluster: np.ndarray
    confidence: np.ndarray
    title: np.ndarray
    artist: np.ndarray


class MovieCatalogue:
    """All movies and series, those with most votes first.

    Parameters
    ----------
    assets : Assets
        Where ``movies.parquet`` and ``soundtracks.parquet`` lie; read when first needed.
    """

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, row: int) -> Movie:
        """The movie in a row.

        Raises
        ------
        IndexError
            If there is no such row.
        """
        if not 0 <= row < len(self):
            raise IndexError(f"Row {row} is outside the catalogue of {len(self)} movies.")
        get = self._table.iloc[int(row)].__getitem__
        genres = _text(get("genres"))
        return Movie(
            movie_id=str(get("movie_id")),
            title=str(get("title")),
            year=int(get("year")) or None,
            kind=str(get("kind")),
            genres=tuple(genres.split(", ")) if genres else (),
            language=_text(get("language")),
            runtime=int(get("runtime")) or None,
            rating=int(get("rating")) / 10 or None,
            rating_source=_text(get("rating_source")),
            votes=int(get("votes")),
            imdb_id=_text(get("imdb_id")),
            tmdb_id=int(get("tmdb_id")) or None,
            poster_path=_text(get("poster_path")),
            row=int(row),
        )

    def by_id(self, movie_id: str) -> Movie | None:
        """The movie of an id, None if there is none."""
        import pandas as pd

        row = int(self._ids.get_indexer(pd.Index([movie_id]))[0])
        return self[row] if row >= 0 else None

    @cached_property
    def television(self) -> np.ndarray:
        """Mask of the series, shape (movies,)."""
        return (self._table["kind"] == "tv").to_numpy()

    @cached_property
    def positivity_rank(self) -> np.ndarray:
        """Share of the texts of its kind that are less positive, shape (movies,); NaN if none."""
        return self._share("positivity_rank")

    @cached_property
    def positivity(self) -> np.ndarray:
        """VADER positivity of the movie's text, shape (movies,); NaN where there is no text."""
        return self._share("positivity")

    @cached_property
    def text_kind(self) -> np.ndarray:
        """``"script"``, ``"dialogue"`` or ``"subtitles"``; None where there is no text."""
        return self._table["text_kind"].to_numpy(object)

    @cached_property
    def tracks(self) -> Tracks:
        """The soundtrack table."""
        table = self._assets.table(SOUNDTRACKS)
        return Tracks(
            movie=table["movie"].to_numpy(np.int64),
            features=table[list(FEATURES)].to_numpy(np.float32) / np.float32(FRACTION),
            cluster=self._assets.table(TRACK_CLUSTERS)["cluster"].to_numpy(np.int64),
            confidence=table["confidence"].to_numpy(np.int64),
            title=table["track"].to_numpy(object),
            artist=table["artist"].fillna("").to_numpy(object),
        )

    def sound(self, row: int) -> Features | None:
        """Mean features of a movie's soundtrack tracks; None if we know of none."""
        first, last = np.searchsorted(self.tracks.movie, [row, row + 1])
        if first == last:
            return None
        return Features.from_array(self.tracks.features[first:last].mean(axis=0))

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self._assets.table(MOVIES)

    @cached_property
    def _ids(self) -> pd.Index:
        import pandas as pd

        return pd.Index(self._table["movie_id"])

    def _share(self, column: str) -> np.ndarray:
        values = self._table[column].to_numpy(np.float64)
        return np.where(values == NO_POSITIVITY, np.nan, values / FRACTION)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
