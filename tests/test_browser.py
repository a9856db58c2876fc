"""The app in Debian's chromium, as a visitor uses it. With SPOTIFLIX_SCREENSHOTS=DIR, takes
the pictures of the README."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import synth

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "": "Pick the music",
    "recommend": "Pick the music",
    "compare": "Three methods",
    "cluster_map": "The map of sound",
    "uploads": "What we hear",
    "how_good": "How good is it",
}
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HOTEL_CALIFORNIA = "?song=40riOy7x9W7GXjyGp4pjAv"
#: Streamlit looks for its server below the path of a deep link before it looks at the root.
EXPECTED = ("_stcore/health", "_stcore/host-config")


@contextmanager
def serving():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://localhost:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def server():
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """Opens pages; fails if one showed an exception or logged an error."""
    troubles: list[str] = []
    contexts = []

    def opened(path: str, size: dict[str, int] = DESKTOP, address: str = server):
        context = chromium.new_context(viewport=size)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.extend(_failed(request)))
        page.on("response", lambda answer: troubles.extend(_bad(answer)))
        page.goto(f"{address}/{path}")
        page.wait_for_selector("h1, h2")
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            assert page.locator("[data-testid=stException]").count() == 0
        context.close()
    assert troubles == []


def _failed(request):
    # What the page gave up itself, by moving on, is no failure.
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.failure}: {request.url}"]


def _bad(answer):
    expected = answer.url.split("/", 3)[-1].endswith(EXPECTED)
    return [] if answer.status < 400 or expected else [f"{answer.status}: {answer.url}"]


def settled(page):
    """Wait until the app has stopped running and drawing."""
    page.wait_for_timeout(400)
    page.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    page.wait_for_timeout(400)


def audio(seconds: float = 25) -> dict:
    data = synth.encode(synth.song(seconds), "mp3")
    return {"name": "mine.mp3", "mimeType": "audio/mpeg", "buffer": data}


@pytest.mark.parametrize("path", PAGES)
def test_a_deep_link_works_as_the_first_request_to_a_server(visit, path):
    with serving() as address:
        page = visit(path, address=address)
        page.get_by_role("heading", name=PAGES[path]).wait_for()
        settled(page)
        assert page.get_by_text("Page not found").count() == 0
        assert page.get_by_role("link", name="How good is it").count() > 0
        page.close()


def test_a_song_is_typed_picked_and_answered(visit):
    page = visit("")
    box = page.frame_locator("iframe[title*=searchbox]")
    box.locator("input").first.press_sequentially("smels like teen sp", delay=30)
    box.get_by_text("Smells Like Teen Spirit · Nirvana").first.click()
    page.get_by_role("heading", name="Smells Like Teen Spirit").wait_for()
    page.locator(".sf-card").nth(9).wait_for()
    assert "song=" in page.url
    assert page.locator(".sf-card .why").first.inner_text()
    assert page.locator(".sf-card a").first.get_attribute("href").startswith("https://")


def test_a_song_can_be_picked_again_after_another(visit):
    page = visit("")
    for _ in range(2):
        box = page.frame_locator("iframe[title*=searchbox]")
        box.locator("input").first.press_sequentially("smells like teen", delay=30)
        box.get_by_text("Smells Like Teen Spirit · Nirvana").first.click()
        page.get_by_role("heading", name="Smells Like Teen Spirit").wait_for()
        settled(page)
        page.get_by_text("Volare", exact=True).click()
        page.get_by_role("heading", name="Nel Blu").wait_for()
        settled(page)


def test_a_playlist_is_pasted_and_what_is_missing_is_listed(visit):
    page = visit("")
    page.get_by_text("Playlist", exact=True).click()
    page.get_by_label("Paste songs, one a line").fill(
        "Eagles - Hotel California\nBeyoncé - Halo\nNobody - Qwxzv Plorf"
    )
    page.get_by_role("button", name="Find movies").click()
    page.get_by_role("heading", name="Your playlist of 2 songs").wait_for()
    page.get_by_text("2 songs found, 1 not found").wait_for()
    page.locator(".sf-card").nth(9).wait_for()


def test_an_mp3_is_uploaded_heard_and_looked_at(visit):
    page = visit("")
    page.get_by_text("Audio", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(audio())
    page.get_by_role("heading", name="mine.mp3").wait_for()
    page.locator(".sf-card").nth(14).wait_for()
    assert page.locator("audio").count() == 1
    page.get_by_role("link", name="Uploads").click()
    page.get_by_role("heading", name="The seven features, as heard").wait_for()
    page.locator(".js-plotly-plot").nth(3).wait_for()


def test_a_text_file_named_mp3_is_told_in_words(visit):
    page = visit("")
    page.get_by_text("Audio", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "notes.mp3", "mimeType": "audio/mpeg", "buffer": b"Dear diary, no music. " * 99}
    )
    page.locator("[data-testid=stAlert]").wait_for()
    page.get_by_text("Song", exact=True).click()
    page.get_by_text("Or start with").wait_for()


def test_the_map_is_drawn_and_goes_flat(visit):
    page = visit(f"cluster_map{HOTEL_CALIFORNIA}")
    page.locator(".js-plotly-plot canvas").first.wait_for()
    page.get_by_text("translates to soundtrack cluster").wait_for()
    page.get_by_text("Flat", exact=True).click()
    page.locator(".js-plotly-plot .scatterlayer").first.wait_for()


def test_a_click_on_the_flat_map_opens_the_cluster(visit):
    page = visit("cluster_map")
    page.get_by_text("Flat", exact=True).click()
    page.locator(".js-plotly-plot .scatterlayer").first.wait_for()
    settled(page)
    box = page.get_by_label("Song cluster")
    track_box = page.get_by_label("Soundtrack cluster", exact=True)
    before = (box.input_value(), track_box.input_value())
    plot = page.locator(".js-plotly-plot .draglayer .drag").first.bounding_box()
    page.mouse.click(plot["x"] + plot["width"] * 0.5, plot["y"] + plot["height"] * 0.5)
    page.wait_for_timeout(2000)
    assert (box.input_value(), track_box.input_value()) != before


def test_two_visitors_see_only_their_own(visit):
    one, other = visit(HOTEL_CALIFORNIA), visit("")
    one.get_by_role("heading", name="Hotel California").wait_for()
    other.get_by_role("heading", name="Pick the music").wait_for()
    assert other.get_by_role("heading", name="Hotel California").count() == 0


SHOTS = {
    "home": ("", DESKTOP),
    "recommend": (HOTEL_CALIFORNIA, DESKTOP),
    "compare": (f"compare{HOTEL_CALIFORNIA}", DESKTOP),
    "cluster_map": (f"cluster_map{HOTEL_CALIFORNIA}", DESKTOP),
    "uploads": ("uploads", DESKTOP),
    "how_good": ("how_good", DESKTOP),
    "recommend_phone": (HOTEL_CALIFORNIA, PHONE),
}


@pytest.mark.parametrize("name", SHOTS)
def test_screenshot(visit, tmp_path, name):
    path, size = SHOTS[name]
    page = visit(path, size)
    if name == "uploads":
        page.locator("input[type=file]").first.set_input_files(audio())
        page.locator(".js-plotly-plot").nth(3).wait_for()
    settled(page)
    page.wait_for_timeout(1500)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    folder = Path(os.environ.get("SPOTIFLIX_SCREENSHOTS", tmp_path))
    folder.mkdir(exist_ok=True)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(height, 2300)})
    page.wait_for_timeout(1200)
    picture = page.screenshot(path=folder / f"{name}.png")
    assert len(picture) > 20_000
    if name == "how_good":
        plot = page.locator(".js-plotly-plot").nth(1)
        plot.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert len(plot.screenshot(path=folder / "heard_against_truth.png")) > 10_000
