"""What `train` makes of dirty tables, and that building is repeatable."""

import json

import numpy as np
import pandas as pd
import pytest
from raw import as_tar, row, song

from spotiflix.assets import Assets
from spotiflix.movies import MovieCatalogue
from spotiflix.positivity import text_sentiment
from spotiflix.songs import SongCatalogue
from train import movies, songs
from train.store import Store, rounded


@pytest.fixture(scope="module", autouse=True)
def lexicon():
    """Read VADER's lexicon once, not in every worker."""
    text_sentiment("love")


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


class TestMovies:
    """The whole stage, on a handful of made-up tables."""

    @pytest.fixture
    def table(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)  # the scores of the texts are kept in the working folder
        data = tmp_path / "data"
        data.mkdir()
        raw = [
            ("tt4", "Pulp Fiction", 1994, "Crime, Crime, IMAX", "en", 99_000, 8.9),
            ("tt7", "Shining, The", 1980, "Horror|Sci-Fi", "cn", 50_000, None),
            ("tt8", "Band of Brothers", 2001, None, "en", 10_000, 9.4),
            ("tt9", "Quiet", None, None, None, None, None),
        ]
        columns = ["movie_id", "title", "year", "genres", "original_language", "vote_count"]
        films = pd.DataFrame(raw, columns=[*columns, "imdb_rating"]).assign(
            imdb_id=lambda t: t["movie_id"],
            tmdb_id=pd.array([1, 2, None, None], "Int64"),
            runtime_min=pd.array([154, None, 60, None], "Int64"),
            year=lambda t: t["year"].astype("Int64"),
            vote_average=6.0,
            poster_path=None,
            overview="A text that is not ours.",
        )
        films.to_parquet(data / "movies.parquet")
        links = [row("Misirlou", "tt4"), row("Main Title", None, movie_title="The Shining")]
        pd.DataFrame(links).assign(year=[1994.0, 1980.0]).to_parquet(data / "soundtracks.parquet")
        for name in ("songs", "song_versions"):
            pd.DataFrame([song("Misirlou", "Somebody")]).to_parquet(data / f"{name}.parquet")
        as_tar(tmp_path).rename(data / "movie_texts.tar.xz")
        index = [("tt4", "script", "happy.txt"), ("tt7", "script", "sad.srt")]
        index += [("tt8", "dialogue", "plain.txt")]
        pd.DataFrame(index, columns=["movie_id", "kind", "file"]).to_csv(
            data / "movie_texts_index.csv", index=False
        )
        movies.run(data, Store(tmp_path / "assets"))
        return Assets(tmp_path / "assets")

    def test_the_catalogue_is_clean(self, table):
        found = MovieCatalogue(table)
        titles = [found[at].title for at in range(len(found))]
        assert titles == ["Pulp Fiction", "The Shining", "Band of Brothers", "Quiet"]
        assert [found[at].kind for at in range(4)] == ["movie", "movie", "tv", "movie"]
        assert found[0].genres == ("Crime",)
        assert found[1].genres == ("Horror", "Science Fiction")
        assert found[1].language == "zh"
        assert (found[0].rating, found[0].rating_source) == (8.9, "IMDb")
        assert (found[1].rating, found[1].rating_source) == (6.0, "TMDB")
        assert (found[3].year, found[3].runtime, found[3].votes) == (None, None, 0)
        assert "overview" not in table.table("movies.parquet")

    def test_texts_are_ranked_within_their_kind(self, table):
        found = MovieCatalogue(table)
        np.testing.assert_allclose(found.positivity, [1, 0, np.nan, np.nan])
        np.testing.assert_allclose(found.positivity_rank, [0.75, 0.25, np.nan, np.nan])

    def test_soundtracks_point_into_the_catalogue(self, table):
        links = table.table("soundtracks.parquet")
        assert links[["movie", "track"]].to_numpy().tolist() == [[0, "Misirlou"], [1, "Main Title"]]


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
