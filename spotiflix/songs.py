"""The song catalogue: some 189,000 songs with their seven features, most popular first."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from spotiflix.assets import Assets
from spotiflix.features import FEATURES, Features

if TYPE_CHECKING:
    import pandas as pd

SONGS = "songs.parquet"
SONG_VERSIONS = "song_versions.parquet"
SONG_CLUSTERS = "song_clusters.parquet"

#: Fractions are stored as integers in ten-thousandths.
FRACTION = 10_000
#: What stands for "unknown" in the integer columns.
NO_YEAR, NO_POPULARITY, NO_POSITIVITY = 0, 255, 65_535


@dataclass(frozen=True)
class Song:
    """One song of the catalogue.

    Attributes
    ----------
    popularity : int or None
        Spotify's, 0 to 100.
    lyric_positivity : float or None
        Positivity of its lyrics in [0, 1], where they are known.
    cluster : int or None
        Its song cluster; None for a song that is known by its Spotify id alone.
    row : int
        Its place in the catalogue, -1 for a song that is known by its Spotify id alone; does not
        take part in comparisons.
    """

    song_id: str
    title: str
    artist: str
    year: int | None
    popularity: int | None
    genre: str | None
    features: Features
    lyric_positivity: float | None
    cluster: int | None
    row: int = field(compare=False)


class SongCatalogue:
    """All songs, in the order of their popularity; those of unknown popularity come last.

    Nothing is read before it is asked for, and a `Song` is made when it is looked at.

    Parameters
    ----------
    assets : Assets
        Where ``songs.parquet``, ``song_versions.parquet`` and ``song_clusters.parquet`` lie.
    """

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, row: int) -> Song:
        """The song in a row.

        Raises
        ------
        IndexError
            If there is no such row.
        """
        row = int(row)
        if not 0 <= row < len(self):
            raise IndexError(f"Row {row} is outside the catalogue of {len(self)} songs.")
        genre = self._table["genre"].array[row]
        positivity = self._known("lyric_positivity", row, NO_POSITIVITY)
        return Song(
            song_id=str(self._table["song_id"].array[row]),
            title=self.titles[row],
            artist=self.artists[row],
            year=self._known("year", row, NO_YEAR),
            popularity=self._known("popularity", row, NO_POPULARITY),
            genre=genre if isinstance(genre, str) else None,
            features=Features.from_array(self.features[row].astype(float).round(4)),
            lyric_positivity=None if positivity is None else positivity / FRACTION,
            cluster=int(self.clusters[row]),
            row=row,
        )

    def by_id(self, song_id: str) -> Song | None:
        """The song of a `song_id` or of the Spotify id of any of its versions.

        Some ids have features and a title but belong to no song of the catalogue (most lack an
        artist, so a search could not tell them apart): their `row` is -1, the artist may be empty.
        """
        row = _place(self._ids, song_id)
        if row >= 0:
            return self[row]
        place = _place(self._version_ids, song_id)
        if place < 0:
            return None
        version = self._versions.iloc[place]
        return self[version["row"]] if version["row"] >= 0 else _lone(version)

    @cached_property
    def features(self) -> np.ndarray:
        """The seven features, shape (n, 7), float32 in [0, 1]."""
        return self._table[list(FEATURES)].to_numpy(np.float32) / np.float32(FRACTION)

    @cached_property
    def titles(self) -> np.ndarray:
        """Titles, shape (n,), strings."""
        return self._table["title"].to_numpy(object)

    @cached_property
    def artists(self) -> np.ndarray:
        """Credits, shape (n,), strings; several artists as in ``"Drake, Wizkid"``."""
        return self._table["artist"].to_numpy(object)

    @cached_property
    def popularity(self) -> np.ndarray:
        """Popularity, shape (n,), float32, 0 to 100; NaN where unknown."""
        values = self._table["popularity"].to_numpy(np.float32)
        return np.where(values == NO_POPULARITY, np.float32(np.nan), values)

    @cached_property
    def clusters(self) -> np.ndarray:
        """The song cluster of each song, shape (n,), int16."""
        return self._assets.table(SONG_CLUSTERS)["cluster"].to_numpy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self._assets.table(SONGS)

    @cached_property
    def _ids(self) -> pd.Index:
        import pandas as pd

        return pd.Index(self._table["song_id"])

    @cached_property
    def _versions(self) -> pd.DataFrame:
        return self._assets.table(SONG_VERSIONS)

    @cached_property
    def _version_ids(self) -> pd.Index:
        import pandas as pd

        return pd.Index(self._versions["spotify_id"])

    def _known(self, column: str, row: int, unknown: int) -> int | None:
        value = int(self._table[column].array[row])
        return None if value == unknown else value


def _place(ids: pd.Index, song_id: str) -> int:
    import pandas as pd

    return int(ids.get_indexer_for(pd.Index([song_id]))[0])


def _lone(version: pd.Series) -> Song:
    artist = version["artist"]
    return Song(
        song_id=version["spotify_id"],
        title=version["title"],
        artist=artist if isinstance(artist, str) else "",
        year=None,
        popularity=None,
        genre=None,
        features=Features.from_array([version[name] / FRACTION for name in FEATURES]),
        lyric_positivity=None,
        cluster=None,
        row=-1,
    )
