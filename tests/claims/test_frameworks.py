"""Frameworks: what the notebook says of the first program, its graph, and its learning rate."""

import numpy as np
import pytest
from claims import Claims

from dlcourse import optimizers, surfaces, training

claims = Claims("week3/05_frameworks")


def facts(lab, preset=None, **values):
    lab.update(**{**(lab.presets[preset] if preset else lab.start), **values})
    return lab.update.facts


@claims("The gradient is $2w - 10$, so the first step is $0 - 0.01 \\cdot (-10)$ and leads to 0.1.")
def _(labs):
    for w in (-3.0, 0.0, 7.5):
        assert surfaces.parabola(np.array([w]))[1] == pytest.approx([2 * w - 10])
    assert facts(labs[0], "the program")["w"] == pytest.approx(0.1)


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
    "Each arrow says what it sends back: its own slope, times the gradient above.",
    "Two paths lead from $w$ to $J$, so $w$ gets the sum of what comes back on two arrows.",
    "A value used twice gets the sum of its gradients.",
)
def _(labs):
    for lr, steps, b in ((0.1, 10, -10.0), (0.5, 3, -20.0), (1.2, 5, -7.0), (0.01, 0, 0.0)):
        found = facts(labs[0], lr=lr, steps=steps, b=b)
        sent, w = found["sent"], found["w"]
        assert sent["w", "w²"] == pytest.approx(2 * w) and sent["w", "b w"] == b
        assert found["gradient"] == pytest.approx(sent["w", "w²"] + sent["w", "b w"])


@claims("With -20 the minimum is -75, at $w = 10$.")
def _(labs):
    found = facts(labs[0], "the notes' -20")
    assert found["minimum"] == (10, -75) and found["w"] == pytest.approx(10, abs=1e-4)


@claims(
    "At a learning rate of 1 the step jumps from one side of the valley exactly to the other; beyond 1 it climbs out.",
    "It does not choose the learning rate.",
    "It chooses neither the learning rate nor the model",
)
def _(labs):
    rates = [lr for _, lr in labs[0].controls["lr"].options]
    closer = {lr: facts(labs[0], lr=lr, steps=20)["closer"] for lr in rates}
    assert all(closer[lr] == (lr < 1) for lr in rates) and max(rates) > 1
    assert [facts(labs[0], lr=1.0, steps=steps)["w"] for steps in (0, 1, 2, 3)] == pytest.approx([0, 10, 0, 10])


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
