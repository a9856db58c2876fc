"""The two analysers: texts in, a CSV of positivity out, and on from where it stopped."""

import numpy as np
import pandas as pd
import pytest
from raw import SCORES, as_folder, as_tar, as_zip

from spotiflix.errors import SpotiflixError
from spotiflix.positivity import text_sentiment
from train import analyze
from train.__main__ import main


@pytest.fixture(scope="module", autouse=True)
def lexicon():
    """Read VADER's lexicon once, not in every worker."""
    text_sentiment("love")


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
