"""The seven features as one value, and what is refused."""

import numpy as np
import pytest

from spotiflix.errors import FeaturesError
from spotiflix.features import FEATURES, MEANING, MOODS, Features, mood_of

TYPED = (
    "acousticness=0.1,danceability=0.2,energy=0.3,instrumentalness=0.4,"
    "liveness=0.5,speechiness=0.6,valence=0.7"
)
VALUES = dict(zip(FEATURES, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), strict=True))


def test_there_are_seven_in_alphabetical_order_each_with_a_meaning():
    assert len(FEATURES) == 7
    assert list(FEATURES) == sorted(FEATURES)
    assert list(MEANING) == list(FEATURES)


def test_the_same_from_text_mapping_and_array():
    features = Features.parse(TYPED)
    assert features == Features.from_mapping(VALUES)
    assert features == Features.from_array(list(VALUES.values()))
    assert features == Features(**VALUES)
    assert features.as_dict() == VALUES
    assert features.as_array().tolist() == list(VALUES.values())
    assert features.as_array().dtype == np.float64


def test_order_and_spaces_do_not_matter_when_typed():
    parts = TYPED.split(",")
    assert Features.parse(" , ".join(reversed(parts)).replace("=", " = ")) == Features.parse(TYPED)


def test_rounding_noise_of_arrays_is_clipped():
    features = Features.from_array(np.array([-1e-9, 1 + 1e-9, 0, 1, 0.5, 0.5, 0.5]))
    assert (features.acousticness, features.danceability) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("loud", "energy is 'loud', which is not a number."),
        (None, "energy is 'None', which is not a number."),
        (1.5, "energy is 1.5; it must be between 0 and 1."),
        (-0.1, "energy is -0.1; it must be between 0 and 1."),
        ("nan", "energy is nan; it must be between 0 and 1."),
        (float("inf"), "energy is inf; it must be between 0 and 1."),
        (10**400, "energy is 1000.*; it must be between 0 and 1."),
    ],
)
def test_a_wrong_value_is_named_with_its_feature(value, message):
    with pytest.raises(FeaturesError, match=f"^{message}$"):
        Features.from_mapping({**VALUES, "energy": value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Missing feature acousticness, .*valence; all seven are needed"),
        (TYPED.replace(",energy=0.3", ""), "Missing feature energy; all seven"),
        (TYPED + ",tempo=0.5", "Unknown feature tempo; the seven are acousticness"),
        (TYPED + ",energy=0.5", "energy is given twice"),
        (TYPED.replace("energy=0.3", "energy"), "'energy' is not of the form name=value"),
        (TYPED.replace("energy=0.3", "energy="), "energy is '', which is not a number"),
    ],
)
def test_a_wrong_text_is_answered_with_what_is_wrong(text, message):
    with pytest.raises(FeaturesError, match=message):
        Features.parse(text)


@pytest.mark.parametrize("values", [[0.5] * 6, [0.5] * 8, [[0.5] * 7], []])
def test_arrays_of_another_shape_are_refused(values):
    with pytest.raises(FeaturesError, match="Expected 7 features"):
        Features.from_array(values)


def test_arrays_with_a_gap_are_refused():
    with pytest.raises(FeaturesError, match="energy is nan"):
        Features.from_array([0.5, 0.5, np.nan, 0.5, 0.5, 0.5, 0.5])


@pytest.mark.parametrize(
    ("valence", "energy", "mood"),
    [(0.9, 0.9, "Bright"), (0.1, 0.9, "Tense"), (0.1, 0.1, "Melancholy"), (0.9, 0.1, "Calm")],
)
def test_mood_is_the_quadrant_of_valence_and_energy(valence, energy, mood):
    assert mood_of(valence, energy) == mood
    assert Features(**{**VALUES, "valence": valence, "energy": energy}).mood == mood
    assert mood in MOODS
