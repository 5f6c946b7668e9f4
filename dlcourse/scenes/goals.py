"""What a learner is asked to find in a figure, and how that is judged. Used by every scene that has a goal."""

from collections.abc import Callable
from typing import NamedTuple


class Goal(NamedTuple):
    """One goal: the task in words, its test, and a setting that reaches it.

    reached asks by name for controls and for what the scene keeps in `update.facts`; witness is {control: value}, which
    the tests replay. A scene's file keeps its goals under short names, `GOALS = {"fifty days": Goal(...)}`, and a
    notebook asks for one by name: live(scenes.averages, ..., goal="fifty days").

    >>> fifty = Goal("Find a beta that averages 50 days.", lambda beta: beta == 0.98, {"beta": 0.98})
    >>> fifty.reached(**fifty.witness)
    True
    """

    text: str
    reached: Callable
    witness: dict
