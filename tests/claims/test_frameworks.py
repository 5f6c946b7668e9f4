"""Frameworks: what the notebook says of the first program, its graph, and its learning rate."""

import numpy as np
import pytest
from claims import Claims

from dlcourse import optimizers, surfaces, training
from dlcourse.scenes.frameworks import PROGRAMS

claims = Claims("week3/05_frameworks")


def facts(lab, preset=None, **values):
    lab.update(**{**(lab.presets[preset] if preset else lab.start), **values})
    return lab.update.facts


@claims("The gradient is $2w - 10$, so the first step is $0 - 0.01 \\cdot (-10)$ and leads to 0.1.")
def _(labs):
    for w in (-3.0, 0.0, 7.5):
        assert surfaces.parabola(np.array([w]))[1] == pytest.approx([2 * w - 10])
    assert facts(labs[1], "the program")["w"] == pytest.approx(0.1)


@claims(
    "After a thousand more $w$ is near 5: each step leaves 0.98 of the distance, and $5 \\cdot 0.98^{1001}$ is "
    "about $10^{-8}$.",
    "In double precision it is 4.99999999.",
)
def _():
    thetas, _ = training.history(training.descend(surfaces.parabola, [0.0], optimizers.sgd, lr=0.01), 1002)
    away = 5 - thetas[:, 0]
    assert away[1:50] / away[:49] == pytest.approx(0.98) and f"{thetas[1001, 0]:.8f}" == "4.99999999"
    assert away[1001] == pytest.approx(5 * 0.98**1001, rel=1e-3) == pytest.approx(1e-8, rel=0.2)


@claims(
    "down each of its arrows a node sends the local gradient, which is written there, times its own gradient",
    "$b = -10$ from the product and $2w = 4$ from the square: $w$ gets the sum, $-6$. Written the other way, $w + b = -8$ and "
    "$w = 2$ come, and the sum is the same.",
    "The messages belong to the program, the gradient to the function.",
    "A value used twice gets the sum of its gradients.",
)
def _(labs):
    one, other = PROGRAMS
    assert facts(labs[0], "all the way")["arrived"] == [-10, 4]
    assert facts(labs[0], program=other, step=4)["arrived"] == [-8, 2]
    for w in np.arange(-3, 13.5, 0.5):
        for b in np.arange(-20, 0.5, 0.5):
            first = dict(facts(labs[0], program=one, step=4, w=w, b=b))
            second = facts(labs[0], program=other, step=4, w=w, b=b)
            assert first["arrived"] == [b, 2 * w] and second["arrived"] == [w + b, w]
            assert first["gradient"] == second["gradient"] == 2 * w + b == sum(first["arrived"])
            assert second["sent"]["w + b"] == {"w": w, "b": w} and second["sent"]["J"] == {"w (w + b)": 1, "c": 1}


@claims("With -20 the minimum is -75, at $w = 10$.")
def _(labs):
    found = facts(labs[1], "the notes' -20")
    assert found["minimum"] == (10, -75) and found["w"] == pytest.approx(10, abs=1e-4)


@claims(
    "Each step multiplies the distance from the minimum by $1 - 2\\alpha$. With 1.2 that is $-1.4$: $w$ jumps to the other side, "
    "to a place further off, where the curve is steeper, so the next step is longer still.",
    "Only a start in the minimum itself stays there.",
    "At a learning rate of 1 the step jumps from one side of the valley exactly to the other; beyond 1 it climbs out.",
    "It does not choose the learning rate.",
    "It chooses neither the learning rate nor the model",
)
def _(labs):
    rates = [lr for _, lr in labs[1].controls["lr"].options]
    assert max(rates) > 1
    for w0 in (-3.0, 0.0, 4.9, 5.1, 13.0):
        for lr in rates:
            distance = facts(labs[1], lr=lr, w0=w0, steps=20)["distance"]
            np.testing.assert_allclose(distance, abs(w0 - 5) * abs(1 - 2 * lr) ** np.arange(21), atol=1e-12, rtol=1e-6)
            assert bool((np.diff(distance) < 1e-12).all()) == (lr <= 1) and (lr <= 1 or distance[-1] > distance[0])
        steps = [facts(labs[1], lr=1.2, w0=w0, steps=k)["w"] for k in (0, 1, 2, 3)]
        assert (np.diff(np.sign(np.subtract(steps, 5))) != 0).all() and (np.diff(np.abs(np.diff(steps))) > 0).all()
    assert facts(labs[1], lr=1.2, w0=5.0, steps=60)["w"] == 5
    assert [facts(labs[1], lr=1.0, steps=steps)["w"] for steps in (0, 1, 2, 3)] == pytest.approx([0, 10, 0, 10])


claims.held(
    "A framework turns a forward pass into gradients; the chain rule, walked backward, is all there is to it.",
    by="core/test_autodiff::test_the_courses_first_tensorflow_program",
)


@claims("Single precision, the default of both, stops at 4.9999886")
def _():
    w, ten, two, lr = (np.float32(value) for value in (0, 10, 2, 0.01))
    for _ in range(1001):
        w = w - lr * (two * w - ten)
    assert abs(w - 4.9999886) < 1e-7 and w - lr * (two * w - ten) == w


claims.defines("Know your precision, and know your epsilon: check once against numbers you trust.")  # advice

test_claims, test_nothing_is_unheld = claims.tests()
