"""How an answer is judged: run it on the cases, compare with the reference, then with the catalogued mistakes.

Nothing here knows a formula. An answer is right if it agrees with the reference on every case: the fixed ones, and some
that are drawn anew at each check. If its results are those of a catalogued mistake wherever they are wrong, it makes that
mistake. Else the smallest case that differs is shown.
"""

import inspect
import time
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from dlcourse.exercises._errors import place, told
from dlcourse.exercises._limits import Stopped, interrupts, unpatched, within
from dlcourse.exercises._run import EXCHANGED, guarded, harmless
from dlcourse.exercises._values import Help, Trouble, clean, name_of, numeric, plain, same, show
from dlcourse.exercises._words import kind_of, of_what_is_returned, told_apart

DRAWN = 5  # fresh cases at each check
PATIENCE = 5  # seconds for all cases together, and more where the reference is slow too


def once(function, *args, **kwargs):
    """The usual way to run a case: one call."""
    return function(*args, **kwargs)


def steps(step, theta, grads, **hyper):
    """How an optimizer is run: theta (P,) after each of the gradients (T, P), from state=None. Gives (T, P)."""
    path, state = [], None
    for grad in grads:
        returned = step(theta, grad, state, **hyper)
        pair = isinstance(returned, (tuple, list)) or np.ndim(returned) > 1  # np.array([theta, v]) is one, too
        if not pair or len(returned) != 2:
            raise Help(f"It must return two things, theta and state: `return theta, state`. Came: {show(returned)}")
        theta, state = returned
        path.append(theta)
    return path


@dataclass(frozen=True)
class Exercise:
    """A task, the function that solves it, inputs from small to large, and functions that each make one mistake.

    fresh(rng) draws one more case, so that nobody can learn the fixed ones by heart.
    """

    name: str
    task: str
    reference: Callable
    cases: tuple
    mistakes: tuple
    run: Callable = once
    fresh: Callable | None = None

    def drawn(self, seed):
        """The fresh cases of this seed, from small to large."""
        rng = np.random.default_rng(seed)
        cases = [self.fresh(rng) for _ in range(DRAWN)] if self.fresh else []
        return sorted(cases, key=extent)


@dataclass(frozen=True)
class Result:
    """What `check` found: .right, .text, and .mistake, the name of the catalogued mistake if it is one."""

    right: bool
    text: str
    mistake: str | None = None

    def _ipython_display_(self):
        """Nothing: `check` has printed the text."""


def case(*args, **kwargs):
    """The arguments of one call. Lists become arrays; floats become numpy's, which divide by zero without stopping."""

    def ready(value):
        return np.array(value, dtype=float)[()] if isinstance(value, (list, float)) else value

    return tuple(map(ready, args)), {name: ready(value) for name, value in kwargs.items()}


def diagnose(exercise: Exercise, function: Callable, seed: int | None = None) -> Result:
    """Compare a function with the reference on every case; the Result says what came of it."""
    seed = int(np.random.default_rng().integers(10_000)) if seed is None else seed
    try:
        with unpatched():
            return judged(exercise, function, seed)
    except Help as help:
        return Result(False, f"Not yet. {help}" + (f"\nThe task: {exercise.task}" if help.with_task else ""))


def judged(exercise, function, seed):
    """The Result, or Help where the answer gives none to compare."""
    name, cases = name_of(function), [*exercise.cases, *exercise.drawn(seed)]
    began = time.perf_counter()
    expected, wanted = zip(*(watched(exercise, case) for case in cases))
    seconds = PATIENCE + 20 * (time.perf_counter() - began)

    def shown(i, *rows):
        again = f'check("{exercise.name}", {name_of(function, "my_function")}, seed={seed})'
        drawn = [f"It was drawn with seed {seed}: {again} draws it again."] if i >= len(exercise.cases) else []
        return "\n".join([*inputs_shown(exercise, cases[i]), *rows, *drawn])

    def attempts(numbers):
        for i in numbers:
            try:
                yield attempt(exercise, function, cases[i])
            except Trouble as trouble:
                rows = [] if isinstance(expected[i], dict) else [f"  expected: {show(expected[i])}"]
                raise Trouble(f"{trouble}\nThe input:\n{shown(i, *rows)}") from None

    came, given = zip(*within(seconds, function, lambda: list(attempts(range(len(cases))))))
    wrong = [i for i in range(len(came)) if not same(came[i], expected[i])]
    if not wrong:
        chapter = exercise.reference.__module__.removeprefix("dlcourse.")
        source = f"{chapter}.{exercise.reference.__name__}"
        return Result(True, f"Right: {name} agrees with {source} on all {len(came)} cases. Compare with {source}??")
    first = shown(wrong[0], *difference(came[wrong[0]], expected[wrong[0]]))
    found = [m for m in exercise.mistakes if explains(exercise, m, [(cases[i], came[i]) for i in wrong])]
    if len(found) > 1:  # the one that is right where the answer is right, if there is one
        found = [m for m in found if explains(exercise, m, list(zip(cases, came)))] or found
    if found:
        what, hint = (" ".join(part.split()) for part in inspect.getdoc(found[0]).split("\n\n", 1))
        text = f"Not yet. {what}\n{hint}\nThe smallest case where it shows:\n{first}"
        return Result(False, text, found[0].__name__)
    ((second, _),) = within(seconds, function, lambda: list(attempts(wrong[:1])))
    rights = [i not in wrong for i in range(len(cases))]
    results, returned = (
        [(inputs(exercise, case), *pair) for case, *pair in zip(cases, *pairs, rights)]
        for pairs in ((came, expected), (given, wanted))
    )
    sentence = (
        of_two_calls(came[wrong[0]], second, "rng" in inspect.signature(exercise.reference).parameters)
        or within(seconds, function, lambda: of_the_draw(exercise, function, cases))
        or within(seconds, function, lambda: exercise.run is steps and of_theta_and_state(given, wanted, wrong))
        or (isinstance(expected[0], dict) and of_what_is_returned(returned))
        or told_apart(results, by_steps=exercise.run is steps)
    )
    if not sentence:
        one, two = numeric(came[wrong[0]]), numeric(expected[wrong[0]])
        what = "shape" if one is not None and two is not None and one.shape != two.shape else "result"
        sentence = f"{name} gives another {what} than expected."
    where = "The smallest case:"
    if wrong[0]:
        several = f"{wrong[0]} of {len(came)} cases are" if wrong[0] > 1 else f"of {len(came)} cases is"
        where = f"The first {several} right. The next:"
    return Result(False, f"Not yet. {sentence} {where}\n{first}")


def outcome(exercise: Exercise, function: Callable, case: tuple):
    """The result of one case, on fresh copies of its arguments; numpy's warnings are not the learner's concern here."""
    args, kwargs = deepcopy(case)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return plain(exercise.run(function, *args, **kwargs))


def watched(exercise, case):
    """The outcome of the reference, and what its first call returned."""
    given = []

    def call(*args, **kwargs):
        given.append(exercise.reference(*args, **kwargs))
        return given[-1]

    return outcome(exercise, call, case), given[0]


def attempt(exercise, function, case):
    """The outcome of the learner's function, and what its first call returned; or Help."""
    given = []
    try:
        return outcome(exercise, guarded(exercise, function, exercise.run is steps, given), case), given[0]
    except (Help, Stopped):
        raise
    except BaseException as error:
        if interrupts(error):
            raise
        if place(function, error):  # in something that the function gave, and that was then run
            raise told(function, error, {}) from None
        problem = clean(error)
    # The function ran, but gave something that the run of this exercise could not use.
    kinds = [kind_of(value) for value in (given[0], watched(exercise, case)[1])] if given else "  "
    if kinds[0] != kinds[1]:
        raise Help(f"{name_of(function)} returns {kinds[0]}, {show(given[0])}, where {kinds[1]} is expected.")
    raise Help(f"What {name_of(function)} returns cannot be used: {problem}")


def explains(exercise, mistake, came):
    """Are the wrong results, pairs (case, result), just those of this mistake?"""
    try:
        return all(same(result, outcome(exercise, mistake, case), truth=True) for case, result in came)
    except Exception:  # the mistake stops on this case, where the answer did not
        return False


def of_two_calls(first, second, draws):
    """A sentence where the same call gives another result the second time."""
    if same(second, first):
        return None
    if draws:
        return (
            "With the same rng it gives another result each time: it does not draw from the rng that comes in, or not "
            "from that alone."
        )
    return (
        "Called a second time with the same input it gives another result: it keeps something from call to call. Is "
        "there a list as a default value, or a variable outside of the function?"
    )


def of_theta_and_state(given, wanted, wrong):
    """A sentence where the state of the first step is what theta should be."""
    return all(same(harmless(given[i][1]), wanted[i][0]) for i in wrong) and EXCHANGED


def of_the_draw(exercise, function, cases):
    """A sentence where the rng does not matter, or where nothing but the draw differs: the numbers' law is right."""
    drawn, count = [], 0
    case = next(
        (case for case in reversed(cases) if any(isinstance(v, np.random.Generator) for v in parts(case))), None
    )
    if case is None:
        return None
    while count < 6000 and len(drawn) < 1000:
        args, kwargs = case
        fresh = lambda value: np.random.default_rng(len(drawn)) if isinstance(value, np.random.Generator) else value
        again = tuple(map(fresh, args)), {name: fresh(value) for name, value in kwargs.items()}
        pair = numeric(attempt(exercise, function, again)[0]), numeric(outcome(exercise, exercise.reference, again))
        if pair[0] is None or pair[1] is None or pair[0].shape != pair[1].shape or pair[0].dtype == bool:
            return None
        drawn.append(pair)
        count += max(1, pair[1].size)
    came, expected = (np.array(values) for values in zip(*drawn))
    if (came == came[0]).all() and not (expected == expected[0]).all():
        return "It gives the same numbers whatever rng comes in: draw from that rng."
    if gap(came.ravel(), expected.ravel()) < 2.2 * np.sqrt(2 / came.size):
        return (
            f"Only the random draw differs: {came.size} numbers, taken together, are spread as they should be. But the task "
            "says how to draw, so that the numbers can be compared one by one."
        )
    return None


def gap(one, two):
    """The largest distance of two samples' distribution functions (Kolmogorov and Smirnov)."""
    at = np.concatenate([one, two])
    below = [np.searchsorted(np.sort(sample), at, side="right") / len(sample) for sample in (one, two)]
    return np.abs(below[0] - below[1]).max()


def parts(case):
    """The values of all arguments of a case."""
    return [*case[0], *case[1].values()]


def extent(case):
    """How large a case is: its numbers, counted."""
    arrays = map(numeric, parts(case))
    return sum(1 if array is None else array.size for array in arrays)


def inputs(exercise, case, filled=True):
    """{name: value} of a case, as the task calls them; with those that are not given at their defaults if filled."""
    args, kwargs = case
    whole = exercise.run is once
    bound = inspect.signature(exercise.reference if whole else exercise.run).bind(
        *([None] * (not whole)), *args, **kwargs
    )
    if filled:
        bound.apply_defaults()
    named = {}
    for name, value in list(bound.arguments.items())[0 if whole else 1 :]:
        kind = bound.signature.parameters[name].kind
        named.update(value if kind is inspect.Parameter.VAR_KEYWORD else {name: value})
    return named


def inputs_shown(exercise, case):
    """The inputs of a case, one to a line."""
    return [f"  {name} = {show(value)}" for name, value in inputs(exercise, case, filled=False).items()]


def difference(came, expected):
    """What came and what was expected, with so many digits that they look different; and where, in a large array."""
    label = ""
    if isinstance(expected, dict) and isinstance(came, dict):
        key = next((key for key in expected if key not in came or not same(came[key], expected[key])), None)
        if key is None:
            return [f"  came: {show(came)}", f"  expected: {show(expected)}"]
        label, came, expected = f" ({key})", came.get(key, "nothing"), expected[key]
    digits = next((d for d in (6, 9, 12) if show(came, d) != show(expected, d)), 6)
    rows = [f"  came{label}: {show(came, digits)}", f"  expected{label}: {show(expected, digits)}"]
    one, two = numeric(came), numeric(expected)
    if one is not None and two is not None and one.shape == two.shape and "..." in rows[0]:
        at = next((at for at in np.ndindex(one.shape) if not same(one[at], two[at])), None)
        if at is not None:
            rows.append(f"  first at [{', '.join(map(str, at))}]: {show(one[at], 9)} for {show(two[at], 9)}")
    return rows
