"""Decoding: every format, every way to give it, and every kind of file that is not a song."""

import dataclasses
import io
import os
import time

import numpy as np
import pytest
import soundfile
import synth

from spotiflix import audio_child
from spotiflix.audio import Tags, decode, read_tags
from spotiflix.errors import AudioDecodeError, AudioTooLarge
from spotiflix.settings import settings

SECONDS = 3.0


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return synth.song(SECONDS)


@pytest.fixture(scope="module")
def mp3() -> bytes:
    return synth.encode(synth.song(30), "mp3")


def wav(samples: np.ndarray, *, sample_rate: int = synth.SAMPLE_RATE, subtype="FLOAT") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples.T, sample_rate, format="WAV", subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize("name", [*synth.SOUNDFILE_FORMATS, *synth.FFMPEG_FORMATS])
def test_every_format(name):
    rate = 48_000 if name in ("opus", "webm") else 44_100
    given = synth.song(SECONDS, sample_rate=rate)
    heard = decode(synth.encode(given, name, sample_rate=rate))
    assert heard.sample_rate == rate
    assert heard.samples.dtype == np.float32
    assert heard.samples.shape[0] == 2
    assert heard.seconds == pytest.approx(SECONDS, abs=0.1)
    assert not heard.truncated
    assert np.sqrt(np.mean(heard.samples**2)) == pytest.approx(np.sqrt(np.mean(given**2)), rel=0.05)


def test_wav_is_exact(song):
    np.testing.assert_array_equal(decode(wav(song)).samples, song)


def test_path_bytes_and_file_object_agree(mp3, tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(mp3)
    file = io.BytesIO(mp3)
    file.read(10)  # wherever a player left it
    expected = decode(path).samples
    for source in (str(path), mp3, bytearray(mp3), memoryview(mp3), file):
        np.testing.assert_array_equal(decode(source).samples, expected)
    assert file.tell() == 0
    with path.open("rb") as opened:
        np.testing.assert_array_equal(decode(opened).samples, expected)


def test_mono_and_sample_rate(song):
    heard = decode(wav(song), mono=True, sample_rate=16_000)
    assert heard.samples.shape == (1, SECONDS * 16_000)
    assert heard.sample_rate == 16_000
    assert heard.seconds == SECONDS


@pytest.mark.parametrize(("channels", "rate"), [(1, 8_000), (6, 48_000), (8, 44_100), (2, 192_000)])
def test_channels_and_rates(channels, rate):
    heard = decode(wav(synth.song(2, channels=channels, sample_rate=rate), sample_rate=rate))
    assert heard.samples.shape == (min(channels, 2), 2 * rate)
    assert heard.sample_rate == rate


def test_samples_at_16_bit_scale_are_brought_to_full_scale(song):
    assert np.abs(decode(wav(song * 32768)).samples).max() == pytest.approx(1.0)


BAD = {
    "text": (b"Dear diary, today I renamed a file.\n" * 40, "is text, not audio"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(400), "a PNG picture"),
    "zip": (b"PK\x03\x04" + bytes(400), "a zip archive"),
    "pdf": (b"%PDF-1.7\n" + bytes(400), "a PDF document"),
    "web page": (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
    "playlist": (b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", "a playlist"),
    "empty": (b"", "is empty"),
    "zeros": (bytes(5000), "holds only zeros"),
    "noise": (np.random.default_rng(1).bytes(5000), "unknown kind"),
    "header only": (b"fLaC" + bytes(100), "looks like flac"),
    "film without sound": (b"\0\0\0\x18ftypmp42" + bytes(300), "looks like m4a"),
    "one byte": (b"\xff", "not audio"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named_for_what_they_are(name, tmp_path):
    data, words = BAD[name]
    path = tmp_path / "song.mp3"
    path.write_bytes(data)
    with pytest.raises(AudioDecodeError, match=words) as caught:
        decode(path)
    assert "'song.mp3'" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (synth.song(0.4), "only 0.40 seconds"),
        (np.zeros((2, 100_000), np.float32), "is silent"),
        (synth.song(2) * 1e-4, "is silent"),
        (np.where(synth.song(2) > 0.2, np.nan, synth.song(2)), "not numbers"),
    ],
    ids=["short", "zero", "faint", "nan"],
)
def test_sound_that_cannot_be_listened_to(samples, words):
    with pytest.raises(AudioDecodeError, match=words):
        decode(wav(samples))


@pytest.mark.parametrize("source", [None, 3, io.StringIO("text"), [1, 2]])
def test_what_is_not_a_source(source):
    with pytest.raises(AudioDecodeError, match="path, as bytes or as a file"):
        decode(source)


@pytest.mark.parametrize("path", ["/nowhere/song.mp3", "a\0b.mp3", "x" * 5000, os.sep, ""])
def test_paths_that_are_no_file(path):
    with pytest.raises(AudioDecodeError, match="not a file that can be found"):
        decode(path)


@pytest.mark.parametrize(
    "name",
    ["-i.mp3", "concat:a|b.mp3", "http:x.mp3", "%d.mp3", "日本 \u202e.mp3", "a\nb.raw", "'.wav"],
)
@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_hostile_names(name, kind, song, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open(name, "wb") as file:
        file.write(synth.encode(song, kind))
    assert decode(name).seconds == pytest.approx(SECONDS, abs=0.1)


def test_too_large():
    data = b"ID3" + bytes(settings.upload_megabytes * 1_100_000)
    for source in (data, io.BytesIO(data)):
        with pytest.raises(AudioTooLarge, match="larger than 20 MB"):
            decode(source)


def test_truncated_mp3_is_decoded_as_far_as_it_goes(mp3):
    assert decode(mp3[: len(mp3) // 2]).seconds == pytest.approx(15, abs=0.5)


def test_mp3_without_its_beginning(mp3):
    assert decode(mp3[1234:]).seconds == pytest.approx(30, abs=0.5)


def test_noise_in_the_middle_does_not_end_the_song(mp3):
    damaged = bytearray(mp3)
    third = len(mp3) // 3
    damaged[third : third + 20_000] = np.random.default_rng(0).bytes(20_000)
    assert decode(bytes(damaged)).seconds > 22


def test_header_that_claims_hours(mp3):
    lying = bytearray(mp3)
    at = lying.find(b"Xing") if b"Xing" in lying else lying.find(b"Info")
    assert at > 0
    lying[at + 8 : at + 12] = b"\x7f\xff\xff\xff"  # frames
    assert decode(bytes(lying)).seconds == pytest.approx(30, abs=0.5)


def test_an_hour_of_silence_ends_fast():
    file = io.BytesIO()
    soundfile.write(file, np.zeros(3600 * 16_000, np.int16), 16_000, format="FLAC")
    assert len(file.getvalue()) < 1_000_000
    began = time.monotonic()
    with pytest.raises(AudioDecodeError, match="is silent"):
        decode(file)
    assert time.monotonic() - began < 5


def test_long_audio_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(audio_child, "settings", dataclasses.replace(settings, audio_seconds=2))
    for kind in ("mp3", "m4a"):
        heard = decode(synth.encode(synth.song(4), kind))
        assert heard.seconds == pytest.approx(2)
        assert heard.truncated


def test_time_limit(song, monkeypatch):
    short = dataclasses.replace(settings, decode_timeout_seconds=1e-9)
    monkeypatch.setattr(audio_child, "settings", short)
    with pytest.raises(AudioDecodeError, match="takes longer"):
        decode(wav(song))


def test_a_crash_of_the_decoder_is_an_error_of_ours(song, tmp_path, monkeypatch):
    crashing = tmp_path / "worker.py"
    crashing.write_text("import os; os.abort()")
    monkeypatch.setattr(audio_child, "_WORKER", crashing)
    with pytest.raises(AudioDecodeError, match="no sound can be decoded"):
        decode(wav(song))


def test_tags(song, tmp_path):
    from mutagen.id3 import ID3, TIT2, TPE1

    path = tmp_path / "song.mp3"
    path.write_bytes(synth.encode(song, "mp3"))
    tags = ID3()
    tags.add(TIT2(encoding=3, text="Hotel\nCalifornia\0 <script>"))
    tags.add(TPE1(encoding=3, text="Eagles"))
    tags.save(path)
    expected = read_tags(path)
    assert expected.title is not None
    assert expected.title.startswith("Hotel California")
    assert expected.artist == "Eagles"
    assert expected.album is None
    assert read_tags(path.read_bytes()) == expected
    file = io.BytesIO(path.read_bytes())
    assert read_tags(file) == expected
    assert file.tell() == 0
    assert decode(path).seconds == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("source", [b"", b"ID3\xff\xff\xff\xff", b"text", None, 3, "/nowhere"])
def test_tags_never_raise(source):
    assert read_tags(source) == Tags()
