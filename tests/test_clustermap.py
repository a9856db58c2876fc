"""Where songs, soundtracks, centres and queries lie on the map."""

import numpy as np
import pytest
from planted import A, B, C, D

from spotiflix.features import FEATURES
from spotiflix.settings import settings


def test_places_follow_the_projection(planted):
    # The planted axes are acousticness, energy and valence, from 0.5.
    np.testing.assert_allclose(planted.map.place(A), [0.4, -0.4, 0], atol=1e-6)
    np.testing.assert_allclose(planted.map.place(B), [0, 0.4, 0.4], atol=1e-6)
    both = planted.map.project(np.array([A.as_array(), B.as_array()]))
    np.testing.assert_allclose(both, [planted.map.place(A), planted.map.place(B)])


def test_route_goes_from_the_query_to_its_cluster_to_the_one_it_translates_to(planted):
    route = planted.map.route(D, planted.clusters.match(D))
    assert (route.song_cluster, route.track_cluster) == (3, 2)
    assert route.places.shape == (3, 3)
    for place, features in zip(route.places, (D, D, C), strict=True):
        np.testing.assert_allclose(place, planted.map.place(features), atol=1e-6)


def test_points_are_labelled(planted):
    songs = planted.map.songs
    assert songs.label[0] == "Song 0 · The Planters"
    assert songs.cluster[:4].tolist() == [0, 1, 2, 3]
    tracks = planted.map.soundtracks
    assert tracks.label[3] == "Beta 3 · Beta"
    assert tracks.cluster[3] == 0
    assert len(tracks.xyz) == len(tracks.label) == len(tracks.features) == 14


def test_songs_of_a_cluster(planted):
    assert planted.map.songs_in(1, limit=10) == [1, 5, 9]
    assert planted.map.songs_in(1, limit=2) == [1, 5]
    assert planted.map.songs_in(99, limit=2) == []


def test_movies_of_a_cluster_come_with_their_tracks_most_first(planted):
    names = [
        (planted.movies[row].title, tracks) for row, tracks in planted.map.movies_in(1, limit=10)
    ]
    assert names == [
        ("Gamma", ["Gamma 5", "Gamma 6"]),
        ("Delta", ["Delta 7", "Delta 8"]),
        ("Beta", ["Beta 4"]),
    ]
    assert planted.map.movies_in(99, limit=3) == []


def test_mean_features_of_a_cluster(planted):
    np.testing.assert_allclose(
        planted.map.mean_features("soundtrack", 2).as_array(), C.as_array(), atol=1e-6
    )


def test_the_shipped_map_has_as_many_points_as_the_setting(app):
    for points in (app.map.songs, app.map.soundtracks):
        assert points.xyz.shape == (settings.map_points, 3)
        assert points.features.shape == (settings.map_points, len(FEATURES))
        assert len(points.label) == len(points.cluster) == settings.map_points
        assert np.isfinite(points.xyz).all()
        assert 0 <= points.cluster.min() <= points.cluster.max() < 500


@pytest.mark.parametrize("kind", ["song", "soundtrack"])
def test_the_shipped_centres_lie_where_the_projection_puts_them(app, kind):
    centres = app.map.centres(kind)
    assert centres.shape == (500, 3)
    means = app.clusters.song_means if kind == "song" else app.clusters.track_means
    np.testing.assert_allclose(centres, app.map.project(means), atol=1e-5)


def test_the_shipped_map_is_centred(app):
    assert np.abs(app.map.soundtracks.xyz.mean(axis=0)).max() < 0.3
