"""Home: bring music, see its sound, get movies from each method."""

import streamlit as st

from spotiflix.engine import METHODS
from spotiflix.figures import radar
from ui import cards, charts, inputs, panels, shell, state

app = shell.enter()
query = state.query(app)

if query is None:
    cards.hero()
inputs.choose(app)
query = state.query(app)
if query is None:
    cards.how_it_works(app)
    st.stop()
state.show_in_link()

with st.container(border=True):
    about, sound = st.columns([5, 4], vertical_alignment="center")
    with about:
        cards.query_card(query)
        inputs.options()
    with sound:
        charts.show(radar(cards.shapes(query)))

if query.playlist is not None:
    panels.playlist_report(query.playlist)

chosen = state.options()
for method in METHODS:
    cards.method_heading(method, query)
    if method == "listening" and query.heard is None:
        panels.needs_audio(query)
        upload = inputs.audio_for(app, query)
        if upload is not None:
            state.set_query(query.with_heard(upload.heard))
            st.rerun()
        continue
    with state.told():
        movies = app.recommend(
            query, method, chosen.shown, via=chosen.via, television=chosen.television
        )
        cards.movie_grid(app, movies)
