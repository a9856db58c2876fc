"""Queries and movies as HTML. Everything that comes from data is escaped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from html import escape

import streamlit as st

from spotiflix.engine import Spotiflix
from spotiflix.features import Features
from spotiflix.figures import METHOD_COLOURS, MOOD_COLOURS
from spotiflix.movies import Movie
from spotiflix.query import Query
from spotiflix.recommenders import Recommendation

LONG_TITLE = 26
#: Poster of a movie whose sound we do not know.
PLAIN = "#5d6b86"

TITLES = {
    "positivity": ("Positivity", "Movies whose words are as bright or as dark as the song's"),
    "clusters": ("Clusters", "Movies with soundtracks that sound like the song"),
    "listening": (
        "Listening",
        "Movies for what our ear hears in the audio, allowing for its errors",
    ),
}


def hero() -> None:
    """The sentence that says what this is."""
    st.html(
        '<div class="sf-hero"><h1>Pick the music. <em>Get the movie.</em></h1>'
        "<p>A song, a playlist or an mp3 in; the movies that feel the same out, with the "
        "reason for each. No account needed.</p></div>"
    )


def how_it_works(app: Spotiflix) -> None:
    """The three methods in a sentence each, for a first visit."""
    songs = app.assets.figures("songs.parquet")
    movies = app.assets.figures("movies.parquet")
    tracks = app.assets.figures("soundtracks.parquet")
    words = {
        "positivity": f"How bright are the song's words? We read the lyrics of "
        f"{songs['with_lyric_positivity']:,} songs and the scripts of "
        f"{movies['with_positivity']:,} movies.",
        "clusters": f"How does it sound? Seven features place your song among "
        f"{songs['songs']:,} songs and {tracks['kept']:,} soundtrack tracks.",
        "listening": "What is in the audio? Drop an mp3: we listen to it, here and in memory, and "
        "find movies even for songs that nobody knows.",
    }
    boxes = "".join(
        f'<div style="--c:{METHOD_COLOURS[name]}"><h3>{TITLES[name][0]}</h3><p>{text}</p></div>'
        for name, text in words.items()
    )
    st.html(f'<div class="sf-how">{boxes}</div>')


def heading(title: str, text: str) -> None:
    """A heading with a line below it."""
    st.html(f'<div class="sf-head"><h3>{escape(title)}</h3><p>{escape(text)}</p></div>')


def method_heading(method: str, query: Query) -> None:
    """A method's name and idea; for audio of no known song, what it then goes by."""
    title, idea = TITLES[method]
    if query.kind == "audio" and method != "listening":
        idea += ". We know no song for your audio, so this takes what was heard for certain"
    heading(title, f"{idea}.")


def page_heading(title: str, text: str) -> None:
    """The heading of a page other than home."""
    st.html(f'<div class="sf-hero"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>')


def query_card(query: Query) -> None:
    """What was asked for: name, mood and where the features came from."""
    mood = query.features.mood
    chips = [f'<span class="sf-chip mood" style="--c:{MOOD_COLOURS[mood]}">{mood}</span>']
    if query.year:
        chips.append(f'<span class="sf-chip">{query.year}</span>')
    if query.kind == "song" and query.songs[0].genre:
        chips += [
            f'<span class="sf-chip">{escape(g)}</span>' for g in query.songs[0].genre.split(", ")
        ]
    by = f'<p class="by">{escape(query.artist)}</p>' if query.artist else ""
    st.html(
        f'<div class="sf-query"><span class="sf-eyebrow">Your music</span>'
        f"<h2>{escape(query.title or query.label)}</h2>{by}<div>{''.join(chips)}</div>"
        f'<p class="from">{escape(query.source)}</p></div>'
    )


def shapes(query: Query) -> dict[str, Features]:
    """What to draw in the radar chart: known features, and heard ones over them."""
    if query.kind == "audio" or query.heard is None:
        return {"Heard" if query.kind == "audio" else "Spotify": query.features}
    return {"Spotify": query.features, "Heard": query.heard.features}


def movie_grid(app: Spotiflix, movies: Sequence[Recommendation]) -> None:
    """Movies as cards with designed posters."""
    cards = "".join(_card(each, app.movies.sound(each.movie.row)) for each in movies)
    st.html(f'<div class="sf-grid">{cards}</div>')


def movie_list(movies: Sequence[Recommendation], shared: Collection[str]) -> None:
    """Movies as a ranked list; those in `shared` (movie ids) are marked."""
    rows = "".join(
        f'<li class="{"shared" if each.movie.movie_id in shared else ""}">'
        f'<span class="n">{each.rank}</span><span>{_link(each.movie)}'
        f"<small>{_meta(each.movie)}</small></span></li>"
        for each in movies
    )
    st.html(f'<ol class="sf-list">{rows}</ol>')


def _card(each: Recommendation, sound: Features | None) -> str:
    movie = each.movie
    kind = '<span class="kind">Series</span>' if movie.kind == "tv" else ""
    size = "title long" if len(movie.title) > LONG_TITLE else "title"
    start, glow = _gradient(movie, sound)
    return (
        f'<article class="sf-card"><a class="sf-poster" href="{escape(movie.url)}" target="_blank" '
        f'rel="noopener" style="--a:{start};--b:{glow}" '
        f'aria-label="{escape(movie.title)}, opens its page"><span class="rank">{each.rank}</span>'
        f'{kind}<span class="{size}">{escape(movie.title)}</span>'
        f'<span class="year">{movie.year or ""}</span></a><div class="body">'
        f'<div class="meta">{_meta(movie, with_year=False)}</div>'
        f'<div class="fit" role="img" aria-label="Fit {each.score:.0%}" '
        f'title="Fit {each.score:.0%}"><i style="width:{each.score:.0%}"></i></div>'
        f'<p class="why">{_reason(each.reason)}</p></div></article>'
    )


def _meta(movie: Movie, *, with_year: bool = True) -> str:
    parts = [str(movie.year)] if with_year and movie.year else []
    if movie.kind == "tv" and with_year:
        parts.append("series")
    if movie.genres:
        parts.append(escape(", ".join(movie.genres[:3])))
    if movie.rating:
        parts.append(f"{movie.rating:.1f} on {movie.rating_source}")
    if movie.runtime and not with_year:
        parts.append(f"{movie.runtime} min")
    return " · ".join(parts)


def _link(movie: Movie) -> str:
    return f'<a href="{escape(movie.url)}" target="_blank" rel="noopener">{escape(movie.title)}</a>'


def _reason(text: str) -> str:
    """The quoted track names stand out."""
    return re.sub(r"“(.+?)”(?= by | \(|;|\.|$)", r"<b>“\1”</b>", escape(text))


def _gradient(movie: Movie, sound: Features | None) -> tuple[str, str]:
    """Colours of a poster: the mood of its soundtrack, and a shade of the movie's own."""
    base = MOOD_COLOURS[sound.mood] if sound else PLAIN
    digest = hashlib.blake2s(movie.movie_id.encode(), digest_size=2).digest()
    hue = int.from_bytes(digest, "big") % 360
    return f"color-mix(in oklab, {base} 62%, #1b2030)", f"hsl({hue} 45% 42%)"
