"""Spotiflix: movies that feel like your music. Start with ``streamlit run app.py``."""

from ui import shell, state

page = shell.frame()
with state.told():
    page.run()
