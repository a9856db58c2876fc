"""What the methods' lists for one query have in common, and where their movies lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from spotiflix.movies import MovieCatalogue
from spotiflix.recommenders import Recommendation

Lists = Mapping[str, Sequence[Recommendation]]


def in_several(lists: Lists) -> set[str]:
    """Ids of the movies that more than one method recommends."""
    counts = Counter(each.movie.movie_id for found in lists.values() for each in found)
    return {movie_id for movie_id, count in counts.items() if count > 1}


def agreement(lists: Lists) -> dict[tuple[str, str], list[str]]:
    """Titles that each pair of methods has in common, in the first one's order."""
    titles = {
        name: {e.movie.movie_id: e.movie.title for e in found} for name, found in lists.items()
    }
    return {
        (one, other): [title for key, title in titles[one].items() if key in titles[other]]
        for one, other in combinations(titles, 2)
    }


def sounds(lists: Lists, movies: MovieCatalogue) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Mean soundtrack features [shape=(n, 7)] and titles of each method's movies.

    Movies without a soundtrack track that we know of are left out.
    """
    result = {}
    for name, found in lists.items():
        known = [(each.movie.title, movies.sound(each.movie.row)) for each in found]
        features = [sound.as_array() for _, sound in known if sound is not None]
        titles = [title for title, sound in known if sound is not None]
        result[name] = (np.reshape(features, (len(features), 7)), titles)
    return result
