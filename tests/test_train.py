"""What `train` makes of dirty tables, what its analysers write, and that building is repeatable."""

import io
import json
import tarfile
import zipfile

import numpy as np
import pandas as pd
import pytest

from spotiflix.assets import Assets
from spotiflix.errors import SpotiflixError
from spotiflix.features import FEATURES
from spotiflix.positivity import text_sentiment
from spotiflix.songs import SongCatalogue
from train import analyze, songs
from train.__main__ import main
from train.soundtracks import clean
from train.store import Store, rounded
from train.titles import TitleIndex, split_title, title_key


@pytest.fixture(scope="module", autouse=True)
def lexicon():
    """Read VADER's lexicon once, not in every worker."""
    text_sentiment("love")


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


def row(track, movie_id=None, /, **changes):
    """A clean soundtrack row of Pulp Fiction, sounding like no other, but for what is named."""
    sound = np.random.default_rng([*track.encode()]).random(7).round(3) * 0.6
    return {
        "movie_id": movie_id,
        "movie_title": "Pulp Fiction",
        "year": 1994.0,
        "track": track,
        "artist": "Somebody",
        "spotify_id": f"id of {track}",
        "match": "performer",
        "confidence": 1,
        "link_source": "imdb_soundtrack",
        "feature_source": "a table",
        **dict(zip(FEATURES, sound, strict=True)),
        **changes,
    }


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


def song(track, artist, **changes):
    """A row of the raw song tables."""
    return {
        "spotify_id": f"id of {track} by {artist}",
        "track": track,
        "artist": artist,
        "album": None,
        "year": 2000.0,
        "popularity": 50.0,
        "genre": None,
        **dict.fromkeys(FEATURES, 0.5),
        **changes,
    }


class TestSongs:
    @pytest.fixture
    def build(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)  # the scores of the lyrics are kept in the working folder
        data = tmp_path / "data"
        (data / "lyrics").mkdir(parents=True)

        def run(rows, versions=(), lyrics=(("T", "A", "love"),)):
            table = pd.DataFrame(list(rows))
            table.to_parquet(data / "songs.parquet")
            more = pd.DataFrame(list(versions) or [song("Nothing", "Nobody")])
            more.to_parquet(data / "song_versions.parquet")
            pd.DataFrame(lyrics, columns=["title", "artist", "lyrics"]).to_csv(
                data / "lyrics/lyrics.csv.gz", index=False
            )
            pd.DataFrame(
                [{"song_name": "P", "artist": "B", "pos_percent": 0.25, **song("P", "B")}]
            ).to_csv(data / "lyrics/song_positivity_4776.csv", index=False)
            store = Store(tmp_path / "assets")
            songs.run(data, store)
            clusters = pd.DataFrame({"cluster": np.zeros(len(table), np.int16)})
            store.write_table("song_clusters.parquet", clusters, source="made up")
            return SongCatalogue(Assets(tmp_path / "assets"))

        return run

    def test_names_are_repaired(self, build):
        found = build([song("Si Tu Vois Ma MÃ¨re", "  Sidney Bechet ")])[0]
        assert (found.title, found.artist) == ("Si Tu Vois Ma Mère", "Sidney Bechet")

    def test_rows_that_ran_together_are_cut(self, build):
        found = build([song("Real Name\n12,Other,0.5\n13,More,0.6", "A")])[0]
        assert found.title == "Real Name"

    @pytest.mark.parametrize("name", ["?о?о?", "如æ??é?", "Lo\ufffdst"])
    def test_names_beyond_repair_are_dropped(self, build, name):
        catalogue = build([song(name, "A"), song("Où es-tu ?", "B"), song("¿Y Tú Qué?", "C")])
        assert sorted(catalogue.titles) == ["Où es-tu ?", "¿Y Tú Qué?"]

    def test_popular_songs_come_first_unknown_ones_last(self, build):
        catalogue = build(
            [
                song("Unknown", "A", popularity=None),
                song("Low", "A", popularity=5.0),
                song("High", "A", popularity=95.0),
            ]
        )
        assert list(catalogue.titles) == ["High", "Low", "Unknown"]
        assert catalogue[2].popularity is None

    def test_popularity_is_filled_from_another_version(self, build):
        rows = [song("Song", "A", popularity=None)]
        versions = [song("Song - Remastered", "A", spotify_id="other", popularity=80.0)]
        assert build(rows, versions)[0].popularity == 80

    def test_versions_lead_to_their_song(self, build):
        rows = [song("Song", "A", valence=0.1), song("Tune", "B", valence=0.9)]
        versions = [
            song("Song - Live", "A", spotify_id="named"),
            song("Tune", None, spotify_id="sounds alike", valence=0.91),
            song("Tune", None, spotify_id="sounds unlike", valence=0.1),
        ]
        catalogue = build(rows, versions)
        assert catalogue.by_id("named").title == "Song"
        assert catalogue.by_id("sounds alike").artist == "B"
        lone = catalogue.by_id("sounds unlike")
        assert (lone.row, lone.artist, lone.features.valence) == (-1, "", 0.1)

    def test_lyrics_are_scored_and_the_papers_scores_fill_in(self, build):
        rows = [song("T", "A"), song("P", "B"), song("Neither", "C")]
        catalogue = build(rows, lyrics=[("T", "A", "love\nlove\nhate")])
        known = {each.title: each.lyric_positivity for each in map(catalogue.__getitem__, range(3))}
        assert known["T"] == pytest.approx(2 / 3, abs=1e-4)
        assert known["P"] == 0.25
        assert known["Neither"] is None

    def test_songs_without_spotify_id_get_one_of_their_own(self, build):
        rows = [song("One", "A", spotify_id=None), song("Two", "A", spotify_id=None)]
        catalogue = build(rows)
        ids = {catalogue[0].song_id, catalogue[1].song_id}
        assert len(ids) == 2
        assert all(len(each) == 16 for each in ids)

    def test_building_twice_gives_the_same_bytes(self, build, tmp_path):
        rows = [song("One", "A"), song("Two", "B", genre="Rock; pop ,rock")]
        assert build(rows)[0].title == "One"
        first = {path.name: path.read_bytes() for path in (tmp_path / "assets").iterdir()}
        catalogue = build(rows)
        second = {path.name: path.read_bytes() for path in (tmp_path / "assets").iterdir()}
        assert first == second
        assert catalogue[1].genre == "rock, pop"


class TestStore:
    TABLE = pd.DataFrame({"a": np.arange(5, dtype=np.int32), "b": list("vwxyz")})

    def test_same_input_gives_same_bytes(self, tmp_path):
        folders = [tmp_path / "one", tmp_path / "two"]
        for folder in folders:
            store = Store(folder)
            store.write_table("t.parquet", self.TABLE, source="made up", figures={"x": 1 / 3})
            store.write_weights("w.safetensors", {"w": np.ones(3, np.float32)}, source="made up")
        for name in ("t.parquet", "w.safetensors", "manifest.json"):
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()

    def test_what_is_written_can_be_loaded(self, tmp_path):
        store = Store(tmp_path)
        store.write_table("t.parquet", self.TABLE, source="made up", figures={"x": 1 / 3})
        store.write_weights("w.safetensors", {"w": np.eye(2)[:, ::-1]}, source="made up")
        assets = Assets(tmp_path)
        assert assets.table("t.parquet")["b"].tolist() == list("vwxyz")
        np.testing.assert_array_equal(assets.weights("w.safetensors")["w"], [[0, 1], [1, 0]])
        assert assets.figures("t.parquet") == store.figures("t.parquet") == {"x": 0.3333}
        assert assets.manifest["files"]["t.parquet"]["rows"] == 5
        assert assets.manifest["files"]["w.safetensors"]["parameters"] == 4

    def test_every_file_can_be_read_by_others(self, tmp_path):
        store = Store(tmp_path)
        store.write_table("t.parquet", self.TABLE, source="made up")
        store.write_weights("w.safetensors", {"w": np.ones(3)}, source="made up")
        modes = {path.stat().st_mode for path in tmp_path.iterdir()}
        assert len(modes) == 1

    def test_figures_are_added_later(self, tmp_path):
        store = Store(tmp_path)
        store.write_table("t.parquet", self.TABLE, source="made up", figures={"x": 1})
        store.add_figures("t.parquet", y=np.float32(0.5))
        assert store.figures("t.parquet") == {"x": 1, "y": 0.5}

    def test_assets_that_are_not_listed_are_deleted_and_nothing_else(self, tmp_path):
        store = Store(tmp_path)
        store.write_table("kept.parquet", self.TABLE, source="made up")
        store.write_table("gone.parquet", self.TABLE, source="made up")
        (tmp_path / "gone.parquet").unlink()
        (tmp_path / "old.safetensors").write_bytes(b"")
        (tmp_path / "thesis.docx").write_bytes(b"years of work")
        (tmp_path / "folder").mkdir()
        store.forget_others()
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {"kept.parquet", "manifest.json", "thesis.docx", "folder"}
        manifest = json.loads((tmp_path / "manifest.json").read_text())
        assert list(manifest["files"]) == ["kept.parquet"]

    def test_numbers_are_rounded_at_any_depth(self):
        nested = {"a": [1.23456, {"b": np.float64(2 / 3)}], 3: np.int64(4)}
        assert rounded(nested) == {"a": [1.2346, {"b": 0.6667}], "3": 4}


TEXTS = {"happy.txt": "I love it\nwonderful", "sad.srt": "I hate it", "plain.txt": "a table"}
SCORES = {"happy.txt": 1.0, "plain.txt": None, "sad.srt": 0.0}


def as_folder(path):
    for name, text in TEXTS.items():
        (path / "texts").mkdir(exist_ok=True)
        (path / "texts" / name).write_text(text)
    (path / "texts/cover.jpg").write_bytes(b"\xff\xd8")
    return path / "texts"


def as_zip(path):
    with zipfile.ZipFile(path / "texts.zip", "w") as archive:
        for name, text in TEXTS.items():
            archive.writestr(f"texts/{name}", text)
    return path / "texts.zip"


def as_tar(path, mode="w:xz"):
    with tarfile.open(path / "texts.tar.xz", mode) as archive:
        for name, text in TEXTS.items():
            info = tarfile.TarInfo(f"texts/{name}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path / "texts.tar.xz"


def scores(table, key):
    values = table["overall_positiveness_score"]
    return {k: None if np.isnan(v) else v for k, v in zip(table[key], values, strict=True)}


@pytest.fixture
def lyrics(tmp_path):
    path = tmp_path / "lyrics.csv"
    pd.DataFrame(
        [
            ("Happy", "A", "love\nlove"),
            ("None", "B", "hate"),
            ("1999", "C", "love\nhate"),
            ("Line\u2028Break", "D", "love"),
            ("Two\nLines", "E", "love"),
            ("No words", "F", None),
        ],
        columns=["title", "artist", "lyrics"],
    ).to_csv(path, index=False)
    return path


LYRIC_SCORES = {"Happy": 1.0, "None": 0.0, "1999": 0.5, "Line\u2028Break": 1.0, "Two Lines": 1.0}


class TestAnalyzers:
    @pytest.mark.parametrize("source", [as_folder, as_zip, as_tar])
    def test_movie_texts_of_a_folder_or_archive(self, source, tmp_path):
        out = tmp_path / "out" / "movies.csv"
        table = analyze.analyze_movies(source(tmp_path), out, workers=1)
        assert scores(table, "file") == SCORES
        assert out.read_text().splitlines()[0] == "file,overall_positiveness_score"
        assert "happy.txt,1.000000" in out.read_text().splitlines()
        assert "plain.txt," in out.read_text().splitlines()

    @pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
    def test_lyrics_of_a_table(self, lyrics, suffix, tmp_path):
        table = pd.read_csv(lyrics, dtype=str, keep_default_na=False, na_values=[""])
        source = tmp_path / f"again.{suffix}"
        table.to_parquet(source) if suffix == "parquet" else table.to_csv(source, index=False)
        out = tmp_path / "songs.csv"
        found = analyze.analyze_songs(source, out, workers=1)
        assert scores(found, "song_name") == LYRIC_SCORES
        assert out.read_text("utf-8").startswith("song_name,artist,overall_positiveness_score\n")

    def test_a_second_run_adds_nothing(self, lyrics, tmp_path, monkeypatch):
        out = tmp_path / "songs.csv"
        analyze.analyze_songs(lyrics, out, workers=1)
        first = out.read_bytes()
        monkeypatch.setattr(analyze, "text_sentiment", lambda _: pytest.fail("scored again"))
        table = analyze.analyze_songs(lyrics, out, workers=1)
        assert out.read_bytes() == first
        assert scores(table, "song_name") == LYRIC_SCORES

    @pytest.mark.parametrize("cut", range(1, 140, 9))
    def test_it_goes_on_wherever_it_was_stopped(self, lyrics, tmp_path, cut):
        out = tmp_path / "songs.csv"
        if not hasattr(type(self), "whole"):
            analyze.analyze_songs(lyrics, out, workers=1)
            type(self).whole = out.read_bytes()
        out.write_bytes(self.whole[:-cut])
        analyze.analyze_songs(lyrics, out, workers=1)
        assert out.read_bytes() == self.whole

    def test_what_was_scored_before_is_kept(self, tmp_path):
        out = tmp_path / "movies.csv"
        out.write_text("file,overall_positiveness_score\nsad.srt,0.123000\nhappy.tx")
        table = analyze.analyze_movies(as_folder(tmp_path), out, workers=1)
        assert scores(table, "file") == {**SCORES, "sad.srt": 0.123}

    def test_a_file_of_other_columns_is_left_alone(self, tmp_path):
        out = tmp_path / "diary.csv"
        out.write_text("day,thoughts\n1,many\n")
        with pytest.raises(SpotiflixError, match=r"diary\.csv has other columns"):
            analyze.analyze_movies(as_folder(tmp_path), out, workers=1)
        assert out.read_text() == "day,thoughts\n1,many\n"

    def test_workers_give_the_same_in_the_same_order(self, tmp_path):
        source = as_folder(tmp_path)
        for workers in (1, 2):
            analyze.analyze_movies(source, tmp_path / f"{workers}.csv", workers=workers)
        assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


class TestCommand:
    @pytest.fixture
    def refusal(self, capsys):
        def run(*arguments):
            try:
                status = main([*map(str, arguments)])
            except SystemExit as stop:
                status = stop.code
            err = capsys.readouterr().err
            assert status == 2
            # The bar of an analyser that found nothing to do ends its own line.
            lines = [each for each in err.splitlines() if each and "VADER" not in each]
            assert len(lines) == 1
            assert lines[0].startswith("error: ")
            return lines[0]

        return run

    def test_analysers_are_commands(self, lyrics, tmp_path, capsys):
        out = tmp_path / "songs.csv"
        assert main(["analyze-songs", "--lyrics", str(lyrics), "--out", str(out)]) == 0
        assert "5 rows, median positivity 1.000" in capsys.readouterr().out
        out = tmp_path / "movies.csv"
        assert main(["analyze-movies", str(as_zip(tmp_path)), "--out", str(out)]) == 0
        assert "3 rows, median positivity 0.500" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "COMMAND"),
            (["cook"], "'cook'"),
            (["songs", "--data", "nowhere"], "The data folder nowhere does not exist"),
            (["songs", "--data", "."], "songs needs a file that is missing"),
            (["clusters", "--data", "."], "clusters needs a file that is missing"),
            (["analyze-movies", "nowhere", "--out", "out.csv"], "nowhere is neither a folder"),
            (["analyze-movies", ".", "--out", "out/out.csv"], "holds no text file"),
            (["analyze-movies", "cut.tar.xz", "--out", "out.csv"], "cut.tar.xz is damaged"),
            (["analyze-songs", "--lyrics", "nowhere.csv", "--out", "out.csv"], "nowhere.csv"),
            (["analyze-songs", "--lyrics", "empty.csv", "--out", "out.csv"], "empty.csv"),
            (["analyze-songs", "--lyrics", "no.parquet", "--out", "out.csv"], "no.parquet"),
            (["analyze-songs", "--lyrics", "other.csv", "--out", "out.csv"], "needs the columns"),
        ],
    )
    def test_a_mistake_is_one_line(self, refusal, arguments, message, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        as_tar(tmp_path).rename("whole.tar.xz")
        (tmp_path / "cut.tar.xz").write_bytes((tmp_path / "whole.tar.xz").read_bytes()[:150])
        (tmp_path / "empty.csv").touch()
        (tmp_path / "no.parquet").write_text("no")
        (tmp_path / "other.csv").write_text("a,b\n1,2\n")
        if arguments and arguments[0] in ("songs", "clusters"):
            arguments = [*arguments, "--assets", "assets"]
        assert message in refusal(*arguments)
