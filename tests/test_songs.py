"""The song catalogue, real and planted."""

import numpy as np
import pytest
from planted import LONE_ID

from spotiflix.features import FEATURES
from spotiflix.songs import SongCatalogue


def test_holds_every_song_most_popular_first(app):
    songs = app.songs
    assert len(songs) == len(songs.titles) == len(songs.artists)
    assert len(songs) == app.assets.figures("songs.parquet")["songs"] > 189_000
    known = songs.popularity[~np.isnan(songs.popularity)]
    assert (np.diff(known) <= 0).all()
    assert np.isnan(songs.popularity[len(known) :]).all()


def test_features_are_fractions_in_the_order_of_the_names(app):
    features = app.songs.features
    assert features.shape == (len(app.songs), len(FEATURES))
    assert features.dtype == np.float32
    assert features.min() >= 0.0
    assert features.max() <= 1.0
    song = app.songs[1234]
    np.testing.assert_allclose(song.features.as_array(), features[1234], atol=5e-5)


def test_hotel_california_is_as_spotify_has_it(app):
    song = app.songs[app.song_search.named("Hotel California", "Eagles")]
    assert (song.artist, song.year) == ("Eagles", 1976)
    assert song.features.energy == pytest.approx(0.508, abs=0.01)
    assert song.features.valence == pytest.approx(0.609, abs=0.01)


def test_every_song_has_its_row_and_is_found_by_its_id(app):
    for row in (0, 99, 150_000, len(app.songs) - 1):
        song = app.songs[row]
        assert song.row == row
        assert app.songs.by_id(song.song_id) == song


@pytest.mark.parametrize("row", [-1, 1_000_000])
def test_no_such_row(app, row):
    with pytest.raises(IndexError, match="outside the catalogue"):
        app.songs[row]


def test_unknown_id(app):
    assert app.songs.by_id("no such id") is None


def test_planted_values(planted):
    first, last = planted.songs[0], planted.songs[len(planted.songs) - 1]
    assert (first.title, first.artist, first.year, first.popularity) == (
        "Song 0",
        "The Planters",
        2000,
        90,
    )
    assert (first.cluster, first.genre, first.lyric_positivity) == (0, "pop", None)
    assert (last.year, last.popularity, last.lyric_positivity) == (None, None, 1.0)


def test_another_version_is_the_song(planted):
    assert planted.songs.by_id("version-of-song1") == planted.songs[1]


def test_an_id_without_a_song_has_features_but_no_row(planted):
    song = planted.songs.by_id(LONE_ID)
    assert (song.title, song.artist, song.row, song.cluster) == ("Lone", "", -1, None)
    assert song.features.speechiness == pytest.approx(0.9)


def test_nothing_is_read_before_it_is_needed(tmp_path):
    (tmp_path / "manifest.json").write_text('{"files": {}}')
    from spotiflix.assets import Assets

    SongCatalogue(Assets(tmp_path))
