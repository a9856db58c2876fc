"""The pages through Streamlit's AppTest: empty, result and error states of each."""

import html
import shutil
from pathlib import Path

import pytest
import synth
from streamlit.testing.v1 import AppTest

import spotiflix
from spotiflix.assets import Assets
from spotiflix.engine import Spotiflix

ROOT = Path(__file__).parent.parent
PAGES = ["recommend", "compare", "cluster_map", "uploads", "how_good"]
HOTEL_CALIFORNIA = "40riOy7x9W7GXjyGp4pjAv"
POSTER = 'class="sf-poster"'


def start(page: str = "recommend", **link: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    if page != "recommend":
        app.switch_page(f"pages/{page}.py").run()
    return app


def text(app: AppTest) -> str:
    shown = [*app.get("html"), *app.markdown, *app.caption, *app.info, *app.subheader]
    bodies = (str(getattr(each, "value", None) or each.proto.body) for each in shown)
    return html.unescape("\n".join(bodies))


def errors(app: AppTest) -> list[str]:
    assert not app.exception, app.exception[0].message
    return [each.value for each in app.error]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_empty(page):
    app = start(page)
    assert errors(app) == []
    assert text(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_song(page):
    app = start(page, song=HOTEL_CALIFORNIA)
    assert errors(app) == []


def test_a_link_with_a_song_shows_its_movies_and_reasons():
    app = start(song=HOTEL_CALIFORNIA)
    shown = text(app)
    assert "Hotel California" in shown
    assert shown.count(POSTER) == 10
    assert "from the words" in shown
    assert "matching cluster" in shown
    assert "has not heard the song yet" in shown


def test_a_link_with_an_unknown_song_says_so_and_the_page_stays_usable():
    app = start(song="nonsense")
    assert errors(app) == ["That link names a song we do not know."]
    assert "song" not in app.query_params
    assert "sf-hero" in text(app)


def test_an_example_is_one_click_from_its_movies():
    app = start()
    app.pills(key="example").set_value("Volare").run()
    assert errors(app) == []
    assert "Domenico Modugno" in text(app)
    assert POSTER in text(app)


def test_a_pasted_playlist_gives_movies_and_lists_what_was_not_found():
    app = start()
    app.segmented_control(key="way").set_value("Playlist").run()
    app.text_area(key="playlist_text").set_value(
        "Eagles - Hotel California\nNirvana - Smells Like Teen Spirit\nNobody - Qwxzv Plorf"
    )
    next(b for b in app.button if b.label == "Find movies").click().run()
    assert errors(app) == []
    assert "Your playlist of 2 songs" in text(app)
    assert any("Nobody - Qwxzv Plorf" in str(table.value) for table in app.dataframe)


def test_an_empty_playlist_is_told_in_words():
    app = start()
    app.segmented_control(key="way").set_value("Playlist").run()
    next(b for b in app.button if b.label == "Find movies").click().run()
    assert len(errors(app)) == 1
    assert "playlist is empty" in errors(app)[0].lower()


def test_an_upload_is_heard_and_gives_movies_by_every_method():
    app = start()
    app.segmented_control(key="way").set_value("Audio").run()
    upload(app, "audio_file", "mine.mp3", synth.encode(synth.song(seconds=25), "mp3"), "audio/mpeg")
    assert errors(app) == []
    shown = text(app)
    assert "mine.mp3" in shown
    assert shown.count(POSTER) == 15
    assert "By what was heard" in shown


def test_an_upload_that_is_no_audio_is_told_in_words_and_the_page_stays_usable():
    app = start()
    app.segmented_control(key="way").set_value("Audio").run()
    upload(app, "audio_file", "notes.mp3", b"Dear diary, today I was no music." * 50, "audio/mpeg")
    assert len(errors(app)) == 1
    app.segmented_control(key="way").set_value("Song").run()
    assert errors(app) == []


def test_a_song_takes_an_mp3_in_place():
    app = start(song=HOTEL_CALIFORNIA)
    upload(app, "add_audio", "hotel.mp3", synth.encode(synth.song(seconds=25), "mp3"), "audio/mpeg")
    assert errors(app) == []
    assert text(app).count(POSTER) == 15
    assert "Hotel California" in text(app)


def test_the_audio_of_one_song_is_not_taken_for_the_next():
    app = start(song=HOTEL_CALIFORNIA)
    upload(app, "add_audio", "hotel.mp3", synth.encode(synth.song(seconds=25), "mp3"), "audio/mpeg")
    app.pills(key="example").set_value("Volare").run()
    assert "has not heard the song yet" in text(app)
    assert text(app).count(POSTER) == 10


def test_a_long_upload_has_a_mood_curve_and_a_short_one_has_none():
    app = start("uploads")
    upload(app, "upload_file", "short.mp3", synth.encode(synth.song(2), "mp3"), "audio/mpeg")
    assert "Along the song" not in [each.value for each in app.subheader]
    upload(app, "upload_file", "long.mp3", synth.encode(synth.song(70), "mp3"), "audio/mpeg")
    assert errors(app) == []
    assert "Along the song" in [each.value for each in app.subheader]


def test_tags_that_name_a_song_are_asked_about_and_taken_on_a_yes():
    app = start()
    app.segmented_control(key="way").set_value("Audio").run()
    plain = synth.encode(synth.song(seconds=25), "mp3")
    mine = synth.tagged(plain, title="Hotel California", artist="Eagles")
    upload(app, "audio_file", "track 01.mp3", mine, "audio/mpeg")
    assert "Is this **Hotel California" in text(app)
    assert "track 01.mp3" in text(app)
    app.button(key="is_song").click().run()
    assert errors(app) == []
    assert "Spotify's features of “Hotel California" in text(app)
    assert "from the words" in text(app)
    assert "By what was heard" in text(app)
    assert "Is this **" not in text(app)


def test_tags_alone_do_not_make_it_that_song():
    app = start("uploads")
    plain = synth.encode(synth.song(seconds=5), "mp3")
    mine = synth.tagged(plain, title="Hotel California", artist="Eagles")
    upload(app, "upload_file", "track 01.mp3", mine, "audio/mpeg")
    next(b for b in app.button if b.label == "Movies for this").click().run()
    assert "We know no song for your audio" in text(app)


def test_the_same_file_brought_again_is_asked_for_again():
    app = start()
    data = synth.encode(synth.song(seconds=5), "mp3")
    for _ in range(2):
        app.segmented_control(key="way").set_value("Audio").run()
        upload(app, "audio_file", "mine.mp3", data, "audio/mpeg")
        assert "We know no song for your audio" in text(app)
        app.segmented_control(key="way").set_value("Song").run()
        app.pills(key="example").set_value("Volare").run()
        assert "Domenico Modugno" in text(app)


def test_series_can_be_left_out():
    app = start()
    app.pills(key="example").set_value("Time").run()
    app.slider(key="shown").set_value(20).run()
    assert ">Series<" in text(app)
    app.toggle(key="television").set_value(False).run()
    assert ">Series<" not in text(app)
    assert text(app).count(POSTER) == 40


def test_what_was_brought_stays_when_the_page_changes():
    app = start(song=HOTEL_CALIFORNIA)
    app.switch_page("pages/compare.py").run()
    assert "Hotel California" in text(app)
    app.switch_page("pages/cluster_map.py").run()
    assert "translates to soundtrack cluster" in text(app)


def test_a_cluster_can_be_looked_into():
    app = start("cluster_map")
    before = [table.value for table in app.dataframe]
    app.number_input(key="song_cluster").set_value(17).run()
    assert errors(app) == []
    assert not app.dataframe[0].value.equals(before[0])


def upload(app: AppTest, key: str, name: str, data: bytes, kind: str) -> None:
    next(f for f in app.file_uploader if f.key.startswith(key)).upload(name, data, kind).run()


def test_a_damaged_asset_is_named_with_its_remedy(monkeypatch, tmp_path):
    from ui import shell

    folder = tmp_path / "assets"
    shutil.copytree(ROOT / "assets", folder)
    (folder / "movies.parquet").write_bytes(b"not what it was")
    shell.open_spotiflix.clear()
    shell.warm_up.clear()
    monkeypatch.setattr(spotiflix, "load", lambda: Spotiflix(Assets(folder)))
    try:
        app = start(song=HOTEL_CALIFORNIA)
        assert any("movies.parquet" in each and "git checkout" in each for each in errors(app))
    finally:
        shell.open_spotiflix.clear()
        shell.warm_up.clear()
