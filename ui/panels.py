"""Words, lists and tables around the cards."""

from __future__ import annotations

from typing import Any

import streamlit as st

from spotiflix.comparison import Lists, agreement
from spotiflix.engine import Spotiflix
from spotiflix.heard import Heard
from spotiflix.playlists import Playlist
from spotiflix.query import Query
from spotiflix.settings import settings
from ui import shell

LISTED = 12


def plain(text: str) -> str:
    """Text with the signs escaped that Markdown would read as its own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|~$:<>" else c for c in text)


def nothing_yet(text: str) -> None:
    """An empty page says what to do, and leads there."""
    st.info(text, icon=":material/music_note:")
    st.page_link(shell.page("recommend.py"), label="Pick your music", icon=":material/search:")


def needs_audio(query: Query) -> None:
    """Say why method 3 has nothing yet."""
    what = "the playlist's songs" if query.kind == "playlist" else "the song"
    st.caption(f"This method goes by sound alone, and has not heard {what} yet.")


def playlist_report(playlist: Playlist) -> None:
    """How the lines of a playlist were resolved; nothing is dropped silently."""
    missing = len(playlist.not_found)
    count = len(playlist.resolved)
    found = f"{count} songs found" if count != 1 else "One song found"
    label = f"{found}, {missing} not found" if missing else found
    if playlist.skipped:
        label += f", {playlist.skipped} beyond the first {settings.playlist_songs:,} left out"
    with st.expander(label, expanded=bool(missing), icon=":material/queue_music:"):
        if missing:
            st.dataframe(
                {
                    "Not found": [each.input for each in playlist.not_found],
                    "Nearest in the catalogue": [
                        f"{each.nearest.title} · {each.nearest.artist}" if each.nearest else "none"
                        for each in playlist.not_found
                    ],
                },
                hide_index=True,
            )
        st.dataframe(
            {
                "You wrote": [each.input for each in playlist.resolved],
                "Song": [f"{r.song.title} · {r.song.artist}" for r in playlist.resolved],
                "Found by": [each.how for each in playlist.resolved],
            },
            hide_index=True,
        )


def agreement_words(lists: Lists) -> str:
    """Which movies two methods share, as a Markdown list."""
    pairs = agreement(lists)
    if not any(pairs.values()):
        return (
            "No movie is in two lists this time. The methods look at different things, the words "
            "and the sound, so that is common."
        )
    return "\n".join(
        f"- **{one.capitalize()}** and **{other.capitalize()}** share {len(titles)}: "
        f"{', '.join(map(plain, titles))}"
        for (one, other), titles in pairs.items()
        if titles
    )


def song_cluster(app: Spotiflix, chosen: int) -> None:
    """The catalogue's songs of a cluster, to be chosen among 500."""
    cluster = _choose("Song cluster", "song_cluster", chosen)
    _mean(app, "song", cluster)
    songs = [app.songs[row] for row in app.map.songs_in(cluster, LISTED)]
    if not songs:
        st.caption("No song of the catalogue is in this cluster.")
        return
    st.dataframe(
        {
            "Song": [song.title for song in songs],
            "Artist": [song.artist for song in songs],
            "Year": [song.year for song in songs],
        },
        hide_index=True,
        column_config={"Year": st.column_config.NumberColumn(format="%d")},
    )


def movie_cluster(app: Spotiflix, chosen: int) -> None:
    """The movies of a soundtrack cluster, to be chosen among 500."""
    cluster = _choose("Soundtrack cluster", "track_cluster", chosen)
    _mean(app, "soundtrack", cluster)
    movies = [(app.movies[row], tracks) for row, tracks in app.map.movies_in(cluster, LISTED)]
    st.dataframe(
        {
            "Movie": [movie.title for movie, _ in movies],
            "Year": [movie.year for movie, _ in movies],
            "Tracks in this cluster": ["; ".join(tracks) for _, tracks in movies],
        },
        hide_index=True,
        column_config={"Year": st.column_config.NumberColumn(format="%d")},
    )


def clicked_cluster(event: Any, layers: list[str]) -> dict[str, int]:
    """Layer and cluster of the points that were clicked on the flat map."""
    points = event.selection.points if event else []
    return {
        layers[int(p["customdata"][0])]: int(p["customdata"][1])
        for p in points
        if p.get("customdata") is not None
    }


def listening_words(app: Spotiflix, heard: Heard) -> str:
    """How far the heard features can be trusted."""
    figures = app.assets.figures("listening.safetensors")
    constant = figures.get("constant", [])
    windows = f"{heard.windows} windows" if heard.windows > 1 else "one window"
    words = (
        f"Heard in {windows} over {heard.seconds:.0f} seconds. The lines at the bars' ends show "
        "where the true value lies four times in five, for songs that it did not learn from."
    )
    if constant:
        names = " and ".join(constant)
        words += f" For {names} it does no better than a constant, so it gives that constant."
    return words


def _choose(label: str, key: str, chosen: int) -> int:
    # A new choice from outside (a query, a click) overrules what the box held before.
    if st.session_state.get(f"{key}_given") != chosen:
        st.session_state[f"{key}_given"] = chosen
        st.session_state[key] = chosen
    return int(st.number_input(label, 0, 499, key=key))


def _mean(app: Spotiflix, kind: str, cluster: int) -> None:
    features = app.map.mean_features(kind, cluster)
    high = [name for name, value in features.as_dict().items() if value >= 0.6]
    sound = f", high in {', '.join(high)}" if high else ""
    st.caption(f"{features.mood}{sound}")
