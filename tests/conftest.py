"""What many tests share: the real assets, opened once, and the planted ones."""

import planted as plants
import pytest

import spotiflix
from spotiflix.engine import Spotiflix


@pytest.fixture(scope="session")
def app() -> Spotiflix:
    """Spotiflix on the assets that are shipped."""
    return spotiflix.load()


@pytest.fixture(scope="session")
def planted(tmp_path_factory) -> Spotiflix:
    """Spotiflix on a tiny catalogue whose answers are known; see `planted.build`."""
    return plants.build(tmp_path_factory.mktemp("assets"))
