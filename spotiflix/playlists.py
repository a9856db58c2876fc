"""Playlists: each line resolved to a song of the catalogue, or reported with what comes nearest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from spotiflix.errors import EmptyInput
from spotiflix.playlist_formats import PlaylistLine, parse_playlist
from spotiflix.search import SongSearch
from spotiflix.settings import settings
from spotiflix.songs import Song, SongCatalogue
from spotiflix.text import base_title, fold, main_artist

__all__ = ["NotFound", "Playlist", "PlaylistLine", "Resolved", "parse_playlist", "resolve"]

#: A line is taken for a song from this likeness on; measured on tests/playlist_lines.csv.
THRESHOLD = 0.86
#: Below this likeness of the titles, or of the artists, it is another song whatever the other says.
TITLE_LEAST, ARTIST_LEAST = 0.82, 0.72
#: Songs that a line is compared with when no name is exactly its own.
COMPARED = 8

_CREDIT = re.compile(
    r"\s*(?:[,;/&+×]|\bx\b|\bfeat\b\.?|\bft\b\.?|\bfeaturing\b|\bwith\b|\bvs\b\.?)\s*"
)
#: Arabic or Roman, the I only at the end: it is a word elsewhere.
_NUMBER = re.compile(r"\d+|\b(?:ii|iii|iv|v|vi|vii|viii|ix|x)\b|(?<= )i$")
#: What stands in brackets, unless it tells one part of a work from another.
_BRACKETS = re.compile(
    r"\s*[(\[](?![^)\]]*\b(?:part|pt|no|vol|chapter)\b)[^)\]]*[)\]]", re.IGNORECASE
)
_DASH = re.compile(r"\s+[-–—]\s+")


@dataclass(frozen=True)
class Resolved:
    """A line and its song.

    Attributes
    ----------
    how : str
        "spotify id", "exact" (title and artist) or "fuzzy" (nearly so).
    score : float
        Likeness in [0, 1].
    """

    input: str
    song: Song
    how: str
    score: float

    def as_dict(self) -> dict[str, Any]:
        """The line and its song as plain values."""
        return {
            "input": self.input,
            "song_id": self.song.song_id,
            "title": self.song.title,
            "artist": self.song.artist,
            "how": self.how,
            "score": round(self.score, 3),
        }


@dataclass(frozen=True)
class NotFound:
    """A line that is no song of the catalogue, and the song that comes nearest, if any."""

    input: str
    nearest: Song | None

    def as_dict(self) -> dict[str, Any]:
        """The line and the nearest song as plain values."""
        near = self.nearest
        return {
            "input": self.input,
            "nearest": near
            and {"song_id": near.song_id, "title": near.title, "artist": near.artist},
        }


@dataclass(frozen=True)
class Playlist:
    """A playlist as far as the catalogue knows it; `skipped` lines were beyond the limit."""

    resolved: tuple[Resolved, ...]
    not_found: tuple[NotFound, ...]
    skipped: int = 0


def resolve(
    lines: list[PlaylistLine],
    catalogue: SongCatalogue,
    search: SongSearch,
    on_progress: Callable[[int, int], None] | None = None,
) -> Playlist:
    """Find each line's song: by Spotify id, else by exact names, else by names nearly the same.

    Parameters
    ----------
    lines : list of PlaylistLine
        From `parse_playlist`; those after ``settings.playlist_songs`` are counted, not read.
    catalogue : SongCatalogue
        The songs.
    search : SongSearch
        Search over the same songs.
    on_progress : callable, optional
        Called with the lines done and the lines in all, after each line.

    Raises
    ------
    EmptyInput
        If there are no lines.
    """
    if not lines:
        raise EmptyInput("The playlist is empty; give at least one song.")
    taken = lines[: settings.playlist_songs]
    resolved: list[Resolved] = []
    not_found: list[NotFound] = []
    for done, line in enumerate(taken, start=1):
        found = _by_id(line, catalogue) or _by_name(line, catalogue, search)
        if isinstance(found, Resolved):
            resolved.append(found)
        else:
            not_found.append(found)
        if on_progress is not None:
            on_progress(done, len(taken))
    return Playlist(tuple(resolved), tuple(not_found), len(lines) - len(taken))


def _by_id(line: PlaylistLine, catalogue: SongCatalogue) -> Resolved | None:
    song = catalogue.by_id(line.spotify_id) if line.spotify_id else None
    return Resolved(line.input, song, "spotify id", 1.0) if song else None


def _by_name(
    line: PlaylistLine, catalogue: SongCatalogue, search: SongSearch
) -> Resolved | NotFound:
    readings = list(dict.fromkeys(_readings(line)))
    for title, artist in readings:
        row = search.named(title, artist)
        if row is not None:
            return Resolved(line.input, catalogue[row], "exact", 1.0)
    asked = f"{line.title} {line.artist or ''}".strip()
    matches = search.matches(asked, COMPARED) if asked else []
    scored = [
        (_likeness(title, artist, catalogue.titles[match.row], catalogue.artists[match.row]), match)
        for match in matches
        for title, artist in readings
    ]
    # Of equals the first, which the search holds for the likeliest.
    score, best = max(scored, key=lambda each: each[0], default=(0.0, None))
    if best is not None and score >= THRESHOLD:
        return Resolved(line.input, catalogue[best.row], "fuzzy", score)
    return NotFound(line.input, catalogue[matches[0].row] if matches else None)


def _readings(line: PlaylistLine) -> Iterator[tuple[str, str | None]]:
    """Title and artist of a line in every way it can be meant, the likeliest first."""
    if not line.title:
        return
    if line.artist is None:
        yield line.title, None
        return
    yield line.title, line.artist
    yield line.artist, line.title
    # "Title - 2013 Remaster - Artist", "Artist - Album - Title"
    parts = [line.artist, *_DASH.split(line.title)]
    if len(parts) > 2:
        yield " - ".join(parts[:-1]), parts[-1]
        yield parts[0], parts[-1]
        yield parts[-1], parts[0]
    if fold(f"{line.title} by {line.artist}") in fold(line.input):
        yield f"{line.title} by {line.artist}", None


def _likeness(title: str, artist: str | None, its_title: str, its_artist: str) -> float:
    """Likeness of a line to a song in [0, 1]; 0 if title or artist cannot be the same."""
    if artist is None:
        whole = fold(title)
        ways = (its_title, f"{its_title} {its_artist}", f"{its_artist} {its_title}")
        names = [fold(way) for way in (*ways, base_title(its_title))]
        names += [
            f"{one} {other}"
            for name in (fold(base_title(its_title)),)
            for each in _artist_forms(its_artist)
            for one, other in ((name, each), (each, name))
        ]
        return max(_ratio(whole, name) for name in names)
    titles = max(_ratio(a, b) for a, b in _title_pairs(title, its_title))
    artists = max(_ratio(a, b) for a in _artist_forms(artist) for b in _artist_forms(its_artist))
    if titles < TITLE_LEAST or artists < ARTIST_LEAST:
        return 0.0
    return (titles + artists) / 2


def _title_pairs(title: str, its_title: str) -> Iterator[tuple[str, str]]:
    """Forms of two titles to compare: one of them may lack what the other has added.

    Titles are never compared with their version on both sides: "Boys - Remastered 2009" and
    "Help! - Remastered 2009" have most letters in common.
    """
    base, its_base = base_title(title), base_title(its_title)
    yield fold(base), fold(its_base)
    yield fold(_BRACKETS.sub("", base)), fold(its_base)
    yield fold(base), fold(_BRACKETS.sub("", its_base))
    if not _DASH.search(base):
        yield fold(base), fold(_DASH.split(its_base)[0])


def _ratio(one: str, other: str) -> float:
    """Likeness of two folded names, spaces aside; other numbers make another name."""
    if not one or not other or _numbers(one) != _numbers(other):
        return 0.0
    return fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")) / 100


def _numbers(name: str) -> list[str]:
    return _NUMBER.findall(name)


@lru_cache(maxsize=4096)
def _artist_forms(artist: str) -> tuple[str, ...]:
    """The credit as a whole and each artist in it, folded, without "the"."""
    parts = (artist, main_artist(artist), *_CREDIT.split(artist.lower()))
    names = (fold(part).removeprefix("the ") for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))
