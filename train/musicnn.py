"""Converts musicnn's TensorFlow checkpoints, without TensorFlow, to what `spotiflix` computes with.

The checkpoints are in the wheel ``musicnn`` 0.1.0 of PyPI (ISC licence), which pip can fetch but
not install beside a newer numpy. What pip fetched is kept in the cache.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import conv1d

from spotiflix.errors import SpotiflixError
from spotiflix.musicnn import PATCH_FRAMES, TEMPORAL_BEFORE, TEMPORAL_FRAMES

WHEEL = Path(".cache/train/musicnn/musicnn-0.1.0-py3-none-any.whl")
NETWORKS = {"mtt": "MTT_musicnn", "msd": "MSD_musicnn"}
#: A filter whose weights are smaller than this part of the largest filter's is always silent.
SILENT = 1e-3
_EPSILON = 1e-3  # of TensorFlow's batch normalisation


def checkpoint(network: str) -> dict[str, np.ndarray]:
    """The tensors of ``"mtt"`` or ``"msd"`` by their TensorFlow names.

    Raises
    ------
    SpotiflixError
        If the wheel is not there and pip cannot fetch it.
    """
    folder = f"musicnn/{NETWORKS[network]}"
    with zipfile.ZipFile(_wheel()) as wheel:
        index = wheel.read(f"{folder}/.index")
        data = wheel.read(f"{folder}/.data-00000-of-00001")
    tensors = {}
    for name, entry in _table(index):
        fields = _message(entry)
        if not name or fields.get(1, [0])[0] != 1:  # the header; what is no float32
            continue
        dimensions = _message(fields[2][0]).get(2, [])
        shape = [_message(each).get(1, [0])[0] for each in dimensions]
        offset, size = fields.get(4, [0])[0], fields[5][0]
        tensors[name.decode()] = np.frombuffer(data[offset : offset + size], "<f4").reshape(shape)
    return tensors


def converted(source: dict[str, np.ndarray], *, silent: float = SILENT) -> dict[str, torch.Tensor]:
    """A checkpoint as `spotiflix.musicnn.Musicnn` takes it, without the filters that are silent.

    A silent filter's answer is a constant. What constants add further on goes into the biases:
    of the first middle layer, frame by frame, as its borders see fewer of them, and of the dense
    layer.
    """
    scale, shift = _normalisation(source, 0)
    out = {"input.scale": scale, "input.shift": shift}
    parts = []
    for i in range(5):
        kernel = source[_numbered("conv2d", i) + "/kernel"][:, :, 0]  # (frames, bands, filters)
        strength = np.sqrt((kernel**2).sum(axis=(0, 1)))
        parts.append((kernel, strength > silent * strength.max()))
    front = [
        (torch.tensor(source[_numbered("conv2d", i) + "/bias"]), *_normalisation(source, i + 1))
        for i in range(5)
    ]
    for i in range(2):
        kernel, alive = parts[i]
        out[f"timbral{i}.weight"] = _filters(kernel[..., alive])
        for name, values in zip(("bias", "scale", "shift"), front[i], strict=True):
            out[f"timbral{i}.{name}"] = values[torch.tensor(alive)]
    out["temporal.weight"] = torch.cat([_centred(*parts[i]) for i in range(2, 5)])
    for k, name in enumerate(("bias", "scale", "shift")):
        out[f"temporal.{name}"] = torch.cat(
            [front[i][k][torch.tensor(parts[i][1])] for i in range(2, 5)]
        )

    alive = torch.tensor(np.concatenate([each[1] for each in parts]))
    constants = torch.cat([torch.relu(bias) * scale + shift for bias, scale, shift in front])
    for i in range(3):
        kernel = torch.tensor(source[f"conv2d_{5 + i}/kernel"][:, :, 0]).permute(2, 1, 0)
        bias = torch.tensor(source[f"conv2d_{5 + i}/bias"])[:, None]
        if i == 0:
            silence = torch.where(alive, 0, constants)[:, None].expand(-1, PATCH_FRAMES)
            bias = bias + conv1d(silence[None], kernel.contiguous(), padding=3)[0]
            kernel = kernel[:, alive]
        scale, shift = _normalisation(source, 6 + i)
        out |= {
            f"middle{i}.weight": kernel,
            f"middle{i}.bias": bias,
            f"middle{i}.scale": scale,
            f"middle{i}.shift": shift,
        }

    scale, shift = _normalisation(source, 9)
    kernel = torch.tensor(source["dense/kernel"])  # (753 layers x (max, mean), 200)
    bias = torch.tensor(source["dense/bias"]) + shift @ kernel
    kernel = (kernel * scale[:, None]).view(-1, 2, kernel.shape[1])
    heard = torch.cat([alive, torch.ones(kernel.shape[0] - len(alive), dtype=torch.bool)])
    bias = bias + constants[~alive] @ kernel[~heard].sum(dim=1)
    out["dense.weight"] = torch.cat([kernel[heard, 0], kernel[heard, 1]]).T
    out["dense.bias"] = bias
    out["dense.scale"], out["dense.shift"] = _normalisation(source, 10)
    return {name: tensor.contiguous() for name, tensor in out.items()}


def _wheel() -> Path:
    if not WHEEL.exists():
        WHEEL.parent.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        try:
            subprocess.run([*pip, "musicnn==0.1.0", "--dest", WHEEL.parent], check=True)
        except subprocess.CalledProcessError:
            raise SpotiflixError(
                f"pip cannot fetch the wheel musicnn 0.1.0; put it at {WHEEL}."
            ) from None
    return WHEEL


def _numbered(name: str, i: int) -> str:
    return f"{name}_{i}" if i else name


def _normalisation(source: dict[str, np.ndarray], i: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and shift of a batch normalisation."""
    gamma, beta, mean, variance = (
        source[f"{_numbered('batch_normalization', i)}/{name}"]
        for name in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + _EPSILON)
    return torch.tensor(scale), torch.tensor(beta - mean * scale)


def _centred(kernel: np.ndarray, alive: np.ndarray) -> torch.Tensor:
    """A temporal kernel in `TEMPORAL_FRAMES` frames, where TensorFlow's padding puts it."""
    frames = len(kernel)
    wide = np.zeros((TEMPORAL_FRAMES, 1, int(alive.sum())), np.float32)
    first = TEMPORAL_BEFORE - (frames - 1) // 2
    wide[first : first + frames] = kernel[..., alive]
    return _filters(wide)


def _filters(kernel: np.ndarray) -> torch.Tensor:
    """TensorFlow's (frames, bands, filters) as torch's (filters, 1, frames, bands)."""
    return torch.tensor(kernel.transpose(2, 0, 1)[:, None].copy())


def _table(index: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a sorted string table, the format of a checkpoint's index."""
    at = 0
    for _ in range(2):  # the footer: where the block of meta blocks is, then that of blocks
        _, at = _varint(index[-48:], at)
    offset, at = _varint(index[-48:], at)
    size, _ = _varint(index[-48:], at)
    for _, place in _block(index[offset : offset + size]):
        offset, at = _varint(place, 0)
        size, _ = _varint(place, at)
        yield from _block(index[offset : offset + size])


def _block(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys, each stored as what differs from the one before, and values."""
    (restarts,) = struct.unpack("<I", data[-4:])
    at, key = 0, b""
    while at < len(data) - 4 - 4 * restarts:
        shared, at = _varint(data, at)
        own, at = _varint(data, at)
        length, at = _varint(data, at)
        key = key[:shared] + data[at : at + own]
        at += own
        yield key, data[at : at + length]
        at += length


def _message(data: bytes) -> dict[int, list]:
    """Fields of a protocol buffer by number."""
    at = 0
    fields: dict[int, list] = {}
    while at < len(data):
        tag, at = _varint(data, at)
        value: int | bytes
        if tag & 7 == 0:
            value, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(tag & 7)
            if size is None:
                size, at = _varint(data, at)
            value = data[at : at + size]
            at += size
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:
            return value, at
        shift += 7
