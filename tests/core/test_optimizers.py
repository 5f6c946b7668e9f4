"""Optimizers: laws, equivalences, two independent engines, purity, leading axes, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import recorder, traces

from dlcourse import optimizers
from dlcourse.optimizers import adagrad, adam, adamw, heavy_ball, momentum, nadam, nesterov, rmsprop, sgd

ALL = [sgd, momentum, heavy_ball, nesterov, adagrad, rmsprop, adam, adamw, nadam]
HYPER = {
    sgd: {},
    momentum: {"beta": 0.8},
    heavy_ball: {"beta": 0.8},
    nesterov: {"beta": 0.8},
    adagrad: {"eps": 0.3},
    rmsprop: {"beta": 0.8, "eps": 0.3},
    adam: {"beta1": 0.8, "beta2": 0.95, "eps": 0.3},
    adamw: {"beta1": 0.8, "beta2": 0.95, "eps": 0.3, "weight_decay": 0.2},
    nadam: {"beta1": 0.8, "beta2": 0.95, "eps": 0.3},
}
TRACES = traces("optimizers_and_schedules")

betas = st.floats(0, 0.99)
gradient_runs = st.lists(st.tuples(*[st.floats(-10, 10)] * 3), min_size=1, max_size=20)
by_name = pytest.mark.parametrize("step", ALL, ids=lambda step: step.__name__)


def path(step, theta, gradients, **hyper):
    """Theta after each of the gradients."""
    theta, state, thetas = np.asarray(theta, dtype=float), None, []
    for gradient in gradients:
        theta, state = step(theta, np.asarray(gradient, dtype=float), state, **hyper)
        thetas.append(theta)
    return np.array(thetas)


def lengths(step, gradient, steps, **hyper):
    """How far each step goes under a constant gradient, in units of lr (theta starts at zero)."""
    thetas = path(step, np.zeros(np.shape(gradient)), [gradient] * steps, lr=0.01, **hyper)
    return -np.diff(thetas, axis=0, prepend=0.0) / 0.01


# --- laws ----------------------------------------------------------------------------------------------------------


@given(st.floats(1e-6, 1e6), st.sampled_from([-1, 1]), st.floats(0, 0.99), st.floats(0, 0.9999), st.floats(1e-10, 1.0))
def test_a_constant_gradient_makes_every_adam_step_equally_long(size, sign, beta1, beta2, eps):
    """lr*|g|/(|g| + eps), from the first step on. Catches a missing power t, a wrong t, an eps in another place."""
    steps = lengths(adam, [sign * size], 12, beta1=beta1, beta2=beta2, eps=eps)
    np.testing.assert_allclose(steps, sign * size / (size + eps), rtol=1e-6)


def test_adam_steps_1_2_10_3000():
    g = np.array([1.0, -30.0, 1e-3, 1e-8])
    steps = lengths(adam, g, 3000)
    for t in (1, 2, 10, 3000):
        np.testing.assert_allclose(steps[t - 1], g / (np.abs(g) + 1e-8), rtol=1e-9)


def test_adam_step_counts_from_one():
    state = None
    for t in (1, 2, 3):
        for step in (adam, adamw, nadam):
            assert step([0.0], [1.0], state if t > 1 else None, lr=0.1)[1][0] == t
        state = adam([0.0], [1.0], state, lr=0.1)[1]


@given(gradient_runs)
def test_beta_zero_gives_plain_descent(gradients):
    """Also: nadam and adam agree without beta1, adam and rmsprop without either. Catches swapped betas."""
    plain = path(sgd, np.ones(3), gradients, lr=0.1)
    for step in (momentum, heavy_ball, nesterov):
        np.testing.assert_allclose(path(step, np.ones(3), gradients, lr=0.1, beta=0.0), plain, rtol=0, atol=1e-13)
    signs = path(rmsprop, np.ones(3), gradients, lr=0.1, beta=0.0)
    both = path(adam, np.ones(3), gradients, lr=0.1, beta1=0.0, beta2=0.0)
    np.testing.assert_allclose(both, signs, rtol=1e-12)
    np.testing.assert_allclose(
        path(nadam, np.ones(3), gradients, lr=0.1, beta1=0.0),
        path(adam, np.ones(3), gradients, lr=0.1, beta1=0.0),
        rtol=1e-12,
    )


@given(gradient_runs, betas)
def test_heavy_ball_is_momentum_with_the_translated_rate(gradients, beta):
    """Part 3 and E35: lr_heavy = (1 - beta) * lr_averaged."""
    np.testing.assert_allclose(
        path(heavy_ball, np.ones(3), gradients, lr=(1 - beta) * 0.1, beta=beta),
        path(momentum, np.ones(3), gradients, lr=0.1, beta=beta),
        rtol=0,
        atol=1e-12,
    )


def test_the_two_momentum_forms_coincide_on_w_squared():
    """The same equality where the gradient depends on theta, over the five steps the syllabus names."""
    w = {heavy_ball: np.array([5.0]), momentum: np.array([5.0])}
    states = {heavy_ball: None, momentum: None}
    for _ in range(5):
        for step, lr in ((heavy_ball, 0.01), (momentum, 0.1)):
            w[step], states[step] = step(w[step], 2 * w[step], states[step], lr=lr, beta=0.9)
        np.testing.assert_allclose(w[heavy_ball], w[momentum], rtol=1e-15)


def test_terminal_velocity_is_ten_plain_steps():
    """Syllabus 13.07: heavy ball 1/(1 - beta) = 10; the averaged form ends at one plain step and starts at a tenth."""
    t = np.arange(1, 301)
    heavy, averaged = lengths(heavy_ball, [2.0], 300, beta=0.9), lengths(momentum, [2.0], 300, beta=0.9)
    np.testing.assert_allclose(heavy[:, 0], 2.0 * 10 * (1 - 0.9**t), rtol=1e-9)
    np.testing.assert_allclose(averaged[:, 0], 2.0 * (1 - 0.9**t), rtol=1e-9)
    assert heavy[-1] / 2 == pytest.approx(10) and averaged[0] / 2 == pytest.approx(0.1)


def test_nesterov_is_the_books_look_ahead():
    """The book's own form, m := beta*m - lr*gradient(w + beta*m), w := w + m, on a curved surface. Catches a gradient
    used once instead of twice, and the old v instead of the new."""

    def gradient(w):
        return np.array([4 * w[0] ** 3 + w[1], 2 * w[1] + w[0]])

    lr, beta = 0.02, 0.9
    w, m = np.array([1.0, -0.5]), np.zeros(2)
    theta, state = w.copy(), None
    for _ in range(30):
        m = beta * m - lr * gradient(w + beta * m)
        w = w + m
        theta, state = nesterov(theta, gradient(theta), state, lr=lr, beta=beta)
        np.testing.assert_allclose(theta, w + beta * m, rtol=1e-12)
        np.testing.assert_allclose(theta + lr * beta * state[0], w, rtol=1e-12)


def test_adagrad_steps_fall_with_the_root_of_t():
    """Closed form for a constant gradient: lr / sqrt(t), 'stops too early' (syllabus 14.01)."""
    np.testing.assert_allclose(lengths(adagrad, [7.0], 100)[:, 0], 1 / np.sqrt(np.arange(1, 101)), rtol=1e-7)


def test_rmsprop_does_not_stall():
    """Closed form for a constant gradient: lr / sqrt(1 - beta^t), which ends at lr (syllabus 14.04)."""
    expected = 1 / np.sqrt(1 - 0.9 ** np.arange(1, 101))
    np.testing.assert_allclose(lengths(rmsprop, [-7.0], 100, beta=0.9)[:, 0], -expected, rtol=1e-7)


def test_rmsprop_speeds_up_small_and_slows_down_large_gradients():
    """Syllabus 14.03: dW small, db large; both steps come out equally long."""
    small, large = np.abs(lengths(rmsprop, [0.01, 100.0], 1)[0])
    assert small == pytest.approx(large, rel=1e-4)


@given(gradient_runs, st.floats(0.1, 10))
def test_scaling_gradients_and_eps_alike_changes_nothing(gradients, c):
    """sqrt(s) + eps: eps scales as the gradient; sqrt(s + eps): as its square. Catches an eps in another place."""
    gradients = np.array(gradients)
    for step in (adagrad, rmsprop, adam, nadam):
        np.testing.assert_allclose(
            path(step, np.ones(3), c * gradients, lr=0.1, eps=c * 0.1),
            path(step, np.ones(3), gradients, lr=0.1, eps=0.1),
            rtol=0,
            atol=1e-10,
        )
    np.testing.assert_allclose(
        path(rmsprop, np.ones(3), c * gradients, lr=0.1, eps=c**2 * 0.1, eps_inside=True),
        path(rmsprop, np.ones(3), gradients, lr=0.1, eps=0.1, eps_inside=True),
        rtol=0,
        atol=1e-10,
    )


def test_eps_outside_and_inside_the_root():
    """E11: at s = 1e-16 the factor is 5e7 outside and 1e4 inside; eps^2 inside is like eps outside, up to sqrt(2)."""

    def factor(**hyper):  # memory 2e-16 and no gradient now: s = 1e-16; a second entry keeps grad away from s
        grad = 1e-20
        theta, _ = rmsprop([0.0], [grad], (np.array([2e-16]),), lr=1.0, beta=0.5, **hyper)
        return -theta.item() / grad

    assert factor(eps=1e-8) == pytest.approx(5e7, rel=1e-6)
    assert factor(eps=1e-8, eps_inside=True) == pytest.approx(1e4, rel=1e-6)
    assert factor(eps=1e-16, eps_inside=True) == pytest.approx(5e7 * np.sqrt(2), rel=1e-6)
    gradients = np.random.default_rng(0).normal(size=(50, 3))  # where s is far above eps, the curves coincide
    np.testing.assert_allclose(
        path(rmsprop, np.ones(3), gradients, lr=0.01, eps=1e-8),
        path(rmsprop, np.ones(3), gradients, lr=0.01, eps=1e-16, eps_inside=True),
        atol=1e-7,
    )


@given(gradient_runs)
def test_adamw_without_decay_is_adam(gradients):
    plain = path(adam, np.ones(3), gradients, lr=0.1)
    np.testing.assert_array_equal(path(adamw, np.ones(3), gradients, lr=0.1, weight_decay=0.0), plain)
    np.testing.assert_array_equal(path(adamw, np.ones(3), gradients, lr=0.1, decay_mask=np.zeros(3)), plain)


def test_adamw_decay_does_not_pass_through_the_averages():
    """Without a gradient theta shrinks by the factor 1 - lr*weight_decay, where the mask says so, and nowhere else.
    Catches decay put into the gradient (then the step would be lr long), and decay of Adam's new theta."""
    thetas = path(adamw, [1.0, -4.0, 1.0], np.zeros((5, 3)), lr=0.1, weight_decay=0.5, decay_mask=[1.0, 1.0, 0.0])
    factors = 0.95 ** np.arange(1, 6)
    np.testing.assert_allclose(thetas, np.transpose([factors, -4 * factors, np.ones(5)]), rtol=1e-14)
    theta, _ = adamw([2.0], [1.0], lr=0.5, weight_decay=0.1)
    assert theta.item() == pytest.approx(2.0 - 0.5 * 1 - 0.5 * 0.1 * 2.0, rel=1e-7)


def test_nadam_first_step_by_hand():
    """t = 1, v = (1-b)g: v_hat = b(1-b)g/(1-b^2) + g = g * (b/(1+b) + 1)."""
    assert lengths(nadam, [5.0], 1, beta1=0.9)[0, 0] == pytest.approx(0.9 / 1.9 + 1, rel=1e-7)


@by_name
def test_no_gradient_no_step(step):
    """Zero gradients from the start: 0/0 must not happen."""
    hyper = {"weight_decay": 0.0} if step is adamw else {}
    thetas = path(step, [1.0, 2.0], np.zeros((3, 2)), lr=0.1, **hyper)
    np.testing.assert_array_equal(thetas, np.tile([1.0, 2.0], (3, 1)))


@by_name
def test_entries_do_not_mix(step):
    """Each entry of theta goes its own way: permuting the entries permutes the path."""
    rng = np.random.default_rng(3)
    theta, gradients, order = rng.normal(size=5), rng.normal(size=(8, 5)), rng.permutation(5)
    np.testing.assert_allclose(
        path(step, theta[order], gradients[:, order], lr=0.1, **HYPER[step]),
        path(step, theta, gradients, lr=0.1, **HYPER[step])[:, order],
        rtol=1e-15,
    )


# --- independent routes to the same numbers ------------------------------------------------------------------------


@pytest.mark.parametrize("lr, lam", [(0.1, 1.0), (0.1, 5.0), (0.3, 6.0), (0.5, 4.0)])
def test_quadratic_in_closed_form(lr, lam):
    """J = lam/2 w^2: plain descent is a geometric series, both momentums the powers of a 2x2 matrix on (w, v)."""
    beta, t = 0.8, 12
    plain, state = np.array([3.0]), None
    for _ in range(t):
        plain, _ = sgd(plain, lam * plain, lr=lr)
    assert plain.item() == pytest.approx(3.0 * (1 - lr * lam) ** t, rel=1e-12)
    for step, gain in ((heavy_ball, 1.0), (momentum, 1 - beta)):
        w, state = np.array([3.0]), None
        for _ in range(t):
            w, state = step(w, lam * w, state, lr=lr, beta=beta)
        once = np.array([[1 - lr * gain * lam, -lr * beta], [gain * lam, beta]])
        expected = np.linalg.matrix_power(once, t) @ [3.0, 0.0]
        np.testing.assert_allclose([w.item(), state[0].item()], expected, rtol=1e-10, atol=1e-13)


def test_one_step_of_the_tensorflow_example():
    """w^2 - 10w + 25 at w = 0 with lr 0.01: w = 0.1 after one step, 4.99999999 after 1001 (E20, E39)."""
    w = np.array([0.0])
    for t in range(1001):
        w, _ = sgd(w, 2 * w - 10, lr=0.01)
        if t == 0:
            assert w.item() == pytest.approx(0.1)
    assert w.item() == pytest.approx(4.99999999, abs=5e-9)


@pytest.mark.parametrize("trace", TRACES["optimizers"], ids=lambda t: f"{t['step']}-{t['engine']}-{t['hyper']}")
def test_stored_traces_of_other_engines(trace):
    """Fifty steps against PyTorch and Keras (versions in the file) to 1e-12."""
    step = getattr(optimizers, trace["step"])
    ours = path(step, TRACES["theta"], TRACES["gradients"], **trace["hyper"])
    np.testing.assert_allclose(ours, trace["path"], rtol=1e-12, atol=0)


def test_every_optimizer_has_a_trace():
    assert {trace["step"] for trace in TRACES["optimizers"]} == {step.__name__ for step in ALL}


def test_live_against_pytorch():
    pytest.importorskip("torch", reason="PyTorch is not installed; the stored traces stand in for it")
    record = recorder("optimizers_and_schedules")
    for name, hyper, engine, keywords in record.OPTIMIZERS:
        ours = path(getattr(optimizers, name), record.THETA, record.gradients(), **hyper)
        np.testing.assert_allclose(ours, record.torch_optimizer(engine, keywords), rtol=1e-12, err_msg=name)


def test_live_against_keras():
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed; the stored trace stands in for it")
    record = recorder("optimizers_and_schedules")
    ours = path(rmsprop, record.THETA, record.gradients(), lr=0.125, beta=0.75, eps=0.5, eps_inside=True)
    np.testing.assert_allclose(ours, record.keras_rmsprop(), rtol=1e-12)


# --- contracts -----------------------------------------------------------------------------------------------------


@by_name
def test_steps_are_pure(step):
    """Inputs are unchanged, and the same state gives the same step again. Catches every in-place update."""
    rng = np.random.default_rng(1)
    theta, grad = rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
    state = step(theta, grad, lr=0.1, **HYPER[step])[1]
    assert isinstance(state, tuple)
    kept = [np.copy(x) for x in (theta, grad, *state)]
    first, again = (step(theta, grad, state, lr=0.1, **HYPER[step]) for _ in range(2))
    for x, y in zip((theta, grad, *state), kept):
        np.testing.assert_array_equal(x, y)
    for x, y in zip((first[0], *first[1]), (again[0], *again[1])):
        np.testing.assert_array_equal(x, y)
    assert not np.shares_memory(first[0], theta)
    assert first[0].dtype == np.float64


@pytest.mark.parametrize(
    "step, array",
    [(step, name) for step in ALL for name in ("lr", *HYPER[step])],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_stacked_equals_looped(step, array):
    """Three models, one hyper-parameter different for each. Catches a (K,) that runs along theta's entries."""
    rng = np.random.default_rng(2)
    theta, gradients = rng.normal(size=(3, 3)), rng.normal(size=(6, 3, 3))
    values = np.array([0.0, 0.3, 0.7]) if array != "eps" else np.array([0.1, 0.3, 0.7])
    hyper = {"lr": 0.1, **HYPER[step]}
    stacked = path(step, theta, gradients, **{**hyper, array: values})
    for k in range(3):
        looped = path(step, theta[k], gradients[:, k], **{**hyper, array: float(values[k])})
        np.testing.assert_allclose(stacked[:, k], looped, rtol=1e-13)


@by_name
def test_a_stack_of_two_axes(step):
    """theta (2, 3, P), lr (3,): broadcasts against theta.shape[:-1] as everywhere in numpy."""
    rng = np.random.default_rng(4)
    theta, gradients, lr = rng.normal(size=(2, 3, 5)), rng.normal(size=(4, 2, 3, 5)), np.array([0.1, 0.2, 0.3])
    stacked = path(step, theta, gradients, lr=lr, **HYPER[step])
    for i, k in np.ndindex(2, 3):
        looped = path(step, theta[i, k], gradients[:, i, k], lr=float(lr[k]), **HYPER[step])
        np.testing.assert_allclose(stacked[:, i, k], looped, rtol=1e-13)


@by_name
def test_one_number_is_a_model_too(step):
    """A theta that is a bare number, and an lr that is a numpy number, behave as the vector of one entry."""
    vector = path(step, [2.0], [[1.0], [3.0]], lr=0.1, **HYPER[step])
    np.testing.assert_allclose(path(step, 2.0, [1.0, 3.0], lr=np.asarray(0.1), **HYPER[step]), vector[:, 0], rtol=1e-15)


@by_name
@pytest.mark.parametrize(
    "theta, grad, hyper, message",
    [
        ([1.0, 2.0], [1.0], {}, r"grad must have the shape of theta, \(2,\), got \(1,\)"),
        ([1.0, 2.0], 1.0, {}, "grad must have the shape of theta"),
        ([[1.0], [2.0]], [1.0], {}, "grad must have the shape of theta"),
        (["a"], [1.0], {}, "theta must be made of numbers"),
        ([1.0], ["a"], {}, "grad must be made of numbers"),
        ([1.0], [1.0], {"lr": -0.1}, r"lr must be in \[0, inf\), got -0.1"),
        ([1.0], [1.0], {"lr": np.nan}, r"lr must be in \[0, inf\), got nan"),
        ([1.0], [1.0], {"lr": np.inf}, r"lr must be in \[0, inf\), got inf"),
        ([1.0], [1.0], {"lr": "fast"}, "lr must be made of numbers"),
        ([[1.0], [2.0]], [[1.0], [2.0]], {"lr": [0.1, -1.0]}, r"lr must be in \[0, inf\), got -1.0"),
        (
            [[1.0], [2.0]],
            [[1.0], [2.0]],
            {"lr": [0.1, 0.1, 0.1]},
            r"lr .* one entry for each model.* \(2,\), got shape \(3,\)",
        ),
        ([1.0, 2.0], [1.0, 2.0], {"lr": [0.1, 0.2]}, r"lr .* one entry for each model.*\(\), got shape \(2,\)"),
    ],
)
def test_bad_input_gets_one_sentence(step, theta, grad, hyper, message):
    with pytest.raises(ValueError, match=message):
        step(theta, grad, **{"lr": 0.1, **hyper})


@pytest.mark.parametrize(
    "call, message",
    [
        *[
            (lambda step=step: step([1.0], [1.0], lr=0.1, beta=1.0), r"beta must be in \[0, 1\), got 1.0")
            for step in (momentum, heavy_ball, nesterov, rmsprop)
        ],
        *[
            (
                lambda step=step, beta=beta: step([1.0], [1.0], lr=0.1, **{beta: 1}),
                rf"{beta} must be in \[0, 1\), got 1",
            )
            for step in (adam, adamw, nadam)
            for beta in ("beta1", "beta2")
        ],
        *[
            (lambda step=step: step([1.0], [1.0], lr=0.1, eps=0.0), r"eps must be in \(0, inf\), got 0.0")
            for step in (adagrad, rmsprop, adam, adamw, nadam)
        ],
        (lambda: adamw([1.0], [1.0], lr=0.1, weight_decay=-1.0), "weight_decay must be in"),
        (lambda: adamw([1.0], [1.0], lr=0.1, decay_mask=2.0), r"decay_mask must be in \[0, 1\], got 2.0"),
        (
            lambda: adamw([1.0], [1.0], lr=0.1, decay_mask=[1.0, 0.0]),
            r"decay_mask must fit shape \(1,\), got shape \(2,\)",
        ),
    ],
)
def test_bad_hyper_parameters_get_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
