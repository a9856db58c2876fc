"""Positivity of texts by VADER, line by line."""

import socket

import pytest

from spotiflix.positivity import text_sentiment


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    ("text", "positivity"),
    [
        ("I love you, you are wonderful", 1.0),
        ("I hate this terrible war", 0.0),
        ("love\nhate", 0.5),
        ("love\nlove\nhate", 2 / 3),
        ("I don't love you", 0.0),  # negation turns it round
    ],
)
def test_known_sentences(text, positivity):
    assert text_sentiment(text).positivity == pytest.approx(positivity)


@pytest.mark.parametrize("text", ["", "  \n\n ", "the table is on the floor", "\0", "1234"])
def test_without_sentiment_there_is_no_positivity(text):
    assert text_sentiment(text).positivity is None


def test_shares_are_those_of_nltks_vader():
    # VADER (NLTK) on "The food is good but the weather is bad": but-clauses weigh more.
    score = text_sentiment("good\nbad weather today")
    assert score.positive == pytest.approx(0.5)  # (1.0 + 0.0) / 2
    assert score.negative == pytest.approx(0.636 / 2)
    assert score.lines == 2


def test_it_goes_line_by_line():
    lines = ["I love the morning light", "and nothing hurts", "such a beautiful day"]
    apart = [text_sentiment(line) for line in lines]
    together = text_sentiment("\n".join(lines))
    assert together.positive == pytest.approx(sum(each.positive for each in apart) / 3)
    assert together.negative == pytest.approx(sum(each.negative for each in apart) / 3)
    assert together.positive != pytest.approx(text_sentiment(" ".join(lines)).positive)


def test_empty_lines_and_line_ends_do_not_count():
    assert text_sentiment("love\r\n\r\n  hate  \n") == text_sentiment("love\nhate")


def test_a_repeated_line_counts_each_time():
    assert text_sentiment("love\n" * 3 + "hate").lines == 4
    assert text_sentiment("love\n" * 3 + "hate").positivity == pytest.approx(0.75)
