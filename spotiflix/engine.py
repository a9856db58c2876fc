"""The public door: search songs, turn what the user brings into a query, get movies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from spotiflix.assets import DEFAULT_ROOT, Assets
from spotiflix.clustermap import ClusterMap
from spotiflix.errors import EmptyInput, NeedsAudio, PlaylistError, SongNotFound, UnknownMethod
from spotiflix.features import Features
from spotiflix.heard import Heard
from spotiflix.movies import MovieCatalogue
from spotiflix.playlists import Playlist, PlaylistLine, parse_playlist, resolve
from spotiflix.query import (
    Query,
    query_of_audio,
    query_of_features,
    query_of_song,
    query_of_songs,
)
from spotiflix.recommenders import (
    ClusterRecommender,
    ListeningRecommender,
    PositivityRecommender,
    Recommendation,
    Recommender,
)
from spotiflix.search import SongSearch
from spotiflix.settings import settings
from spotiflix.songs import Song, SongCatalogue

#: The three methods, in the paper's order.
METHODS = ("positivity", "clusters", "listening")
#: A song asked for by name that is no line of a playlist ("californa hotel") is taken as found at
#: this match score; below, the nearest are offered.
FOUND = 0.85
NEAREST = 3

AudioSource = str | Path | bytes | BinaryIO


class Spotiflix:
    """Everything loaded when first needed: a song search does not wait for torch.

    Parameters
    ----------
    assets : Assets
    """

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.songs = SongCatalogue(assets)
        self.movies = MovieCatalogue(assets)
        self.map = ClusterMap(assets, self.songs, self.movies)

    # Songs

    def search(self, text: str, limit: int = settings.search_results) -> list[Song]:
        """Songs by title, artist or both, as one types; see `SongSearch.search`.

        Raises
        ------
        EmptyInput
            If `text` is blank.
        """
        return self.song_search.search(text, limit)

    def find_song(self, title: str, artist: str | None = None) -> Song:
        """The song of a name.

        Raises
        ------
        EmptyInput
            If `title` is blank.
        SongNotFound
            If none comes close enough; its `nearest` lists the ones that come closest.
        """
        if not title.strip():
            raise EmptyInput("Type the song's title.")
        matches = self.song_search.matches(f"{title} {artist or ''}".strip(), NEAREST)
        line = PlaylistLine(f"{title} {artist or ''}", title, artist, None)
        playlist = resolve([line], self.songs, self.song_search)
        if playlist.resolved:
            return playlist.resolved[0].song
        if matches and matches[0].score >= FOUND:
            return self.songs[matches[0].row]
        nearest = tuple(self.songs[match.row] for match in matches)
        names = "; ".join(f"{song.title} by {song.artist}" for song in nearest) or "none"
        asked = f"“{title}” by {artist}" if artist else f"“{title}”"
        raise SongNotFound(f"No song {asked} in the catalogue; the nearest: {names}.", nearest)

    def song_from_tags(self, source: AudioSource) -> Song | None:
        """The catalogue's song that an audio file's tags name, None if they name none."""
        from spotiflix.audio import read_tags

        tags = read_tags(source)
        if not tags.title or not tags.artist:
            return None
        try:
            return self.find_song(tags.title, tags.artist)
        except SongNotFound:
            return None

    # Queries

    def query_song(self, song: Song | str) -> Query:
        """A query of a song, given as such or by its id.

        Raises
        ------
        SongNotFound
            If no song has that id.
        """
        if isinstance(song, str):
            found = self.songs.by_id(song)
            if found is None:
                raise SongNotFound(f"No song of the catalogue has the id '{song}'.")
            song = found
        return query_of_song(song)

    def query_songs(self, songs: Iterable[Song]) -> Query:
        """A query of several songs.

        Raises
        ------
        EmptyInput
            If there is no song.
        """
        return query_of_songs(tuple(songs))

    def query_playlist(
        self,
        source: str | bytes | Path,
        *,
        name: str | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Query:
        """A query of a playlist: pasted text, or the content of a file.

        Raises
        ------
        EmptyInput
            If it holds no line.
        PlaylistError
            If it cannot be read, or none of its songs is known.
        """
        playlist = self.resolve_playlist(source, name=name, on_progress=on_progress)
        if not playlist.resolved:
            first = playlist.not_found[0].input if playlist.not_found else ""
            raise PlaylistError(
                f"None of the playlist's songs is in the catalogue (the first is “{first}”); "
                "write one song a line as “Artist - Title”."
            )
        query = query_of_songs([each.song for each in playlist.resolved])
        return replace(query, playlist=playlist)

    def resolve_playlist(
        self,
        source: str | bytes | Path,
        *,
        name: str | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Playlist:
        """The songs that a playlist's lines stand for; see `playlists.resolve`."""
        lines = parse_playlist(source, name=name)
        return resolve(lines, self.songs, self.song_search, on_progress=on_progress)

    def query_audio(self, source: AudioSource) -> Query:
        """A query of an audio file, given as a path, bytes or a file object.

        Raises
        ------
        AudioDecodeError
            If there is nothing in it that can be listened to.
        """
        return query_of_audio(self.listen(source))

    def query_features(self, features: Features | Mapping[str, object]) -> Query:
        """A query of seven numbers.

        Raises
        ------
        FeaturesError
            If one is missing, not a number or outside [0, 1].
        """
        if not isinstance(features, Features):
            features = Features.from_mapping(features)
        return query_of_features(features)

    def listen(self, source: AudioSource) -> Heard:
        """What the listening model hears in an audio file; see `listening.listen`."""
        from spotiflix.listening import listen

        return listen(source, assets=self.assets)

    # Movies

    def recommend(
        self,
        query: Query,
        method: str = "clusters",
        limit: int = settings.movies_shown,
        *,
        via: str = "clusters",
        television: bool = True,
    ) -> list[Recommendation]:
        """Movies that feel like the query, best first.

        Parameters
        ----------
        method : str
            One of `METHODS`.
        via : str
            For method ``"listening"``: what the heard features go to, ``"clusters"`` or
            ``"positivity"``.
        television : bool
            Whether series may be among them.

        Raises
        ------
        UnknownMethod
            If there is no such method.
        NeedsAudio
            If method is ``"listening"`` and the query has no audio.
        """
        allowed = None if television else ~self.movies.television
        return self.recommender(method, via=via).recommend(query, limit, allowed=allowed)

    def recommend_all(
        self,
        query: Query,
        limit: int = settings.movies_shown,
        *,
        via: str = "clusters",
        television: bool = True,
    ) -> dict[str, list[Recommendation]]:
        """Every method's movies; listening is left out where there is no audio."""
        found = {}
        for method in METHODS:
            try:
                found[method] = self.recommend(query, method, limit, via=via, television=television)
            except NeedsAudio:
                continue
        return found

    def recommender(self, method: str, *, via: str = "clusters") -> Recommender:
        """The recommender of a method.

        Raises
        ------
        UnknownMethod
            If there is none of that name.
        """
        if method == "listening":
            return ListeningRecommender(self._by_features, via=via)
        if method not in self._by_features:
            raise UnknownMethod(f"There is no method '{method}'; there are {', '.join(METHODS)}.")
        return self._by_features[method]

    @cached_property
    def clusters(self) -> ClusterRecommender:
        """Method 2, for its clusters."""
        return ClusterRecommender(self.movies, self.assets)

    @cached_property
    def song_search(self) -> SongSearch:
        """The search behind `search`."""
        return SongSearch(self.songs, self.assets)

    @cached_property
    def _by_features(self) -> dict[str, Recommender]:
        return {
            "positivity": PositivityRecommender(self.movies, self.assets),
            "clusters": self.clusters,
        }


def load(root: str | Path = DEFAULT_ROOT) -> Spotiflix:
    """Open Spotiflix on a folder of assets; the files are read when they are first needed.

    Raises
    ------
    AssetError
        If the manifest is missing; later, if a file is not the one that it describes.
    """
    return Spotiflix(Assets(Path(root)))
