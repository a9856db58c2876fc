"""The command line: JSON as promised, and one line on standard error for every mistake."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import synth

from spotiflix import cli
from spotiflix.engine import METHODS
from spotiflix.features import FEATURES

ROOT = Path(__file__).resolve().parent.parent
FEATURES_TYPED = ",".join(f"{name}=0.5" for name in FEATURES)


@pytest.fixture(autouse=True)
def opened_once(monkeypatch, app):
    """Every command opens the assets; here they share what is loaded."""
    monkeypatch.setattr(cli, "load", lambda: app)


@pytest.fixture(scope="module")
def mp3(tmp_path_factory):
    path = tmp_path_factory.mktemp("audio") / "chords.mp3"
    path.write_bytes(synth.encode(synth.song(25), "mp3"))
    return path


@pytest.fixture
def answer(capsys):
    def run(*arguments):
        assert cli.main([*map(str, arguments), "--json"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return json.loads(out)

    return run


@pytest.fixture
def refusal(capsys):
    """Run a command that must fail; its one line on standard error."""

    def run(*arguments):
        try:
            status = cli.main([*map(str, arguments)])
        except SystemExit as stop:
            status = stop.code
        out, err = capsys.readouterr()
        assert status == 2
        assert out == ""
        assert err.startswith("error: ")
        assert err.endswith("\n")
        assert err.count("\n") == 1
        return err

    return run


class TestSearch:
    def test_json(self, answer):
        found = answer("search", "beyonce", "halo")
        assert list(found) == ["songs"]
        first = found["songs"][0]
        assert (first["title"], first["artist"], first["year"]) == ("Halo", "Beyoncé", 2008)
        assert {"song_id", "title", "artist", "year", "features"} <= set(first)
        assert list(first["features"]) == list(FEATURES)

    def test_limit(self, answer):
        assert len(answer("search", "love")["songs"]) == 10
        assert len(answer("search", "love", "--limit", 3)["songs"]) == 3

    def test_text(self, capsys):
        assert cli.main(["search", "beyonce halo", "--limit", "1"]) == 0
        line = capsys.readouterr().out
        assert line.startswith("Halo · Beyoncé (2008)  [")
        assert line.count("\n") == 1

    def test_what_is_found_can_be_asked_for(self, answer, app):
        song = answer("search", "hotel california")["songs"][0]
        assert app.query_song(song["song_id"]).title == song["title"]


class TestRecommend:
    def test_a_song_without_audio_gives_two_methods(self, answer):
        found = answer("recommend", "--song", "hotel california", "--artist", "eagles")
        assert list(found) == ["query", "methods"]
        assert list(found["methods"]) == ["positivity", "clusters"]
        query = found["query"]
        assert list(query["features"]) == list(FEATURES)
        assert query["source"].startswith("Spotify's features of “Hotel California")
        assert query["artist"] == "Eagles"
        for movies in found["methods"].values():
            assert [movie["rank"] for movie in movies] == [1, 2, 3, 4, 5]
            for movie in movies:
                assert {"movie_id", "imdb_id", "title", "year", "score", "reason"} <= set(movie)
                assert 0 <= movie["score"] <= 1

    @pytest.mark.parametrize("method", ["positivity", "clusters"])
    def test_one_method(self, answer, method):
        found = answer("recommend", "--song", "halo", "--method", method, "--top", 7)
        assert list(found["methods"]) == [method]
        assert len(found["methods"][method]) == 7

    def test_the_same_as_in_python(self, answer, app):
        found = answer("recommend", "--song", "halo", "--artist", "beyonce")
        query = app.query_song(app.find_song("halo", "beyonce"))
        expected = {
            name: [each.as_dict() for each in movies]
            for name, movies in app.recommend_all(query).items()
        }
        assert found["methods"] == expected
        assert found["query"] == query.as_dict()

    def test_features(self, answer):
        found = answer("recommend", "--features", FEATURES_TYPED)
        assert found["query"]["features"] == dict.fromkeys(FEATURES, 0.5)
        assert list(found["methods"]) == ["positivity", "clusters"]

    def test_a_playlist(self, answer, tmp_path):
        path = tmp_path / "songs.txt"
        path.write_text("Eagles - Hotel California\nNobody - xqzzkwv\nBeyoncé - Halo\n", "utf-8")
        query = answer("recommend", "--playlist", path)["query"]
        assert [each["title"] for each in query["resolved"]][1] == "Halo"
        assert [each["input"] for each in query["not_found"]] == ["Nobody - xqzzkwv"]

    def test_series_can_be_left_out(self, answer):
        arguments = ["recommend", "--features", FEATURES_TYPED, "--top", 100]
        every = answer(*arguments)["methods"]["clusters"]
        films = answer(*arguments, "--no-tv")["methods"]["clusters"]
        assert {"tv", "movie"} == {movie["kind"] for movie in every}
        assert {"movie"} == {movie["kind"] for movie in films}
        assert len(films) == 100

    def test_text(self, capsys):
        assert cli.main(["recommend", "--song", "halo", "--top", "2"]) == 0
        text = capsys.readouterr().out
        assert "Positivity" in text
        assert "Clusters" in text
        assert "  1. " in text
        assert "  2. " in text


class TestAudio:
    def test_audio_alone_gives_all_methods(self, answer, mp3):
        found = answer("recommend", "--audio", mp3)
        assert list(found["methods"]) == list(METHODS)
        assert found["query"]["title"] == "chords.mp3"
        assert found["query"]["heard"]["features"] == found["query"]["features"]

    def test_a_song_with_its_audio_gives_all_methods(self, answer, mp3):
        found = answer("recommend", "--song", "halo", "--audio", mp3)
        assert list(found["methods"]) == list(METHODS)
        assert found["query"]["title"] == "Halo"
        assert found["query"]["heard"]["features"] != found["query"]["features"]
        without = answer("recommend", "--song", "halo")["methods"]
        assert {name: found["methods"][name] for name in without} == without

    def test_what_was_heard_can_go_to_either_method(self, answer, mp3):
        arguments = ["recommend", "--audio", mp3, "--method", "listening", "--via"]
        words = answer(*arguments, "positivity")["methods"]["listening"]
        sound = answer(*arguments, "clusters")["methods"]["listening"]
        assert all("more positive" in movie["reason"] for movie in words)
        assert all("cluster" in movie["reason"] for movie in sound)

    def test_features_of_a_file(self, answer, mp3, app):
        found = answer("features", mp3)
        assert list(found["features"]) == list(FEATURES)
        assert found["windows"] == 7
        assert found["seconds"] == pytest.approx(25, abs=0.2)
        assert found["features"] == app.query_audio(mp3).as_dict()["features"]

    def test_features_as_text(self, capsys, mp3):
        assert cli.main(["features", str(mp3)]) == 0
        text = capsys.readouterr().out
        assert all(name in text for name in FEATURES)
        assert all(part in text for part in ("(0.", " to 0."))


class TestMistakes:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "COMMAND"),
            (["dance"], "'dance'"),
            (["search"], "text"),
            (["search", ""], "Type a song title"),
            (["search", "  "], "Type a song title"),
            (["search", "halo", "--limit", "0"], "at least 1, not 0"),
            (["search", "halo", "--limit", "many"], "'many'"),
            (["recommend"], "--song"),
            (["recommend", "--song", ""], "title"),
            (["recommend", "--song", " ", "--artist", "Adele"], "title"),
            (["recommend", "--artist", "Adele"], "--artist goes with --song"),
            (["recommend", "--song", "xqzzkwv"], "“xqzzkwv”"),
            (["recommend", "--song", "xqzz\nkwv"], "“xqzz kwv”"),
            (["recommend", "--song", "halo", "--top", "0"], "between 1 and 100, not 0"),
            (["recommend", "--song", "halo", "--top", "101"], "between 1 and 100, not 101"),
            (["recommend", "--song", "halo", "--method", "magic"], "'magic'"),
            (["recommend", "--song", "halo", "--method", "listening"], "needs audio"),
            (["recommend", "--features", FEATURES_TYPED, "--method", "listening"], "needs audio"),
            (["recommend", "--song", "halo", "--features", FEATURES_TYPED], "Give one of"),
            (["recommend", "--features", ""], "Missing feature acousticness"),
            (["recommend", "--features", "energy=0.5"], "Missing feature acousticness"),
            (["recommend", "--features", FEATURES_TYPED + ",tempo=1"], "Unknown feature tempo"),
            (["recommend", "--playlist", "nothing.m3u"], "nothing.m3u"),
            (["recommend", "--playlist", "."], "cannot be opened"),
            (["recommend", "--audio", "nothing.mp3"], "nothing.mp3"),
            (["recommend", "--song", "halo", "--audio", "nothing.mp3"], "nothing.mp3"),
            (["recommend", "--audio", "a.mp3", "--playlist", "b.txt"], "--audio stands alone"),
            (["features"], "audio"),
            (["features", "nothing.mp3"], "nothing.mp3"),
            (["features", "."], "error"),
        ],
    )
    def test_one_line_says_what_is_wrong(self, refusal, arguments, message):
        assert message in refusal(*arguments)

    @pytest.mark.parametrize("value", ["nan", "loud", "1.5", "-1", "inf", ""])
    def test_a_wrong_feature_is_named(self, refusal, value):
        typed = FEATURES_TYPED.replace("energy=0.5", f"energy={value}")
        assert "energy is " in refusal("recommend", "--features", typed)

    def test_the_nearest_songs_are_offered(self, refusal):
        line = refusal("recommend", "--song", "hotel california", "--artist", "Xqzz Kwv")
        assert "the nearest: " in line
        assert "Hotel California" in line

    def test_a_playlist_of_unknown_songs(self, refusal, tmp_path):
        path = tmp_path / "songs.txt"
        path.write_text("Nobody - xqzzkwv\n")
        assert "“Nobody - xqzzkwv”" in refusal("recommend", "--playlist", path)

    @pytest.mark.parametrize("content", [b"", b"\n \n", b"\x00\x01\xff\xfe" * 50])
    def test_a_playlist_without_a_line(self, refusal, tmp_path, content):
        path = tmp_path / "songs.txt"
        path.write_bytes(content)
        refusal("recommend", "--playlist", path)

    def test_a_playlist_that_is_too_large(self, refusal, tmp_path):
        path = tmp_path / "songs.txt"
        with path.open("wb") as file:
            file.truncate(11_000_000)
        assert "larger than 10 MB" in refusal("recommend", "--playlist", path)

    @pytest.mark.parametrize("content", [b"", b"this is no music\n" * 100])
    def test_a_file_without_sound(self, refusal, tmp_path, content):
        path = tmp_path / "song.mp3"
        path.write_bytes(content)
        refusal("features", path)
        refusal("recommend", "--audio", path)

    def test_damaged_assets(self, refusal, monkeypatch, tmp_path):
        import spotiflix

        monkeypatch.setattr(cli, "load", lambda: spotiflix.load(tmp_path))
        assert "python -m train all" in refusal("search", "halo")


def command(*arguments, **changes):
    return subprocess.run(
        [sys.executable, "-m", "spotiflix", *arguments],
        cwd=ROOT,
        env={**os.environ, **changes},
        capture_output=True,
        encoding="utf-8",
    )


def test_a_real_command_answers_whatever_the_code_page():
    done = command("search", "海阔天空", "--json", PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, "")
    assert any("海" in song["title"] for song in json.loads(done.stdout)["songs"])


def test_a_real_mistake_is_exit_status_2_and_one_line():
    done = command("recommend", "--song", "xqzzkwv")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_had_enough_is_no_mistake():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "spotiflix", "search", "love", "--limit", "5"],
            cwd=ROOT,
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (0, "")
