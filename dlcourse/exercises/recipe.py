"""Exercises on choosing a run (week 3)."""

import numpy as np

from dlcourse import search
from dlcourse.exercises._engine import Exercise, case


def highest(trials):
    """The run with the highest score is taken.

    The score is a cost: the lower, the better.
    """
    return max((t for t in trials if np.isfinite(t[1])), key=lambda t: t[1])


def nan_wins(trials):
    """A run that diverged is taken: its score is nan or minus infinity.

    Every comparison with nan is false, so a plain minimum can come out as nan. Leave out what is not finite.
    """
    return trials[int(np.argmin([score for _, score in trials]))]


def only_the_setting(trials):
    """Only the setting is returned.

    Return the pair: the setting, and the score that it reached.
    """
    return search.best(trials)[0]


def only_the_score(trials):
    """Only the score is returned.

    Return the pair: without its setting a score cannot be reached again.
    """
    return search.best(trials)[1]


def the_last(trials):
    """The last run is taken, whatever it reached.

    Later is not better; compare the scores.
    """
    return [t for t in trials if np.isfinite(t[1])][-1]


EXERCISES = (
    Exercise(
        "best",
        "Write my_best(trials): trials are pairs (setting, cost). Return the pair of the lowest cost. A run that "
        "diverged has a cost of nan or inf, and is never the best.",
        reference=search.best,
        cases=(
            case(((0.1, 3.0), (0.2, 1.0), (0.3, 2.0))),
            case(((0.1, np.nan), (0.2, 1.0), (0.3, 0.5), (0.4, np.inf))),
            case(((0.5, 4.0), (0.6, np.inf), (0.7, 9.0), (0.8, np.nan))),
        ),
        mistakes=(highest, nan_wins, only_the_setting, only_the_score, the_last),
    ),
)
