"""What a file is, by its first bytes: the name of a file and its extension are not believed."""

from __future__ import annotations

from dataclasses import dataclass

#: Bytes that are looked at; a few frames of the largest mp3.
HEAD_BYTES = 65_536
#: What to offer to somebody whose file is none of these.
FORMATS = "mp3, wav, flac, ogg or m4a"


@dataclass(frozen=True)
class Kind:
    """A kind of audio file.

    Attributes
    ----------
    name : str
        For people: ``"mp3"``.
    demuxer : str
        The one ffmpeg demuxer that may open it.
    soundfile : bool
        Whether libsndfile reads it, which is faster.
    """

    name: str
    demuxer: str
    soundfile: bool = True


MP3 = Kind("mp3", "mp3")
AAC = Kind("aac", "aac", soundfile=False)

_AUDIO = (
    (0, b"fLaC", Kind("flac", "flac")),
    (0, b"OggS", Kind("ogg", "ogg")),
    (8, b"WAVE", Kind("wav", "wav")),
    (8, b"AIFF", Kind("aiff", "aiff")),
    (8, b"AIFC", Kind("aiff", "aiff")),
    (0, b".snd", Kind("au", "au")),
    (0, b"caff", Kind("caf", "caf")),
    (0, b"riff\x2e\x91\xcf\x11", Kind("w64", "w64")),
    (4, b"ftyp", Kind("m4a", "mov", soundfile=False)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind("wma", "asf", soundfile=False)),
    (0, b"\x1a\x45\xdf\xa3", Kind("webm", "matroska", soundfile=False)),
    (0, b"#!AMR", Kind("amr", "amr", soundfile=False)),
    (0, b"wvpk", Kind("wavpack", "wv", soundfile=False)),
    (0, b"MAC ", Kind("ape", "ape", soundfile=False)),
)
_OTHER = (
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"AVI ", "an AVI film"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "a zip archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"MThd", "a MIDI score"),
    (0, b"MZ", "a program"),
    (0, b"\x7fELF", "a program"),
    (0, b"SQLite", "a database"),
)
#: Layer III bit rates in kbit/s by the header's index: MPEG 1, then MPEG 2 and 2.5.
_BIT_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def kind_of(head: bytes) -> Kind | str:
    """The kind of an audio file, or words for what it is instead.

    Parameters
    ----------
    head : bytes
        The first `HEAD_BYTES` of the file, or all of it; not empty.

    Returns
    -------
    Kind or str
        A string completes the sentence "This is …, not audio": ``"a PNG picture"``.
    """
    tagged = _after_id3(head)
    if tagged is None:
        return MP3  # a tag with a cover larger than the head: nearly always before an mp3
    for offset, magic, kind in _AUDIO:
        if tagged.startswith(magic, offset):
            return kind
    if _is_adts(tagged):
        return AAC
    if tagged is not head or _mp3_frame_bytes(tagged):
        return MP3
    for offset, magic, words in _OTHER:
        if head.startswith(magic, offset):
            return words
    if _holds_mp3(head):  # asked last: a zip archive holds its songs as they are
        return MP3
    return _text(head) or "data of an unknown kind"


def _after_id3(head: bytes) -> bytes | None:
    """What follows an ID3v2 tag: `head` itself if there is none, None if it lies beyond."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return head
    size = 10
    for shift, byte in zip((21, 14, 7, 0), head[6:10], strict=True):
        size += (byte & 0x7F) << shift
    return head[size:] or None


def _is_adts(data: bytes) -> bool:
    """Whether raw AAC starts here: a sync word with layer 0, which no mp3 frame has."""
    return len(data) > 6 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


def _mp3_frame_bytes(data: bytes, at: int = 0) -> int:
    """Length of the MPEG layer III frame whose header is here, 0 if there is none."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return 0
    version, rate, frequency = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or rate in (0, 15) or frequency == 3:
        return 0
    samples, table = (1152, _BIT_RATES[0]) if version == 3 else (576, _BIT_RATES[1])
    padding = data[at + 2] >> 1 & 1
    return samples // 8 * table[rate] * 1000 // _SAMPLE_RATES[version][frequency] + padding


def _holds_mp3(data: bytes) -> bool:
    """Whether two mp3 frames follow each other somewhere: a file that lost its beginning."""
    at = data.find(b"\xff")
    while at >= 0:
        length = _mp3_frame_bytes(data, at)
        if length and _mp3_frame_bytes(data, at + length):
            return True
        at = data.find(b"\xff", at + 1)
    return False


def _text(head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if start.startswith(b"#extm3u"):
        return "a playlist (M3U) that only names its songs"
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if b"\0" in head:
        return None
    try:
        head[:-4].decode("utf-8")  # the last character may be cut in two
    except UnicodeDecodeError:
        return None
    return "text"
