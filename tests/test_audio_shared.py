"""One mp3 decoded by two children: the same samples as by one, and nothing lost if one fails."""

import dataclasses

import numpy as np
import pytest
import synth

from spotiflix import audio_child, audio_pool
from spotiflix.audio import decode
from spotiflix.audio_pool import pool
from spotiflix.settings import settings


@pytest.fixture(scope="module")
def mp3() -> bytes:
    return synth.encode(synth.song(20), "mp3")


@pytest.fixture(scope="module")
def alone(mp3) -> np.ndarray:
    """What one child makes of it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(audio_child, "SHARED_BYTES", 1 << 30)
        return decode(mp3).samples


@pytest.fixture
def jobs(monkeypatch):
    """Two cores and no file too small to be shared; the jobs that are given to children."""
    monkeypatch.setattr(audio_pool, "cores", lambda: 2)
    monkeypatch.setattr(audio_child, "SHARED_BYTES", 0)
    given = []
    ask = pool.ask

    def recorded(script, job, seconds):
        given.append((job["route"], job["part"], job["parts"]))
        return ask(script, job, seconds)

    monkeypatch.setattr(audio_child.pool, "ask", recorded)
    return given


def test_the_same_samples(mp3, alone, jobs):
    heard = decode(mp3)
    np.testing.assert_array_equal(heard.samples, alone)
    assert not heard.truncated
    assert sorted(jobs) == [("soundfile", 0, 2), ("soundfile", 1, 2)]


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 2), (22_050, 1), (48_000, 2)])
def test_the_same_samples_at_every_rate(rate, channels, jobs, monkeypatch):
    song = synth.song(9, sample_rate=rate, channels=channels)
    data = synth.encode(song, "mp3", sample_rate=rate)
    heard = decode(data).samples
    assert len(jobs) == 2
    monkeypatch.setattr(audio_child, "SHARED_BYTES", 1 << 30)
    # Rounding of the last bit depends on where the decoder was entered.
    np.testing.assert_allclose(heard, decode(data).samples, rtol=0, atol=1e-6)


def test_a_core_that_is_taken_is_not_asked_for(mp3, alone, jobs, monkeypatch):
    monkeypatch.setattr(audio_pool, "cores", lambda: 1)
    np.testing.assert_array_equal(decode(mp3).samples, alone)
    assert jobs == [("soundfile", 0, 1)]


@pytest.mark.parametrize("kind", ["ogg", "flac", "wav"])
def test_other_kinds_are_not_shared(kind, jobs):
    decode(synth.encode(synth.song(2), kind))
    assert jobs == [("soundfile", 0, 1)]


@pytest.mark.parametrize("part", [0, 1])
def test_a_child_that_crashes_costs_no_sound(part, mp3, alone, monkeypatch):
    monkeypatch.setattr(audio_pool, "cores", lambda: 2)
    monkeypatch.setattr(audio_child, "SHARED_BYTES", 0)
    ask = pool.ask

    def crashing(script, job, seconds):
        return None if job["parts"] == 2 and job["part"] == part else ask(script, job, seconds)

    monkeypatch.setattr(audio_child.pool, "ask", crashing)
    heard = decode(mp3)
    assert heard.seconds == pytest.approx(20, abs=0.2)
    if part == 1:
        np.testing.assert_array_equal(heard.samples, alone)


@pytest.mark.parametrize("seconds", [5, 12, 19])
def test_what_is_too_long_is_cut_at_the_limit(seconds, mp3, alone, jobs, monkeypatch):
    short = dataclasses.replace(settings, audio_seconds=seconds)
    monkeypatch.setattr(audio_child, "settings", short)
    heard = decode(mp3)
    assert heard.truncated
    np.testing.assert_array_equal(heard.samples, alone[:, : seconds * synth.SAMPLE_RATE])


@pytest.mark.parametrize("frames", [b"\x7f\xff\xff\xff", b"\0\0\0\x02", b"\0\0\0\x70"])
def test_a_header_that_lies_about_the_length(frames, mp3, jobs):
    lying = bytearray(mp3)
    at = lying.find(b"Xing") if b"Xing" in lying else lying.find(b"Info")
    assert at > 0
    lying[at + 8 : at + 12] = frames
    assert decode(bytes(lying)).seconds == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
def test_a_file_that_is_cut_off(part, mp3, jobs):
    assert decode(mp3[: int(len(mp3) * part)]).seconds == pytest.approx(20 * part, abs=0.5)
