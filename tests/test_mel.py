"""The front end: shapes, scales, and that what training caches is what is served."""

import numpy as np
import pytest
import synth
import torch

from spotiflix import mel


@pytest.fixture(scope="module")
def window() -> torch.Tensor:
    return mel.prepare(synth.song(20), synth.SAMPLE_RATE)


def test_one_window_is_the_papers_tensor(window):
    assert window.shape == (2, 882_000)
    assert mel.FRAMES == 1723
    assert mel.mel_spectrogram(window).shape == (2, 64, 1723)


def test_nothing_is_further_below_the_loudest_than_80_db(window):
    decibel = mel.mel_spectrogram(window)
    assert torch.isfinite(decibel).all()
    assert decibel.max() - decibel.min() == pytest.approx(80.0, abs=1e-4)


def test_same_as_torchaudios_own_floor(window):
    from spotiflix.torchaudio_compat import torchaudio

    expected = torchaudio.transforms.MelSpectrogram(44_100, n_fft=1024, n_mels=64)(window)
    expected = torchaudio.transforms.AmplitudeToDB(top_db=80)(expected)
    torch.testing.assert_close(mel.mel_spectrogram(window), expected)


def test_batch_equals_single(window):
    quiet = window * 0.01
    both = mel.mel_spectrogram(torch.stack([window, quiet]))
    torch.testing.assert_close(both[0], mel.mel_spectrogram(window))
    torch.testing.assert_close(both[1], mel.mel_spectrogram(quiet))


def test_mono_equals_duplicated_stereo():
    mono = synth.song(20, channels=1)
    torch.testing.assert_close(
        mel.prepare(mono, synth.SAMPLE_RATE),
        mel.prepare(np.concatenate([mono, mono]), synth.SAMPLE_RATE),
    )


def test_short_is_followed_by_silence_and_long_is_cut():
    short = mel.prepare(synth.song(5), synth.SAMPLE_RATE)
    assert short.shape == (2, mel.WINDOW_SAMPLES)
    assert (short[:, 5 * mel.SAMPLE_RATE :] == 0).all()
    assert short[:, : 5 * mel.SAMPLE_RATE].abs().max() > 0.1
    assert mel.prepare(synth.song(25), synth.SAMPLE_RATE).shape == (2, mel.WINDOW_SAMPLES)


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_another_sample_rate_sounds_the_same(rate):
    given = mel.prepare(synth.song(20, sample_rate=rate, seed=1), rate)
    expected = mel.prepare(synth.song(20, seed=1), mel.SAMPLE_RATE)
    assert given.shape == expected.shape
    # The chords, below 1 kHz: the drum's noise differs.
    bands = slice(8, 20)
    difference = mel.mel_spectrogram(given) - mel.mel_spectrogram(expected)
    assert difference[:, bands].abs().median() < 1.5


def test_a_tone_is_in_the_right_band():
    t = np.arange(20 * mel.SAMPLE_RATE) / mel.SAMPLE_RATE
    loudest = []
    for hertz in (200, 1000, 5000):
        tone = np.sin(2 * np.pi * hertz * t, dtype=np.float32)[None]
        spectrogram = mel.mel_spectrogram(mel.prepare(tone, mel.SAMPLE_RATE))
        loudest.append(int(spectrogram.mean(dim=(0, 2)).argmax()))
    # HTK's mel scale, 64 bands up to 22,050 Hz.
    expected = [2595 * np.log10(1 + hertz / 700) / 3923.3 * 65 - 1 for hertz in (200, 1000, 5000)]
    np.testing.assert_allclose(loudest, expected, atol=1)


def test_bands_above_the_limit_are_not_heard(window):
    decibel = mel.mel_spectrogram(window)
    limited = mel.limit_band(decibel)
    torch.testing.assert_close(limited[:, : mel.BANDS_HEARD], decibel[:, : mel.BANDS_HEARD])
    assert (limited[:, mel.BANDS_HEARD :] == decibel.max() - mel.TOP_DB).all()


def test_augmentations_keep_the_shape_and_the_input(window):
    decibel = mel.mel_spectrogram(window)
    before = decibel.clone()
    generator = torch.Generator().manual_seed(0)
    shifted = mel.time_shift(decibel, generator)
    torch.testing.assert_close(shifted.sort(dim=-1).values, decibel.sort(dim=-1).values)
    assert not torch.equal(shifted, decibel)
    masked = mel.spec_augment(decibel, generator)
    assert masked.shape == decibel.shape
    changed = (masked != decibel).float().mean()
    assert 0 < changed <= 2 * mel.MASK_MOST
    torch.testing.assert_close(decibel, before)


def test_augmentations_follow_their_seed(window):
    decibel = mel.mel_spectrogram(window)
    first, second = (mel.spec_augment(decibel, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)
