"""What the tests of exercises share: the outcome of a case that comes again."""

import pytest

from dlcourse.exercises import _engine, catalogue
from dlcourse.exercises._engine import Exercise

SEEDS = range(5)  # whose cases are drawn once for all
_drawn = {}  # by exercise and seed
_lasting = {id(case) for exercise in catalogue().values() for case in exercise.cases}  # no other case takes such an id
_known = {}


@pytest.fixture
def same_cases_for_all(monkeypatch):
    """What the reference and each mistake give on a fixed case, or one of the first seeds, is worked out once for all."""
    drawn = Exercise.drawn

    def drawn_once(exercise, seed):
        if seed not in SEEDS:
            return drawn(exercise, seed)
        if (exercise.name, seed) not in _drawn:
            _drawn[exercise.name, seed] = drawn(exercise, seed)
            _lasting.update(map(id, _drawn[exercise.name, seed]))
        return _drawn[exercise.name, seed]

    def once(work):
        def shared(exercise, *given):
            *function, case = given
            ours = all(any(f is mistake for mistake in exercise.mistakes) for f in function)
            if not ours or id(case) not in _lasting:
                return work(exercise, *given)
            key = work.__name__, exercise.name, *function, id(case)
            if key not in _known:
                _known[key] = work(exercise, *given)
            return _known[key]

        return shared

    monkeypatch.setattr(Exercise, "drawn", drawn_once)
    for work in (_engine.watched, _engine.attempt, _engine.outcome):
        monkeypatch.setattr(_engine, work.__name__, once(work))
