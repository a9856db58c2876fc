"""The 500 song clusters and 500 soundtrack clusters, and the way of the query between them."""

import streamlit as st

from spotiflix.figures import cluster_map
from ui import cards, charts, panels, shell, state

LAYERS = {"Songs": "songs", "Soundtracks": "soundtracks"}
COLOURS = {"Mood": "mood", "Cluster": "cluster", "Songs and soundtracks": "kind"}

app = shell.enter()
query = state.query(app)
cards.page_heading(
    "The map of sound",
    "Popular songs and soundtrack tracks by their seven features, pressed into three dimensions. "
    "Near points sound alike. Circles are songs, diamonds are soundtrack tracks.",
)
state.show_in_link()

left, middle, right = st.columns([2, 3, 1], vertical_alignment="bottom")
shown = left.pills("Show", list(LAYERS), selection_mode="multi", key="map_layers")
colour = middle.segmented_control("Colour by", list(COLOURS), required=True, key="map_colour")
flat = right.toggle("Flat", key="map_flat", help="Two dimensions; click a point for its cluster.")

match = app.clusters.match(query.features) if query is not None else None
layers = {name: getattr(app.map, LAYERS[name]) for name in LAYERS if name in shown}
event = charts.clickable(
    cluster_map(
        layers,
        colour_by=COLOURS[colour],
        flat=flat,
        route=app.map.route(query.features, match) if query is not None else None,
    ),
    key=f"map_{flat}",
)
if query is None:
    panels.nothing_yet("With a song of yours, its point and its way to the movies are drawn here.")
else:
    st.markdown(
        f"**{panels.plain(query.label)}** is in song cluster **{match.song_cluster}**, which "
        f"translates to soundtrack cluster **{match.track_clusters[0]}**."
    )

st.subheader("What is in a cluster")
clicked = panels.clicked_cluster(event, list(layers))
songs, movies = st.columns(2, gap="large")
with songs:
    panels.song_cluster(app, clicked.get("Songs", match.song_cluster if match else 0))
with movies:
    panels.movie_cluster(app, clicked.get("Soundtracks", match.track_clusters[0] if match else 0))
