"""Spotiflix: movies that feel like your music. Start with ``streamlit run app.py``."""

import streamlit as st

from ui import shell, state

st.set_page_config(page_title="Spotiflix", page_icon=str(shell.ICON), layout="wide")
page = shell.navigation()
state.set_framed()
page.run()
