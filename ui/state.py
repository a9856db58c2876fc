"""What a visitor brought, kept while they move between pages. Each visitor sees only their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from spotiflix.engine import Spotiflix
from spotiflix.errors import SongNotFound, SpotiflixError
from spotiflix.query import Query, query_of_audio
from spotiflix.settings import settings
from spotiflix.songs import Song

if TYPE_CHECKING:
    from spotiflix.heard import Heard
    from spotiflix.listening import Picture

#: Widgets whose values outlive a change of page, with their first values.
KEPT = {
    "way": "Song",
    "playlist_text": "",
    "shown": settings.movies_shown,
    "television": True,
    "via": "clusters",
    "map_layers": ["Songs", "Soundtracks"],
    "map_colour": "Mood",
    "map_flat": False,
}


@dataclass(frozen=True)
class Upload:
    """An audio file that a visitor brought, and what was made of it.

    Attributes
    ----------
    song : Song or None
        The catalogue's song that its tags name.
    """

    name: str
    data: bytes
    heard: Heard
    picture: Picture
    song: Song | None


@dataclass(frozen=True)
class Options:
    """How movies are to be chosen."""

    shown: int
    television: bool
    via: str


def framed() -> bool:
    """Whether `app.py` has drawn the frame in this session."""
    return bool(st.session_state.get("framed"))


def set_framed() -> None:
    """Note that the frame is there, and keep the widgets' values alive."""
    st.session_state["framed"] = True
    for key, first in KEPT.items():
        st.session_state[key] = st.session_state.get(key, first)


def query(app: Spotiflix) -> Query | None:
    """The current query: what was brought in this session, else the song that the link names."""
    if "query" not in st.session_state and "song" in st.query_params:
        with told():
            try:
                set_query(app.query_song(st.query_params["song"]))
            except SongNotFound as error:
                del st.query_params["song"]
                raise SongNotFound("That link names a song we do not know.") from error
    return st.session_state.get("query")


def set_query(query: Query) -> None:
    """Make a query the current one; a song's goes into the link, so that it can be shared."""
    st.session_state["query"] = query
    show_in_link()


def show_in_link() -> None:
    """Put the current song into the address of this page."""
    current = st.session_state.get("query")
    if current is not None and current.kind == "song" and current.songs[0].row >= 0:
        st.query_params["song"] = current.songs[0].song_id
    elif "song" in st.query_params:
        del st.query_params["song"]


def upload() -> Upload | None:
    """The current audio file."""
    return st.session_state.get("upload")


def take_audio(app: Spotiflix, name: str, data: bytes) -> Upload:
    """Listen to an audio file and make it the current one.

    Raises
    ------
    AudioDecodeError
        If it cannot be listened to; the current one stays.
    """
    known = upload()
    if known is not None and known.data == data:
        return known
    from spotiflix.audio import decode
    from spotiflix.listening import picture

    audio = decode(data)
    heard = app.listen(audio)
    made = Upload(name, data, heard, picture(audio), app.song_from_tags(data))
    st.session_state["upload"] = made
    return made


def agreed(upload: Upload) -> bool:
    """Whether the visitor said that the file is the song that its tags name."""
    current = st.session_state.get("query")
    return current is not None and upload.song is not None and current.songs == (upload.song,)


def query_of_upload(app: Spotiflix, upload: Upload) -> Query:
    """The query of an audio file: of its song once the visitor agreed, else of what was heard."""
    if agreed(upload):
        return app.query_song(upload.song).with_heard(upload.heard)
    return query_of_audio(upload.heard, title=upload.name)


def options() -> Options:
    """The options in force."""
    return Options(*(st.session_state[key] for key in ("shown", "television", "via")))


@contextmanager
def told() -> Iterator[None]:
    """Show an error of ours as its sentence, and let the page go on."""
    try:
        yield
    except SpotiflixError as error:
        st.error(str(error), icon=":material/error:")
