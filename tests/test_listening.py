"""From audio to seven features: windows over the whole song, and the model that is shipped."""

import io

import numpy as np
import pytest
import soundfile
import synth

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
    [(1, 1), (3, 1), (4.4, 1), (10, 3), (30, 8), (60, 15), (200, 24), (600, 24)],
)
def test_windows_are_spread_over_the_whole_song(seconds, windows):
    starts = window_starts(seconds)
    assert len(starts) == windows
    if windows > 1:
        assert starts[0] == 0
        assert starts[-1] == pytest.approx(seconds - listening.WINDOW_SECONDS)
        assert np.ptp(np.diff(starts)) < 1e-9
    else:
        assert starts[0] == pytest.approx(max(0, seconds - listening.WINDOW_SECONDS) / 2)


def test_what_is_heard(song):
    heard = listen(song)
    assert isinstance(heard.features, Features)
    assert heard.windows == len(heard.starts) == 19 < settings.audio_windows
    assert heard.per_window.shape == (heard.windows, 7)
    assert ((heard.per_window >= 0) & (heard.per_window <= 1)).all()
    np.testing.assert_allclose(heard.features.as_array(), heard.per_window.mean(axis=0), atol=0.1)
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


def test_intervals_hold_the_prediction(song):
    heard = listen(song)
    assert list(heard.intervals) == list(FEATURES)
    for name, (low, high) in heard.intervals.items():
        assert 0 <= low <= heard.features.as_dict()[name] <= high <= 1
        assert 0.02 < high - low < 0.8


def test_draws_are_the_models_errors_on_what_was_heard(song):
    heard = listen(song)
    draws = heard.draws(4000, seed=1)
    assert draws.shape == (4000, 7)
    assert ((draws >= 0) & (draws <= 1)).all()
    np.testing.assert_array_equal(draws, heard.draws(4000, seed=1))
    assert (draws != heard.draws(4000, seed=2)).any()
    low, high = np.array(list(heard.intervals.values())).T
    within = ((draws >= low - 1e-9) & (draws <= high + 1e-9)).mean(axis=0)
    assert ((within > 0.75) & (within < 0.95)).all()


def test_intervals_hold_the_truth_as_often_as_they_say():
    coverage = Assets().figures(listening.WEIGHTS)["coverage"]
    assert set(coverage) == {*FEATURES, "mean"}
    assert all(abs(share - 0.8) < 0.08 for share in coverage.values())


def test_quiet_and_odd_rates_are_heard_alike(song):
    expected = listen(song).features.as_array()
    quieter = listen(Audio(song.samples / 2, song.sample_rate)).features.as_array()
    np.testing.assert_allclose(quieter, expected, atol=0.2)  # 6 dB, of a sound like no song
    odd = listen(Audio(song.samples, song.sample_rate + 1)).features.as_array()
    np.testing.assert_allclose(odd, expected, atol=0.05)


def test_shipped_model_fits_its_figures():
    assets = Assets()
    figures = assets.figures(listening.WEIGHTS)
    linear = assets.weights(listening.WEIGHTS)["head.linear"]
    flat = {name for name, weights in zip(FEATURES, linear.T, strict=True) if not weights.any()}
    assert flat == set(figures["constant"])
    for name in FEATURES:
        ours, theirs = figures["calibrated_mae"][name], figures["constant_mae"][name]
        assert ours == theirs if name in flat else ours < theirs
        truth, heard = np.array(figures["scatter"][name]).T
        assert len(truth) == figures["clips"]
        assert np.abs(heard - truth).mean() == pytest.approx(ours, abs=2e-3)


@pytest.fixture
def planted() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Descriptions at three gains, labels that follow from them but for liveness, and folds."""
    generator = np.random.default_rng(0)
    described = generator.normal(size=(90, 3, 688))
    described[:, :, :7] = generator.uniform(size=(90, 1, 7)) * 50  # the first seven are what counts
    labels = described[:, 0, :7] / 50
    labels[:, 4] = generator.uniform(size=90)
    return described, labels, np.arange(90) % 3


def test_regression_finds_what_is_there(planted):
    from train.listening import Choice, fit

    described, labels, folds = planted
    described[:, :, 7:] *= 0  # nothing else varies
    head = fit(described[folds > 0], labels[folds > 0], Choice(hold=1e-3, spectrum=0.1))
    heard = head(described[folds == 0, 0])
    error = np.abs(heard - labels[folds == 0]).mean(axis=0)
    assert np.delete(error, 4).max() < 0.05 < error[4]


def test_a_constant_takes_the_place_of_what_is_not_heard(planted):
    from train.listening import Choice, fit, without

    described, labels, _ = planted
    useless = np.arange(7) == 4
    head = without(fit(described, labels, Choice(1.0, 0.1)), labels, useless)
    heard = head(described[:, 0])
    np.testing.assert_allclose(heard[:, 4], labels[:, 4].mean())
    assert heard[:, 0].std() > 0.01


def test_coverage_of_planted_errors(planted):
    from train.listening import coverage

    _, labels, folds = planted
    heard = np.clip(labels + np.random.default_rng(1).normal(0, 0.1, labels.shape), 0, 1)
    assert coverage(heard, labels, folds)["mean"] == pytest.approx(0.82, abs=0.04)


def test_calibration_undoes_a_scale_and_gives_up_on_noise():
    from train.papers_listening import calibration

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
