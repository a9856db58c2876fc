"""Names of songs and artists as people write them, brought to one form for comparing."""

from __future__ import annotations

import re
import unicodedata

_FOLD = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
     "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i", "’": "'", "‘": "'", "`": "'", "´": "'"}
)  # fmt: skip
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_NOT_WORD = re.compile(r"[\W_]+")
#: Letters with a full stop each, as in R.E.M. or P.Y.T: people type them as one word.
_ACRONYM = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_DOLLAR_S = re.compile(r"(?<=[^\W\d_])\$|\$(?=[^\W\d_])")
_BANG_I = re.compile(r"(?<=[^\W\d_])!(?=[^\W\d_])")

#: Words that mark a version of a song rather than its name.
_VERSION = (
    r"remaster(?:ed|izado|isé)?|mono|stereo|live|en vivo|ao vivo|acoustic|demo|edit|version|mix|"
    r"remix|deluxe|bonus|single|album|radio|original|anniversary|take|session|soundtrack|score|"
    r"feat\.?|ft\.?|featuring|with|from|reprise|instrumental|explicit|clean|unplugged|recorded"
)
_DASH_SUFFIX = re.compile(rf"\s+[-–—]\s+(?=[^-–—]*\b(?:{_VERSION})\b).*$", re.IGNORECASE)
_BRACKETS = re.compile(rf"\s*[(\[](?=[^)\]]*\b(?:{_VERSION})\b)[^)\]]*[)\]]", re.IGNORECASE)
_FEATURING = re.compile(r"\s+(?:feat\.?|ft\.?|featuring)\s.*$", re.IGNORECASE)
_ARTIST_BREAK = re.compile(
    r"\s*(?:,|;|/|\s&\s|\s\+\s|\sx\s|\band\b|\by\b|\bfeat\.?|\bft\.?|\bfeaturing\b|\bwith\b|\bvs\.?)\s*",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces; other alphabets are kept.

    Examples
    --------
    >>> fold("Beyoncé — If I Were a Boy!")
    'beyonce if i were a boy'
    >>> fold("Don't Stop Believin'")
    'dont stop believin'
    >>> fold("A$AP Rocky, P!nk & R.E.M.")
    'asap rocky pink rem'
    """
    text = text.translate(_FOLD)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        # Every mark, not only accents: Thai and Hindi vowel signs would else cut words in two.
        text = "".join(c for c in decomposed if unicodedata.category(c)[0] != "M")
    if "." in text:
        text = _ACRONYM.sub(lambda found: found[0].replace(".", ""), text)
    if "$" in text:
        text = _DOLLAR_S.sub("s", text)
    if "!" in text:
        text = _BANG_I.sub("i", text)
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", text.casefold())).strip()


def base_title(title: str) -> str:
    """The song's name without what marks a version: remaster, live, feat., "From the film".

    Examples
    --------
    >>> base_title("Hotel California - 2013 Remaster")
    'Hotel California'
    >>> base_title("Empire State of Mind (feat. Alicia Keys)")
    'Empire State of Mind'
    """
    stripped = _FEATURING.sub("", _BRACKETS.sub("", _DASH_SUFFIX.sub("", title))).strip()
    return stripped or title.strip()


def main_artist(artist: str) -> str:
    """The first artist of a credit: ``"Drake, Wizkid"`` → ``"Drake"``."""
    parts = [part for part in _ARTIST_BREAK.split(artist) if part]
    return parts[0].strip() if parts else artist.strip()


def song_key(title: str, artist: str) -> str:
    """One key for all versions of a song by one artist: ``"hotel california|eagles"``."""
    name = fold(main_artist(artist))
    return f"{fold(base_title(title)) or fold(title)}|{name.removeprefix('the ')}"
