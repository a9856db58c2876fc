"""The three methods side by side for the same query."""

import streamlit as st

from spotiflix.comparison import in_several, sounds
from spotiflix.engine import METHODS
from spotiflix.figures import mood_plane
from ui import cards, charts, panels, shell, state

app = shell.enter()
query = state.query(app)
cards.page_heading(
    "Three methods, one song",
    "The same music through words, through clusters of sound, and through what is heard in the "
    "audio. Where two lists meet, two different ways of looking agree.",
)
if query is None:
    panels.nothing_yet("Pick a song, a playlist or an mp3 first; its movies are compared here.")
    st.stop()
state.show_in_link()
st.markdown(f"**{panels.plain(query.label)}** · {panels.plain(query.source)}")

chosen = state.options()
found = app.recommend_all(query, chosen.shown, via=chosen.via, television=chosen.television)
shared = in_several(found)
for method, column in zip(METHODS, st.columns(len(METHODS), gap="medium"), strict=True):
    with column, st.container(border=True, height="stretch"):
        cards.method_heading(method, query)
        if method in found:
            cards.movie_list(found[method], shared)
        else:
            panels.needs_audio(query)
            st.page_link(shell.page("recommend.py"), label="Add its mp3", icon=":material/upload:")

st.subheader("What they agree on")
st.write(panels.agreement_words(found))

st.subheader("Where their movies lie")
st.caption(
    "Each movie at the mean of its soundtrack; movies whose soundtrack we lack are left out."
)
charts.show(mood_plane(sounds(found, app.movies), query.features))
