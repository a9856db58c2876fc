"""The figures of every model, from the manifest, beside the paper's."""

import streamlit as st

from spotiflix.figures import model_errors, predicted_against_true
from ui import cards, charts, evidence, shell

app = shell.enter()
cards.page_heading(
    "How good is it",
    "Every model was judged on songs that it was not trained on, and anybody can judge it again "
    "with one command. Where one is weak, we say so.",
)
for title, words, table in evidence.sections(app.assets):
    st.subheader(title)
    st.write(words)
    st.dataframe(table, hide_index=True, width="stretch")
    if title == "Method 3: listening":
        charts.show(model_errors(evidence.listening_errors(app.assets)))
        st.caption("What was heard (up) against the true value (across), for every judged clip.")
        charts.show(predicted_against_true(evidence.listening_pairs(app.assets)))
st.subheader("What we do not know")
st.write(evidence.UNKNOWN)
