"""The port of musicnn: its front end, its numbers, and the conversion of its checkpoints."""

import struct
import zipfile

import numpy as np
import pytest
import synth
import torch

from spotiflix import listening, musicnn
from spotiflix.assets import Assets
from spotiflix.audio import Audio
from spotiflix.musicnn import Musicnn, log_mel

#: The first numbers of an embedding of `synth.song(3)`, by the published weights.
GOLDEN = {
    "mtt": (-0.0800, -0.0329, 0.1889, -0.1861),
    "msd": (-0.1772, -0.1270, -0.2848, -0.2751),
}
SHAPES = {
    "conv2d": (7, 38, 1, 204),
    "conv2d_1": (7, 67, 1, 204),
    "conv2d_2": (128, 1, 1, 51),
    "conv2d_3": (64, 1, 1, 51),
    "conv2d_4": (32, 1, 1, 51),
    "conv2d_5": (7, 561, 1, 64),
    "conv2d_6": (7, 64, 1, 64),
    "conv2d_7": (7, 64, 1, 64),
    "dense": (1506, 200),
}
NORMALISED = (1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)


@pytest.fixture
def source() -> dict[str, np.ndarray]:
    """A checkpoint of random weights, of whose filters three in four are silent."""
    generator = np.random.default_rng(0)
    tensors = {}
    for name, shape in SHAPES.items():
        kernel = generator.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
        if shape[2:3] == (1,) and shape[1] in (1, 38, 67):
            kernel[..., np.arange(shape[-1]) % 4 > 0] *= 1e-9
        tensors[f"{name}/kernel"] = kernel.astype(np.float32)
        tensors[f"{name}/bias"] = generator.normal(size=shape[-1]).astype(np.float32)
    for i, size in enumerate(NORMALISED):
        name = f"batch_normalization_{i}" if i else "batch_normalization"
        for part in ("gamma", "beta", "moving_mean"):
            tensors[f"{name}/{part}"] = generator.normal(size=size).astype(np.float32)
        tensors[f"{name}/moving_variance"] = generator.uniform(0.5, 2, size).astype(np.float32)
    return tensors


def test_front_end_puts_a_tone_into_its_band():
    times = torch.arange(musicnn.PATCH_SAMPLES) / musicnn.SAMPLE_RATE
    mel = log_mel(torch.sin(2 * np.pi * torch.tensor([[440.0], [4000.0]]) * times))
    assert mel.shape == (2, 187, 96)
    assert (mel >= 0).all()
    assert mel.mean(dim=1).argmax(dim=1).tolist() == [13, 74]  # by the formula of the scale


@pytest.mark.parametrize("network", listening.NETWORKS)
def test_numbers_of_a_known_sound(network):
    networks = listening.networks(Assets().weights(listening.WEIGHTS))
    ear = networks[listening.NETWORKS.index(network)]
    song = Audio(synth.song(3, channels=1), synth.SAMPLE_RATE)
    with torch.inference_mode():
        patches = log_mel(listening._windows(song, np.zeros(1)))
        exact = Musicnn(ear.tensors, frame_stride=1, band_stride=1)(patches)[0]
        quick = ear(patches)[0]
    assert exact.shape == quick.shape == (musicnn.EMBEDDING,)
    np.testing.assert_allclose(exact[:4], GOLDEN[network], atol=2e-3)
    assert np.corrcoef(exact, quick)[0, 1] > 0.9


def test_silent_filters_are_dropped_without_a_difference(source):
    from train.musicnn import converted

    whole, lean = converted(source, silent=0), converted(source)
    assert len(whole["timbral0.weight"]) == 204
    assert len(lean["timbral0.weight"]) == 51
    patches = torch.rand(2, 187, 96, generator=torch.Generator().manual_seed(0))
    for strides in ({}, {"frame_stride": 1, "band_stride": 1}):
        expected = Musicnn(whole, **strides)(patches)
        assert expected.std() > 0.1
        np.testing.assert_allclose(Musicnn(lean, **strides)(patches), expected, atol=1e-4)


def test_checkpoints_are_read_without_tensorflow(tmp_path, monkeypatch):
    import train.musicnn

    tensors = {"a/kernel": np.arange(6, dtype="<f4").reshape(2, 3), "a/name": np.ones(1, "<f4")}
    data, entries = b"", [(b"", b"\x08\x01")]
    for name, tensor in tensors.items():
        shape = b"".join(b"\x12\x02\x08" + bytes([size]) for size in tensor.shape)
        place = b"\x20" + bytes([len(data)]) + b"\x28" + bytes([tensor.nbytes])
        entries.append((name.encode(), b"\x08\x01\x12" + bytes([len(shape)]) + shape + place))
        data += tensor.tobytes()
    block = _block(entries)
    blocks = _block([(b"z", b"\x00" + bytes([len(block)]))])
    index = block + b"\0" * 5 + blocks + b"\0" * 5
    footer = b"\x00\x00" + bytes([len(block) + 5, len(blocks)])
    wheel = tmp_path / "musicnn.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("musicnn/MTT_musicnn/.index", index + footer.ljust(48, b"\0"))
        file.writestr("musicnn/MTT_musicnn/.data-00000-of-00001", data)
    monkeypatch.setattr(train.musicnn, "WHEEL", wheel)
    found = train.musicnn.checkpoint("mtt")
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(found[name], tensor)


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """A block of a sorted string table: each key without what it shares with the one before."""
    data, last = b"", b""
    for key, value in entries:
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        data += bytes([shared, len(key) - shared, len(value)]) + key[shared:] + value
        last = key
    return data + struct.pack("<II", 0, 1)
