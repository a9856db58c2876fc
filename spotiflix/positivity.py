"""Positivity of a text: how much of its sentiment is positive (paper, method 1).

NLTK's VADER scores each line; the shares of positive and negative words are averaged over the
lines, and positivity is ``pos / (pos + neg)``. Songs and movies are scored by the same analyser,
since VADER's implementations differ in negation, boosters and emoji.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TextSentiment:
    """Mean share of positive and of negative words over the lines of a text."""

    positive: float
    negative: float
    lines: int

    @property
    def positivity(self) -> float | None:
        """``pos / (pos + neg)`` in [0, 1]; None where no word carries sentiment."""
        total = self.positive + self.negative
        return self.positive / total if total > 0 else None


def text_sentiment(text: str) -> TextSentiment:
    """Score a text line by line.

    Whole-text scores saturate, since VADER was made for sentences (Hutto & Gilbert 2014);
    lines are the sentences of lyrics, scripts and subtitles.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    positive = negative = 0.0
    score = _line_scorer()
    for line in lines:
        pos, neg = score(line)
        positive += pos
        negative += neg
    count = max(len(lines), 1)
    return TextSentiment(positive / count, negative / count, len(lines))


@functools.cache
def _analyzer() -> Any:
    import nltk
    import vaderSentiment

    # NLTK downloads its lexicon; the vaderSentiment package carries the identical file.
    nltk.data.path.append(os.path.dirname(vaderSentiment.__file__))
    from nltk.sentiment.vader import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer(lexicon_file="vader_lexicon.txt")


@functools.cache
def _line_scorer() -> Any:
    analyzer = _analyzer()

    @functools.lru_cache(maxsize=100_000)  # choruses, and names of speakers, come again and again
    def score(line: str) -> tuple[float, float]:
        scores = analyzer.polarity_scores(line)
        return scores["pos"], scores["neg"]

    return score
