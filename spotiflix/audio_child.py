"""The parent's side of decoding: which route a file takes, and until when."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np

from spotiflix.audio_kinds import FORMATS, Kind
from spotiflix.audio_pool import pool
from spotiflix.errors import AudioDecodeError
from spotiflix.settings import settings

#: Where less than this part of the length in the header was decoded, ffmpeg gets a try.
SHORT_PART = 0.9
#: Bytes of samples kept of one file, at most: all of it at 48 kHz stereo, float32.
MOST_BYTES = settings.audio_seconds * 48_000 * 2 * 4

_WORKER = Path(__file__).with_name("audio_worker.py")


def decode_in_child(
    path: Path, kind: Kind, name: str, output: Path
) -> tuple[np.ndarray, int, bool]:
    """Decode by libsndfile, by ffmpeg where that fails or ends early; the longer result counts.

    Parameters
    ----------
    path : Path
        The file.
    kind : Kind
        What it is, by its first bytes.
    name : str
        What sentences call it.
    output : Path
        Samples pass through files whose names begin so; they may be overwritten.

    Returns
    -------
    samples : np.ndarray [shape=(channels, n)], float32
    sample_rate : int, Hz
    cut : bool
        Whether the file went on.

    Raises
    ------
    AudioDecodeError
        If no route gives a sample, or none within ``settings.decode_timeout_seconds``.
    """
    deadline = time.monotonic() + settings.decode_timeout_seconds
    routes = ["soundfile", "ffmpeg"] if kind.soundfile else ["ffmpeg"]
    best: tuple[np.ndarray, int, bool] | None = None
    for route in routes:
        answer = _run_worker(path, kind, route, output, deadline)
        if answer is None or not answer["frames"]:
            continue
        rate, channels, frames = answer["sample_rate"], answer["channels"], answer["frames"]
        if best is None or frames / rate > best[0].shape[1] / best[1]:
            best = _samples(output, channels, frames), rate, answer["cut"]
        if answer["cut"] or frames >= SHORT_PART * answer["claimed"]:
            break
    if best is not None:
        return best
    if time.monotonic() >= deadline:
        raise AudioDecodeError(
            f"Decoding {name} takes longer than {settings.decode_timeout_seconds:.0f} seconds; "
            "save it again as mp3 or wav."
        )
    raise AudioDecodeError(
        f"{name} looks like {kind.name} but no sound can be decoded from it: it is damaged or "
        f"cut off; get it anew or save it as {FORMATS}."
    )


def _run_worker(
    path: Path, kind: Kind, route: str, output: Path, deadline: float
) -> dict[str, Any] | None:
    """A worker's answer, None if it failed, crashed or ran out of time."""
    seconds_left = deadline - time.monotonic()
    job = {
        "route": route,
        "input": str(path),
        "output": str(output),
        "demuxer": kind.demuxer,
        "most_seconds": settings.audio_seconds,
        "most_bytes": MOST_BYTES,
    }
    if route == "ffmpeg":
        job["ffmpeg"] = _ffmpeg()
    if seconds_left <= 0 or (route == "ffmpeg" and not job["ffmpeg"]):
        return None
    return pool.ask(_WORKER, job, seconds_left)


def _samples(output: Path, channels: int, frames: int) -> np.ndarray:
    """What the worker wrote, a file for each channel; the files are removed."""
    samples = np.empty((channels, frames), dtype="<f4")
    for channel, row in enumerate(samples):
        path = output.with_name(f"{output.name}.{channel}")
        with path.open("rb") as file:
            read = file.readinto(row.data)
        path.unlink()
        if read != row.nbytes:
            raise OSError(f"{path} is shorter than the worker said")
    return samples


def _ffmpeg() -> str | None:
    """The system's ffmpeg, else the one that imageio-ffmpeg brings."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return None
