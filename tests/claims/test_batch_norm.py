"""Batch norm: what the notebook says of gamma and beta, starts, rates, noise, running estimates and the two "
"accounts."""

import numpy as np
import pytest
from claims import Claims

from dlcourse.normalization import batch_norm

claims = Claims("week3/02_batch_norm")
_found = {}  # what a figure has found at a setting, so that claims may share it


def facts(lab, preset=None, **values):
    """What the scene has found, at the end, with these values; the others as the preset has them, or the start."""
    values = {**(lab.presets[preset] if preset else lab.start), **values}
    key = lab.name, *values.items()
    if key not in _found:
        ran = lab.update(**values)
        if not isinstance(ran, str):
            for _ in ran:
                pass
        _found[key] = dict(lab.update.facts)
    return _found[key]


claims.held("The result is $z$ again", by="core/test_normalization::test_identity_setting")


@claims("Here that is $\\gamma = 2$ and $\\beta = 3$.")
def _(labs):
    assert facts(labs[0], gamma=2.0, beta=3.0)["apart"] < 1e-4 < facts(labs[0], gamma=2.1, beta=3.0)["apart"]


claims.held(
    "Nothing moves: what $b$ adds, $\\mu$ takes away again. The gradient of $b$ is 0.",
    by="core/test_normalization::test_a_bias_before_batch_norm_is_useless",
)


@claims(
    "After 150 steps at $\\alpha = 0.1$ its layer 3 has a spread between 0.9 and 1.2, be the first weights ten "
    "times too small or "
    "three times too large, and at least 90 % of the examples are right.",
    "The plain net, with weights three or ten times too small, still guesses, at about 10 %; with He's its "
    "spread grows to 2.5, "
    "and it learns, too.",
)
def _(labs):
    scales = [scale for _, scale in labs[1].controls["scale"].options if 0.1 <= scale <= 3][::5]
    after = {scale: facts(labs[1], "He", scale=scale) for scale in {*scales, 0.1, 0.3, 1.0, 3.0}}
    assert all(0.9 < found["normed"] < 1.2 and found["normed_right"] >= 0.895 for found in after.values())
    assert all(0.08 < after[scale]["right"] < 0.12 for scale in (0.1, 0.3))
    assert round(after[1.0]["spread"], 1) == 2.5 and after[1.0]["right"] > 0.9


@claims("With three layers and He's start 8 against 4; from the bad start 6 against 0.")
def _(labs):
    he, bad = (facts(labs[2], label) for label in ("He, 3 layers", "bad start"))
    assert (he["normed"], he["plain"], bad["normed"], bad["plain"]) == (8, 4, 6, 0)


@claims(
    "With any number of hidden layers from 1 to 5 and He's start, batch norm stands at least four more values "
    "of $\\alpha$ than the "
    "plain net.",
    "Larger $\\alpha$ and worse starts are tolerated",
)
def _(labs):
    for layers in range(1, 6):
        found = facts(labs[2], layers=layers, scale=1.0)
        assert found["normed"] >= found["plain"] + 4


@claims(
    "Larger batches, less noise, for each of the 20 examples: about 0.9 in batches of 2, 0.3 in batches of 16, "
    "0.1 in batches of 128.",
    "Four times the examples, about half the noise.",
)
def _(labs):
    sizes = [size for _, size in labs[3].controls["batch_size"].options]
    assert sizes == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    settings = [dict(example=e) for e in range(1, 21)] + [dict(seed=seed) for seed in range(2, 11)]
    noise = np.array([[facts(labs[3], batch_size=size, **s)["noise"] for size in sizes] for s in settings])
    assert (np.diff(noise) < 0).all() and np.allclose(noise[:, [0, 3, 6]].mean(axis=0), [0.9, 0.3, 0.1], atol=0.05)
    assert (abs(noise[:, 2:] / noise[:, :-2] - 0.5) < 0.2).all()


@claims("In a batch of 2, $z_{norm}$ is always near 1 or $-1$: the example itself is lost.")
def _():
    z = np.random.default_rng(0).normal(size=(1000, 1, 2))
    assert np.median(abs(batch_norm(z, 1.0, 0.0)[0])) == pytest.approx(1, abs=1e-3)


claims.held(
    "Its mean is the example itself, and its variance is 0: nothing to divide by.",
    by="claims/test_batch_norm::test_one_example",
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
    lag = {beta: facts(labs[4], beta=beta, step=100)["lag"] for _, beta in labs[4].controls["beta"].options}
    assert [int(100 * lag[beta]) for beta in (0.5, 0.9, 0.99)] == [4, 35, 49]
    assert (np.diff([lag[beta] for beta in lag if beta >= 0.7]) > 0).all()


@claims(
    "At step 10, not corrected, with $\\beta = 0.99$, it is still a tenth of what it should be, and 67 % of "
    "the dev examples are wrong; "
    "corrected, 22 %, as with the statistics of all examples."
)
def _(labs):
    early, mended = (facts(labs[4], "too early", correction=on) for on in (False, True))
    assert early["lag"] == pytest.approx(0.9, abs=0.02) and round(early["error"], 2) == 0.67
    assert [round(value, 2) for value in (mended["error"], mended["best"])] == [0.22, 0.22]


@claims("For all but tiny batches it makes no difference:")
def _():
    assert [round(m / (m - 1), 3) for m in (2, 64)] == [2, 1.016]


@claims(
    "With shaken, $z$ shifts most in the shaken net, 2.7 times as much as in the plain net, and yet its $J$ "
    "ends lower than the plain "
    "net's: 0.20 against 0.23.",
    "Slowest is the plain net, unless you press shaken hard: so much noise harms any net.",
    "the $z$ of batch norm hardly shifts at all, a thousandth of its spread in a step",
)
def _(labs):
    found = facts(labs[5], "shaken")
    assert round(found["shift_shaken"] / found["shift_plain"], 1) == 2.7 and found["shift_normed"] < 1e-3
    assert [round(found[name], 2) for name in ("J_shaken", "J_plain")] == [0.20, 0.23] and found["J_normed"] < 0.2
    hard = facts(labs[5], "shaken hard")
    assert hard["J_shaken"] > 5 * hard["J_plain"]


claims.held(
    "Normalize each unit over the mini-batch; then $\\gamma$ and $\\beta$, learned, set spread and mean.",
    by="core/test_normalization::test_batch_norm_gives_the_spread_and_mean_it_is_told",
)
claims.held("give $z$ back; $b$ is useless", by="scenes/test_batch_norm::test_identity_and_bias_in_the_picture")
claims.held(
    "Test time: running averages of $\\mu$ and $\\sigma^2$.",
    by="core/test_normalization::test_running_statistics_weigh_the_newest_most",
)
claims.held(
    "Its noise regularizes a little; that is not its purpose.",
    by="scenes/test_batch_norm::test_noise_falls_with_the_batch_size",
)

test_claims, test_nothing_is_unheld = claims.tests()
