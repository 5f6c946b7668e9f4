"""The exercises: every catalogue's answers, right and wrong, and every way to hand in something else."""

import _thread
import contextlib
import inspect
import io
import math
import re
import sys
import threading
import time
import types
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlcourse import exercises
from dlcourse.exercises import _engine, _limits, catalogue, check
from dlcourse.exercises._engine import Exercise, Result, case, diagnose
from dlcourse.exercises._values import plain, same, show

EXERCISES = list(catalogue().values())


def label(exercise):
    """In a test's name stands the topic too: -k learning_rate_decay runs what is tested of its exercises here."""
    topic = exercise.mistakes[0].__module__.removeprefix("dlcourse.exercises.").partition(".")[0]
    return f"{topic}-{exercise.name}"


each = pytest.mark.parametrize("exercise", EXERCISES, ids=label)
MISTAKES = [pytest.param(e, m, id=f"{label(e)}-{m.__name__}") for e in EXERCISES for m in e.mistakes]


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
def test_each_mistake_gets_its_own_hint(exercise, mistake, capsys, same_cases_for_all):
    """Catches cases too few to tell two mistakes apart, a mistake that is none, one explained by another's hint."""
    result = check(exercise.name, mistake)
    assert (result.right, result.mistake) == (False, mistake.__name__)
    assert result.text.startswith(f"Not yet. {first_line(mistake)}\n")
    assert "  came" in result.text and "  expected" in result.text and "The smallest case where it shows" in result.text
    assert capsys.readouterr().out.split() == result.text.split()
    for other in exercise.mistakes:
        assert other is mistake or first_line(other) not in result.text


@pytest.mark.parametrize("exercise, mistake", MISTAKES)
def test_each_mistake_explains_itself_on_any_draw(exercise, mistake, same_cases_for_all):
    """Catches a mistake that stops on a case that is drawn only now and then."""
    for seed in range(5):
        assert diagnose(exercise, mistake, seed).mistake == mistake.__name__


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
def test_right_in_any_reasonable_style(exercise, style, same_cases_for_all):
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
def test_nothing_ever_raises(exercise, answer, same_cases_for_all):
    result = check(exercise.name, answer, seed=0)
    assert isinstance(result, Result) and not result.right and result.text.startswith("Not yet. ")
    assert " at 0x" not in result.text, "an address differs from run to run"
    assert check(exercise.name, answer, seed=0).text == result.text


def trap(*values):
    raise RuntimeError("a trap")


TRAPS = ["__array__", "__float__", "__repr__", "__str__", "__eq__", "__len__", "__iter__", "__getattr__", "__bool__"]
TRAPS += ["__getattribute__", "__deepcopy__", "__index__", "__array_ufunc__"]


@pytest.mark.parametrize("name", TRAPS)
def test_an_object_with_a_trap_is_not_asked(name, same_cases_for_all):
    odd = type("Odd", (), {name: trap})()
    for answer in (lambda *a, **k: odd, lambda *a, **k: [odd, odd], lambda *a, **k: (odd, {"a": odd}), odd):
        for exercise in ("ewa", "adam", "classify", "early_stopping", "minibatches"):
            result = check(exercise, answer)
            assert not result.right and "Odd" in result.text and "trap" not in result.text


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["saddle", "high bias", 10**400, 1j, np.float32(1), np.str_("a"), b"a", ...])
    | arrays(st.sampled_from([float, int, bool, np.float32, np.uint8]), st.sampled_from([(), 0, 1, 2, (2, 0), (1, 2)])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.tuples(inner, inner, inner)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    ),
    max_leaves=6,
)


@each
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(junk, min_size=1, max_size=4))
def test_no_junk_breaks_a_check(same_cases_for_all, exercise, values):
    """Whatever comes, call by call: a sentence, and never an error of the engine's own."""
    left = iter(values * 100)
    with contextlib.redirect_stdout(io.StringIO()):
        result = check(exercise.name, lambda *a, **k: next(left, 0), seed=0)
    assert not result.right and result.text.startswith("Not yet. ")


class Liar(float):
    """Equal to everything."""

    __eq__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = None


class Agreeing(str):
    __eq__ = lambda self, other: True
    __hash__ = None


class Yes(np.ndarray):
    __eq__ = lambda self, other: np.True_
    __sub__ = __rsub__ = lambda self, other: np.zeros(1)


def holds_itself():
    inside = []
    inside.append(inside)
    return inside


@pytest.mark.parametrize(
    "name, value, says",
    [
        ("bias_correction", Liar(1), "gives another result"),
        ("classify", Agreeing("any"), "gives another result"),
        ("ewa", np.ones(2).view(Yes), "another"),
        ("ewa", holds_itself(), "holds itself"),
        ("ewa", {"a": holds_itself()}, "holds itself"),
        ("ewa", np.zeros(2, complex), "complex numbers"),
        ("bias_correction", 1j, "complex number"),
        ("bias_correction", 40 + 0j, "complex number"),
        ("ewa", ["4.0", "8.5"], "Text came where numbers are expected"),
        ("ewa", np.array(["4.0", "8.5"]), "Text came where numbers are expected"),
        ("bias_correction", "40.0", "Text came where numbers are expected"),
        ("ewa", np.array([True, False]), "True and False came where numbers are expected"),
        ("ewa", np.array(["2020-01-01"], "datetime64[D]"), "an array of datetime64[D]"),
        ("ewa", range(3 * 10**8), "does not come to an end"),
        ("ewa", [0.0] * (2 * 10**6), "2000000 values, far more than expected"),
        ("ewa", np.broadcast_to(0.0, 10**9), "1000000000 numbers, far more than expected"),
        ("ewa", 10**5000, "another"),
        ("ewa", [[1], [1, 2]], "parts are of different lengths"),
        ("ewa", {1, 2}, "an object of type set"),
        ("ewa", np.random, "an object of type module"),
    ],
    ids=lambda value: None if isinstance(value, (list, dict)) else str(type(value)),
)
def test_what_passes_for_numbers_does_not_pass(name, value, says):
    result = check(name, lambda *a, **k: value)
    assert not result.right and says in result.text, result.text


def right_as(kind):
    return lambda average, beta, t: kind(average / (1 - beta**t))


def test_a_right_value_of_the_wrong_kind_does_not_pass():
    for kind in (str, complex, lambda v: np.array(str(v)), lambda v: [v, v]):
        assert not check("bias_correction", right_as(kind)).right
    for kind in (float, np.float32, np.array, np.float64, np.longdouble, lambda v: [v], lambda v: np.array([[v]])):
        assert check("bias_correction", right_as(kind)).right


@pytest.mark.parametrize("detach", [False, True])
def test_a_tensor_of_pytorch_gets_a_sentence(detach):
    torch = pytest.importorskip("torch")
    right = catalogue()["ewa"].reference
    tensor = lambda *a: torch.tensor(right(*a), requires_grad=not detach)
    for answer in (tensor, lambda *a: list(tensor(*a)), lambda *a: (tensor(*a), 1)):
        text = check("ewa", answer).text
        assert text.startswith("Not yet. It returns a tensor of PyTorch. "), text


class Unreadable(Exception):
    def __str__(self):
        raise ValueError


def raising(error):
    def answer(*values, **more):
        raise error

    return answer


@pytest.mark.parametrize(
    "error, says",
    [
        (SystemExit(3), "exit, quit and sys.exit are not for a function"),
        (KeyboardInterrupt(), "raises this itself"),
        (GeneratorExit(), "raises this itself"),
        (StopIteration(), "a for loop ends by itself"),
        (MemoryError(), "more memory than there is"),
        (Unreadable(), "its message cannot be read"),
        (ValueError("\ud800 \x1b[31m\n"), "ValueError: [31m"),
        (ValueError("x" * 10**6), "xxx..."),
        (type("Own", (BaseException,), {})("mine"), "Own: mine"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_is_raised_becomes_a_sentence(error, says):
    for name in ("ewa", "initialize"):
        result = check(name, raising(error))
        assert not result.right and says in result.text and len(result.text) < 1000
        assert "The task:" not in result.text, "who wrote an answer has read it"


def never_ends(x, beta, bias_correction=False):
    t, v = 0, []
    while t < len(x):
        v.append(beta)


def swallows(x, beta, bias_correction=False):
    while True:
        try:
            x = x + 0
        except:  # noqa: E722
            pass


def yields_for_ever(x, beta, bias_correction=False):
    while True:
        yield 1.0


def test_an_endless_loop_ends_with_a_sentence():
    began = time.perf_counter()
    text = check("ewa", never_ends).text
    assert time.perf_counter() - began < 20  # 5 on a machine that does nothing else
    assert "never_ends was stopped after 5 seconds in line " in text and "it does not come to an end" in text


@pytest.mark.parametrize("answer", [swallows, yields_for_ever, lambda *a, **k: time.sleep(1) or never_ends(*a)])
def test_no_way_round_the_clock(answer, monkeypatch):
    monkeypatch.setattr(_engine, "PATIENCE", 0.3)
    text = check("ewa", answer).text
    assert "was stopped" in text or "does not come to an end" in text, text
    assert check("ewa", catalogue()["ewa"].reference).right, "nothing is left over that breaks the next check"


def test_a_real_interrupt_interrupts(interrupts):
    """Also the second and third, so nothing of the first is left."""
    for _ in range(3):
        timer = threading.Timer(0.3, _thread.interrupt_main)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            check("ewa", never_ends)
        timer.join()


def test_memory_without_end_ends(monkeypatch):
    pytest.importorskip("resource")
    monkeypatch.setattr(_limits, "ROOM", 3 * 10**8)
    keep = np.ones(max(0, _limits.peak() - _limits.taken()) // 8 + 1)  # up to the peak that others have left

    def grows(x, beta, bias_correction=False):
        out = []
        while True:
            out.append(np.ones(10**6))

    def doubles(x, beta, bias_correction=False):
        while True:
            x = np.concatenate([x, x])

    before = _limits.taken()
    for answer in (grows, doubles):
        assert "because it took more than a gigabyte" in check("ewa", answer).text
    assert len(keep) and _limits.taken() - before < 2 * 10**8, "it is given back"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no browser has a Python older than 3.12")
def test_in_a_browser_the_interpreter_itself_looks_on(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(_limits, "peak", lambda: 0)
    monkeypatch.setattr(_engine, "PATIENCE", 0.3)
    for answer in (never_ends, swallows):
        assert "was stopped after " in check("ewa", answer).text
        assert check("ewa", catalogue()["ewa"].reference).right, "nothing is left over that breaks the next check"


def test_patched_functions_of_numpy_are_put_back():
    def patches(average, beta, t):
        np.exp = np.linalg.norm = math.exp = np.random.default_rng = len
        return 1.0

    before = np.exp, np.linalg.norm, math.exp, np.random.default_rng
    check("bias_correction", patches)
    assert (np.exp, np.linalg.norm, math.exp, np.random.default_rng) == before


def test_a_list_or_a_dict_changed_in_place_is_named():
    def counts(pairs, names, at):
        pairs.sort()
        return 1

    exercise = Exercise("count", "Write my_count(pairs).", lambda pairs, names, at: 1, ((([3, 1], {}, ()), {}),), ())
    assert "counts changes its input pairs in place" in diagnose(exercise, counts).text
    text = diagnose(exercise, lambda pairs, names, at: names.update(a=1) or 1).text
    assert "changes its input names in place" in text and "dict(...)" in text


def nudged_in_place(objective, theta, eps):
    slopes = np.zeros(len(theta))
    for i in range(len(theta)):
        theta[i] += eps
        up = objective(theta)[0]
        theta[i] -= 2 * eps
        slopes[i] = (up - objective(theta)[0]) / (2 * eps)
        theta[i] += eps
    return slopes


def test_what_is_put_back_but_for_rounding_is_not_changed():
    assert check("numerical_gradient", nudged_in_place).right


@pytest.mark.parametrize("memory", [dict, types.SimpleNamespace])
def test_the_state_is_the_learners_own(memory):
    """It may be any object, and be changed in place: nobody else reads it."""

    def my_momentum(theta, grad, state=None, *, lr, beta=0.9):
        state = state or memory(v=np.zeros_like(theta))
        v = state["v"] if memory is dict else state.v
        v *= beta
        v += (1 - beta) * grad
        return theta - lr * v, state

    assert check("momentum", my_momentum).right


def changes_its_input(function):
    def answer(*values, **more):
        result = function(*values, **more)
        for value in values:
            if isinstance(value, np.ndarray):
                value += 1
        return result

    return answer


@pytest.mark.parametrize(
    "exercise", [e for e in EXERCISES if any(isinstance(v, np.ndarray) for c in e.cases for v in c[0])], ids=label
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
            "your function gives another result than expected. The first of ",
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
    assert len(texts) > 1 and all(re.search(r"of 7 cases (is|are) right. The next:", text) for text in texts)
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


single = lambda *values: np.array(values, np.float32)


@pytest.mark.parametrize(
    "came, expected, agree",
    [
        ((1.0, 2.0), np.array([1.0, 2.0]), True),
        (np.array([1.0, 2.0]), (1.0, 2.0), True),
        (np.arange(4.0).reshape(2, 2), (np.array([0.0, 1.0]), [2.0, 3.0]), True),
        (np.arange(6.0).reshape(2, 3), (np.array([0.0, 1.0]), [2.0, 3.0]), False),
        ([np.ones(2), np.ones(3)], (np.ones(2), np.ones(3)), True),
        (np.array(3.0), 3.0, True),
        (np.float32(3), np.float64(3), True),
        (np.ones((1, 1)), 1.0, True),
        (np.ones((2, 1)), np.ones(2), False),
        (True, 1.0, False),
        (np.array([True, False]), np.array([1.0, 0.0]), False),
        (True, True, True),
        (1, True, False),
        ("1", 1.0, False),
        (["1"], ["1"], True),
        (None, None, True),
        (None, np.array([np.nan]), False),
        (single(0.1, 1e-9), np.array([0.1, 0.0]), True),  # what cancels, beside what does not
        (single(0.1), np.array([0.1 + 3e-7]), True),
        (single(0.1).tolist(), np.array([0.1 + 3e-7]), True),  # its digits show that it was single
        (np.array([0.1]), np.array([0.1 + 3e-7]), False),  # computed in double, so it is another number
        (np.array([0.0]), np.array([3e-7]), False),  # 0 is no sign of single precision
        (single(0.1), np.array([0.1001]), False),
        (np.float16(0.1), 0.1, False),
        (np.array([1e300]), np.array([1e300]), True),
    ],
)
def test_same_in_another_form_or_precision(came, expected, agree):
    assert same(plain(came), plain(expected)) is agree


def test_float32_is_no_excuse_for_an_eps():
    """Where 1e-8 is all that matters, it is seen in float32 too."""
    adam = catalogue()["adam"]
    inside = next(mistake for mistake in adam.mistakes if mistake.__name__ == "eps_inside")

    def in_single(step):
        def answer(theta, grad, state=None, **more):
            theta, state = step(np.float32(theta), np.float32(grad), state, **more)
            return np.float32(theta), state

        return answer

    def my_adam(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        t, v, s = state or (0, np.float32(0), np.float32(0))
        t, v, s = t + 1, np.float32(beta1) * v + np.float32(1 - beta1) * grad, beta2 * s + (1 - beta2) * grad**2
        return theta - lr * (v / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps), (t, v, s)

    assert check("adam", in_single(my_adam)).right
    assert not check("adam", in_single(inside)).right


def columns(rng):
    return case(rng.normal(size=(2, int(rng.integers(2, 5)))))


def scaled(X, m=None, flip=False):
    """The task of the answers below: two results and three kinds of call."""
    total = X.sum(axis=1) / (X.shape[1] if m is None else m)
    return (-total if flip else total), total.mean()


SCALED = Exercise(
    "scaled",
    "Write my_scaled(X, m=None, flip=False).",
    scaled,
    (
        case([[1], [4]]),
        case([[1, 2], [4, 7]]),
        case([[1, 2], [4, 7]], 5),
        case([[1, 2], [4, 7]], 3),
        case([[1, 2], [4, 7]], flip=True),
    ),
    (),
    fresh=columns,
)
MEANS = Exercise(
    "means",
    "Write my_means(X).",
    lambda X: X.mean(axis=1, keepdims=True),
    (case([[1], [4]]), case([[1, 2], [4, 7]]), case([[1, 2, 9], [4, 7, 1], [0, 1, 1]])),
    (),
    fresh=columns,
)
NAMES = Exercise("names", "Write my_name(x).", lambda x: "up and up" if x > 0 else "down", (case(1.0), case(-1.0)), ())
PLACED = Exercise("placed", "", lambda x: x, (case([1, 2]), case([3]), case([0, 4]), case(7.0), case([-1, 2])), ())
right, total = MEANS.reference, lambda X: X.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    "exercise, answer, says",
    [
        (MEANS, lambda X: right(X).T, "only the shape is not: it is transposed, (1, 2) for (2, 1)."),
        (MEANS, lambda X: X.mean(axis=1), "only the shape is not: one axis too few, (2,) for (2, 1)."),
        (MEANS, lambda X: right(X)[None], "only the shape is not: one axis too many, (1, 2, 1) for (2, 1)."),
        (MEANS, lambda X: right(X)[0, 0], "Only the first of the numbers came. Is the `return` inside the loop?"),
        (MEANS, lambda X: right(X)[-1, 0], "Only the last of the numbers came."),
        (MEANS, lambda X: right(X).sum(), "One number came, the sum of those that are expected."),
        (MEANS, lambda X: right(X)[:-1], "One entry is missing: there is all but the last."),
        (MEANS, lambda X: np.vstack([[[0]], right(X)]), "There is one entry too many, the first."),
        (MEANS, lambda X: right(X)[::-1], "in the reverse order"),
        (MEANS, lambda X: right(X).astype(int), "cut to whole ones"),
        (MEANS, lambda X: right(X) * (1 + 2e-5), "nearly right: they are off by 2e-05 of their size"),
        (MEANS, lambda X: -right(X), "Everything has the wrong sign."),
        (MEANS, lambda X: 2 * right(X), "Everything comes out 2 times as large as expected."),
        (MEANS, total, "Everything comes out multiplied by the number of columns of X"),
        (MEANS, lambda X: right(X) / X.shape[1], "Everything comes out divided by the number of columns of X"),
        (MEANS, lambda X: right(X) + 1, "Everything comes out 1 too large."),
        (MEANS, lambda X: right(X) ** 2, "the square of what is expected"),
        (MEANS, lambda X: 1 / right(X), "upside down"),
        (MEANS, lambda X: right(X) + (X.shape[1] == 1), "wrong just where X has a single column, and right in all"),
        (MEANS, lambda X: right(X) > 0, "True and False came where numbers are expected"),
        (SCALED, lambda *a, **k: scaled(*a, **k)[::-1], "The 2 results are right, but exchanged"),
        (SCALED, lambda *a, **k: (*scaled(*a, **k), 0), "2 results are expected; 3 came. The first 2 are right."),
        (SCALED, lambda *a, **k: scaled(*a, **k)[1], "2 results are expected, as in `return a, b`; only the second of"),
        (SCALED, lambda *a, **k: scaled(*a, **k)[0], "2 results are expected, as in `return a, b`; only the first of"),
        (SCALED, lambda *a, **k: (scaled(*a, **k)[0], 0), "Only the second of the 2 results is wrong."),
        (SCALED, lambda X, m=None, flip=False: scaled(X, None, flip), "It is wrong just where m is given, and right"),
        (SCALED, lambda X, m=None, flip=False: scaled(X, m or 5, flip), "It is wrong just where m is None, and right"),
        (SCALED, lambda X, m=None, flip=False: scaled(X, m), "It is wrong just where flip is True, and right"),
        (NAMES, lambda x: NAMES.reference(x).upper(), "The word is right, its spelling is not: it must be 'up and up'"),
        (NAMES, lambda x: NAMES.reference(x).replace(" and", ","), "The word is right, its spelling is not"),
        (NAMES, lambda x: x, "A word is expected, such as 'up and up'."),
        (PLACED, lambda x: x + (np.min(x) < 0), "It is wrong just where x has an entry that is negative, and right"),
        (PLACED, lambda x: x + (np.ndim(x) == 0), "It is wrong just where x is a number, and right in all other"),
        (
            PLACED,
            lambda x: x + (np.size(x) == 1) * np.ndim(x),
            "It is wrong just where x has a single entry, and right",
        ),
    ],
)
def test_what_is_not_catalogued_is_told_for_what_it_is(exercise, answer, says):
    text = diagnose(exercise, answer, 0).text
    assert says in text, text
    assert "np." not in text and len(re.findall(r"\d{13}", text)) == 0


def step(theta, grad, state=None, *, lr, beta=0.9):
    v = beta * (0 if state is None else state) + (1 - beta) * grad
    return theta - lr * v, v


def kept(x, beta, bias_correction=False, out=[]):  # noqa: B006
    out.extend(catalogue()["ewa"].reference(x, beta, bias_correction))
    return out


@pytest.mark.parametrize(
    "name, answer, says",
    [
        ("momentum", lambda *a, **k: step(*a, **k)[::-1], "exchanged"),
        ("momentum", lambda *a, **k: ((v := step(*a, **k))[1:], v[0]), "theta and state are exchanged"),
        (
            "momentum",
            lambda theta, grad, state=None, *, lr, beta=0.9: step(
                theta, grad, state, lr=lr, beta=beta * (state is None)
            ),
            "The first step is right, a later one is not",
        ),
        ("ewa", kept, "Called a second time with the same input it gives another result"),
    ],
)
def test_what_goes_on_from_call_to_call_is_told(name, answer, says):
    text = check(name, answer).text
    assert says in text, text


DRAWS = Exercise(
    "draws",
    "Write my_draws(n, rng): n numbers, by one call of rng.random.",
    lambda n, rng: rng.random(n),
    (case(3, np.random.default_rng(1)), case(6, np.random.default_rng(2))),
    (),
)


@pytest.mark.parametrize(
    "answer, says",
    [
        (lambda n, rng: rng.uniform(1, 0, n), "Only the random draw differs"),
        (lambda n, rng: rng.random(n)[::-1], "Only the random draw differs"),
        (lambda n, rng: np.random.rand(n), "With the same rng it gives another result each time"),
        (lambda n, rng: np.random.default_rng(0).random(n), "It gives the same numbers whatever rng comes in"),
        (lambda n, rng: rng.standard_normal(n), "draws"),
        (lambda n, rng: rng.random(n) ** 1.2, "draws"),
    ],
)
def test_the_draw(answer, says):
    """What differs in more than the draw, be it a little, is not said to differ in the draw only."""
    answer.__name__ = "draws"
    text = diagnose(DRAWS, answer).text
    assert says in text and ("Only the random" in text) == ("Only the random" in says), text


def without_end(x, *more):
    if x.size > 2:
        return x


def computes(x, *more):
    print(x + 1)


def misnamed(series, b, c=False):
    valeus = series
    return values, valeus  # noqa: F821


@pytest.mark.parametrize(
    "name, answer, says",
    [
        (
            "ewa",
            without_end,
            "without_end returns nothing (None) for this input: it comes to its end without a `return`",
        ),
        (
            "ewa",
            computes,
            "computes computes, but returns nothing (None): `return` the result at its end. What is printed",
        ),
        (
            "momentum",
            lambda theta, grad, state=None, **k: state["v"],
            "The first step has state None: ask `if state is",
        ),
        ("momentum", lambda theta, grad, state=None, **k: 0.9 * state, "The first step has state None"),
        (
            "standardize",
            lambda X, mu=None, sigma=None: (X - mu, mu, sigma),
            "Here mu and sigma is None, that is, not giv",
        ),
        ("standardize", lambda X, *given: (X - X.mean(1)) / X.std(1), "unless keepdims=True keeps it"),
        ("standardize", lambda X, mu=None, sigma=None: mu or X, "ask"),
        ("standardize", lambda X, mu=None, sigma=None: X if mu == None else mu or X, "asked by `is None`"),  # noqa: E711
        ("dropout_mask", lambda shape, p, rng: rng.random(*shape), "the shape is one argument, a tuple"),
        ("dropout_mask", lambda shape, p, rng: np.random.rand(shape), "takes the lengths one by one"),
        ("dropout_mask", lambda shape, p, rng: rng.rand(*shape), "rng has random (even in 0 to 1)"),
        ("softmax", lambda Z: math.exp(Z), "Those of numpy (np.exp"),
        ("softmax", lambda Z: [math.exp(z) for z in Z.ravel()], "Those of numpy (np.exp"),
        ("he", lambda n_in, n_out: 1 / 0, "Something is divided by zero"),
        ("ewa", misnamed, "Is valeus meant?"),
        ("ewa", lambda x, b, c=False: beta, "in the brackets of your first line it has another name"),  # noqa: F821
        ("ewa", lambda x, b, c=False: x[len(x)], "Python counts from 0"),
        (
            "ewa",
            lambda x, b, c=False: np.zeros(2, int).__iadd__(0.5),
            "An array of whole numbers cannot take fractions",
        ),
        ("ewa", lambda x, b, c=False: [].append(x) + 1, "A value is None here"),
    ],
)
def test_an_error_says_what_it_means(name, answer, says):
    text = check(name, answer).text
    assert says in text and "The task:" not in text and "The input:" in text, text


def test_the_first_entry_that_differs_in_a_large_array():
    exercise = Exercise("large", "", lambda x: x, (case(np.arange(100.0).reshape(10, 10)),), ())
    text = diagnose(exercise, lambda x: x + (x == 57) * 0.5).text
    assert "\n  first at [5, 7]: 57.5 for 57" in text


def test_check_says_what_it_needs():
    assert check(step, "ewa").text == 'The name of the exercise comes first: check("ewa", my_ewa).'
    assert check(["ewa"], step).text == check(step).text
    for seed in (-1, "a", 0.5):
        assert check("ewa", step, seed=seed).text.startswith("The seed must be a whole number from 0")


def test_show_keeps_to_one_line_and_is_exact_enough():
    assert show(np.arange(6.0).reshape(2, 3)) == "[[0, 1, 2], [3, 4, 5]]   shape (2, 3)"
    assert show(2 / 3) == "0.666667" and show(2 / 3, 9) == "0.666666667" and show((1, "a")) == "(1, 'a')"
    assert show(np.arange(100)) == "[0, 1, 2, ..., 97, 98, 99]   shape (100,)"
    assert len(show(["word"] * 100)) <= 203
