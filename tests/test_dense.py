"""The two small networks give the same numbers in numpy as in torch, and know their clusters."""

import numpy as np
import pytest
import torch

from spotiflix.dense import Dense
from spotiflix.features import FEATURES
from spotiflix.models import LabelToClusterModel, LabelToPositivityModel


@pytest.fixture(scope="module")
def some(app):
    """Every tenth song of the catalogue, shape (18962, 7)."""
    return app.songs.features[::10]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (LabelToPositivityModel, "positivity.safetensors"),
        (LabelToClusterModel, "cluster_network.safetensors"),
    ],
)
def test_numpy_gives_what_torch_gives(app, some, model, name):
    weights = app.assets.weights(name)
    network = model()
    own = {key: torch.from_numpy(weights[key]) for key in network.state_dict()}
    network.load_state_dict(own)
    with torch.inference_mode():
        expected = network.eval()(torch.from_numpy(some[:500])).numpy()
    got = Dense({key: weights[key] for key in own})(some[:500])
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(got / scale, expected / scale, atol=1e-5)


def test_layers_are_taken_in_their_order_not_the_files(planted):
    generator = np.random.default_rng(0)
    tensors = {}
    width = 7
    for layer in (0, 2, 10):  # by text, 10 would come before 2
        tensors[f"layers.{layer}.weight"] = generator.normal(size=(width - 1, width))
        tensors[f"layers.{layer}.bias"] = generator.normal(size=width - 1)
        width -= 1
    x = generator.random((5, 7)).astype(np.float32)
    expected = x
    for layer in (0, 2, 10):
        expected = expected @ tensors[f"layers.{layer}.weight"].T + tensors[f"layers.{layer}.bias"]
        expected = np.maximum(expected, 0) if layer != 10 else expected
    backwards = dict(reversed(tensors.items()))
    np.testing.assert_allclose(Dense(backwards)(x), expected, rtol=1e-5)


def test_network_puts_songs_where_the_nearest_centre_is(app, some):
    centres = app.clusters.song_means
    network = Dense(app.assets.weights("cluster_network.safetensors"))
    guess = network(some).argmax(axis=1)
    distance = (centres**2).sum(axis=1) - 2 * some @ centres.T
    nearest = distance.argmin(axis=1)
    assert (guess == nearest).mean() >= 0.97
    # Where it errs, it takes a centre that is nearly as near.
    off = np.linalg.norm(some - centres[guess], axis=1) - np.linalg.norm(
        some - centres[nearest], axis=1
    )
    assert off.max() < 0.15
    assert (nearest == app.songs.clusters[::10]).mean() > 0.999


def test_held_out_accuracy_is_what_was_promised(app):
    figures = app.assets.figures("cluster_network.safetensors")
    assert figures["accuracy_held_out"] >= 0.97
    assert figures["accuracy_held_out"] > figures["constant_accuracy"]


def test_positivity_network_beats_a_constant(app):
    figures = app.assets.figures("positivity.safetensors")["all_songs"]
    assert figures["mse"] < figures["constant_mse"]
    assert figures["mae"] < figures["constant_mae"]


def test_features_are_in_the_papers_order(app):
    weights = app.assets.weights("positivity.safetensors")
    assert weights["linear.weight"].shape == (1, len(FEATURES))
    # Happier and less wordy sound goes with happier words.
    by_name = dict(zip(FEATURES, weights["linear.weight"][0], strict=True))
    assert by_name["valence"] > 0 > by_name["speechiness"]
