"""The figures of every model, from the manifest, beside the paper's."""

import streamlit as st

from spotiflix.figures import model_errors
from ui import cards, evidence, shell

app = shell.enter()
cards.page_heading(
    "How good is it",
    "Every figure below was measured on data that the model did not see, and can be measured "
    "again with one command. Where a model is weak, we say so.",
)
for title, words, table in evidence.sections(app.assets):
    st.subheader(title)
    st.write(words)
    st.dataframe(table, hide_index=True, width="stretch")
    if title == "Method 3: listening":
        st.plotly_chart(
            model_errors(evidence.listening_errors(app.assets)),
            config={"displayModeBar": False},
        )
st.subheader("What we do not know")
st.write(evidence.UNKNOWN)
