"""The exercises: every catalogue's answers, right and wrong, and every way to hand in something else."""

import inspect
import re
import types
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pytest

from dlcourse import exercises
from dlcourse.exercises import catalogue, check
from dlcourse.exercises._engine import Exercise, Result, case, diagnose
from dlcourse.exercises._values import same, show

EXERCISES = list(catalogue().values())
each = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
MISTAKES = [pytest.param(e, m, id=f"{e.name}-{m.__name__}") for e in EXERCISES for m in e.mistakes]


def first_line(mistake):
    return " ".join(inspect.getdoc(mistake).split("\n\n")[0].split())


@each
def test_catalogue_is_complete(exercise):
    assert len(exercise.mistakes) >= 4
    assert len({mistake.__name__ for mistake in exercise.mistakes}) == len(exercise.mistakes)
    for mistake in exercise.mistakes:
        what, _, hint = inspect.getdoc(mistake).partition("\n\n")
        assert what.endswith(".") and hint.endswith("."), f"{mistake.__name__}: a sentence, an empty line, the hint"


def test_no_two_exercises_have_one_name():
    """The catalogue would show only the last of them."""
    files = [file.name for file in iter_modules(exercises.__path__) if not file.name.startswith("_")]
    assert sum(len(import_module(f"dlcourse.exercises.{file}").EXERCISES) for file in files) == len(EXERCISES)


@pytest.mark.parametrize("exercise, mistake", MISTAKES)
def test_each_mistake_gets_its_own_hint(exercise, mistake, capsys):
    """Catches cases too few to tell two mistakes apart, a mistake that is none, one explained by another's hint."""
    result = check(exercise.name, mistake)
    assert (result.right, result.mistake) == (False, mistake.__name__)
    assert result.text.startswith(f"Not yet. {first_line(mistake)}\n")
    assert "  came" in result.text and "  expected" in result.text and "The smallest case where it shows" in result.text
    assert capsys.readouterr().out.split() == result.text.split()
    for other in exercise.mistakes:
        assert other is mistake or first_line(other) not in result.text


def by_other_names(function):
    return lambda *values, **more: function(*values, **more)


def by_keyword_only(function):
    def answer(**named):
        return function(**named)

    parameters = inspect.signature(function).parameters.values()
    answer.__signature__ = inspect.Signature([p.replace(kind=p.KEYWORD_ONLY) for p in parameters])
    return answer


def with_more_arguments(function):
    return lambda *values, verbose=False, **more: function(*values, **more)


def as_lists(function):
    def answer(*values, **more):
        result = function(*values, **more)
        if isinstance(result, tuple):
            return [np.asarray(result[0]).tolist(), *result[1:]]
        return result.tolist() if isinstance(result, (np.ndarray, np.generic)) else result

    return answer


def as_a_generator(function):
    """For what gives many things: yield them one by one."""

    def answer(*values, **more):
        yield from function(*values, **more)

    return answer


def as_a_callable_object(function):
    class Answer:
        def __call__(self, *values, **more):
            return function(*values, **more)

    return Answer()


@each
@pytest.mark.parametrize(
    "style",
    [lambda function: function, by_other_names, by_keyword_only, with_more_arguments, as_lists, as_a_callable_object],
)
def test_right_in_any_reasonable_style(exercise, style):
    result = check(exercise.name, style(exercise.reference))
    assert result.right, result.text
    assert result.text.startswith("Right: ") and result.mistake is None


@pytest.mark.parametrize("name", ["ewa", "minibatches"])
def test_right_with_yield(name):
    assert check(name, as_a_generator(catalogue()[name].reference)).right


def test_right_as_a_learner_writes_it():
    """Not the reference in disguise: answers written anew, in the notebook's way."""

    def my_ewa(temperatures, b, correct=False):
        v, out = 0, []
        for t in range(len(temperatures)):
            v = b * v + (1 - b) * temperatures[t]
            out.append(v / (1 - b ** (t + 1)) if correct else v)
        return out

    def my_adam(w, dw, memory=None, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        m = memory or {"t": 0, "v": np.zeros_like(w), "s": np.zeros_like(w)}
        t, v, s = m["t"] + 1, beta1 * m["v"] + (1 - beta1) * dw, beta2 * m["s"] + (1 - beta2) * dw * dw
        step = lr * (v / (1 - beta1**t)) / (eps + (s / (1 - beta2**t)) ** 0.5)
        return w - step, {"t": t, "v": v, "s": s}

    def my_minibatches(X, Y, batch_size, rng):
        order = np.arange(X.shape[1])
        rng.shuffle(order)
        for k in range(0, len(order), batch_size):
            yield X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]

    def my_decay(first, epoch, rate):
        first /= 1 + rate * epoch  # a number of one's own may be changed
        return first

    assert check("ewa", my_ewa).right
    assert check("adam", my_adam).right
    assert check("minibatches", my_minibatches).right
    assert check("inverse_time_decay", my_decay).right


def failing(*values, **more):
    result = 1
    return result + undefined_name  # noqa: F821


def calling_into_numpy(*values, **more):
    return np.linalg.inv(np.zeros((2, 2)))


@each
@pytest.mark.parametrize(
    "answer, offset, message",
    [
        (failing, 2, "NameError: name 'undefined_name' is not defined"),
        (calling_into_numpy, 1, "LinAlgError: Singular matrix"),
    ],
)
def test_the_learners_exception_comes_back_as_help(exercise, answer, offset, message):
    """With the line of their own function, not of the package that called it or of numpy inside it."""
    text = check(exercise.name, answer).text
    line = inspect.getsourcelines(answer)[1] + offset
    assert f"{answer.__name__} stopped in line {line}, `return " in text and message in text
    assert "Traceback" not in text and "_engine" not in text


def test_the_line_of_a_helper_in_the_same_cell():
    scope = {}
    exec(
        compile(
            "def helper(v):\n    return v['a']\ndef my_ewa(x, beta, c=False):\n    return helper(x)\n", "a cell", "exec"
        ),
        scope,
    )
    assert "my_ewa stopped in line 2.\nIndexError: " in check("ewa", scope["my_ewa"]).text


def endless(*values, **more):
    return endless(*values, **more)


ZOO = [
    lambda *a, **k: None,
    lambda *a, **k: "text",
    lambda *a, **k: {},
    lambda *a, **k: object(),
    lambda *a, **k: [],
    lambda *a, **k: (),
    lambda *a, **k: np.nan,
    lambda *a, **k: [[1, 2], [3]],
    lambda *a, **k: (i for i in iter(int, 1)),
    lambda *a, **k: ("a", "b"),
    lambda *a, **k: [None, None],
    lambda *a, **k: (None, None),
    lambda *a, **k: 1j,
    lambda *a, **k: np.zeros((2, 2)),
    lambda *a, **k: [(1, 2)],
    lambda *a, **k: [([1], [2, 3])],
    lambda: 0,
    endless,
    len,
    max,
    print,
    dict,
    3,
    "my_ewa",
    [1.0, 2.0],
    np.zeros(3),
    types.SimpleNamespace(),
    np.exp,
]


@each
@pytest.mark.parametrize("answer", ZOO, ids=range(len(ZOO)))
def test_nothing_ever_raises(exercise, answer):
    result = check(exercise.name, answer, seed=0)
    assert isinstance(result, Result) and not result.right and result.text.startswith("Not yet. ")
    assert " at 0x" not in result.text, "an address differs from run to run"
    assert check(exercise.name, answer, seed=0).text == result.text


def changes_its_input(function):
    def answer(*values, **more):
        result = function(*values, **more)
        for value in values:
            if isinstance(value, np.ndarray):
                value += 1
        return result

    return answer


@pytest.mark.parametrize(
    "exercise",
    [e for e in EXERCISES if any(isinstance(v, np.ndarray) for c in e.cases for v in c[0])],
    ids=lambda exercise: exercise.name,
)
def test_an_input_changed_in_place_is_named(exercise):
    result = check(exercise.name, changes_its_input(exercise.reference))
    at = next((i for i, value in enumerate(exercise.cases[0][0]) if isinstance(value, np.ndarray)), 0)
    first = list(inspect.signature(exercise.reference).parameters)[at]
    assert not result.right and "in place" in result.text
    assert f"changes its input {first}" in result.text or exercise.name == "inverse_time_decay"


def in_place(theta, grad, state=None, *, lr, beta=0.9):
    (v,) = state or (0.0,)
    v = beta * v + (1 - beta) * grad
    theta -= lr * v
    return theta, (v,)


@pytest.mark.parametrize(
    "name, answer, sentence",
    [
        ("ewa", lambda x, beta, c=False: None, "your function returns nothing (None). Write its body, and `return`"),
        ("ewa", [4.0, 8.5], 'check needs a function, but got [4, 8.5]   shape (2,). Write check("ewa", my_function)'),
        ("ewa", list, "check needs a function, but got <class 'list'>"),
        (
            "ewa",
            lambda x, beta: x,
            "your function(x, beta) cannot be called as the task says: too many positional arguments. "
            "Its arguments must be (x, beta, bias_correction=False).",
        ),
        ("ewa", lambda x, beta, c=False: x[:, None], "your function gives another shape than expected"),
        (
            "ewa",
            lambda x, beta, c=False: x + 1,
            "your function gives another result than expected. The smallest case:\n  x = [40, 49]",
        ),
        (
            "bias_correction",
            lambda average, beta, t: 40.0,
            "The first 1 of 5 cases are right. The next:\n  average = 8.5",
        ),
        ("adam", lambda theta, grad, state, lr: theta, "It must return two things, theta and state"),
        (
            "adam",
            lambda theta, grad, state, alpha: (theta, ()),
            "Its arguments must be (theta, grad, state=None, *, lr, ",
        ),
        ("momentum", in_place, "in_place changes its input theta in place"),
        ("minibatches", lambda X, Y, batch_size, rng: X, "It must give the mini-batches as pairs (X_t, Y_t)"),
    ],
)
def test_what_is_not_an_answer_gets_a_sentence(name, answer, sentence):
    text = check(name, answer).text
    assert text.startswith("Not yet. ") and sentence in text, text


def test_unsolved_says_what_the_task_is():
    def my_ewa(x, beta, bias_correction=False): ...

    text = check("ewa", my_ewa).text
    assert text == (
        "Not yet. my_ewa returns nothing (None). Write its body, and `return` the result at its end.\n"
        f"The task: {catalogue()['ewa'].task}"
    )


def test_without_a_function_the_task_and_with_an_unknown_name_the_names(capsys):
    assert check("ewa").text == catalogue()["ewa"].task and not check("ewa").right
    text = check("adma", failing).text
    assert text.startswith("There is no exercise 'adma'") and all(name in text for name in catalogue())


def test_a_result_shows_nothing_of_itself_in_a_notebook():
    """check has printed; the Result as a cell's last value must not print it again."""
    from IPython.core.interactiveshell import InteractiveShell

    result = check("ewa")
    assert InteractiveShell.instance().display_formatter.format(result) == ({}, {})


def test_two_mistakes_at_once_are_not_taken_for_one():
    """A mistake explains an answer only if it explains all that is wrong with it."""

    def my_ewa(x, beta, bias_correction=False):
        v, out = 0.0, []
        for value in x:
            v = (1 - beta) * v + beta * value
            out.append(v / (1 - beta) if bias_correction else v)
        return out

    result = check("ewa", my_ewa)
    assert result.mistake is None and "came: [36, 47.7]" in result.text and "expected: [4, 8.5]" in result.text


def ascending(rng):
    return case(float(rng.uniform(1, 10)), int(rng.integers(2, 9)))


def power_of_two(x, n):
    """The exponent is 2 whatever n.

    It is n.
    """
    return x**2


POWER = Exercise("power", "Write my_power(x, n).", lambda x, n: x**n, (case(1.0, 3), case(3.0, 2)), (), fresh=ascending)


def test_fresh_cases_decide_and_can_be_drawn_again():
    """An answer that is right on the fixed cases alone is not right, and the text says which seed shows it."""
    texts = {diagnose(POWER, power_of_two).text for _ in range(20)}
    assert len(texts) > 1 and all("of 7 cases are right. The next:" in text for text in texts)
    for text in texts:
        seed = int(re.search(r'check\("power", power_of_two, seed=(\d+)\)', text)[1])
        assert f"drawn with seed {seed}" in text and diagnose(POWER, power_of_two, seed).text == text
    assert all(diagnose(POWER, lambda x, n: x**n).right for _ in range(20))


def test_a_mistake_must_explain_the_fresh_cases_too():
    always_nine = lambda x, n: 1.0 if x == 1 else 10.0  # as the mistake on the fixed cases
    plus_one = lambda x, n: x**n + (x == 3)
    plus_one.__doc__ = "One too many.\n\nTake it away."
    exercise = replace(POWER, mistakes=(plus_one,))
    assert diagnose(replace(exercise, fresh=None), always_nine).mistake is not None
    assert diagnose(exercise, always_nine).mistake is None


def test_a_mistake_that_stops_explains_nothing():
    def stops(x):
        """It stops.

        Never.
        """
        raise ValueError

    exercise = Exercise("double", "Write my_double(x).", lambda x: 2 * x, (case(1.0), case(2.0)), (stops,))
    assert diagnose(exercise, lambda x: x).mistake is None


@pytest.mark.parametrize(
    "came, expected, agree",
    [
        ([1, 2], np.array([1.0, 2.0]), True),
        (np.array([3.0]), 3.0, True),
        (3, np.array([3.0]), False),
        ((1, [2.0]), (1.0, np.array([2.0])), True),
        ([1, 2, 3], (1, 2), False),
        (1.0, 1.00001, False),
        (1.0, 1.0000001, True),
        (np.nan, np.nan, True),
        (np.nan, 0.0, False),
        (1e-9, 2e-9, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({}, {"a": 1.0}, False),
        ("a", "a", True),
        ("a", 1.0, False),
        (None, 1.0, False),
        ([[1], [1, 2]], np.zeros(2), False),
    ],
)
def test_same(came, expected, agree):
    assert same(came, expected) is agree


def test_show_keeps_to_one_line_and_is_exact_enough():
    assert show(np.arange(6.0).reshape(2, 3)) == "[[0, 1, 2], [3, 4, 5]]   shape (2, 3)"
    assert show(2 / 3) == "0.666667" and show(2 / 3, 9) == "0.666666667" and show((1, "a")) == "(1, 'a')"
    assert show(np.arange(100)) == "[0, 1, 2, ..., 97, 98, 99]   shape (100,)"
    assert len(show(["word"] * 100)) <= 203
