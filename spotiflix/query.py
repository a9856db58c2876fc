"""What the user brings, as one value: seven features, and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spotiflix.errors import EmptyInput
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard
from spotiflix.songs import Song

if TYPE_CHECKING:
    from spotiflix.playlists import Playlist


@dataclass(frozen=True)
class Query:
    """The input of every recommender.

    Attributes
    ----------
    features : Features
        What methods 1 and 2 go by.
    source : str
        One sentence: where the features came from.
    kind : str
        ``"song"``, ``"playlist"``, ``"audio"`` or ``"features"``.
    title, artist, year
        Of the song, where there is one and they are known.
    songs : tuple of Song
        The catalogue's songs behind the features; empty for audio and bare features.
    heard : Heard or None
        What method 3 goes by; None where no audio was given.
    playlist : Playlist or None
        How the lines of a playlist were resolved.
    """

    features: Features
    source: str
    kind: str
    title: str | None = None
    artist: str | None = None
    year: int | None = None
    songs: tuple[Song, ...] = ()
    heard: Heard | None = None
    playlist: Playlist | None = None

    @property
    def label(self) -> str:
        """A short name for headings."""
        if self.title:
            return f"{self.title} · {self.artist}" if self.artist else self.title
        return {
            "playlist": f"Your playlist of {len(self.songs)} songs",
            "audio": "Your audio",
        }.get(self.kind, "Your seven features")

    def with_heard(self, heard: Heard) -> Query:
        """The same query, with audio for method 3."""
        return replace(self, heard=heard)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        result: dict[str, Any] = {
            "kind": self.kind,
            "features": _round(self.features),
            "source": self.source,
            "title": self.title,
            "artist": self.artist,
            "year": self.year,
            "song_id": self.songs[0].song_id if self.kind == "song" else None,
        }
        if self.heard is not None:
            result["heard"] = {
                "features": _round(self.heard.features),
                "windows": self.heard.windows,
                "seconds": round(self.heard.seconds, 2),
            }
        if self.playlist is not None:
            result["resolved"] = [each.as_dict() for each in self.playlist.resolved]
            result["not_found"] = [each.as_dict() for each in self.playlist.not_found]
        return result


def query_of_song(song: Song) -> Query:
    """A query of one song of the catalogue."""
    return Query(
        features=song.features,
        source=f"Spotify's features of “{song.title}” by {song.artist or 'an unknown artist'}.",
        kind="song",
        title=song.title,
        artist=song.artist,
        year=song.year,
        songs=(song,),
    )


def query_of_songs(songs: Sequence[Song]) -> Query:
    """A query of several songs: the mean of their features.

    Raises
    ------
    EmptyInput
        If there is no song.
    """
    if not songs:
        raise EmptyInput("The playlist is empty: add at least one song.")
    mean = np.mean([song.features.as_array() for song in songs], axis=0)
    count = f"{len(songs)} songs" if len(songs) > 1 else "one song"
    return Query(
        features=Features.from_array(mean),
        source=f"The mean of Spotify's features of {count}.",
        kind="playlist",
        songs=tuple(songs),
    )


def query_of_audio(heard: Heard, *, title: str | None = None, artist: str | None = None) -> Query:
    """A query of audio that no song of the catalogue is known for."""
    windows = f"{heard.windows} windows" if heard.windows > 1 else "one window"
    return Query(
        features=heard.features,
        source=f"Heard by the listening model in {windows} of your audio "
        f"({heard.seconds:.0f} seconds); these are estimates.",
        kind="audio",
        title=title,
        artist=artist,
        heard=heard,
    )


def query_of_features(features: Features) -> Query:
    """A query of seven numbers as they are."""
    return Query(features=features, source="The seven features that you gave.", kind="features")


def _round(features: Features) -> dict[str, float]:
    values = features.as_dict()
    return {name: round(values[name], 4) for name in FEATURES}
