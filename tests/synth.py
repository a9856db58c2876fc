"""Sound made here, so that tests need no recordings: a chord progression over a beat."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

SAMPLE_RATE = 44_100  # Hz
#: C, A minor, F, G: the notes of each chord as semitones from A at 220 Hz.
CHORDS = ((3, 7, 10), (0, 3, 7), (-4, 0, 3), (-2, 2, 5))
BEATS_PER_MINUTE = 120

#: Formats that libsndfile writes: name to its format and subtype.
SOUNDFILE_FORMATS = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "aiff": ("AIFF", "PCM_16"),
}
#: Formats that ffmpeg writes: name to its muxer and codec.
FFMPEG_FORMATS = {
    "m4a": ("ipod", "aac"),
    "aac": ("adts", "aac"),
    "wma": ("asf", "wmav2"),
    "webm": ("webm", "libopus"),
}


def song(
    seconds: float,
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 2,
    gain: float = 0.5,
    seed: int = 0,
) -> np.ndarray:
    """Chords that change every second over a drum on each beat.

    Returns
    -------
    np.ndarray [shape=(channels, n)], float32, within -1 and 1
    """
    generator = np.random.default_rng(seed)
    t = np.arange(int(seconds * sample_rate)) / sample_rate
    notes = 220 * 2 ** (np.array(CHORDS)[t.astype(int) % len(CHORDS)] / 12)
    chord = np.sin(2 * np.pi * notes * t[:, None]).mean(axis=1)
    since_beat = t % (60 / BEATS_PER_MINUTE)
    drum = generator.normal(size=len(t)) * np.exp(-30 * since_beat) * 0.3
    sides = [1 - 0.2 * side / max(1, channels - 1) for side in range(channels)]
    sound = gain * (0.6 * chord + drum)
    return np.clip(np.array([side * sound for side in sides]), -1, 1).astype(np.float32)


def encode(samples: np.ndarray, name: str, *, sample_rate: int = SAMPLE_RATE) -> bytes:
    """The bytes of an audio file of the format `name`, from samples [shape=(channels, n)]."""
    if name in SOUNDFILE_FORMATS:
        container, subtype = SOUNDFILE_FORMATS[name]
        file = io.BytesIO()
        soundfile.write(file, samples.T, sample_rate, format=container, subtype=subtype)
        return file.getvalue()
    muxer, codec = FFMPEG_FORMATS[name]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"sound.{name}"
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "f32le", "-ar", str(sample_rate),
             "-ac", str(len(samples)), "-i", "-", "-c:a", codec, "-f", muxer, str(target)],
            input=np.ascontiguousarray(samples.T).tobytes(),
            check=True,
        )  # fmt: skip
        return target.read_bytes()


def tagged(data: bytes, *, title: str, artist: str) -> bytes:
    """An mp3 with ID3 tags."""
    from mutagen.easyid3 import EasyID3

    file = io.BytesIO(data)
    tags = EasyID3()
    tags.update({"title": title, "artist": artist})
    tags.save(file)
    return file.getvalue()
