"""How numbers are packed in the asset tables: small integers instead of floats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spotiflix.features import FEATURES

#: Features, positivity and the like are stored in ten-thousandths; Spotify gives 3 digits.
SCALE = 10_000
UNKNOWN_SHARE = 65_535
UNKNOWN_POPULARITY = 255


def pack_share(values: pd.Series) -> np.ndarray:
    """Numbers in [0, 1] as uint16 ten-thousandths; missing becomes `UNKNOWN_SHARE`."""
    packed = (values.clip(0, 1) * SCALE).round()
    return packed.fillna(UNKNOWN_SHARE).to_numpy(np.uint16)


def pack_features(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """The seven feature columns, packed."""
    return {name: pack_share(table[name]) for name in FEATURES}


def pack_year(values: pd.Series) -> np.ndarray:
    """Years as uint16, 0 where unknown."""
    return values.fillna(0).astype(int).clip(0, 9999).to_numpy(np.uint16)
