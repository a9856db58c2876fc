"""The three methods behind one interface."""

from spotiflix.recommenders.base import MatchedTrack, Ranking, Recommendation, Recommender
from spotiflix.recommenders.clusters import ClusterRecommender
from spotiflix.recommenders.listening import ListeningRecommender
from spotiflix.recommenders.positivity import PositivityRecommender

__all__ = [
    "ClusterRecommender",
    "ListeningRecommender",
    "MatchedTrack",
    "PositivityRecommender",
    "Ranking",
    "Recommendation",
    "Recommender",
]
