"""What week1/04_augmentation_and_early_stopping says, recomputed."""

import numpy as np
from claims import Claims, facts

from dlcourse import datasets, network, optimizers, training
from dlcourse.initializers import initialize
from dlcourse.network import Net

claims = Claims("week1/04_augmentation_and_early_stopping")


def percent(share):
    return round(100 * share)


def errors(hidden, activation, X, Y, dev, seed=0):
    """The percents of the notebook's own loop: train and dev."""
    net, T = Net((64, hidden, 10), activation, output="softmax"), datasets.one_hot(Y, 10)
    theta = initialize(net.shapes, rng=np.random.default_rng(seed))
    run = training.descend(lambda theta: network.cost_and_grad(net, theta, X, T), theta, optimizers.adam, lr=0.01)
    theta, _ = training.last(run, 200)
    return [percent(1 - network.accuracy(net, theta, x, datasets.one_hot(y, 10))) for x, y in ((X, Y), dev)]


def digits():
    X, Y = datasets.digits()
    order = np.random.default_rng(0).permutation(X.shape[1])
    return X[:, order], Y[:, order]


@claims(
    "It reads all of them, and gets about 18 in 100 of the dev digits wrong.",
    "1: about 12.",
    "each doubling up to 400 brings the dev error down",
    "The next doubling, to 800, brings nothing that you could see in whole percents.",
    "3: no, it makes things worse: 19 wrong instead of 12.",
)
def _():
    X, Y = digits()
    dev = X[:, -600:], Y[:, -600:]
    large = [errors(64, "relu", X[:, :m], Y[:, :m], dev) for m in (50, 100, 200, 400, 800)]
    assert all(on_train == 0 for on_train, _ in large) and [on_dev for _, on_dev in large] == [18, 12, 6, 3, 3]
    mirrored = np.hstack([X[:, :100], datasets.mirrored(X[:, 100:800])])
    assert errors(64, "relu", mirrored, Y[:, :800], dev)[1] == 19


@claims(
    "A network with only 2 hidden units gets 58 in 100 wrong.",
    "With 800 digits the tiny network gets half of them wrong even in training, and half of the dev digits.",
    "More data is a cure for variance, not for bias, and only if it is the right kind of data.",
)
def _():
    X, Y = digits()
    dev = X[:, -600:], Y[:, -600:]
    assert errors(2, "tanh", X[:, :50], Y[:, :50], dev)[1] == 58
    assert errors(2, "tanh", X[:, :800], Y[:, :800], dev) == [50, 51]
    assert min(errors(2, "tanh", X[:, :800], Y[:, :800], dev, seed)[0] for seed in (1, 2)) > 20  # other starts, too


@claims(
    "The network, which never saw one like it, fails on more than half of them, whichever way they move.",
    "Augmentation: new pictures, true labels, distortions as your users will make them.",
)
def _(labs):
    assert facts(labs[0])["read"] > 0.95
    for way in ({"right": 1.0}, {"right": -1.0}, {"down": 1.0}, {"down": -1.0}):
        assert facts(labs[0], **way)["read"] < 0.5


@claims(
    "it brings the error from 64 % to 18 %, and shift and turn together to 16 %",
    "The gap, in cost $J$, shrinks to a tenth. The training cost is now higher",
    "Turns alone leave the error at 63 %.",
    "the very same shift and turn do not help, 14 % instead of 12 %",
    "Small turns alone do help: 8 % with 20 degrees",
    "mirror adds the lie, and makes each of these four worse",
)
def _(labs):
    four = {
        "shift": {"max_shift": 1},
        "both": labs[1].presets["shift and turn"],
        "turn": {"max_degrees": 20},
        "both, centred": labs[1].presets["same, centred dev"],
        "turn, centred": labs[1].presets["turn only"],
    }
    found = {name: facts(labs[1], **controls) for name, controls in four.items()}
    wrong = {name: percent(f["augmented"]) for name, f in found.items()}
    assert wrong == {"shift": 18, "both": 16, "turn": 63, "both, centred": 14, "turn, centred": 8}
    assert percent(found["both"]["plain"]) == 64 and percent(found["both, centred"]["plain"]) == 12
    plain, augmented = found["both"]["gaps"]
    assert 8 < plain / augmented < 12 and found["both"]["train"][1] > 3 * found["both"]["train"][0]
    for name in ("both", "turn", "both, centred", "turn, centred"):
        assert facts(labs[1], **{**four[name], "mirror": True})["augmented"] > found[name]["augmented"]


@claims(
    "At epoch 15. There 15 % of the dev digits are wrong, at epoch 60 it is 28 %.",
    "stops at the first small bump and keeps epoch 12: a little too early, 17 % wrong",
    "5 % wrong at the best epoch, 6 % at the end",
    "With small alpha the lowest point has not come by epoch 60",
    "the training cost, 0.75 at the best epoch and 0.08 at the end",
    "the dev cost falls first, and then rises again",
    "But the curve shakes.",
    "Early stopping: keep the theta with the lowest dev cost; wait patience epochs.",
)
def _(labs):
    found = {label: facts(labs[2], label) for label in labs[2].presets}
    whole, hasty = found["all 60 epochs"], found["impatient"]
    assert (whole["kept"], whole["lowest"], percent(whole["early"]), percent(whole["late"])) == (15, 15, 15, 28)
    assert (hasty["kept"], percent(hasty["early"])) == (12, 17) and hasty["dev"][13] > hasty["dev"][12]
    right = found["right labels"]
    assert (percent(right["early"]), percent(right["late"])) == (5, 6)
    assert found["small alpha"]["lowest"] == 60 and not found["small alpha"]["over"]
    assert round(whole["train"][15], 2) == 0.75 and round(whole["train"][60], 2) == 0.08
    assert whole["dev"][60] > 1.5 * whole["dev"][15] and (np.diff(whole["dev"][15:]) < 0).sum() > 3


@claims("And whenever you change alpha or the optimizer, you move the stop.")
def _(labs):
    stops = [facts(labs[2], epochs=60, lr=lr)["stopped"] for lr in (0.001, 0.005, 0.01, 0.05)]
    assert len(set(stops)) == 4 and stops == sorted(stops, reverse=True)


@claims(
    "let $\\lambda$ take care of overfitting. Reach the goal of the figure with it.",
    "It couples fitting and not overfitting; L2 keeps them apart, at the price of more runs.",
)
def _(labs):
    late = {lambd: facts(labs[2], epochs=60, lambd=lambd)["late"] for lambd in (0.0, 0.1, 0.3, 0.5, 1.0)}
    assert [lambd for lambd, wrong in late.items() if wrong <= 0.2] == [0.3, 0.5]  # several have to be tried


@claims("works because the weights are still small: they start near zero and grow")
def _():
    X, Y = digits()
    net, T = Net((64, 64, 10), output="softmax"), datasets.one_hot(Y[:, :200], 10)
    theta = initialize(net.shapes, rng=np.random.default_rng(0))
    run = training.descend(lambda t: network.cost_and_grad(net, t, X[:, :200], T), theta, optimizers.adam, lr=0.01)
    thetas, _ = training.history(run, 120)
    assert (np.diff((thetas[::10] ** 2).sum(axis=1)) > 0).all()


test_claims, test_nothing_is_unheld = claims.tests()
