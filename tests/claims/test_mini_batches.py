"""What the notebook on mini-batches says, recomputed from its own figures."""

import numpy as np
import pytest
from claims import Claims

from dlcourse import datasets
from dlcourse.batches import epochs
from dlcourse.optimizers import sgd
from dlcourse.scenes.one_feature import START, logistic
from dlcourse.training import descend, history

claims = Claims("week2/01_mini_batches")
PATHS, HARD, TIMES = range(3)  # the notebook's figures, in order


def run(lab, **values):
    """The facts at the end of a training."""
    for _ in lab.update(**{**lab.start, **values}):
        pass
    return lab.update.facts


def sizes(lab):
    return [size for _, size in lab.controls["batch_size"].options]


@claims("With all $m$ the cost falls at every step, up to $\\alpha = 7$.")
def _(labs):
    for _, lr in labs[PATHS].controls["lr"].options:
        assert (run(labs[PATHS], lr=lr, epochs=10)["rises"] == 0) == (lr <= 7), lr


@claims(
    "with sizes up to 32 it rises between one batch and the next at 40 to 60 % of the steps, whatever the $\\alpha$",
    "The cost of mini-batches falls in trend only, because some are easy and some are hard.",
)
def _(labs):
    """Every alpha is a model of one run for each size; the figure's own run is one of them."""
    X, Y = datasets.moons(256, 0.2, np.random.default_rng(0))
    objective, *_ = logistic(X[:1], Y)
    lrs = np.array([lr for _, lr in labs[PATHS].controls["lr"].options[::3]])
    for size in (1, 2, 4, 8, 16, 32):
        batches = epochs(X[:1], Y, size, np.random.default_rng(1), n=labs[PATHS].start["epochs"])
        _, Js = history(descend(objective, np.tile(START, (len(lrs), 1)), sgd, lr=lrs, batches=batches, static=True))
        rises = (np.diff(Js, axis=0) > 0).mean(axis=0)
        assert (0.4 < rises).all() and (rises < 0.6).all(), size
        assert run(labs[PATHS], batch_size=size, lr=lrs[-1])["rises"] == pytest.approx(rises[-1], abs=0.001)


@claims("Its mean over an epoch, the black curve, shows the trend.")
def _(labs):
    """At the usual alpha the black curve moves up and down far less than the curve beneath it."""
    for size in (1, 4, 16, 64):
        run(labs[PATHS], batch_size=size)
        costs, means, *_ = (line.get_ydata() for line in labs[PATHS].frame.figure.axes[1].lines)
        each = -(-256 // size)
        assert (
            np.abs(np.diff(means[each:])).mean() < 0.7 * np.abs(np.diff(costs[each:])).mean() and means[-1] < means[0]
        )


@claims("near the minimum it wanders about")
def _(labs):
    """Size 1 at alpha 0.5: its steps in epoch 8 are as long as in epoch 3, and the distance does not fall."""
    run(labs[PATHS], batch_size=1)
    path = next(line for line in labs[PATHS].frame.figure.axes[0].lines if line.get_label() == "your size").get_xydata()
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps[-256:].mean() > 0.9 * steps[512:768].mean()


@claims("At $\\alpha = 0.5$ size 16 is lowest in epoch 8: 18 times lower than size 1, 400 times lower than all $m$.")
def _(labs):
    ends = {size: run(labs[PATHS], batch_size=size)["last"]["your size"] for size in sizes(labs[PATHS])}
    assert labs[PATHS].start["lr"] == 0.5 and labs[PATHS].start["epochs"] == 8
    assert min(ends, key=ends.get) == 16 and round(ends[1] / ends[16]) == 18
    assert round(ends[256] / ends[16], -2) == 400


@claims("At another $\\alpha$ it is another size: 1 at 0.03, 128 at 3.")
def _(labs):
    for lr, lowest in ((0.03, 1), (3.0, 128)):
        ends = {size: run(labs[PATHS], batch_size=size, lr=lr)["last"]["your size"] for size in sizes(labs[PATHS])}
        assert min(ends, key=ends.get) == lowest


@claims("Size $m$ takes too long for a step; size 1 loses vectorization, and wanders unless $\\alpha$ is small.")
def _(labs):
    ends = {lr: run(labs[PATHS], batch_size=1, lr=lr)["last"]["your size"] for lr in (0.03, 0.1, 0.3, 1.0, 3.0)}
    assert list(ends.values()) == sorted(ends.values()) and ends[3.0] > 100 * ends[0.03]
    seconds = run(labs[TIMES])["seconds"]
    assert seconds[-1] > 3 * seconds[0] and 16 * seconds[0] > seconds[3]  # all m, 1, 64


@claims(
    "Less: sorted by class the costs spread at least one and a half times as far, at each size and after each number of epochs.",
    "Larger batches are more alike, for in each the easy and the hard mix.",
    "At 0 epochs all cost the same",
)
def _(labs):
    def spread(size, epochs, shuffled):
        labs[HARD].update(hardness=0, batch_size=size, epochs=epochs, shuffled=shuffled)
        return labs[HARD].update.facts["spread"]

    for ran in range(11):
        mixed, apart = ([spread(size, ran, shuffled) for size in (16, 64, 256)] for shuffled in (True, False))
        assert ran or mixed == apart == [0, 0, 0]
        assert all(b > 1.5 * a for a, b in zip(mixed, apart)) or not ran, ran
        assert mixed == sorted(mixed, reverse=True), ran


@claims(
    "An update of 64 examples takes nowhere near 64 times as long as an update of one: that is vectorization.",
    "64 is quicker than 1 and quicker than all $m$",
    "In between is quickest.",
    "batches of 64 were quicker",
)
def _(labs):
    """Measured on this machine; wide of the mark, so that a busy machine does not matter."""
    facts = run(labs[TIMES], below=0.3)
    assert facts["seconds"][3] < 16 * facts["seconds"][0]
    for below in (0.5, 0.3, 0.2):
        facts = run(labs[TIMES], below=below)
        total = dict(zip(facts["updates"], facts["seconds"] * np.array(list(facts["updates"].values()))))
        assert total[64] < min(total[1], total[1797]), below


claims.held("One epoch is one pass: $m$ / size updates.", by="core/test_batches::test_one_epoch_is_every_example_once")
claims.defines("Take a power of two that fits into memory, and tune $\\alpha$ for it.")

test_claims, test_nothing_is_unheld = claims.tests()
