"""Movies that feel like the music you are in the mood for.

>>> import spotiflix
>>> app = spotiflix.load()
>>> song = app.search("hotel california")[0]
>>> movies = app.recommend(app.query_song(song), method="clusters", limit=5)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spotiflix.engine import METHODS, Spotiflix, load
    from spotiflix.features import FEATURES, Features
    from spotiflix.listening import features_from_audio

# Each name is imported when it is first used: listening needs torch, which takes seconds.
_HOMES = {
    "FEATURES": "spotiflix.features",
    "Features": "spotiflix.features",
    "METHODS": "spotiflix.engine",
    "Spotiflix": "spotiflix.engine",
    "features_from_audio": "spotiflix.listening",
    "load": "spotiflix.engine",
}

__all__ = ["FEATURES", "METHODS", "Features", "Spotiflix", "features_from_audio", "load"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'spotiflix' has no attribute '{name}'")
