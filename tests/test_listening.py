"""From audio to seven features: windows over the whole song, and the network that is shipped."""

import io

import numpy as np
import pytest
import soundfile
import synth
import torch

from spotiflix import listening
from spotiflix.assets import Assets
from spotiflix.audio import Audio, decode
from spotiflix.errors import AudioDecodeError
from spotiflix.features import FEATURES, Features
from spotiflix.listening import features_from_audio, listen, picture, window_starts
from spotiflix.settings import settings


@pytest.fixture(scope="module")
def song() -> Audio:
    return Audio(synth.song(75), synth.SAMPLE_RATE)


@pytest.mark.parametrize(
    ("seconds", "windows"),
    [(1, 1), (20, 1), (24, 1), (30, 2), (45, 3), (60, 5), (200, 6), (600, 6)],
)
def test_windows_are_spread_over_the_whole_song(seconds, windows):
    starts = window_starts(seconds)
    assert len(starts) == windows
    if windows > 1:
        assert starts[0] == 0
        assert starts[-1] == pytest.approx(seconds - 20)
        assert np.ptp(np.diff(starts)) < 1e-9
    else:
        assert starts[0] == pytest.approx(max(0, seconds - 20) / 2)


def test_what_is_heard(song):
    heard = listen(song)
    assert isinstance(heard.features, Features)
    assert heard.windows == len(heard.starts) == settings.audio_windows
    assert heard.per_window.shape == (heard.windows, 7)
    assert ((heard.per_window >= 0) & (heard.per_window <= 1)).all()
    np.testing.assert_allclose(heard.features.as_array(), heard.per_window.mean(axis=0))
    assert heard.seconds == pytest.approx(75)
    assert set(heard.typical_error) == set(FEATURES)
    assert all(0 < error < 0.5 for error in heard.typical_error.values())


def test_same_from_bytes_path_and_samples(tmp_path):
    mp3 = synth.encode(synth.song(8), "mp3")
    path = tmp_path / "song.mp3"
    path.write_bytes(mp3)
    expected = features_from_audio(path)
    assert features_from_audio(mp3) == expected
    assert features_from_audio(io.BytesIO(mp3)) == expected
    assert features_from_audio(decode(mp3)) == expected
    assert list(expected.as_dict()) == list(FEATURES)


def test_formats_are_heard_alike():
    sound = synth.song(20)
    heard = [
        features_from_audio(synth.encode(sound, kind)).as_array() for kind in ("wav", "mp3", "m4a")
    ]
    np.testing.assert_allclose(heard[1], heard[0], atol=0.05)
    np.testing.assert_allclose(heard[2], heard[0], atol=0.05)


def test_a_loud_second_half_counts():
    quiet = synth.song(60, gain=0.01, channels=1)
    changing = quiet.copy()
    noise = np.random.default_rng(0).normal(size=quiet.shape[1] // 2)
    changing[0, quiet.shape[1] // 2 :] = np.clip(noise * 0.4, -1, 1)
    calm = features_from_audio(Audio(quiet, synth.SAMPLE_RATE))
    both = listen(Audio(changing, synth.SAMPLE_RATE))
    assert both.features.energy > calm.energy + 0.1
    assert both.per_window[-1][2] > both.per_window[0][2] + 0.1


def test_bad_audio_is_an_error_of_ours():
    with pytest.raises(AudioDecodeError, match="is text"):
        features_from_audio(b"not a song at all")
    file = io.BytesIO()
    soundfile.write(file, np.zeros(100_000), 44_100, format="WAV")
    with pytest.raises(AudioDecodeError, match="silent"):
        listen(file)


def test_picture_is_small_and_covers_the_song(song):
    shown = picture(song)
    assert shown.times.shape == shown.lowest.shape == shown.highest.shape == (2000,)
    assert (shown.lowest <= shown.highest).all()
    assert shown.highest.max() == song.samples.max()
    assert shown.lowest.min() == song.samples.min()
    assert shown.mel.shape == (64, 1000)
    assert np.isfinite(shown.mel).all()
    for times in (shown.times, shown.mel_times):
        assert 0 < times[0] < 0.1
        assert times[-1] == pytest.approx(75, abs=0.1)


def test_picture_of_one_second():
    shown = picture(Audio(synth.song(1, channels=1), synth.SAMPLE_RATE))
    assert shown.mel.shape[0] == 64
    assert shown.mel.shape[1] == len(shown.mel_times) <= 1000


def test_calibration_of_the_shipped_network_fits_its_figures():
    assets = Assets()
    weights = assets.weights(listening.WEIGHTS)
    figures = assets.figures(listening.WEIGHTS)
    flat = {
        name
        for name, slope in zip(FEATURES, weights["calibration_slope"], strict=True)
        if slope == 0
    }
    assert flat == set(figures["constant"])
    for name in FEATURES:
        ours, theirs = figures["calibrated_mae"][name], figures["constant_mae"][name]
        assert ours == theirs if name in flat else ours < theirs


def test_a_feature_that_is_not_heard_is_its_constant():
    ear = listening.Ear(Assets())
    generator = torch.Generator().manual_seed(0)
    heard = ear.hear(torch.rand(2, 882_000, generator=generator) - 0.5)
    flat = ear.slope == 0
    np.testing.assert_allclose(heard[flat], ear.intercept[flat])


def test_calibration_undoes_a_scale_and_gives_up_on_noise():
    from train.listening import calibration

    generator = np.random.default_rng(0)
    labels = generator.uniform(size=(200, 7))
    heard = 0.25 * labels + 0.5
    heard[:, 4] = generator.uniform(size=200) * 0.1 - 0.05 * labels[:, 4]  # no use, or worse
    slope, intercept = calibration(heard, labels)
    np.testing.assert_allclose(np.delete(slope, 4), 4.0, rtol=1e-2)
    np.testing.assert_allclose(np.delete(heard * slope + intercept - labels, 4, 1), 0, atol=0.01)
    assert slope[4] == 0
    assert intercept[4] == pytest.approx(labels[:, 4].mean())


def test_artists_are_kept_apart_through_their_duets():
    import pandas as pd

    from train.evaluation import artist_folds, artist_groups

    credits = pd.Series(["Ann", "Ann \\ Bob", "bob", "Cleo", "Dora", "Eve", "CLEO & Dora"])
    groups = artist_groups(credits)
    assert groups[0] == groups[1] == groups[2]
    assert groups[3] == groups[4] == groups[6]
    assert len(set(groups)) == 3
    folds = artist_folds(groups, np.array(["a"] * 7), folds=3, seed=0)
    for group in set(groups):
        assert len(set(folds[groups == group])) == 1
