"""Batch norm at test time: what the notebook says of noise, running estimates, and a single example."""

import numpy as np
import pytest
from claims import Claims, facts

from dlcourse.network import Net, batch_statistics, forward
from dlcourse.normalization import batch_norm
from dlcourse.parameters import pack, size, unpack

claims = Claims("week3/03_batch_norm_at_test_time")


@claims(
    "Larger batches, less noise, for each of the 20 examples: about 0.9 in batches of 2, 0.3 in batches of 16, "
    "0.1 in batches of 128.",
    "Four times the examples, about half the noise.",
)
def _(labs):
    sizes = [size for _, size in labs[0].controls["batch_size"].options]
    assert sizes == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    settings = [dict(example=e) for e in range(1, 21)] + [dict(seed=seed) for seed in range(2, 11)]
    noise = np.array([[facts(labs[0], batch_size=size, **s)["noise"] for size in sizes] for s in settings])
    assert (np.diff(noise) < 0).all() and np.allclose(noise[:, [0, 3, 6]].mean(axis=0), [0.9, 0.3, 0.1], atol=0.05)
    assert (abs(noise[:, 2:] / noise[:, :-2] - 0.5) < 0.2).all()


@claims("In a batch of 2, $z_{norm}$ is always near 1 or $-1$: the example itself is lost.")
def _():
    z = np.random.default_rng(0).normal(size=(1000, 1, 2))
    assert np.median(abs(batch_norm(z, 1.0, 0.0)[0])) == pytest.approx(1, abs=1e-3)


claims.held(
    "Its mean is the example itself, and its variance is 0: nothing to divide by.",
    by="claims/test_batch_norm_at_test_time::test_one_example",
)


def test_one_example():
    with pytest.raises(ValueError, match="Z must"):
        batch_norm(np.array([[7.0]]), 1.0, 0.5)
    assert (
        batch_norm(np.array([[7.0]]), 1.0, 0.5, mu=np.array([[5.0]]), var=np.array([[4.0]]))[0].round(3).item() == 1.5
    )


@claims(
    "at step 100 and $\\beta = 0.5$ the variance of the figure is 4 % off, at 0.9 35 %, at 0.99 49 %",
    "With the running average, a longer one lags more",
)
def _(labs):
    lag = {beta: facts(labs[1], beta=beta, step=100)["lag"] for _, beta in labs[1].controls["beta"].options}
    assert [int(100 * lag[beta]) for beta in (0.5, 0.9, 0.99)] == [4, 35, 49]
    assert (np.diff([lag[beta] for beta in lag if beta >= 0.7]) > 0).all()


@claims(
    "At step 10, not corrected, with $\\beta = 0.99$, it is still a tenth of what it should be, and 67 % of "
    "the dev examples are wrong; "
    "corrected, 22 %, as with the statistics of all examples."
)
def _(labs):
    early, mended = (facts(labs[1], "too early", correction=on) for on in (False, True))
    assert early["lag"] == pytest.approx(0.9, abs=0.02) and round(early["error"], 2) == 0.67
    assert [round(value, 2) for value in (mended["error"], mended["best"])] == [0.22, 0.22]


@claims("For all but tiny batches it makes no difference:")
def _():
    assert [round(m / (m - 1), 3) for m in (2, 64)] == [2, 1.016]


claims.held(
    "Test time: running averages of $\\mu$ and $\\sigma^2$, corrected for their start at zero.",
    by="core/test_normalization::test_running_statistics_weigh_the_newest_most",
)
claims.held(
    "This noise regularizes a little; that is not its purpose.",
    "In training an example's answer hangs on its company; larger batches, less noise.",
    by="scenes/test_batch_norm_at_test_time::test_noise_falls_with_the_batch_size",
)


@claims(
    "A trained batch norm is one factor and one shift for each unit; folded into $W$ and $b$, a prediction costs no more "
    "than before.",
    "A trained batch norm is one factor and one shift for each unit.",
)
def _():
    rng = np.random.default_rng(0)
    net = Net((5, 4, 3), output="softmax", batch_norm=True)
    theta, X = rng.normal(size=size(net.shapes)), rng.normal(size=(5, 50))
    stats = batch_statistics(net, theta, X)
    part, test = unpack(theta, net.shapes), unpack(stats, net.stats_shapes)
    factor = part["gamma1"] / np.sqrt(test["var1"] + 1e-5)
    plain = Net((5, 4, 3), output="softmax")
    folded = {**part, "W1": factor * part["W1"], "b1": part["beta1"] + factor * (part["b1"] - test["mu1"])}
    answers = forward(plain, pack({name: folded[name] for name in plain.shapes}, plain.shapes), X)[0]
    assert np.allclose(answers, forward(net, theta, X, stats=stats)[0])


test_claims, test_nothing_is_unheld = claims.tests()
