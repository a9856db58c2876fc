"""Figures: what is drawn is what was given."""

import numpy as np
import pytest

from spotiflix import figures
from spotiflix.features import FEATURES, Features

SOUND = Features(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def test_a_radar_closes_each_shape_and_names_more_than_one():
    one = figures.radar({"Spotify": SOUND})
    two = figures.radar({"Spotify": SOUND, "Heard": SOUND})
    assert list(one.data[0].r) == [*SOUND.as_dict().values(), SOUND.acousticness]
    assert len(two.data) == 2
    assert (one.layout.showlegend, two.layout.showlegend) == (False, True)
    assert two.data[0].line.color != two.data[1].line.color


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("colour_by", ["mood", "cluster", "kind"])
def test_the_map_draws_every_point_and_the_way_of_a_query(app, flat, colour_by):
    layers = {"Songs": app.map.songs, "Soundtracks": app.map.soundtracks}
    plain = figures.cluster_map(layers, colour_by=colour_by, flat=flat)
    drawn = sum(len(trace.x) for trace in plain.data if trace.customdata is not None)
    assert drawn == sum(len(points.label) for points in layers.values())

    song = app.songs[0].features
    route = app.map.route(song, app.clusters.match(song))
    with_route = figures.cluster_map(layers, colour_by=colour_by, flat=flat, route=route)
    way = with_route.data[-1]
    np.testing.assert_allclose([way.x[0], way.y[0]], app.map.place(song)[:2])
    assert len(way.x) == 3


def test_bars_reach_from_the_lower_to_the_upper_bound():
    intervals = dict.fromkeys(FEATURES, (0.05, 0.9))
    bar = figures.feature_bars(SOUND, intervals).data[0]
    np.testing.assert_allclose(bar.x + np.array(bar.error_x.array), 0.9)
    np.testing.assert_allclose(bar.x - np.array(bar.error_x.arrayminus), 0.05)


def test_a_mood_plane_has_each_method_and_the_query():
    groups = {"clusters": (np.full((2, 7), 0.5), ["One", "Other"])}
    names = [trace.name for trace in figures.mood_plane(groups, SOUND).data]
    assert names == ["Clusters", "Your music"]
