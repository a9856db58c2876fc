"""What the pages are drawn with: shell, session state, inputs, cards. All Streamlit, no logic."""
