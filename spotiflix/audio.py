"""Decoding: whatever somebody calls a song, to samples or to one sentence that says why not."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from spotiflix.audio_child import decode_in_child
from spotiflix.audio_kinds import FORMATS, HEAD_BYTES, Kind, kind_of
from spotiflix.errors import AudioDecodeError, AudioTooLarge
from spotiflix.settings import settings

#: What audio can be given as: a path, the bytes of a file, or a file opened in binary mode.
Source = str | os.PathLike | bytes | bytearray | memoryview | IO[bytes]

#: A file whose loudest sample is below this is silent: -70 dB of full scale.
SILENCE = 10 ** (-70 / 20)
#: Samples beyond this many times full scale were stored at another scale (16-bit in a float file).
FULL_SCALE_MOST = 8.0
#: A name in a sentence is cut here.
_NAME_CHARACTERS = 80


@dataclass(frozen=True)
class Audio:
    """Decoded sound.

    Attributes
    ----------
    samples : np.ndarray [shape=(channels, n)], float32
        One channel or two, full scale at -1 and 1.
    sample_rate : int, Hz
    truncated : bool
        Whether the file went on and was cut at ``settings.audio_seconds``.
    """

    samples: np.ndarray
    sample_rate: int
    truncated: bool = False

    @property
    def seconds(self) -> float:
        """Length of what was decoded."""
        return self.samples.shape[1] / self.sample_rate


@dataclass(frozen=True)
class Tags:
    """What a file says about itself; None where it says nothing."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None


def decode(source: Source, *, mono: bool = False, sample_rate: int | None = None) -> Audio:
    """Decode an audio file, however damaged, in a child process with a time and a memory limit.

    mp3, wav, flac, ogg, opus, aiff by libsndfile; m4a, aac, wma, webm and what libsndfile refuses
    or gives up on early by ffmpeg. What a file is, is read from its first bytes.

    Parameters
    ----------
    source : path, bytes or binary file object
        A file object is read from its beginning and left there.
    mono : bool
        Average the channels.
    sample_rate : int > 0, optional, Hz
        Resample to this rate; the file's own otherwise.

    Returns
    -------
    Audio

    Raises
    ------
    AudioDecodeError
        If the file is missing, empty, not audio, damaged beyond use, silent, shorter than
        ``settings.audio_shortest_seconds`` or takes longer than ``decode_timeout_seconds``.
    AudioTooLarge
        If bytes or a file object hold more than ``settings.upload_megabytes``.
    """
    with _on_disk(source) as (path, name), tempfile.TemporaryDirectory() as folder:
        kind = _recognised(path, name)
        samples, rate, cut = decode_in_child(path, kind, name, Path(folder) / "samples")
    peak = _checked_peak(samples, rate, name)
    if peak > FULL_SCALE_MOST:
        samples = samples / np.float32(peak)
    if mono:
        samples = samples.mean(axis=0, keepdims=True)
    if sample_rate is not None and sample_rate != rate:
        from spotiflix.mel import resample  # torch: only for who asks

        samples, rate = resample(samples, rate, target=sample_rate).numpy(), sample_rate
    return Audio(np.ascontiguousarray(samples), rate, truncated=cut)


def read_tags(source: Source) -> Tags:
    """Title, artist and album of a file, as far as they can be read; never raises."""
    try:
        import mutagen

        if isinstance(source, (bytes, bytearray, memoryview)):
            source = io.BytesIO(source)
        if not isinstance(source, (str, os.PathLike)):
            source.seek(0)
        found = mutagen.File(source, easy=True)  # type: ignore[attr-defined]
        if not isinstance(source, (str, os.PathLike)):
            source.seek(0)
        return Tags(**{key: _first(found, key) for key in ("title", "artist", "album")})
    except Exception:  # tags are a courtesy: mutagen raises many things on damaged files
        return Tags()


def _first(tags: Any, key: str) -> str | None:
    values = tags.get(key) if tags else None
    return _printable(str(values[0]), most=300) or None if values else None


def _printable(text: str, *, most: int) -> str:
    """Without line breaks, control characters and halves of characters; no longer than `most`."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


@contextmanager
def _on_disk(source: Source) -> Iterator[tuple[Path, str]]:
    """A path to the source, and a name for it in sentences."""
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        name = f"'{_printable(path.name, most=_NAME_CHARACTERS)}'"
        try:
            found = path.is_file()
        except (OSError, ValueError):  # a null byte, a name that is too long
            found = False
        if not found:
            raise AudioDecodeError(f"{name} is not a file that can be found; check its path.")
        yield path.absolute(), name
        return
    data, name = _read(source)
    if len(data) > settings.upload_megabytes * 1_000_000 * 1.05:  # MB or MiB: be generous
        raise AudioTooLarge(
            f"{name} is larger than {settings.upload_megabytes} MB; save the song as mp3 or m4a "
            "and give that."
        )
    handle, temporary = tempfile.mkstemp(prefix="spotiflix-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        yield Path(temporary), name
    finally:
        os.unlink(temporary)


def _read(source: bytes | bytearray | memoryview | IO[bytes]) -> tuple[bytes, str]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "The file"
    most = int(settings.upload_megabytes * 1_000_000 * 1.05) + 1
    try:
        if source.seekable():
            source.seek(0)
        data = source.read(most)
        if source.seekable():
            source.seek(0)
    except (AttributeError, OSError, ValueError):
        data = None
    if not isinstance(data, bytes):
        raise AudioDecodeError(
            f"Audio is given as a path, as bytes or as a file opened in binary mode, not as "
            f"{type(source).__name__}."
        )
    given = getattr(source, "name", None)
    shown = _printable(os.path.basename(given), most=_NAME_CHARACTERS) if type(given) is str else ""
    return data, f"'{shown}'" if shown else "The file"


def _recognised(path: Path, name: str) -> Kind:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        raise AudioDecodeError(f"{name} cannot be read; check its permissions.") from None
    if not head:
        raise AudioDecodeError(f"{name} is empty (0 bytes); choose another file.")
    if not head.strip(b"\0"):
        raise AudioDecodeError(f"{name} holds only zeros, as after a broken download; get it anew.")
    kind = kind_of(head)
    if isinstance(kind, str):
        raise AudioDecodeError(f"{name} is {kind}, not audio; choose a file in {FORMATS}.")
    return kind


def _checked_peak(samples: np.ndarray, rate: int, name: str) -> float:
    """The loudest sample of what can be listened to; what cannot is refused in words."""
    seconds = samples.shape[1] / rate
    if seconds < settings.audio_shortest_seconds:
        raise AudioDecodeError(
            f"{name} holds only {seconds:.2f} seconds of sound; at least "
            f"{settings.audio_shortest_seconds:g} are needed."
        )
    # NaN goes through min and max: each sample is looked at twice, and nothing is copied.
    lowest, highest = float(samples.min()), float(samples.max())
    if not np.isfinite((lowest, highest)).all():
        raise AudioDecodeError(
            f"{name} holds samples that are not numbers (NaN or infinite); export it again."
        )
    peak = max(-lowest, highest)
    if peak < SILENCE:
        raise AudioDecodeError(
            f"{name} is silent (everything is below -70 dB); choose a file with sound."
        )
    return peak
