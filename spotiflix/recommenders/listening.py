"""Method 3: what is heard in the audio decides, by method 2 or, on request, by method 1."""

from __future__ import annotations

from dataclasses import replace

from spotiflix.errors import NeedsAudio, UnknownMethod
from spotiflix.query import Query
from spotiflix.recommenders.base import MatchedTrack, Ranking, Recommender


class ListeningRecommender(Recommender):
    """Recommends by the features that the listening model heard, not by known ones.

    Parameters
    ----------
    methods : dict of str to Recommender
        What the heard features can go to; `via` names one of them.
    via : str

    Raises
    ------
    UnknownMethod
        If there is no method called `via`.
    """

    name = "listening"

    def __init__(self, methods: dict[str, Recommender], *, via: str = "clusters") -> None:
        if via not in methods:
            raise UnknownMethod(f"Listening goes by {' or '.join(methods)}, not by '{via}'.")
        super().__init__(methods[via].movies)
        self.via = methods[via]

    def rank(self, query: Query) -> Ranking:
        return self.via.rank(heard_only(query))

    def explain(self, query: Query, row: int) -> tuple[str, tuple[MatchedTrack, ...]]:
        reason, tracks = self.via.explain(heard_only(query), row)
        return f"By what was heard: {reason[0].lower()}{reason[1:]}", tracks


def heard_only(query: Query) -> Query:
    """The query as if nothing but its audio were known.

    Raises
    ------
    NeedsAudio
        If it has no audio.
    """
    if query.heard is None:
        raise NeedsAudio("The listening method needs audio: add the song as an mp3.")
    return replace(query, features=query.heard.features, songs=())
