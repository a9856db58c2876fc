"""What the listening model heard in a song; a value that is passed on without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotiflix.features import Features


@dataclass(frozen=True)
class Heard:
    """The seven features of a piece of audio, and what they rest on.

    Attributes
    ----------
    features : Features
        The mean over the windows.
    windows : int
        Windows of 20 seconds that were listened to.
    seconds : float
        Length of the audio that was decoded.
    per_window : np.ndarray [shape=(windows, 7)]
        The features of each window, in the order of `FEATURES`.
    starts : np.ndarray [shape=(windows,)], seconds
        Where each window starts.
    typical_error : dict
        Feature to the model's mean absolute error on songs that it was not trained on.
    truncated : bool
        Whether the audio went on beyond what was decoded.
    """

    features: Features
    windows: int
    seconds: float
    per_window: np.ndarray
    starts: np.ndarray
    typical_error: dict[str, float]
    truncated: bool = False
