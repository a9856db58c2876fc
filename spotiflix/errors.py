"""Named errors. Each message is one sentence that the person who caused it can act on."""


class SpotiflixError(Exception):
    """Base of every error that a front end shows as its message, without a traceback."""


class FeaturesError(SpotiflixError):
    """The seven features are incomplete, not numbers or outside [0, 1]."""


class EmptyInput(SpotiflixError):
    """Nothing was given: an empty search, an empty playlist, an empty file."""


class SongNotFound(SpotiflixError):
    """No song of the catalogue is what was asked for; `nearest` lists what comes close."""

    def __init__(self, message: str, nearest: tuple = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class PlaylistError(SpotiflixError):
    """A playlist cannot be read, or none of its songs is known."""


class NeedsAudio(SpotiflixError):
    """Method 3 was asked for a query that has no audio."""


class AudioDecodeError(SpotiflixError):
    """A file is not audio, is damaged beyond use, or holds too little sound."""


class AudioTooLarge(AudioDecodeError):
    """A file is larger than the upload limit."""


class AssetError(SpotiflixError):
    """A file of `assets/` is missing or is not the one that the manifest describes."""


class UnknownMethod(SpotiflixError):
    """There is no recommender of that name."""
