"""The frame around every page: navigation, style, and the one loaded Spotiflix."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import streamlit as st

import spotiflix
from ui import state

ROOT = Path(__file__).resolve().parent.parent
STYLE = ROOT / "ui" / "theme.css"
ICON = ROOT / "ui" / "icon.png"
LOGO = ROOT / "ui" / "logo.png"
#: Address of the home page's file; "/" is home, and so is this.
HOME_ALIAS = "recommend"

#: File in `pages/`, title, icon. The first one is home.
PAGES = (
    ("recommend.py", "Recommend", ":material/movie:"),
    ("compare.py", "Compare", ":material/compare_arrows:"),
    ("cluster_map.py", "Cluster map", ":material/scatter_plot:"),
    ("uploads.py", "Uploads", ":material/graphic_eq:"),
    ("how_good.py", "How good is it", ":material/verified:"),
)


def page(name: str) -> Any:
    """The Streamlit page of a file in `pages/`."""
    file, title, icon = next(entry for entry in PAGES if entry[0] == name)
    home = file == PAGES[0][0]
    return st.Page(
        ROOT / "pages" / file,
        title=title,
        icon=icon,
        default=home,
        url_path="home" if home else None,
    )


def navigation() -> Any:
    """The navigation bar; returns the page that was asked for."""
    st.logo(LOGO, size="large")
    alias = st.Page(
        ROOT / "pages" / PAGES[0][0], title="Home", url_path=HOME_ALIAS, visibility="hidden"
    )
    return st.navigation([*(page(file) for file, _, _ in PAGES), alias], position="top")


def frame() -> Any:
    """Draw the navigation and name the page; returns the page that was asked for."""
    # Before the navigation, which else fetches the page's icon from the web as its favicon.
    st.set_page_config(page_title="Spotiflix", page_icon=str(ICON), layout="wide")
    asked = navigation()
    state.set_framed()
    return asked


def enter() -> spotiflix.Spotiflix:
    """What every page does first: make sure that the frame is there, and open Spotiflix.

    A deep link to a fresh server runs the page's file without `app.py` (Streamlit takes the
    folder `pages/` for its older kind of navigation until it has seen the newer one).
    """
    if not state.framed():
        frame()
        st.rerun()
    st.html(STYLE)
    app = open_spotiflix()
    warm_up(app)
    return app


@st.cache_resource(show_spinner="Opening the catalogue …")
def open_spotiflix() -> spotiflix.Spotiflix:
    """The engine, loaded once for all users."""
    return spotiflix.load()


@st.cache_resource(show_spinner=False)
def warm_up(_app: spotiflix.Spotiflix) -> threading.Thread:
    """Load in the background what the first search, and later the first mp3, would wait for."""

    def run() -> None:
        _app.search("a")
        # torch takes seconds to import; started late, so that the first page is not slowed.
        timer = threading.Timer(3.0, __import__, ["spotiflix.listening"])
        timer.daemon = True
        timer.start()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
