"""The seven Spotify audio features: their names, meaning and one value type."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from spotiflix.errors import FeaturesError

#: Order of every feature array in this project (the paper's order, alphabetical).
FEATURES = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
)

#: What each feature means, after Spotify's Web API reference ("Get Track's Audio Features").
MEANING = {
    "acousticness": "how likely the sound is acoustic rather than electric",
    "danceability": "how well the rhythm carries a dancer",
    "energy": "how intense and loud it feels",
    "instrumentalness": "how likely there is no singing",
    "liveness": "how likely an audience is in the room",
    "speechiness": "how much of it is spoken words",
    "valence": "how happy the sound is",
}


@dataclass(frozen=True)
class Features:
    """Seven numbers in [0, 1] that describe how a song sounds.

    Raises
    ------
    FeaturesError
        If a value is not a finite number in [0, 1].
    """

    acousticness: float
    danceability: float
    energy: float
    instrumentalness: float
    liveness: float
    speechiness: float
    valence: float

    def __post_init__(self) -> None:
        for name in FEATURES:
            object.__setattr__(self, name, _checked(name, getattr(self, name)))

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Features:
        """Build from a mapping of the seven names; other keys are an error, as is a missing one."""
        missing = [name for name in FEATURES if name not in values]
        unknown = [str(name) for name in values if name not in FEATURES]
        if unknown:
            raise FeaturesError(
                f"Unknown feature {', '.join(unknown)}; the seven are {', '.join(FEATURES)}."
            )
        if missing:
            raise FeaturesError(f"Missing feature {', '.join(missing)}; all seven are needed.")
        return cls(**{name: values[name] for name in FEATURES})  # type: ignore[arg-type]

    @classmethod
    def from_array(cls, values: Sequence[float] | np.ndarray) -> Features:
        """Build from seven numbers in the order of `FEATURES`; clips rounding noise into [0, 1]."""
        array = np.asarray(values, dtype=float)
        if array.shape != (len(FEATURES),):
            raise FeaturesError(f"Expected {len(FEATURES)} features, got shape {array.shape}.")
        return cls(*np.clip(array, 0.0, 1.0).tolist() if np.isfinite(array).all() else array)

    @classmethod
    def parse(cls, text: str) -> Features:
        """Read ``acousticness=0.1,danceability=0.5,…`` as typed on a command line."""
        values: dict[str, object] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, sign, value = part.partition("=")
            if not sign:
                raise FeaturesError(f"'{part}' is not of the form name=value.")
            if name.strip() in values:
                raise FeaturesError(f"{name.strip()} is given twice.")
            values[name.strip()] = value.strip()
        return cls.from_mapping(values)

    def as_dict(self) -> dict[str, float]:
        """The seven values by name, in the order of `FEATURES`."""
        return dict(zip(FEATURES, astuple(self), strict=True))

    def as_array(self) -> np.ndarray:
        """The seven values, shape (7,), float64, in the order of `FEATURES`."""
        return np.array(astuple(self), dtype=float)

    @property
    def mood(self) -> str:
        """Quadrant of valence and energy; see `mood_of`."""
        return mood_of(self.valence, self.energy)


#: Russell's circumplex (1980) with Spotify's valence as pleasure and energy as arousal.
MOODS = ("Bright", "Tense", "Melancholy", "Calm")


def mood_of(valence: float, energy: float) -> str:
    """Mood quadrant: Bright (happy, energetic), Tense, Melancholy (sad, quiet) or Calm."""
    if energy >= 0.5:
        return "Bright" if valence >= 0.5 else "Tense"
    return "Calm" if valence >= 0.5 else "Melancholy"


def _checked(name: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise FeaturesError(f"{name} is '{value}', which is not a number.") from None
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or not 0.0 <= number <= 1.0:
        raise FeaturesError(f"{name} is {value}; it must be between 0 and 1.")
    return number
