"""Every limit of the project: a name, a default and one sentence.

A setting is overridden by the environment variable ``SPOTIFLIX_<NAME>``.
"""

from __future__ import annotations

import math
import os
import warnings
from dataclasses import dataclass, field, fields
from typing import Any


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True)
class Settings:
    """The limits in force; `from_environment` reads the overrides."""

    movies_shown: int = _setting(5, "Movies recommended by each method unless asked otherwise.")
    movies_most: int = _setting(100, "Most movies that one recommendation may ask for.")
    search_results: int = _setting(10, "Songs listed by a search unless asked otherwise.")
    search_characters: int = _setting(200, "Characters of a search that are read; the rest is cut.")
    playlist_songs: int = _setting(5000, "Songs read from one playlist; the rest is reported.")
    playlist_megabytes: int = _setting(10, "Largest playlist file taken, in megabytes.")
    upload_megabytes: int = _setting(20, "Largest audio file taken, in megabytes.")
    audio_seconds: int = _setting(600, "Seconds of audio decoded from one file; the rest is cut.")
    audio_shortest_seconds: float = _setting(1.0, "Shortest audio that can be listened to.")
    audio_windows: int = _setting(24, "3-second windows listened to, spread over the whole song.")
    decode_timeout_seconds: float = _setting(20.0, "Longest time that decoding one file may take.")
    map_points: int = _setting(6000, "Points of each kind drawn on the cluster map.")

    @classmethod
    def from_environment(cls) -> Settings:
        """Defaults, with ``SPOTIFLIX_<NAME>`` taken over; a warning names what is no number."""
        values: dict[str, Any] = {}
        for each in fields(cls):
            variable = f"SPOTIFLIX_{each.name.upper()}"
            raw = os.environ.get(variable)
            if raw is None:
                continue
            value = _positive(raw, type(each.default))
            if value is None:
                warnings.warn(
                    f"{variable} is '{raw}', no positive number; it stays {each.default}.",
                    stacklevel=2,
                )
            else:
                values[each.name] = value
        return cls(**values)


def _positive(raw: str, kind: type) -> Any:
    try:
        value = kind(raw)
    except ValueError:
        return None
    return value if value > 0 and math.isfinite(value) else None


settings = Settings.from_environment()
