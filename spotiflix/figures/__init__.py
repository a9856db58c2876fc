"""Plotly figures. Each function takes values of this package and returns a figure.

Figures have transparent paper, so that they sit on any theme.
"""

from spotiflix.figures.audio import feature_bars, mel_spectrogram, mood_curve, waveform
from spotiflix.figures.evidence import model_errors, predicted_against_true
from spotiflix.figures.map import cluster_map
from spotiflix.figures.query import mood_plane, radar
from spotiflix.figures.style import METHOD_COLOURS, MOOD_COLOURS

__all__ = [
    "METHOD_COLOURS",
    "MOOD_COLOURS",
    "cluster_map",
    "feature_bars",
    "mel_spectrogram",
    "model_errors",
    "mood_curve",
    "mood_plane",
    "predicted_against_true",
    "radar",
    "waveform",
]
