"""What the listening model heard in a song; a value that is passed on without torch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from spotiflix.features import FEATURES, Features

#: Errors are smaller where a feature is near 0 or 1: they are counted in units of `spread`, which
#: is never below this.
_SPREAD_LEAST = 0.1


@dataclass(frozen=True)
class Heard:
    """The seven features of a piece of audio, and what they rest on.

    Attributes
    ----------
    features : Features
        Of the song as a whole.
    windows : int
        Windows of three seconds that were listened to.
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
    intervals : dict
        Feature to the range that holds the true value four times in five.
    errors : np.ndarray [shape=(clips, 7)], in units of `spread`
        How far each song that the model was not trained on was from what the model heard.
    """

    features: Features
    windows: int
    seconds: float
    per_window: np.ndarray
    starts: np.ndarray
    typical_error: dict[str, float]
    truncated: bool = False
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    errors: np.ndarray = field(default_factory=lambda: np.zeros((1, len(FEATURES))))

    def draws(self, n: int, seed: int = 0) -> np.ndarray:
        """What the song's features may truly be: the model's errors on other songs, put on these.

        The seven errors of a draw are those of one song, so that they go together as they do.

        Parameters
        ----------
        n : int > 0
        seed : int >= 0
            The same seed gives the same draws.

        Returns
        -------
        np.ndarray [shape=(n, 7)], in [0, 1]
        """
        chosen = np.random.default_rng(seed).integers(len(self.errors), size=n)
        features = self.features.as_array()
        return np.clip(features + self.errors[chosen] * spread(features), 0.0, 1.0)


def spread(features: np.ndarray) -> np.ndarray:
    """The unit of errors at these features, of the same shape: 0.5 in the middle, less outside."""
    return np.maximum(np.sqrt(np.clip(features * (1 - features), 0, 1)), _SPREAD_LEAST)
