"""The loop: consistent pairs, the clock, batches, divergence that is told, stacks, early stopping, interruption."""

from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.batches import epochs
from dlcourse.network import Net, cost, cost_and_grad, dropout_masks
from dlcourse.optimizers import adagrad, adam, adamw, heavy_ball, momentum, nadam, nesterov, rmsprop, sgd
from dlcourse.parameters import size
from dlcourse.training import Diverged, descend, early_stopping, history, last

ALL = [sgd, momentum, heavy_ball, nesterov, adagrad, rmsprop, adam, adamw, nadam]
CURVATURES = np.array([1.0, 4.0])


def bowl(theta):
    """J = (theta_1^2 + 4 theta_2^2) / 2."""
    return (CURVATURES * theta**2).sum(axis=-1) / 2, CURVATURES * theta


def squares(theta, X, Y):
    """Least squares theta @ X = Y, for theta (..., n_x), X (n_x, m), Y (1, m)."""
    error = theta[..., None, :] @ X - Y
    return (error**2).mean(axis=(-2, -1)) / 2, (error @ X.T)[..., 0, :] / X.shape[-1]


# --- the pairs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ALL, ids=lambda step: step.__name__)
def test_each_cost_belongs_to_its_theta(step):
    """The first pair is the start itself, and J is the cost of that very theta. Catches a step before the yield."""
    start = np.array([2.0, -1.0])
    thetas, Js = history(descend(bowl, start, step, lr=0.1), 20)
    np.testing.assert_array_equal(thetas[0], start)
    np.testing.assert_array_equal(Js, bowl(thetas)[0])
    assert len(thetas) == len(Js) == 20
    assert Js[-1] < Js[0]


def test_plain_descent_in_closed_form():
    """theta_t = (1 - lr * curvature)^t theta_0: also where it swings (lr * curvature > 1)."""
    thetas, _ = history(descend(bowl, [2.0, -1.0], sgd, lr=0.4), 15)
    expected = np.array([2.0, -1.0]) * (1 - 0.4 * CURVATURES) ** np.arange(15)[:, None]
    np.testing.assert_allclose(thetas, expected, rtol=1e-12)


def test_the_state_is_passed_on():
    """descend is the step repeated by hand. Catches a state lost between steps (Adam would forget t)."""
    theta, state = np.array([2.0, -1.0]), None
    for ours, _ in islice(descend(bowl, theta, adam, lr=0.1, beta1=0.7), 10):
        np.testing.assert_allclose(ours, theta, rtol=1e-15)
        theta, state = adam(theta, bowl(theta)[1], state, lr=0.1, beta1=0.7)


def test_the_clock_starts_at_zero():
    """lr = t makes a first step of zero, a second of one gradient. Catches every off by one in the schedule's clock."""
    thetas, _ = history(descend(lambda theta: (theta.sum(), np.ones(1)), [10.0], sgd, lr=lambda t: t), 5)
    assert thetas[:, 0].tolist() == [10, 10, 9, 7, 4]  # minus 0, 1, 2, 3


def test_a_schedule_may_give_each_model_its_rate():
    rates = np.array([0.1, 0.2])
    ours, _ = history(descend(bowl, np.ones((2, 2)), sgd, lr=lambda t: rates / (1 + t)), 6)
    for k in range(2):
        alone, _ = history(descend(bowl, np.ones(2), sgd, lr=lambda t: rates[k] / (1 + t)), 6)
        np.testing.assert_allclose(ours[:, k], alone, rtol=1e-14)


def test_without_batches_there_is_no_end():
    run = descend(bowl, [1.0, 1.0], sgd, lr=0.1)
    assert sum(1 for _ in islice(run, 2000)) == 2000


def test_with_batches_the_run_ends_with_them():
    """n batches give n pairs, and each J is that batch's cost at that theta."""
    X = np.random.default_rng(0).normal(size=(2, 30))
    Y = np.array([[1.0, -2.0]]) @ X
    batches = list(epochs(X, Y, 8, np.random.default_rng(1), n=3))
    pairs = list(descend(squares, np.zeros(2), sgd, lr=0.1, batches=iter(batches)))
    assert len(pairs) == len(batches) == 12
    theta = np.zeros(2)
    for (ours, J), batch in zip(pairs, batches):
        np.testing.assert_allclose(ours, theta, rtol=1e-13)
        assert J == pytest.approx(squares(theta, *batch)[0], rel=1e-13)
        theta = theta - 0.1 * squares(theta, *batch)[1]


def test_no_batches_no_pairs():
    assert list(descend(squares, np.zeros(2), sgd, lr=0.1, batches=[])) == []


def test_batch_cost_falls_every_step_and_mini_batch_cost_in_trend_only():
    """Syllabus 11.06 (and E23): full batch, small enough lr. A smoke test of the whole loop."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 64))
    Y = np.array([[1.0, -2.0]]) @ X + rng.normal(size=(1, 64))
    full = history(descend(squares, np.zeros(2), sgd, lr=0.1, batches=epochs(X, Y, 64, rng)), 60)[1]
    mini = history(descend(squares, np.zeros(2), sgd, lr=0.1, batches=epochs(X, Y, 8, rng)), 60)[1]
    assert (np.diff(full) < 0).all()
    assert (np.diff(mini) > 0).any() and mini[-20:].mean() < mini[:20].mean()


def test_nothing_of_the_callers_is_changed_or_shared():
    """The start is unchanged, what is yielded can be written to, and a step that works in place does no harm.
    Catches histories whose entries are all the same array."""

    def in_place(theta, grad, state=None, *, lr):
        theta -= lr * grad
        return theta, state

    start = np.array([2.0, -1.0])
    expected, _ = history(descend(bowl, start, sgd, lr=0.1), 10)
    np.testing.assert_array_equal(history(descend(bowl, start, in_place, lr=0.1), 10)[0], expected)
    np.testing.assert_array_equal(start, [2.0, -1.0])
    for k, (theta, _) in enumerate(islice(descend(bowl, start, sgd, lr=0.1), 10)):
        np.testing.assert_array_equal(theta, expected[k])
        theta[:] = 99.0


def test_the_whole_loop_on_a_network():
    """A network, a schedule, dropout masks and Adam together end lower than they began. A smoke test."""
    rng = np.random.default_rng(0)
    net = Net((2, 8, 1), activation="tanh")
    X = rng.normal(size=(2, 200))
    Y = (X[:1] * X[1:] > 0) * 1.0

    def with_dropout():
        while True:
            yield X, Y, dropout_masks(net, 0.9, 200, rng)

    theta = 0.5 * rng.normal(size=size(net.shapes))
    thetas, _ = history(
        descend(
            lambda theta, *batch: cost_and_grad(net, theta, *batch),
            theta,
            adam,
            lr=lambda t: 0.1 / (1 + 0.01 * t),
            batches=with_dropout(),
        ),
        200,
    )
    assert cost(net, thetas[-1], X, Y) < 0.5 * cost(net, thetas[0], X, Y)


# --- stacks and divergence -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ALL, ids=lambda step: step.__name__)
def test_stacked_equals_looped(step):
    start, rates = np.random.default_rng(0).normal(size=(3, 2)), np.array([0.01, 0.1, 0.3])
    thetas, Js = history(descend(bowl, start, step, lr=rates), 12)
    assert thetas.shape == (12, 3, 2) and Js.shape == (12, 3)
    for k in range(3):
        alone = history(descend(bowl, start[k], step, lr=float(rates[k])), 12)
        np.testing.assert_allclose(thetas[:, k], alone[0], rtol=1e-12)
        np.testing.assert_allclose(Js[:, k], alone[1], rtol=1e-12)


def test_divergence_is_told():
    """The pair at which the cost overflows has J = inf and a finite theta; the next pull says what happened."""
    run = descend(bowl, [1.0, 1.0], sgd, lr=1e60)
    pairs = []
    with pytest.raises(Diverged, match=r"no longer finite at step 3: lower lr, it was 1e\+60"):
        for pair in run:
            pairs.append(pair)
    assert [np.isfinite(J) for _, J in pairs] == [True, True, True, False]
    assert pairs[-1][1] == np.inf
    assert np.isfinite([theta for theta, _ in pairs]).all()
    assert issubclass(Diverged, ArithmeticError)


def test_a_theta_that_overflows_is_told_too():
    """J here is bounded; only theta leaves the numbers. It stays where it was last finite."""

    def flat(theta):
        return np.tanh(theta).sum(), np.full(1, 1e200)

    thetas, Js = history(descend(flat, [1.0], sgd, lr=1e108), 5)
    assert Js.tolist() == [np.tanh(1.0), -1.0, np.inf]
    assert thetas[:, 0].tolist() == [1.0, -1e308, -1e308]


def test_a_cost_that_is_nan_counts_as_diverged():
    """sqrt of a negative number: never NaN in a pair, and no RuntimeWarning."""

    def root(theta):
        return np.sqrt(theta).sum(), np.ones(1)

    thetas, Js = history(descend(root, [1.0], sgd, lr=0.75), 10)
    assert Js.tolist() == [1.0, 0.5, np.inf]
    with pytest.raises(Diverged, match="not finite at the start"):
        last(descend(root, [-1.0], sgd, lr=0.1), 10)


def test_one_diverging_model_does_not_kill_the_others():
    """The middle model overflows; the others' paths are exactly what they are alone."""
    rates = np.array([0.1, 1e60, 0.2])
    thetas, Js = history(descend(bowl, np.ones((3, 2)), heavy_ball, lr=rates), 30)
    assert len(Js) == 30
    for k in (0, 2):
        alone = history(descend(bowl, np.ones(2), heavy_ball, lr=float(rates[k])), 30)
        np.testing.assert_allclose(thetas[:, k], alone[0], rtol=1e-12)
        np.testing.assert_allclose(Js[:, k], alone[1], rtol=1e-12)
    dead = np.isinf(Js[:, 1])
    assert dead.any() and not dead[0] and (np.diff(dead.astype(int)) >= 0).all()  # once inf, always inf
    assert np.isfinite(thetas).all() and not np.isnan(Js).any()
    stays = thetas[dead, 1]
    np.testing.assert_array_equal(stays, np.broadcast_to(stays[0], stays.shape))


def test_when_all_have_diverged_the_run_says_so():
    with pytest.raises(Diverged, match="at step 3"):
        last(descend(bowl, np.ones((2, 2)), sgd, lr=np.array([1e60, 1e100])), 30)
    _, Js = history(descend(bowl, np.ones((2, 2)), sgd, lr=np.array([1e60, 1e100])), 30)
    assert np.isinf(Js[-1]).all() and len(Js) == 4


# --- history, last, early stopping, interruption -------------------------------------------------------------------


def test_last_is_the_end_of_history():
    thetas, Js = history(descend(bowl, [2.0, -1.0], adam, lr=0.1), 7)
    theta, J = last(descend(bowl, [2.0, -1.0], adam, lr=0.1), 7)
    np.testing.assert_array_equal(theta, thetas[-1])
    assert J == Js[-1]
    one = np.ones((1, 1))
    run = descend(squares, np.zeros(1), sgd, lr=0.5, batches=[(one, one)] * 4)
    assert last(run)[0].item() == 0.875  # 0, 1/2, 3/4, 7/8: three steps between four pairs


def test_history_leaves_the_rest_of_the_run():
    run = descend(bowl, [2.0, -1.0], sgd, lr=0.1)
    first, _ = history(run, 5)
    rest, _ = history(run, 5)
    whole, _ = history(descend(bowl, [2.0, -1.0], sgd, lr=0.1), 10)
    np.testing.assert_array_equal(np.concatenate([first, rest]), whole)


def numbered(values):
    """A run whose theta is [0], [1], [2], ..., and the dev cost that gives these values."""
    run = ((np.array([float(k)]), 0.0) for k in count())
    return run, lambda theta: values[int(theta[0])]


@pytest.mark.parametrize(
    "values, patience, best, pulled",
    [
        ([3, 2, 1, 2, 3, 0], 2, 2, 5),  # stops after two pairs without improvement; never sees the 0
        ([3, 2, 1, 2, 3, 0, 9, 9, 9], 3, 5, 9),  # one more patience, and the 0 counts
        ([1, 1, 1, 1], 3, 0, 4),  # a tie is no improvement: the earliest is kept
        ([5, np.nan, 4, np.nan, np.nan], 2, 2, 5),
        ([1, 2], 1, 0, 2),
    ],
)
def test_early_stopping_returns_the_best_not_the_last(values, patience, best, pulled):
    seen = []
    run, dev_cost = numbered(values)
    theta, cost, step = early_stopping(run, lambda theta: seen.append(theta) or dev_cost(theta), patience)
    assert (theta.item(), cost, step) == (best, values[best], best)
    assert len(seen) == pulled
    assert next(run)[0].item() == pulled  # it stopped pulling: the run can go on from there


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.integers(1, 6))
def test_early_stopping_against_its_definition(values, patience):
    """The end is the first k that none of the next `patience` values beats; the best is the minimum until then."""
    run = ((np.array([float(k)]), 0.0) for k in range(len(values)))
    _, cost, step = early_stopping(run, lambda theta: values[int(theta[0])], patience)
    stop = next(
        (
            k
            for k in range(len(values))
            if len(values[k + 1 : k + 1 + patience]) == patience
            and min(values[: k + 1]) == values[k]
            and min(values[k + 1 : k + 1 + patience]) >= values[k]
        ),
        None,
    )
    until = values if stop is None else values[: stop + 1 + patience]
    assert (cost, step) == (min(until), until.index(min(until)))


def test_early_stopping_gives_up_on_a_dev_cost_that_is_never_finite():
    """Also then it waits for `patience` pairs after the first, and no longer."""
    run, dev_cost = numbered([np.nan] * 9)
    with pytest.raises(ValueError, match="dev_cost must be finite"):
        early_stopping(run, dev_cost, patience=3)
    assert next(run)[0].item() == 4


def test_early_stopping_stacked_equals_looped():
    """Each model stops by itself: a later, better cost of a model that has stopped does not count."""
    costs = np.array([[3, 2, 1, 2, 2, 0, 0, 9, 9], [9, 8, 7, 6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]], float)
    run = ((np.full((3, 2), float(k)), np.zeros(3)) for k in range(9))
    theta, cost, step = early_stopping(run, lambda theta: costs[:, int(theta[0, 0])], patience=2)
    assert theta.shape == (3, 2)
    for k in range(3):
        alone = early_stopping(((np.full(2, float(t)), 0.0) for t in range(9)), lambda th: costs[k, int(th[0])], 2)
        np.testing.assert_array_equal(theta[k], alone[0])
        assert (cost[k], step[k]) == alone[1:]
    assert step.tolist() == [2, 8, 0]


def test_early_stopping_keeps_the_best_of_a_run_that_diverges():
    theta, cost, step = early_stopping(descend(bowl, [1.0, 1.0], sgd, lr=1e60), lambda theta: bowl(theta)[0], 50)
    assert (cost, step) == (2.5, 0) and theta.tolist() == [1.0, 1.0]


def interrupted(run, after):
    yield from islice(run, after)
    raise KeyboardInterrupt


def test_an_interrupt_keeps_what_is_done():
    def run():
        return interrupted(descend(bowl, [2.0, -1.0], sgd, lr=0.1), after=4)

    thetas, Js = history(run(), 100)
    assert len(thetas) == len(Js) == 4
    np.testing.assert_array_equal(last(run(), 100)[0], thetas[-1])
    theta, cost, step = early_stopping(run(), lambda theta: bowl(theta)[0], patience=10)
    np.testing.assert_array_equal(theta, thetas[-1])
    assert (cost, step) == (Js[-1], 3)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: next(descend(bowl, [], sgd, lr=0.1)), "theta must not be empty"),
        (lambda: next(descend(bowl, 1.0, sgd, lr=0.1)), "theta must have at least 1 axes"),
        (lambda: next(descend(bowl, [1.0, np.nan], sgd, lr=0.1)), "theta must be finite, got nan"),
        (lambda: last(descend(bowl, [1.0, 1.0], sgd, lr=-1.0), 2), r"lr must be in \[0, inf\), got -1.0"),
        (lambda: last(descend(bowl, [1.0, 1.0], sgd, lr=lambda t: np.nan), 2), "lr must be in"),
        (lambda: last(descend(bowl, [1.0, 1.0], momentum, lr=0.1, beta=1.0), 2), r"beta must be in \[0, 1\), got 1.0"),
        (
            lambda: next(descend(lambda t: (t, t), [1.0, 1.0], sgd, lr=0.1)),
            r"objective must return a cost of shape \(\), got \(2,\)",
        ),
        (
            lambda: next(descend(lambda t: (1.0, t), [[1.0, 1.0]], sgd, lr=0.1)),
            r"objective must return a cost of shape \(1,\), got \(\)",
        ),
        (
            lambda: last(descend(lambda t: (1.0, t[:1]), [1.0, 1.0], sgd, lr=0.1), 2),
            "grad must have the shape of theta",
        ),
        (lambda: history(descend(bowl, [1.0, 1.0], sgd, lr=0.1), 0), r"steps must be in \[1, inf\), got 0"),
        (lambda: last(descend(bowl, [1.0, 1.0], sgd, lr=0.1), 1.5), "steps must be a whole number"),
        (lambda: last(iter([])), "run must have at least one pair, got none"),
        (
            lambda: early_stopping(descend(bowl, [1.0, 1.0], sgd, lr=0.1), lambda theta: 1.0, 0),
            r"patience must be in \[1, inf\), got 0",
        ),
        (
            lambda: early_stopping(descend(bowl, [1.0, 1.0], sgd, lr=0.1), lambda theta: np.nan, 3),
            "dev_cost must be finite for at least one theta",
        ),
        (lambda: early_stopping(iter([]), lambda theta: 1.0, 3), "dev_cost must be finite for at least one theta"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
