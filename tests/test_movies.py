"""The movie catalogue, what it says of a movie, and what several lists have in common."""

import numpy as np
import planted as plants
import pytest
from planted import A, B, ask, heard

from spotiflix.comparison import agreement, in_several, sounds


def test_a_movie(planted):
    movie = planted.movies[1]
    assert (movie.title, movie.year, movie.kind) == ("Beta", 1991, "movie")
    assert movie.genres == ("Drama", "Music")
    assert (movie.runtime, movie.rating, movie.rating_source) == (100, 7.5, "IMDb")
    assert movie.row == 1
    assert len(planted.movies) == len(plants.MOVIES)


def test_what_no_source_gave_is_none(planted):
    movie = planted.movies[0]
    assert (movie.year, movie.imdb_id, movie.tmdb_id, movie.poster_path) == (None,) * 4
    assert movie.genres == ()


def test_a_movie_by_its_id(planted):
    assert planted.movies.by_id("tt3") == planted.movies[3]
    assert planted.movies.by_id("nothing") is None


@pytest.mark.parametrize("row", [-1, 10, 1000])
def test_rows_outside_are_refused(planted, row):
    with pytest.raises(IndexError, match=f"Row {row} is outside the catalogue of 10 movies"):
        planted.movies[row]


def test_links_lead_to_the_best_page_there_is(planted):
    from dataclasses import replace

    movie = planted.movies[1]
    assert movie.url == "https://www.imdb.com/title/tt1/"
    assert replace(movie, imdb_id=None).url == "https://www.themoviedb.org/movie/1"
    bare = replace(movie, imdb_id=None, tmdb_id=None, title="M & M")
    assert bare.url == "https://www.imdb.com/find/?q=M+%26+M+1991&s=tt"


def test_the_sound_of_a_movie_is_the_mean_of_its_tracks(planted):
    np.testing.assert_allclose(planted.movies.sound(0).as_array(), A.as_array(), atol=1e-4)
    beta = planted.movies.sound(1)
    assert beta.energy == pytest.approx((A.energy + B.energy) / 2, abs=1e-4)
    assert planted.movies.sound(9) is None  # Kappa has no track


def test_positivity_of_movies(planted):
    ranks = [np.nan if rank is None else rank for *_, rank in plants.MOVIES]
    np.testing.assert_allclose(planted.movies.positivity_rank, ranks)


def test_shipped_ids_are_unique_and_links_lead_into_the_catalogue(app):
    ids = app.assets.table("movies.parquet", ["movie_id", "kind", "votes", "title"])
    assert ids["movie_id"].is_unique
    assert set(ids["kind"]) == {"movie", "tv"}
    assert ids["votes"].is_monotonic_decreasing
    assert (ids["title"].str.strip() != "").all()
    tracks = app.movies.tracks
    assert (np.diff(tracks.movie) >= 0).all()
    assert 0 <= tracks.movie.min() <= tracks.movie.max() < len(ids)
    assert ((tracks.features >= 0) & (tracks.features <= 1)).all()
    assert set(np.unique(tracks.confidence)) <= {1, 2, 3}


def test_ranks_of_each_kind_of_text_run_from_saddest_to_happiest(app):
    movies = app.movies
    for kind in ("script", "dialogue", "subtitles"):
        rows = np.flatnonzero(movies.text_kind == kind)
        positivity, ranks = movies.positivity[rows], movies.positivity_rank[rows]
        by_positivity = np.lexsort((ranks, positivity))  # it is stored in four digits only
        assert (np.diff(ranks[by_positivity]) >= 0).all()
        assert ranks.mean() == pytest.approx(0.5, abs=1e-3)
    assert {kind for kind in movies.text_kind if isinstance(kind, str)} == {
        "script",
        "dialogue",
        "subtitles",
    }


def test_lists_in_common(planted):
    lists = planted.recommend_all(ask(A, heard=heard(A)), 3)
    common = agreement(lists)
    assert common["clusters", "listening"] == [each.movie.title for each in lists["clusters"]]
    assert len(common) == 3
    assert {each.movie.movie_id for each in lists["clusters"]} <= in_several(lists)
    places = sounds(lists, planted.movies)
    features, names = places["clusters"]
    assert features.shape == (len(names), 7) == (3, 7)
