"""Dirty soundtrack rows are cleaned, and find the film that they belong to."""

import pandas as pd
import pytest
from raw import row

from spotiflix.features import FEATURES
from train.soundtracks import clean
from train.titles import TitleIndex, split_title, title_key

MOVIES = pd.DataFrame(
    [
        ("tt1", "A Star Is Born", None, 1954, 9_000, "movie"),
        ("tt2", "A Star Is Born", None, 2018, 90_000, "movie"),
        ("tt3", "Star Wars", "Episode IV", 1977, 99_000, "movie"),
        ("tt4", "Pulp Fiction", None, 1994, 99_000, "movie"),
        ("tt5", "The Quiet One", None, 1990, 10, "movie"),
        ("tt6", "Yearless", None, None, 10, "movie"),
    ],
    columns=["movie_id", "title", "also", "year", "votes", "kind"],
)


def cleaned(*rows, **first_year):
    table = pd.DataFrame(list(rows)).astype({"movie_id": object, "year": float})
    years = pd.Series({k.replace("_", " "): float(v) for k, v in first_year.items()}, dtype=float)
    return clean(table, MOVIES, years)


def tracks_of(result):
    """Movie id → tracks that were kept."""
    ids = result.movies["movie_id"][result.rows["movie"]].to_numpy()
    return result.rows["track"].groupby(ids).apply(list).to_dict()


class TestSoundtracks:
    def test_a_clean_row_stays(self):
        result = cleaned(row("Misirlou", "tt4"))
        assert tracks_of(result) == {"tt4": ["Misirlou"]}
        assert result.counts["kept"] == result.counts["raw"] == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"track": "Royale With Cheese (Dialogue)"},
            {"track": "Interview with the Director"},
            {"track": "Ezekiel", "artist": "Dialogue Excerpt"},
            {"speechiness": 0.95},
            {"speechiness": 0.7, "confidence": 2},
        ],
    )
    def test_dialogue_is_dropped(self, changes):
        spoken = row("Spoken", "tt4", **changes)
        result = cleaned(row("Misirlou", "tt4"), spoken)
        assert tracks_of(result) == {"tt4": ["Misirlou"]}
        assert result.counts["dropped_dialogue"] == 1

    def test_rap_that_is_surely_of_the_film_is_no_dialogue(self):
        rap = row("Rap", "tt4", speechiness=0.7, confidence=1)
        assert tracks_of(cleaned(rap)) == {"tt4": ["Rap"]}

    def test_features_shared_by_different_names_of_one_source_are_dropped(self):
        same = dict.fromkeys(FEATURES, 0.3)
        result = cleaned(row("One", "tt4", **same), row("Two", "tt2", **same), row("Three", "tt4"))
        assert tracks_of(result) == {"tt4": ["Three"]}
        assert result.counts["dropped_shared_features"] == 2

    def test_versions_of_one_name_may_share_features(self):
        same = dict.fromkeys(FEATURES, 0.3)
        result = cleaned(
            row("One", "tt4", **same), row('One - From "Pulp Fiction" Soundtrack', "tt2", **same)
        )
        assert tracks_of(result).keys() == {"tt4", "tt2"}

    def test_features_shared_across_sources_agree(self):
        same = dict.fromkeys(FEATURES, 0.3)
        result = cleaned(
            row("One", "tt4", **same), row("Two", "tt2", **same, feature_source="another")
        )
        assert result.counts["kept"] == 2

    def test_a_song_of_2018_moves_from_the_film_of_1954_to_its_remake(self):
        shallow = row("Shallow", "tt1", movie_title="A Star Is Born", year=1954.0, match="album")
        result = cleaned(shallow, **{"id_of_Shallow": 2018})
        assert tracks_of(result) == {"tt2": ["Shallow"]}
        assert result.counts["moved_to_remake"] == 1

    def test_a_song_of_1954_stays_with_the_film_of_1954(self):
        old = row("Gotta Have Me", "tt1", movie_title="A Star Is Born", year=1954.0, match="album")
        assert tracks_of(cleaned(old, **{"id_of_Gotta_Have_Me": 1954})).keys() == {"tt1"}

    def test_a_late_album_of_a_film_without_remake_is_trusted_least(self):
        late = row("Misirlou", "tt4", match="album")
        result = cleaned(late, **{"id_of_Misirlou": 2015})
        assert result.rows["confidence"].tolist() == [3]

    @pytest.mark.parametrize(("year", "kept"), [(1990, 1), (1996, 1), (1997, 0), (2020, 0)])
    def test_a_song_found_by_title_alone_cannot_be_years_younger_than_its_film(self, year, kept):
        guess = row("Girl", "tt4", match="title_only", confidence=3)
        result = cleaned(guess, row("Other", "tt4"), **{"id_of_Girl": year})
        assert result.counts["dropped_too_late"] == 1 - kept
        assert len(result.rows) == 1 + kept

    def test_a_late_song_of_its_performer_stays(self):
        result = cleaned(row("Misirlou", "tt4"), **{"id_of_Misirlou": 2015})
        assert tracks_of(result) == {"tt4": ["Misirlou"]}

    def test_a_row_without_film_finds_it_by_title_and_year(self):
        assert tracks_of(cleaned(row("Misirlou"))) == {"tt4": ["Misirlou"]}

    def test_a_row_without_film_finds_it_by_another_name(self):
        result = cleaned(row("Main Title", movie_title="Star Wars: A New Hope", year=None))
        assert tracks_of(result) == {"tt3": ["Main Title"]}
        assert result.counts["resolved"] == 1

    def test_a_row_without_year_finds_the_remake_by_the_songs_year(self):
        shallow = row("Shallow", movie_title="A Star Is Born", year=None)
        assert tracks_of(cleaned(shallow, **{"id_of_Shallow": 2018})) == {"tt2": ["Shallow"]}

    def test_a_link_to_a_film_without_year_is_not_believed(self):
        result = cleaned(row("Misirlou", "tt6", movie_title="Star Wars: A New Hope", year=None))
        assert tracks_of(result) == {"tt3": ["Misirlou"]}
        assert result.counts["unlinked_from_yearless_film"] == 1

    def test_a_series_is_added_and_marked(self):
        result = cleaned(
            row("Light of the Seven", movie_title="Doctor Who: Series 5", year=None),
            row("Misirlou", "tt4"),
        )
        added = result.movies.iloc[len(MOVIES) :]
        assert added["title"].tolist() == ["Doctor Who"]
        assert added["kind"].tolist() == ["tv"]
        assert tracks_of(result)[added["movie_id"].iloc[0]] == ["Light of the Seven"]

    def test_a_listed_title_that_is_no_film_is_television(self):
        listed = row("Main Theme", movie_title="Some Show", year=2011.0)
        listed["link_source"] = "imdb_top250_soundtracks"
        result = cleaned(listed, row("Misirlou", "tt4"))
        assert result.movies.iloc[-1][["title", "kind"]].tolist() == ["Some Show", "tv"]

    def test_a_film_with_a_year_is_added_as_a_film(self):
        result = cleaned(row("Song", movie_title="Unheard Of", year=2001.0))
        assert result.movies.iloc[-1][["title", "year", "kind"]].tolist() == [
            "Unheard Of",
            2001,
            "movie",
        ]

    @pytest.mark.parametrize("title", ["Halo 3: The Game", "Greatest Hits", "The Quiet One"])
    def test_games_albums_and_other_bare_titles_are_dropped(self, title):
        result = cleaned(row("Song", movie_title=title, year=None), row("Misirlou", "tt4"))
        assert tracks_of(result) == {"tt4": ["Misirlou"]}
        assert len(result.movies) == len(MOVIES)
        assert result.counts["dropped_unresolved"] == 1

    def test_names_with_encoding_damage_are_repaired(self):
        result = cleaned(row("DÃ©jÃ  Vu", "tt4", artist="BeyoncÃ©"))
        assert result.rows[["track", "artist"]].to_numpy().tolist() == [["Déjà Vu", "Beyoncé"]]

    def test_a_song_comes_once_a_film_with_its_best_link(self):
        result = cleaned(
            row("Misirlou", "tt4", confidence=3, spotify_id="worse"),
            row("Misirlou - Remastered", "tt4", confidence=1, spotify_id="better"),
            row("Misirlou", "tt2", confidence=2),
        )
        assert {movie: len(names) for movie, names in tracks_of(result).items()} == {
            "tt2": 1,
            "tt4": 1,
        }
        assert "better" in result.rows["spotify_id"].tolist()
        assert result.counts["dropped_duplicates"] == 1

    def test_every_row_is_accounted_for(self):
        result = cleaned(
            row("Misirlou", "tt4"),
            row("Interview", "tt4"),
            row("Song", movie_title="Greatest Hits", year=None),
            row("Misirlou", "tt4", spotify_id="twin"),
        )
        lost = sum(n for name, n in result.counts.items() if name.startswith("dropped"))
        assert result.counts["raw"] - lost == result.counts["kept"] == len(result.rows) == 1


class TestTitles:
    @pytest.mark.parametrize(
        ("title", "parts"),
        [
            ("Shining, The", ("The Shining", None)),
            ("My Crazy Life (Mi vida loca)", ("My Crazy Life", "Mi vida loca")),
            ("City of Lost Children, The (Cité, La)", ("The City of Lost Children", "La Cité")),
            ("Seven (a.k.a. Se7en)", ("Seven", "Se7en")),
            ("Alien", ("Alien", None)),
        ],
    )
    def test_a_title_is_put_upright(self, title, parts):
        assert split_title(title) == parts

    def test_articles_signs_and_case_do_not_matter(self):
        assert title_key("The Good, the Bad & the Ugly") == title_key("good the bad and the ugly")

    def test_the_nearest_year_is_found_within_one(self):
        index = TitleIndex(MOVIES)
        assert index.find("A Star is born", 2017) == 1
        assert index.find("A Star is born", 1954) == 0
        assert index.find("A Star is born", 1976) is None
        assert index.find("episode iv", 1977) == 2

    def test_a_title_alone_must_be_well_known_and_the_only_one(self):
        index = TitleIndex(MOVIES)
        assert index.find_known("Pulp Fiction", votes=1000) == 3
        assert index.find_known("A Star Is Born", votes=1000) is None
        assert index.find_known("The Quiet One", votes=1000) is None
