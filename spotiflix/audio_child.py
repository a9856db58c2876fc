"""The parent's side of decoding: which route a file takes, and until when."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from spotiflix.audio_kinds import FORMATS, MP3, Kind
from spotiflix.audio_pool import pool
from spotiflix.errors import AudioDecodeError
from spotiflix.settings import settings

#: Where less than this part of the length in the header was decoded, ffmpeg gets a try.
SHORT_PART = 0.9
#: Bytes of samples kept of one file, at most: all of it at 48 kHz stereo, float32.
MOST_BYTES = settings.audio_seconds * 48_000 * 2 * 4

#: Bytes of a second of mp3, at most: 320 kbit.
MOST_MP3_BYTES = 40_000
#: A smaller file is decoded sooner than two workers are asked.
SHARED_BYTES = 100_000

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
        answers = _decode(path, kind, route, output, deadline)
        if not answers:
            continue
        first, last = answers[0], answers[-1]
        frames, rate = sum(each["frames"] for each in answers), first["sample_rate"]
        if best is None or frames / rate > best[0].shape[1] / best[1]:
            best = _samples(output, answers), rate, last["cut"]
        if last["cut"] or frames >= SHORT_PART * max(first["claimed"], rate * _least(path, kind)):
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


def _decode(
    path: Path, kind: Kind, route: str, output: Path, deadline: float
) -> list[dict[str, Any]]:
    """The workers' answers, a piece of the song each; none if nothing was decoded.

    An mp3 is decoded by two workers where a core is free, the second from its middle: libsndfile
    gives the same samples so, to a rounding of the last bit, in half the time. Where the first
    ends before the middle, the song ends there as it does for one worker.
    """
    ask = partial(_run_worker, path, kind, route, output, deadline)
    if kind != MP3 or route != "soundfile" or _size(path) < SHARED_BYTES or pool.free_cores < 2:
        answer = ask()
        return [answer] if answer and answer["frames"] else []
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(ask, part=1, parts=2)
        first = ask(part=0, parts=2)
        second = waiting.result()
    if not first or not first["frames"]:
        return []
    if first["frames"] < first["stop"] - first["start"]:
        return [first]  # damage, or all of it, where the length is not known
    if second and second["frames"] and _continues(first, second):
        return [first, second]
    answer = ask()
    return [answer] if answer and answer["frames"] else []


def _continues(first: dict[str, Any], second: dict[str, Any]) -> bool:
    same = all(first[key] == second[key] for key in ("sample_rate", "channels", "claimed"))
    return same and second["start"] == first["stop"]


def _least(path: Path, kind: Kind) -> float:
    """Least seconds of an mp3 of its size: libsndfile believes a header that says less."""
    return _size(path) / MOST_MP3_BYTES if kind == MP3 else 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _run_worker(
    path: Path, kind: Kind, route: str, output: Path, deadline: float, part: int = 0, parts: int = 1
) -> dict[str, Any] | None:
    """A worker's answer, None if it failed, crashed or ran out of time."""
    seconds_left = deadline - time.monotonic()
    job = {
        "route": route,
        "input": str(path),
        "output": _piece(output, part),
        "part": part,
        "parts": parts,
        "demuxer": kind.demuxer,
        "most_seconds": settings.audio_seconds,
        "most_bytes": MOST_BYTES,
    }
    if route == "ffmpeg":
        job["ffmpeg"] = _ffmpeg()
    if seconds_left <= 0 or (route == "ffmpeg" and not job["ffmpeg"]):
        return None
    return pool.ask(_WORKER, job, seconds_left)


def _piece(output: Path, part: int) -> str:
    return f"{output}.{part}"


def _samples(output: Path, answers: list[dict[str, Any]]) -> np.ndarray:
    """What workers wrote, each a file for each channel, one after the other."""
    frames = [each["frames"] for each in answers]
    samples = np.empty((answers[0]["channels"], sum(frames)), dtype="<f4")
    for channel, row in enumerate(samples):
        at = 0
        for part, length in enumerate(frames):
            with open(f"{_piece(output, part)}.{channel}", "rb") as file:
                if file.readinto(row[at : at + length].data) != 4 * length:
                    raise OSError(f"{file.name} is shorter than the worker said")
            at += length
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
