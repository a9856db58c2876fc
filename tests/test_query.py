"""What the user brings, turned into one value."""

import json

import numpy as np
import planted as plants
import pytest
from planted import A, B, C, heard

from spotiflix.errors import EmptyInput, FeaturesError, SongNotFound
from spotiflix.features import FEATURES
from spotiflix.query import query_of_audio

KEYS = {"kind", "features", "source", "title", "artist", "year", "song_id"}


def test_a_song(planted):
    song = planted.songs[1]
    query = planted.query_song(song)
    assert query.features == song.features == B
    assert (query.title, query.artist, query.year) == ("Song 1", "The Planters", 2000)
    assert query.songs == (song,)
    assert query.label == "Song 1 · The Planters"
    assert query.source == "Spotify's features of “Song 1” by The Planters."
    assert query.as_dict().keys() == KEYS
    assert query.as_dict()["song_id"] == "song1"
    assert query.as_dict()["features"] == B.as_dict()


def test_a_song_by_its_id_or_another_versions_id(planted):
    assert planted.query_song("song1") == planted.query_song(planted.songs[1])
    assert planted.query_song("version-of-song1") == planted.query_song("song1")
    lone = planted.query_song(plants.LONE_ID)
    assert lone.features == C
    assert "an unknown artist" in lone.source
    assert lone.label == "Lone"


def test_a_song_of_unknown_year(planted):
    assert planted.query_song("song11").as_dict()["year"] is None


def test_an_unknown_id_is_named(planted):
    with pytest.raises(SongNotFound, match="'nothing'"):
        planted.query_song("nothing")


def test_several_songs_have_their_mean(planted):
    query = planted.query_songs(planted.songs[row] for row in (0, 1))
    expected = (A.as_array() + B.as_array()) / 2
    np.testing.assert_allclose(query.features.as_array(), expected)
    assert query.label == "Your playlist of 2 songs"
    assert query.source == "The mean of Spotify's features of 2 songs."
    assert query.as_dict()["song_id"] is None


def test_a_playlist_of_one_song_is_that_song(planted):
    query = planted.query_songs([planted.songs[0]])
    assert query.features == planted.songs[0].features
    assert "one song" in query.source


def test_no_songs_are_refused(planted):
    with pytest.raises(EmptyInput, match="empty"):
        planted.query_songs([])


def test_bare_features(planted):
    query = planted.query_features(A.as_dict())
    assert query == planted.query_features(A)
    assert query.label == "Your seven features"
    assert query.as_dict().keys() == KEYS
    with pytest.raises(FeaturesError, match="Missing feature"):
        planted.query_features({"energy": 0.5})


def test_audio_of_no_known_song():
    query = query_of_audio(heard(A))
    assert query.features == A
    assert query.label == "Your audio"
    assert "one window" in query.source
    assert "estimates" in query.source
    answer = query.as_dict()
    assert answer["heard"] == {"features": A.as_dict(), "windows": 1, "seconds": 20.0}
    assert query_of_audio(heard(A), title="T", artist="X").label == "T · X"


def test_a_song_with_audio_keeps_its_own_features(planted):
    query = planted.query_song("song1").with_heard(heard(A))
    assert query.features == B
    assert query.as_dict()["heard"]["features"] == A.as_dict()
    assert query.as_dict()["song_id"] == "song1"


def test_every_query_is_ready_for_json(planted):
    queries = [
        planted.query_song("song11"),
        planted.query_songs([planted.songs[0], planted.songs[1]]),
        planted.query_features(A),
        query_of_audio(heard(A)),
    ]
    for query in queries:
        answer = json.loads(json.dumps(query.as_dict()))
        assert list(answer["features"]) == list(FEATURES)
        assert answer["source"].endswith(".")


def test_an_uploads_tags_name_no_song_where_there_are_none(app):
    import synth

    assert app.song_from_tags(synth.encode(synth.song(1), "wav")) is None
