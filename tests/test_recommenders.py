"""What every method owes its user, on planted assets and on the shipped ones."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import planted as plants
import pytest
from planted import WITH_TEXT, WITH_TRACKS, A, B, C, D, ask, heard, point

from spotiflix.engine import METHODS
from spotiflix.errors import NeedsAudio, SpotiflixError, UnknownMethod
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard
from spotiflix.query import Query
from spotiflix.recommenders.listening import expected_worth
from spotiflix.settings import settings

#: Each method, and method 3 on either of its ways.
WAYS = [
    ("positivity", "clusters"),
    ("clusters", "clusters"),
    ("listening", "clusters"),
    ("listening", "positivity"),
]


def known_movies(method, via):
    """Movies that a method can recommend at all, in the planted catalogue."""
    return WITH_TEXT if "positivity" in (method, via) else WITH_TRACKS


def titles(found):
    return [each.movie.title for each in found]


def heard_query(features):
    """A query that says one thing to every method."""
    return ask(features, heard=heard(features))


@pytest.fixture(params=WAYS, ids=[f"{method}-via-{via}" for method, via in WAYS])
def way(request):
    return request.param


class TestEveryMethod:
    @pytest.mark.parametrize(
        ("features", "by_sound", "by_words"),
        [
            (A, "Alpha", "Zeta"),
            (B, "Gamma", "Kappa"),
            (D, "Epsilon", "Alpha"),  # D's cluster translates to C's, where Epsilon is
        ],
    )
    def test_planted_answer_is_first(self, planted, way, features, by_sound, by_words):
        method, via = way
        found = planted.recommend(heard_query(features), method, via=via)
        expected = by_words if "positivity" in way else by_sound
        assert found[0].movie.title == expected
        assert found[0].method == method

    @pytest.mark.parametrize("features", [A, B, C, D, point(valence=0.75)])
    def test_ranks_scores_and_movies_are_in_order(self, planted, way, features):
        method, via = way
        found = planted.recommend(heard_query(features), method, 100, via=via)
        scores = [each.score for each in found]
        assert [each.rank for each in found] == list(range(1, len(found) + 1))
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert len(set(titles(found))) == len(found)

    def test_more_asked_than_exist_gives_all(self, planted, way):
        method, via = way
        found = planted.recommend(heard_query(A), method, settings.movies_most, via=via)
        assert sorted(titles(found)) == sorted(known_movies(*way))

    @pytest.mark.parametrize("limit", [1, 2, 5])
    def test_shorter_lists_are_beginnings_of_longer_ones(self, planted, way, limit):
        method, via = way
        every = planted.recommend(heard_query(B), method, 100, via=via)
        assert planted.recommend(heard_query(B), method, limit, via=via) == every[:limit]

    def test_series_never_come_back_when_left_out_and_there_are_enough(self, planted, way):
        method, via = way
        query = heard_query(B)
        every = planted.recommend(query, method, 100, via=via)
        films = planted.recommend(query, method, 5, via=via, television=False)
        assert {"Gamma", "Eta"} <= set(titles(every))
        assert len(films) == 5
        assert titles(films) == [t for t in titles(every) if t not in ("Gamma", "Eta")][:5]
        assert [each.rank for each in films] == [1, 2, 3, 4, 5]

    def test_only_allowed_movies_come_back(self, planted, way):
        method, via = way
        allowed = np.zeros(len(planted.movies), bool)
        allowed[[1, 7]] = True  # Beta, Theta
        recommender = planted.recommender(method, via=via)
        found = recommender.recommend(heard_query(A), 5, allowed=allowed)
        assert sorted(titles(found)) == ["Beta", "Theta"]

    def test_equals_keep_the_catalogues_order_every_time(self, planted, way):
        method, via = way
        query = heard_query(point(instrumentalness=0.9, valence=0.75))
        first = planted.recommend(query, method, 100, via=via)
        names = titles(first)
        assert names.index("Iota") == names.index("Theta") + 1
        twins = first[names.index("Theta")], first[names.index("Iota")]
        assert twins[0].score == twins[1].score
        for _ in range(3):
            assert planted.recommend(query, method, 100, via=via) == first

    def test_equals_keep_the_shipped_catalogues_order(self, app, way):
        method, via = way
        equals = 0
        for valence in (0.1, 0.3, 0.5, 0.7, 0.9):
            found = app.recommend(heard_query(point(valence=valence)), method, 100, via=via)
            for one, other in pairwise(found):
                if one.score == other.score:
                    equals += 1
                    assert one.movie.row < other.movie.row
        assert equals > 0 or "positivity" not in way

    @pytest.mark.parametrize("limit", [0, -1, 101])
    def test_impossible_numbers_of_movies_are_refused(self, planted, way, limit):
        method, via = way
        with pytest.raises(SpotiflixError, match=f"between 1 and 100, not {limit}"):
            planted.recommend(heard_query(A), method, limit, via=via)

    @pytest.mark.parametrize("value", [0.0, 1.0])
    def test_extreme_features_get_a_full_list(self, app, way, value):
        method, via = way
        query = heard_query(Features(**dict.fromkeys(FEATURES, value)))
        found = app.recommend(query, method, 100, via=via)
        assert len(found) == 100
        assert len({each.movie.movie_id for each in found}) == 100

    def test_what_comes_back_is_ready_for_json(self, planted, way):
        method, via = way
        answer = planted.recommend(heard_query(A), method, 1, via=via)[0].as_dict()
        expected = {"movie_id", "imdb_id", "title", "year", "kind", "genres", "score", "rank"}
        assert expected | {"reason", "tracks", "url"} <= set(answer)
        assert isinstance(answer["genres"], list)


class TestClusters:
    def test_a_full_cluster_comes_before_its_neighbours(self, planted):
        found = titles(planted.recommend(ask(A), "clusters", 100))
        assert found[:3] == ["Alpha", "Eta", "Beta"]  # all that cluster 0 has

    def test_next_nearest_clusters_fill_the_list(self, planted):
        names = titles(planted.recommend(ask(C), "clusters", 100))
        assert names[0] == "Epsilon"  # alone in its cluster
        order = planted.clusters.match(C).track_clusters.tolist()
        homes = {title: [] for title in WITH_TRACKS}
        for title, cluster, *_ in plants.TRACKS:
            homes[title].append(order.index(cluster))
        places = [min(homes[name]) for name in names]
        assert places == sorted(places)

    def test_the_translation_table_decides(self, planted):
        match = planted.clusters.match(D)
        assert match.song_cluster == 3
        assert match.track_clusters[0] == 2  # though cluster 3 lies nearer
        assert match.track_clusters[1] == 3
        assert sorted(match.track_clusters) == [0, 1, 2, 3]

    def test_more_tracks_and_nearer_tracks_rank_higher(self, planted):
        # Gamma has two tracks right there, Delta one a little off, Beta one far off.
        assert titles(planted.recommend(ask(B), "clusters", 3)) == ["Gamma", "Delta", "Beta"]

    def test_less_trusted_links_rank_lower(self, planted):
        # Beta and Eta have a track at the same distance; Beta's was found by its title alone.
        names = titles(planted.recommend(ask(A), "clusters", 3))
        assert names.index("Eta") < names.index("Beta")

    def test_reason_names_the_matched_tracks_with_their_distances(self, planted):
        beta = planted.recommend(ask(A), "clusters", 3)[2]
        assert [track.title for track in beta.tracks] == ["Beta 3"]
        assert beta.tracks[0].distance == pytest.approx(0.1, abs=1e-4)
        assert "One of its 2 soundtrack tracks is in the matching cluster" in beta.reason
        assert "“Beta 3” by The Planters (distance 0.10)" in beta.reason

    def test_reason_names_the_nearest_track_first(self, planted):
        delta = planted.recommend(ask(B), "clusters", 2)[1]
        assert [track.title for track in delta.tracks] == ["Delta 8", "Delta 7"]
        assert delta.tracks[0].distance < delta.tracks[1].distance
        assert delta.reason.startswith("2 of its 2 soundtrack tracks are in the matching cluster")

    def test_reason_of_a_neighbour_says_so(self, planted):
        last = planted.recommend(ask(A), "clusters", 100)[-1]
        assert "a neighbouring cluster" in last.reason

    def test_reason_leaves_out_an_unknown_artist(self, planted):
        alpha = planted.recommend(ask(A), "clusters", 1)[0]
        assert "“Alpha 0” (distance 0.00)" in alpha.reason
        assert alpha.as_dict()["tracks"][0]["artist"] is None

    def test_matched_tracks_are_in_the_song_clusters_translation(self, app):
        for row in range(0, len(app.songs), 20_000):
            song = app.songs[row]
            best = app.recommend(app.query_song(song), "clusters", 1)[0]
            cluster = app.clusters.match(song.features).track_clusters[0]
            tracks = app.movies.tracks
            inside = (tracks.movie == best.movie.row) & (tracks.cluster == cluster)
            assert {track.title for track in best.tracks} <= set(tracks.title[inside])


class TestPositivity:
    @pytest.mark.parametrize(("title", "rank"), [(m[0], m[3]) for m in plants.MOVIES if m[3]])
    def test_the_movie_of_the_songs_rank_is_first(self, planted, title, rank):
        best = planted.recommend(ask(point(valence=rank)), "positivity", 1)[0]
        assert best.movie.title == ("Theta" if title == "Iota" else title)
        assert best.score == pytest.approx(1.0, abs=1e-6)

    def test_known_lyrics_count_more_than_the_sound(self, planted):
        song = planted.songs[9]  # at B, which sounds as happy as can be; its words are 0.625
        assert song.lyric_positivity == 0.625
        best = planted.recommend(planted.query_song(song), "positivity", 1)[0]
        assert best.movie.title == "Gamma"  # rank 0.25, as 0.625 is among known lyrics
        assert "positivity 0.62, from the words" in best.reason

    def test_songs_without_lyrics_go_by_their_sound(self, planted):
        best = planted.recommend(planted.query_song(planted.songs[1]), "positivity", 1)[0]
        assert best.movie.title == "Kappa"
        assert "positivity 0.90, expected from its sound" in best.reason

    def test_a_playlist_has_the_mean_rank_of_its_songs(self, planted):
        recommender = planted.recommender("positivity")
        songs = [planted.songs[row] for row in (1, 8, 11)]  # sound .9; lyrics .75 and 1.0
        query = planted.query_songs(songs)
        assert recommender.query_rank(query) == pytest.approx((0.9 + 0.5 + 1.0) / 3, abs=1e-6)
        reason = planted.recommend(query, "positivity", 1)[0].reason
        assert "lyrics known for 2 of 3" in reason

    def test_movies_without_a_text_never_come(self, planted):
        found = planted.recommend(ask(B), "positivity", 100)
        assert "Epsilon" not in titles(found)

    @pytest.mark.parametrize(("happiest", "rank"), [(True, 1.0), (False, 0.0)])
    def test_happiest_words_meet_the_happiest_movie(self, app, happiest, rank):
        known = app.assets.table("songs.parquet", ["lyric_positivity"])["lyric_positivity"]
        known = known[known != 65_535]
        row = int(known.idxmax() if happiest else known.idxmin())
        query = app.query_song(app.songs[row])
        recommender = app.recommender("positivity")
        assert recommender.query_rank(query) == rank
        best = app.recommend(query, "positivity", 1)[0].movie
        ranks = app.movies.positivity_rank
        assert ranks[best.row] == (np.nanmax(ranks) if happiest else np.nanmin(ranks))

    def test_every_movie_with_a_text_can_be_reached(self, app):
        """Some song lies nearest to it in rank, or as near as to its equals."""
        recommender = app.recommender("positivity")
        features = app.songs.features
        expected = recommender._network(features)[:, 0]
        quantiles = recommender._tensors["predicted_quantiles"]
        songs = np.sort(np.interp(expected, quantiles, np.linspace(0, 1, len(quantiles))))
        movies = np.unique(app.movies.positivity_rank[np.isfinite(app.movies.positivity_rank)])
        borders = np.r_[-np.inf, (movies[1:] + movies[:-1]) / 2, np.inf]
        reached = np.diff(np.searchsorted(songs, borders)) > 0
        assert reached.all()
        assert len(movies) > 1500

    def test_predictions_stay_within_bounds(self, app):
        recommender = app.recommender("positivity")
        for value in (0.0, 0.5, 1.0):
            assert 0 <= recommender.predict(Features(*[value] * 7)) <= 1


class TestListening:
    @pytest.mark.parametrize("via", ["clusters", "positivity"])
    def test_without_audio_it_asks_for_it(self, planted, via):
        with pytest.raises(NeedsAudio, match="needs audio"):
            planted.recommend(ask(A), "listening", via=via)

    @pytest.mark.parametrize("via", ["clusters", "positivity"])
    def test_it_goes_by_what_was_heard_alone(self, planted, via):
        song = planted.songs[9]  # at B, with known lyrics
        query = planted.query_song(song).with_heard(heard(A))
        found = planted.recommend(query, "listening", 100, via=via)
        same = planted.recommend(planted.query_features(A), via, 100)
        assert titles(found) == titles(same)
        assert all(each.reason.startswith("By what was heard: ") for each in found)

    def test_the_other_methods_keep_to_the_song(self, planted):
        query = planted.query_song(planted.songs[9])
        with_audio = query.with_heard(heard(A))
        for method in ("positivity", "clusters"):
            assert planted.recommend(with_audio, method) == planted.recommend(query, method)

    def test_an_unknown_way_is_named(self, planted):
        with pytest.raises(UnknownMethod, match="not by 'magic'"):
            planted.recommend(heard_query(A), "listening", via="magic")


def test_an_unknown_method_is_named_with_the_known_ones(planted):
    with pytest.raises(UnknownMethod, match="'magic'; there are positivity, clusters, listening"):
        planted.recommend(ask(A), "magic")


def test_all_methods_together(planted):
    assert list(planted.recommend_all(heard_query(A))) == list(METHODS)
    without = planted.recommend_all(ask(A), 3)
    assert list(without) == ["positivity", "clusters"]
    assert all(len(found) == 3 for found in without.values())


def test_all_methods_leave_series_out_together(planted):
    found = planted.recommend_all(heard_query(B), 100, television=False)
    assert all(each.movie.kind == "movie" for movies in found.values() for each in movies)


@pytest.mark.parametrize(("method", "movies"), [("positivity", 240), ("clusters", 180)])
def test_different_songs_meet_different_movies(app, method, movies):
    rows = np.linspace(0, len(app.songs) - 1, 300).astype(int)
    queries = [app.query_song(app.songs[row]) for row in rows]
    first = {app.recommend(query, method, 1)[0].movie.movie_id for query in queries}
    assert len(first) >= movies


class TestListeningAllowsForErrors:
    def heard(self, app, errors):
        features = app.songs[0].features
        per_window = features.as_array()[None]
        values = Heard(features, 1, 20.0, per_window, np.zeros(1), {}, errors=errors)
        return Query(features, "Heard.", "audio", heard=values)

    def test_without_errors_it_ranks_as_its_method_does(self, app):
        query = self.heard(app, np.zeros((3, 7)))
        certain = app.recommender("clusters").rank(query).rows[:50]
        assert app.recommender("listening").rank(query).rows[:50].tolist() == certain.tolist()

    def test_with_errors_scores_fall_and_stay_in_order(self, app):
        errors = np.random.default_rng(0).normal(0, 0.5, (50, 7))
        sure = app.recommender("listening").rank(self.heard(app, np.zeros((1, 7)))).scores
        unsure = app.recommender("listening").rank(self.heard(app, errors)).scores
        assert sure[0] == pytest.approx(1)
        assert unsure[0] < sure[0]
        assert (np.diff(unsure) <= 0).all()

    def test_a_movie_that_all_draws_agree_on_beats_one_of_the_point_alone(self, app):
        query = self.heard(app, np.zeros((1, 7)))
        draws = np.tile(app.songs[5000].features.as_array(), (10, 1))
        worth = expected_worth(app.recommender("clusters"), query, draws)
        clusters = app.recommender("clusters")
        heard_first = clusters.rank(query).rows[0]
        drawn_first = clusters.rank(replace(query, features=app.songs[5000].features)).rows[0]
        assert worth[drawn_first] > 0.8
        certain = expected_worth(clusters, query, query.features.as_array()[None])
        assert worth[heard_first] < certain[heard_first] == 1
