"""The three networks: the paper's shapes, and that they can learn."""

import pytest
import torch

from spotiflix.models import LabelToClusterModel, LabelToPositivityModel, MultilabelClassifier


def test_positivity_is_one_linear_layer():
    model = LabelToPositivityModel()
    assert model(torch.rand(5, 7)).shape == (5, 1)
    assert sum(p.numel() for p in model.parameters()) == 8


def test_cluster_layers():
    model = LabelToClusterModel()
    assert model(torch.rand(5, 7)).shape == (5, 500)
    widths = [layer.out_features for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    assert widths == [512, 256, 128, 500]


def test_standardisation_travels_with_the_weights():
    trained = LabelToClusterModel(mean=torch.full((7,), 0.4), scale=torch.full((7,), 0.2))
    loaded = LabelToClusterModel()
    assert loaded.mean.shape == loaded.scale.shape == (7,)
    loaded.load_state_dict(trained.state_dict())
    x = torch.rand(3, 7)
    torch.testing.assert_close(loaded(x), trained(x))
    torch.testing.assert_close(trained(x), trained.layers((x - 0.4) / 0.2))


def test_listening_layers_are_the_papers():
    model = MultilabelClassifier()
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d)]
    shapes = [(m.in_channels, m.out_channels, m.kernel_size[0], m.padding[0]) for m in layers]
    assert shapes == [(2, 8, 5, 2), (8, 16, 3, 1), (16, 32, 3, 1), (32, 64, 3, 1)]
    assert all(m.stride == (2, 2) for m in layers)
    assert [type(m).__name__ for m in model.convolutions[:3]] == ["Conv2d", "ReLU", "BatchNorm2d"]


@pytest.fixture
def one_thread():
    """Small steps are slower on many threads, and much slower where the cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("frames", [1723, 400])
def test_listening_gives_seven_features(frames):
    heard = MultilabelClassifier()(torch.randn(2, 2, 64, frames) * 20)
    assert heard.shape == (2, 7)
    assert ((heard >= 0) & (heard <= 1)).all()


@pytest.mark.usefixtures("one_thread")
def test_listening_can_learn():
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    sounds = torch.randn(4, 2, 64, 100, generator=generator) * 10
    for i in range(4):
        sounds[i, :, 15 * i : 15 * i + 10] += 30
    truth = torch.rand(4, 7, generator=generator)
    model = MultilabelClassifier(mean=sounds.mean(), scale=sounds.std())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    for _ in range(120):
        loss = torch.nn.functional.mse_loss(model(sounds), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 1e-3
