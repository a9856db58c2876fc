"""How numbers are packed in the asset tables: small integers instead of floats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spotiflix.features import FEATURES
from spotiflix.songs import FRACTION, NO_POSITIVITY, NO_YEAR


def pack_share(values: pd.Series) -> np.ndarray:
    """Numbers in [0, 1] as uint16 ten-thousandths; missing becomes `NO_POSITIVITY`."""
    packed = (values.clip(0, 1) * FRACTION).round()
    return packed.fillna(NO_POSITIVITY).to_numpy(np.uint16)


def pack_features(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """The seven feature columns, packed."""
    return {name: pack_share(table[name]) for name in FEATURES}


def pack_year(values: pd.Series) -> np.ndarray:
    """Years as uint16, `NO_YEAR` where unknown."""
    return values.fillna(NO_YEAR).astype(int).clip(0, 9999).to_numpy(np.uint16)
