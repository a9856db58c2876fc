"""Decoding what was made to break it: wrong kinds, tags, noise, odd formats and 500 mutants."""

import io
import socket
import struct
import time
import zipfile
import zlib
from collections import Counter

import numpy as np
import pytest
import soundfile
import synth

from spotiflix import audio_child
from spotiflix.audio import Audio, decode, read_tags
from spotiflix.audio_pool import pool
from spotiflix.errors import AudioDecodeError

SECONDS = 2.0
MUTANTS = 500
#: No file, however damaged, may take longer.
MOST_SECONDS = 5.0


@pytest.fixture(scope="module")
def mp3() -> bytes:
    return synth.encode(synth.song(SECONDS), "mp3")


@pytest.fixture(scope="module")
def long_mp3() -> bytes:
    return synth.encode(synth.song(60), "mp3")


def file_of(samples: np.ndarray, rate: int, container: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples.T, rate, format=container, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 32_000, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("container", ["WAV", "FLAC"])
def test_sample_rates(rate, container):
    given = synth.song(SECONDS, sample_rate=rate)
    heard = decode(file_of(given, rate, container, "PCM_16"))
    assert heard.sample_rate == rate
    np.testing.assert_allclose(heard.samples, given, atol=1 / 16_384)


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
def test_sample_rates_of_mp3(rate):
    heard = decode(synth.encode(synth.song(SECONDS, sample_rate=rate), "mp3", sample_rate=rate))
    assert heard.sample_rate == rate
    assert heard.seconds == pytest.approx(SECONDS, abs=0.2)


@pytest.mark.parametrize("channels", range(1, 9))
def test_channels(channels):
    given = synth.song(SECONDS, channels=channels)
    heard = decode(file_of(given, synth.SAMPLE_RATE, "WAV", "FLOAT")).samples
    assert heard.shape == (min(channels, 2), given.shape[1])
    # Each side of these songs is the same sound, at its own loudness.
    assert np.corrcoef(heard[0], given[0])[0, 1] > 0.999
    assert np.abs(heard).max() <= 1


@pytest.mark.parametrize("channels", [1, 6])
def test_channels_by_ffmpeg(channels):
    heard = decode(synth.encode(synth.song(SECONDS, channels=channels), "m4a"))
    assert heard.samples.shape[0] == min(channels, 2)
    assert heard.seconds == pytest.approx(SECONDS, abs=0.1)


def test_noise_in_the_middle_is_retried_by_ffmpeg(long_mp3, monkeypatch):
    routes = {}
    ask = pool.ask

    def recorded(script, job, seconds):
        answer = ask(script, job, seconds)
        routes[job["route"]] = answer["frames"] / answer["sample_rate"] if answer else 0.0
        return answer

    monkeypatch.setattr(audio_child.pool, "ask", recorded)
    damaged = bytearray(long_mp3)
    quarter = len(damaged) // 4
    damaged[quarter : quarter + 40_000] = np.random.default_rng(0).bytes(40_000)
    heard = decode(bytes(damaged))
    assert list(routes) == ["soundfile", "ffmpeg"]
    assert routes["soundfile"] < 20
    assert heard.seconds == routes["ffmpeg"] > 50


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    pixels = np.random.default_rng(0).integers(0, 256, (64, 193), dtype=np.uint8)
    pixels[:, 0] = 0
    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("song.mp3", data)
    return file.getvalue()


def id3(size: int, frames: bytes = b"") -> bytes:
    """An ID3v2.3 tag that claims to be `size` bytes long."""
    claimed = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + claimed + frames


def test_a_picture_renamed():
    with pytest.raises(AudioDecodeError, match="a PNG picture"):
        decode(png())


def test_a_zip_of_a_song_renamed(mp3):
    with pytest.raises(AudioDecodeError, match="a zip archive"):
        decode(zipped(mp3))


@pytest.mark.parametrize("before", [b"", b"\n", b"\xef\xbb\xbf", id3(0), id3(300) + bytes(300)])
def test_an_hls_playlist_reaches_nothing(before, mp3, tmp_path):
    (tmp_path / "secret.mp3").write_bytes(mp3)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.1)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.mp3"
        songs = f"#EXTINF:9,\n{address}\n#EXTINF:9,\n{tmp_path / 'secret.mp3'}\n"
        path = tmp_path / "song.mp3"
        path.write_bytes(before + b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n" + songs.encode())
        with pytest.raises(AudioDecodeError):
            decode(path)
        with pytest.raises(TimeoutError):
            server.accept()


TAGS = {
    "longer than the file": lambda song: id3(1 << 27) + song,
    "of the largest size": lambda song: id3((1 << 28) - 1) + song,
    "empty": lambda song: id3(0) + song,
    "of zeros": lambda song: id3(100_000) + bytes(100_000) + song,
    "of noise": lambda song: id3(9_000) + np.random.default_rng(3).bytes(9_000) + song,
    "shorter than its title": lambda song: id3(12, b"TIT2\xff\xff\xff\xff\0\0AB") + song,
    "with an endless comment": lambda song: id3(20, b"COMM\x7f\xff\xff\xff\0\0" + b"A" * 10) + song,
    "with a large cover": lambda song: (
        id3(2_000_010, b"APIC" + struct.pack(">I", 2_000_000) + b"\0\0" + bytes(2_000_000)) + song
    ),
    "ten times over": lambda song: id3(40) * 10 + bytes(40) + song,
    "at the end": lambda song: song + b"TAG" + b"\xff" * 125,
}


@pytest.mark.parametrize("name", TAGS)
def test_hostile_tags(name, mp3):
    data = TAGS[name](mp3)
    began = time.monotonic()
    read_tags(data)
    try:
        assert decode(data).seconds == pytest.approx(SECONDS, abs=0.3)
    except AudioDecodeError:
        assert name in ("longer than the file", "of the largest size")  # all of it is tag
    assert time.monotonic() - began < MOST_SECONDS


def test_a_hostile_title_is_one_line(mp3):
    title = "‮A\r\n\0<script>" + "é" * 5_000
    tags = read_tags(synth.tagged(mp3, title=title, artist="\x1b[2J"))
    assert tags.title is not None
    assert tags.title.isprintable()
    assert len(tags.title) <= 300
    assert tags.artist == "[2J"


def mutant(original: bytes, seed: int) -> bytes:
    """A damaged copy: bytes changed, in the head or anywhere; cut out, doubled or cut off."""
    draw = np.random.default_rng(seed)
    data = bytearray(original)
    reach = 200 if seed % 2 else len(data) - 50
    for _ in range(draw.integers(1, 30)):
        at = int(draw.integers(reach))
        data[at : at + 4] = draw.bytes(int(draw.integers(1, 9)))
    first, second = sorted(int(at) for at in draw.integers(0, len(data), 2))
    if seed % 5 == 1:
        del data[first:second]
    elif seed % 5 == 2:
        data[second:second] = data[first:second]
    elif seed % 5 == 3:
        del data[second:]
    return bytes(data)


def test_mutants_end_in_sound_or_in_an_error_of_ours(mp3, monkeypatch):
    ends: Counter[str] = Counter()
    slowest = 0.0
    for seed in range(MUTANTS):
        data = mutant(mp3, seed)
        # A third by two children, as larger files are.
        monkeypatch.setattr(audio_child, "SHARED_BYTES", 0 if seed % 3 == 0 else 1 << 30)
        began = time.monotonic()
        try:
            heard = decode(data)
            assert isinstance(heard, Audio)
            assert np.isfinite(heard.samples).all()
            ends["heard"] += 1
        except AudioDecodeError as error:
            assert str(error).endswith(".")  # noqa: PT017
            ends["refused"] += 1
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < MOST_SECONDS
    assert ends["heard"] + ends["refused"] == MUTANTS
    assert ends["heard"] > MUTANTS / 2
    assert decode(mp3).seconds == pytest.approx(SECONDS, abs=0.1)
