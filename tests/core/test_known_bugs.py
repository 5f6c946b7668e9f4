"""The museum: real bugs that were shipped elsewhere, each with the law that catches it.

Every test holds the law against our function, and against a replica of the bug, written afresh, which it must catch:
so no law in here can fall asleep. "Open" means open when read in 2026.
"""

import asyncio
import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import dlcourse
from dlcourse.averages import bias_correction, ewa
from dlcourse.live import live
from dlcourse.network import Net, backward, cost_and_grad, dropout_masks, forward
from dlcourse.normalization import batch_norm, running_statistics
from dlcourse.optimizers import adagrad, adam, adamw, heavy_ball, momentum, nadam, nesterov, rmsprop, sgd
from dlcourse.parameters import mask, size
from dlcourse.regularizers import dropout_mask
from dlcourse.training import descend, history
from dlcourse.transfer import train_only

ALL = [sgd, momentum, heavy_ball, nesterov, adagrad, rmsprop, adam, adamw, nadam]


def must_catch(law, *bug):
    """The law has to fail on the replica of the bug."""
    with pytest.raises(AssertionError):
        law(*bug)


# --- Adam ----------------------------------------------------------------------------------------------------------


def every_step_is_equally_long(step):
    """Under a constant gradient Adam's steps are lr*|g|/(|g| + eps) long, at every t; and without a gradient, zero."""
    g, theta, state = np.array([2.0, -0.1, 0.0]), np.zeros(3), None
    for t in range(1, 3001):
        before = theta
        theta, state = step(theta, g, state, lr=0.01)
        if t in (1, 2, 10, 3000):
            expected = -0.01 * g / (np.abs(g) + 1e-8)
            np.testing.assert_allclose(theta - before, expected, rtol=1e-8, atol=1e-14, err_msg=f"step {t}")


def adam_with(v_hat, s_hat, length=lambda v, s, eps: v / (np.sqrt(s) + eps), overwrite=False):
    """Adam with its corrections, and the length of its step, done in another way."""

    def step(theta, grad, state=None, *, lr, eps=1e-8):
        t, v, s = state or (0, 0.0, 0.0)
        t, v, s = t + 1, 0.9 * v + 0.1 * grad, 0.999 * s + 0.001 * grad**2
        corrected = v_hat(v, t), s_hat(s, t)
        return theta - lr * length(*corrected, eps), (t, *corrected) if overwrite else (t, v, s)

    return step


RIGHT = dict(v_hat=lambda v, t: v / (1 - 0.9**t), s_hat=lambda s, t: s / (1 - 0.999**t))


def test_the_replica_without_a_bug_passes():
    every_step_is_equally_long(adam_with(**RIGHT))


def test_bias_correction_without_the_power_t():
    """ML-From-Scratch #35 (2018) and #90 (2021), both open: divides by 1 - beta at every step. Passes the convergence
    tests of JAX and optax; its second step is 1.34 times too long."""
    every_step_is_equally_long(adam)
    bug = adam_with(lambda v, t: v / (1 - 0.9), lambda s, t: s / (1 - 0.999))
    must_catch(every_step_is_equally_long, bug)
    first, state = bug(np.zeros(1), np.ones(1), lr=1.0)
    second, _ = bug(first, np.ones(1), state, lr=1.0)
    assert (first - second).item() == pytest.approx(1.34, abs=0.005)


def test_eps_outside_the_quotient():
    """d2l #2691: v_hat / sqrt(s_hat) + eps. Without a gradient 0/0, and every step is eps too long."""

    def bug(theta, grad, state=None, *, lr):
        with np.errstate(invalid="ignore"):
            return adam_with(**RIGHT, length=lambda v, s, eps: v / np.sqrt(s) + eps)(theta, grad, state, lr=lr)

    must_catch(every_step_is_equally_long, bug)
    assert np.isnan(bug(np.zeros(1), np.zeros(1), lr=0.1)[0]).all()
    for step in (adagrad, rmsprop, adam, nadam):
        assert step(np.zeros(1), np.zeros(1), lr=0.1)[0] == 0


def test_corrected_averages_written_back_into_the_state():
    """E13, notes 2: S_db = S_db / (1 - beta2^t), the same name on both sides. The correction compounds: by step 10 a
    step is 7e-8 of lr."""
    bug = adam_with(**RIGHT, overwrite=True)
    must_catch(every_step_is_equally_long, bug)
    theta, state = np.zeros(1), None
    for _ in range(10):
        before = theta
        theta, state = bug(theta, np.ones(1), state, lr=1.0)
    assert round((before - theta).item(), 8) == 7e-8


# --- dropout -------------------------------------------------------------------------------------------------------


def test_backward_forgets_the_dropout_mask():
    """numpy-ml #94, open: the gradient with dropout on was wrong by half; the caller's array was scaled in place."""
    rng = np.random.default_rng(0)
    net = Net((2, 5, 4, 1), activation="tanh")
    theta, X, Y = rng.normal(size=size(net.shapes)), rng.normal(size=(2, 7)), (rng.normal(size=(1, 7)) > 0) * 1.0
    masks = dropout_masks(net, 0.6, 7, rng)
    kept = [array.copy() for array in (theta, X, Y, *masks.values())]
    nudges = 1e-5 * np.eye(theta.size)
    numerical = (
        cost_and_grad(net, theta + nudges, X, Y, masks)[0] - cost_and_grad(net, theta - nudges, X, Y, masks)[0]
    ) / 2e-5

    def gradient_is_that_of_the_cost(gradient):
        np.testing.assert_allclose(gradient, numerical, atol=1e-8)

    def forgetful(cache):
        return backward(net, Y, {name: part for name, part in cache.items() if not name.startswith("D")})

    gradient_is_that_of_the_cost(cost_and_grad(net, theta, X, Y, masks)[1])
    must_catch(gradient_is_that_of_the_cost, forgetful(forward(net, theta, X, masks)[1]))
    for array, before in zip((theta, X, Y, *masks.values()), kept):
        np.testing.assert_array_equal(array, before)


def test_a_random_source_as_default_argument():
    """d2l's dropout in JAX: the default key is drawn once, when the function is defined; every mask is the same."""

    def two_calls_differ(draw):
        assert not np.array_equal(draw((20, 20), 0.5), draw((20, 20), 0.5))

    def bug(shape, keep_prob, seed=7):
        return dropout_mask(shape, keep_prob, np.random.default_rng(seed))

    rng = np.random.default_rng(7)
    two_calls_differ(lambda shape, keep_prob: dropout_mask(shape, keep_prob, rng))
    must_catch(two_calls_differ, bug)
    for name, function in chapters():
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name in ("rng", "seed", "key", "generator", "random_state"):
                assert parameter.default in (parameter.empty, None), f"{name} has a default {parameter.name}"


def chapters():
    """Every public function of storey 1, by name."""
    for info in pkgutil.iter_modules(dlcourse.__path__):
        if info.name.startswith("_") or info.name in ("live", "exercises", "scenes", "plots"):
            continue
        module = importlib.import_module(f"dlcourse.{info.name}")
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{info.name}.{name}", value


# --- averages and batch norm ---------------------------------------------------------------------------------------


def test_an_average_that_starts_at_one_but_is_corrected_as_if_at_zero():
    """Equinox 0.13.8, BatchNorm, measured: inference output with a standard deviation of 0.20 instead of 1 after one
    step at momentum 0.99 ((99 + 4)/4 gives 0.197 for inputs of variance 4)."""

    def average_of_a_constant_is_the_constant(run):
        for steps in (1, 10, 100):
            np.testing.assert_allclose(run([np.array([4.0])] * steps, beta=0.99), 4.0, rtol=1e-9)

    def bug(statistics, beta):
        average = 1.0
        for values in statistics:
            average = ewa(average, values, beta)
        return bias_correction(average, beta, len(statistics))

    average_of_a_constant_is_the_constant(running_statistics)
    must_catch(average_of_a_constant_is_the_constant, bug)
    Z = 2 * np.array([[-1.0, 1.0, -1.0, 1.0]])  # variance 4
    for run, spread in ((running_statistics, 1.0), (bug, 0.197)):
        out, _ = batch_norm(Z, 1.0, 0.0, mu=np.zeros((1, 1)), var=run([Z.var(axis=-1, keepdims=True)], beta=0.99))
        assert out.std() == pytest.approx(spread, abs=5e-4)


# --- the loop ------------------------------------------------------------------------------------------------------


def test_schedule_off_by_one():
    """optax #415 (fixed) and #1744 (open): the schedule was read one step too early or too late."""

    def first_step_is_zero(loop):
        thetas, _ = history(loop(lambda theta: (theta.sum(), np.ones(1)), [10.0], sgd, lr=lambda t: t), 4)
        assert thetas[:, 0].tolist() == [10, 10, 9, 7]

    def bug(objective, theta, step, *, lr):
        return descend(objective, theta, step, lr=lambda t: lr(t + 1))

    first_step_is_zero(descend)
    must_catch(first_step_is_zero, bug)


def test_optimizer_updates_arrays_nobody_uses():
    """scikit-learn #19631: the optimizer went on with references to weights that had been replaced. The step must act
    on the theta it is given, whatever theta the state was made with."""

    def moves_what_it_is_given(make):
        step, theta, g = make(), np.array([1.0, 2.0]), np.array([0.5, -3.0])
        _, state = step(theta, g, lr=0.1)
        elsewhere = theta + 100
        moved, _ = step(elsewhere, g, state, lr=0.1)
        assert (np.abs(moved - elsewhere) > 0).all() and (np.abs(moved - elsewhere) < 1).all()

    class Referring:  # remembers the first array it has seen
        def __call__(self, theta, grad, state=None, *, lr):
            self.theta = getattr(self, "theta", theta)
            self.theta -= lr * grad
            return self.theta, state

    for step in ALL:
        moves_what_it_is_given(lambda step=step: step)
    must_catch(moves_what_it_is_given, Referring)


def test_an_empty_array_as_start_of_memory():
    """ML-From-Scratch, Nesterov: fails on its first call, with shapes (3, 4) and (0,). Ours start for any shape."""

    def first_call_works(step):
        for shape in ((), (1,), (5,), (3, 4), (2, 3, 4)):
            try:
                theta, state = step(np.ones(shape), np.ones(shape), lr=0.1)
                theta, _ = step(theta, np.ones(shape), state, lr=0.1)
            except (ValueError, IndexError) as error:
                raise AssertionError(shape) from error
            assert np.shape(theta) == shape and (theta < 1).all()

    def bug(theta, grad, state=None, *, lr):
        (v,) = state or (np.array([]),)
        v = 0.9 * v + grad
        return theta - lr * v, (v,)

    for step in ALL:
        first_call_works(step)
    must_catch(first_call_works, bug)


# --- transfer ------------------------------------------------------------------------------------------------------


def test_unfreeze_freezes():
    """numpy-ml: `unfreeze` calls `freeze`, so nothing ever trains again. A mask of ones must train everything, and one
    of zeros nothing; and a layer that was frozen first must move after thawing."""
    shapes = {"W1": (3, 2), "b1": (3, 1), "W2": (1, 3)}
    rng = np.random.default_rng(0)
    theta, g = rng.normal(size=size(shapes)), rng.normal(size=size(shapes))

    def thawing_trains_everything(thaw):
        frozen, state = train_only(theta, g, optimizer=adam, mask=mask(shapes, ["W2"]), lr=0.1)
        np.testing.assert_array_equal(frozen[:9], theta[:9])
        thawed, _ = train_only(frozen, g, state, optimizer=adam, mask=thaw(mask(shapes, ["W2"])), lr=0.1)
        assert (thawed != frozen).all()

    thawing_trains_everything(lambda _: mask(shapes, shapes))
    must_catch(thawing_trains_everything, lambda frozen: 0 * frozen)
    for step in ALL:
        free, _ = step(theta, g, lr=0.1)
        np.testing.assert_array_equal(train_only(theta, g, optimizer=step, mask=np.ones(theta.size), lr=0.1)[0], free)


# --- widgets -------------------------------------------------------------------------------------------------------


def test_demo_errors_hidden_by_the_widget():
    """Neuromatch's stub and ipywidgets #3208 (open): an exception behind a slider becomes a line of output, or nothing.
    Ours is raised where there is no page, and stands beside the figure where there is one."""

    def scene(fig):
        axes = fig.subplots()

        def update(x):
            axes.plot([x], [1 / (1 - x)])
            return f"x is {x}"

        return update

    def the_error_is_seen(move):
        lab = live(scene, x=(0.0, 1.0, 0.5))
        try:
            assert "ZeroDivisionError" in move(lab)
        finally:
            lab.close()

    def raised(lab):
        try:
            lab.controls["x"].value = 1.0  # what dragging the slider to its end does
        except ZeroDivisionError as error:
            return repr(error)
        return ""

    def swallowed(lab):
        raised(lab)
        return lab.caption

    def shown(lab):
        async def drag():
            lab._turns._loop = asyncio.get_running_loop()  # as on a page: the kernel's loop draws
            lab.controls["x"].value = 1.0
            for _ in range(5):
                await asyncio.sleep(0.01)

        asyncio.run(drag())
        return lab.picture.error

    the_error_is_seen(raised)
    the_error_is_seen(shown)
    must_catch(the_error_is_seen, swallowed)
