"""Batch norm: what the notebook says of gamma and beta, starts, rates, and the two accounts."""

import numpy as np
from claims import Claims, facts

from dlcourse import datasets
from dlcourse.network import forward
from dlcourse.scenes.batch_norm import _both, _descents
from dlcourse.training import last

claims = Claims("week3/02_batch_norm")
DIMS = (64, 30, 30, 30, 10)


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
    """Every scale is a model of one run for each net; three of them are those of the figure's presets."""
    scales = [scale for _, scale in labs[1].controls["scale"].options if 0.1 <= scale <= 3][::5]
    scales = sorted({*scales, 0.1, 0.3, 1.0, 3.0})
    D, labels = datasets.digits()
    X, Y = D[:, :1000], datasets.one_hot(labels[:, :1000], 10)
    (nets, _), starts = _both(DIMS), [np.stack(both) for both in zip(*(_both(DIMS, scale)[1] for scale in scales))]
    found = {}
    for name, net, run in zip(("plain", "normed"), nets, _descents(nets, starts, X, Y, 0.1, 128)):
        A, cache = forward(net, last(run, 151)[0], X)
        right = (A.argmax(axis=-2) == Y.argmax(axis=0)).mean(axis=-1)
        found[name] = dict(zip(scales, zip(cache["Z3"].std(axis=(-2, -1)), right)))
    assert all(0.9 < spread < 1.2 and right >= 0.895 for spread, right in found["normed"].values())
    assert all(0.08 < found["plain"][scale][1] < 0.12 for scale in (0.1, 0.3))
    assert round(found["plain"][1.0][0], 1) == 2.5 and found["plain"][1.0][1] > 0.9
    for label, scale in (("He", 1.0), ("too small", 0.3), ("too large", 3.0)):
        shown = facts(labs[1], label)
        assert np.allclose((shown["spread"], shown["right"]), found["plain"][scale])
        assert np.allclose((shown["normed"], shown["normed_right"]), found["normed"][scale])


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
    "With shaken, $z$ shifts most in the shaken net, 2.7 times as much as in the plain net, and yet its $J$ "
    "ends lower than the plain "
    "net's: 0.20 against 0.23.",
    "Slowest is the plain net, unless you press shaken hard: so much noise harms any net.",
    "the $z$ of batch norm hardly shifts at all, a thousandth of its spread in a step",
)
def _(labs):
    found = facts(labs[3], "shaken")
    assert round(found["shift_shaken"] / found["shift_plain"], 1) == 2.7 and found["shift_normed"] < 1e-3
    assert [round(found[name], 2) for name in ("J_shaken", "J_plain")] == [0.20, 0.23] and found["J_normed"] < 0.2
    hard = facts(labs[3], "shaken hard")
    assert hard["J_shaken"] > 5 * hard["J_plain"]


claims.held(
    "Normalize each unit over the mini-batch; then $\\gamma$ and $\\beta$, learned, set spread and mean.",
    by="core/test_normalization::test_batch_norm_gives_the_spread_and_mean_it_is_told",
)
claims.held("give $z$ back; $b$ is useless", by="scenes/test_batch_norm::test_identity_and_bias_in_the_picture")


@claims(
    "The plain net's gradient points back after most late steps; with batch norm, shaken or not, it hardly turns",
    "The gradient turns less with batch norm.",
)
def _(labs):
    found = facts(labs[3], "shaken")
    plain, *normed = found["ways"].T
    assert (plain[-15:] < 0).mean() > 0.7 and found["way_plain"] < 0 and np.min(normed) > 0.9
    for lr in (0.03, 0.3, 1.0):
        found = facts(labs[3], lr=lr)
        assert found["way_normed"] > found["way_plain"]


claims.held(
    "A shaken $z$ and fast learning go together: a still $z$ is not the whole reason.",
    by="scenes/test_batch_norm::test_z_may_shift_and_learning_still_be_fast",
)

test_claims, test_nothing_is_unheld = claims.tests()
