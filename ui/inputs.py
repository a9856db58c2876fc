"""The three ways in: a song, a playlist, an audio file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit_searchbox import st_searchbox

from spotiflix.engine import Spotiflix
from spotiflix.errors import EmptyInput
from spotiflix.query import Query, query_of_audio
from spotiflix.settings import settings
from spotiflix.songs import Song
from ui import state
from ui.panels import plain

WAYS = {
    "Song": ":material/search:",
    "Playlist": ":material/queue_music:",
    "Audio": ":material/graphic_eq:",
}
AUDIO_TYPES = ["mp3", "wav", "flac", "ogg", "opus", "m4a", "aac", "wma", "webm"]
PLAYLIST_TYPES = ["csv", "tsv", "txt", "m3u", "m3u8"]

#: For somebody with no idea what to type: label → title and artist, looked up like any song.
EXAMPLES = {
    "Hotel California": ("Hotel California", "Eagles"),
    "Ne me quitte pas": ("Ne me quitte pas", "Jacques Brel"),
    "Volare": ("Nel Blu Dipinto Di Blu (Volaré)", "Domenico Modugno"),
    "Smells Like Teen Spirit": ("Smells Like Teen Spirit", "Nirvana"),
    "Halo": ("Halo", "Beyoncé"),
    "Time": ("Time", "Hans Zimmer"),
}
PROGRESS_EVERY = 25
MOST_SHOWN = max(20, settings.movies_shown)
_BOX_STYLE = {
    "searchbox": {
        "control": {"backgroundColor": "#161a22", "borderColor": "#2b313d", "minHeight": "46px"},
        "option": {"color": "#f3f5f9", "backgroundColor": "#161a22", "highlightColor": "#26303d"},
    }
}


def choose(app: Spotiflix) -> None:
    """Let the visitor bring music; sets the current query."""
    way = st.segmented_control(
        "What do you bring?",
        list(WAYS),
        format_func=lambda name: f"{WAYS[name]} {name}",
        required=True,
        key="way",
        label_visibility="collapsed",
    )
    if way == "Playlist":
        _playlist(app)
    elif way == "Audio":
        _audio(app)
    else:
        _song(app)


def options() -> None:
    """How many movies, series or not, and what listening goes by."""
    with st.popover("Options", icon=":material/tune:"):
        st.slider("Movies of each method", 1, MOST_SHOWN, key="shown")
        st.toggle("Include series", key="television")
        st.radio(
            "What our ear hears goes to",
            ["clusters", "positivity"],
            key="via",
            horizontal=True,
            help="Method 3 listens, then recommends by method 2 or by method 1.",
        )


def audio_uploader(
    app: Spotiflix, key: str, label: str, *, on_change: Callable[[], None] | None = None
) -> state.Upload | None:
    """Take one audio file and listen to it; errors are shown, and the page goes on."""
    file = st.file_uploader(
        label,
        AUDIO_TYPES,
        key=key,
        max_upload_size=settings.upload_megabytes,
        on_change=on_change,
    )
    if file is None:
        return None
    with state.told(), st.spinner(f"Listening to {file.name} …"):
        return state.take_audio(app, file.name, file.getvalue())
    return None


def audio_for(app: Spotiflix, query: Query) -> state.Upload | None:
    """Ask for the audio of the current query; another query gets an uploader of its own."""
    what = "one of its songs" if query.kind == "playlist" else "the song"
    key = f"add_audio {hash((query.label, query.features))}"
    return audio_uploader(app, key, f"Add {what} as an mp3")


def ask_whether_song(app: Spotiflix, upload: state.Upload) -> None:
    """If the file's tags name a song of the catalogue, ask whether it is that one."""
    song = upload.song
    if song is None or state.agreed(upload):
        return
    with st.container(border=True):
        st.markdown(f"Is this **{plain(song.title)}** by **{plain(song.artist)}**?")
        st.caption(
            "If so, methods 1 and 2 use Spotify's features of it, and you see them beside ours."
        )
        if st.button("Yes, that song", icon=":material/check:", key="is_song"):
            state.set_query(app.query_song(song).with_heard(upload.heard))
            st.rerun()


@st.fragment
def _song(app: Spotiflix) -> None:
    def suggest(text: str) -> list[tuple[str, str]]:
        try:
            return [(_label(song), song.song_id) for song in app.search(text)]
        except EmptyInput:
            return []

    picked = st_searchbox(
        suggest,
        "Type a song, an artist, or both",
        key="song_box",
        rerun_scope="fragment",
        debounce=120,
        edit_after_submit="option",
        style_overrides=_BOX_STYLE,
    )
    if picked:
        # A fresh box: this one would go on naming its song whatever is asked for next.
        del st.session_state["song_box"]
        state.set_query(app.query_song(picked))
        st.rerun(scope="app")

    def example() -> None:
        name = st.session_state["example"]
        st.session_state["example"] = None
        if name:
            with state.told():
                state.set_query(app.query_song(app.find_song(*EXAMPLES[name])))
                st.session_state["new_query"] = True

    st.pills("Or start with", list(EXAMPLES), key="example", on_change=example)
    if st.session_state.pop("new_query", False):
        st.rerun(scope="app")


def _playlist(app: Spotiflix) -> None:
    with st.form("playlist", border=False):
        left, right = st.columns([3, 2])
        text = left.text_area(
            "Paste songs, one a line",
            placeholder="Eagles - Hotel California\nNirvana - Smells Like Teen Spirit",
            height=148,
            key="playlist_text",
        )
        file = right.file_uploader(
            "or drop a file (CSV, M3U, text)",
            PLAYLIST_TYPES,
            key="playlist_file",
            max_upload_size=settings.playlist_megabytes,
        )
        sent = st.form_submit_button("Find movies", type="primary", icon=":material/movie:")
    if not sent:
        return
    with state.told():
        bar = st.progress(0.0, "Looking up the songs …")

        def on_progress(done: int, total: int) -> None:
            if done % PROGRESS_EVERY == 0:
                bar.progress(done / total, f"{done} of {total} songs looked up …")

        try:
            source = file.getvalue() if file is not None else text
            query = app.query_playlist(
                source, name=file.name if file is not None else None, on_progress=on_progress
            )
        finally:
            bar.empty()
        state.set_query(query)


def _audio(app: Spotiflix) -> None:
    def arrived() -> None:
        st.session_state["audio_arrived"] = True

    upload = audio_uploader(
        app,
        "audio_file",
        f"An mp3 or other audio file, up to {settings.upload_megabytes} MB",
        on_change=arrived,
    )
    if st.session_state.pop("audio_arrived", False) and upload is not None:
        state.set_query(query_of_audio(upload.heard, title=upload.name))
    upload = state.upload()
    if upload is not None:
        st.caption(f"The last audio we heard: {plain(upload.name)}")
        st.audio(upload.data)
        ask_whether_song(app, upload)


def _label(song: Song) -> str:
    return f"{song.title} · {song.artist}" + (f" ({song.year})" if song.year else "")
