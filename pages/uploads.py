"""What is in an audio file: its waveform, its mel spectrogram, and what our ear makes of it."""

import streamlit as st

from spotiflix.figures import feature_bars, mel_spectrogram, mood_curve, radar, waveform
from ui import cards, charts, inputs, panels, shell, state

app = shell.enter()
cards.page_heading(
    "What we hear",
    "Your audio as the listening model sees it. It is read here, in memory, and not kept.",
)
inputs.audio_uploader(app, "upload_file", "An mp3 or other audio file")
upload = state.upload()
if upload is None:
    st.caption("Drop a file: you see its waveform, its mel spectrogram and its seven features.")
    st.stop()

st.subheader(upload.name)
st.audio(upload.data)
inputs.ask_whether_song(app, upload)
charts.show(waveform(upload.picture.times, upload.picture.lowest, upload.picture.highest))
charts.show(mel_spectrogram(upload.picture.mel, upload.picture.mel_times))

st.subheader("The seven features, as heard")
bars, shape = st.columns([5, 4], vertical_alignment="center")
with bars:
    charts.show(feature_bars(upload.heard.features, upload.heard.intervals))
with shape:
    charts.show(radar(cards.shapes(state.query_of_upload(app, upload))))
st.caption(panels.listening_words(app, upload.heard))
if upload.heard.windows > 1:
    st.subheader("Along the song")
    charts.show(mood_curve(upload.heard.starts, upload.heard.per_window))
if st.button("Movies for this", type="primary", icon=":material/movie:"):
    state.set_query(state.query_of_upload(app, upload))
    st.switch_page(shell.page("recommend.py"))
