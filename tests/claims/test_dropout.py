"""What week1/03_dropout says, recomputed over every keep_prob, step, example and draw of its sliders."""

import numpy as np
from claims import Claims, facts

from dlcourse import datasets, training
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost_and_grad, dropout_masks
from dlcourse.optimizers import sgd
from dlcourse.regularizers import dropout_mask

claims = Claims("week1/03_dropout")
KEEP_PROBS = [round(0.1 + 0.05 * k, 2) for k in range(19)]


def at(lab, **controls):
    lab.update(**{**lab.start, **controls})
    return lab.update.facts


@claims("Each example, in each step, meets another, smaller network.")
def _(labs):
    """Neighbours get other units nearly always, among 20 steps and among 20 examples."""
    on = np.array([[at(labs[0], step=s, example=e)["on"] for e in range(1, 21)] for s in range(1, 21)])
    nodes = labs[0].frame.figure.axes[0].collections[1]
    shown = []
    for step in range(1, 21):
        at(labs[0], step=step)
        shown.append(nodes.get_facecolors().tobytes())
    assert len(set(shown)) > 15 and (on.sum(axis=-1) < 17).mean() > 0.99


@claims("Each layer has its own keep_prob", "The output layer never is.")
def _(labs):
    for keep_prob in KEEP_PROBS:
        on = at(labs[0], keep_prob1=keep_prob, keep_prob2=1.0)["on"]
        assert on[2:] == [6, 1] and at(labs[0], keep_prob1=1.0, keep_prob2=keep_prob)["on"][1::2] == [8, 1]


@claims("the answer no longer depends on step", "Dropping at test time would only make the answers random.")
def _(labs):
    for example in range(1, 21):
        answers = {at(labs[0], when="test", step=step, example=example)["now"] for step in range(1, 21)}
        assert len(answers) == 1 and labs[0].update.facts["now"] == labs[0].update.facts["whole"]
        assert len({at(labs[0], step=step, example=example)["now"] for step in range(1, 21)}) > 10


@claims(
    "10 units are off on average, and without the division $z$ is 20 % too small. With it the mean is right.",
    "The division keeps the mean of the next $z$; so at test time there is nothing to do.",
    "Single masks still scatter round it, the more so the fewer units there are",
)
def _(labs):
    lecture = at(labs[1], **labs[1].presets["the lecture"])
    assert round(lecture["off"], 1) == 10 and round(lecture["shrunk"], 2) == 0.8 and round(lecture["kept"], 2) == 1
    for keep_prob in KEEP_PROBS:
        assert abs(at(labs[1], keep_prob=keep_prob)["kept"] - 1) < 0.04
        if keep_prob < 1:
            assert np.all(np.diff([at(labs[1], keep_prob=keep_prob, units=n)["spread"] for n in (2, 10, 50, 500)]) < 0)


@claims(
    "no training example is left wrong, but 18 % of the dev examples are",
    "5 % of the training examples are wrong, and only 11 % of the dev examples. Too much underfits: 12 % and 18 %.",
    "one mask for ever gains little, 13 % and 16 %",
    "with half $J$ rises in half of the steps. Without dropout it still rises in 7 %",
    "With one mask for ever it never rises",
    "$J$ with dropout is noisy: debug with keep_prob = 1.",
)
def _(labs):
    found = {label: facts(labs[2], label) for label in labs[2].presets}
    errors = {label: (round(100 * f["error"]), round(100 * f["dev_error"])) for label, f in found.items()}
    assert errors == {"no dropout": (0, 18), "half": (5, 11), "too much": (12, 18), "one mask for ever": (13, 16)}
    rises = {label: round(f["rises"], 2) for label, f in found.items()}
    assert rises["no dropout"] == 0.07 and 0.45 < rises["half"] < 0.55 and rises["one mask for ever"] == 0


@claims("Adam's step of 0.01 is sometimes too long")
def _():
    """Plain descent with a small alpha on the same net and data: J never rises."""
    X, Y = datasets.moons(100, 0.3, np.random.default_rng(1))
    net = Net((2, 64, 32, 1))
    start = initialize(net.shapes, rng=np.random.default_rng(0))
    _, Js = training.history(training.descend(lambda t: cost_and_grad(net, t, X, Y), start, sgd, lr=0.01), 300)
    assert (np.diff(Js) < 0).all()


@claims("The same theta has another cost with each mask:")
def _():
    """Five masks, and no order among them: the printed costs go up and down."""
    X, Y = datasets.moons(100, 0.3, np.random.default_rng(1))
    net, rng = Net((2, 64, 32, 1)), np.random.default_rng(1)
    theta = initialize(net.shapes, rng=rng)
    Js = [cost_and_grad(net, theta, X, Y, dropout_masks(net, 0.5, 100, rng))[0] for _ in range(5)]
    assert min(np.diff(Js)) < -0.02 and max(np.diff(Js)) > 0.02


@claims(
    "Only the same mask passes. A forgotten mask spoils the layers whose dA it belongs to, 1 and 2; W3 and b3",
    "With a fresh mask at every call there is no one cost whose slope could be measured",
    "or set keep_prob = 1",
    "The same mask forward and backward.",
)
def _(labs):
    """All 18 keep_probs below 1, all 20 draws, all five ways; in nine of ten draws all four parameters are wrong."""
    for way in labs[3].controls["way"]._options_values:
        every = []
        for keep_prob in KEEP_PROBS:
            for draw in range(1, 21):
                found = at(labs[3], way=way, keep_prob=keep_prob, draw=draw)
                assert found["passes"] == (way == "the same mask" or keep_prob == 1), (way, keep_prob, draw)
                assert found["checked"] == (way != "fresh at every call" or keep_prob == 1)
                if way == "mask forgotten" and keep_prob < 1:
                    assert not {"W3", "b3"} & set(found["wrong"]) and {"W1", "b1", "b2"} <= set(found["wrong"])
                    every.append("W2" in found["wrong"])
        assert not every or np.mean(every) > 0.9


@claims(
    "Without dropout the first weight keeps its lead for ever. With it the four become about equal",
    "smaller sum of squares",
)
def _():
    """Five draws as five models, each with an rng of its own."""
    rngs = [np.random.default_rng(seed) for seed in range(5)]
    x, noise = (np.stack(draws) for draws in zip(*(rng.normal(size=(2, 1, 200)) for rng in rngs)))
    copies, answers = np.tile(x, (1, 4, 1)), (x + 0.5 * noise > 0).astype(float)
    one, ends = Net((4, 1)), {}
    for keep_prob in (1.0, 0.5):

        def objective(theta, keep_prob=keep_prob):
            masks = np.stack([dropout_mask((4, 200), keep_prob, rng) for rng in rngs])
            return cost_and_grad(one, theta, copies, answers, {0: masks})

        run = training.descend(objective, np.tile([4.0, 0, 0, 0, 0], (5, 1)), sgd, lr=0.1)
        ends[keep_prob] = training.last(run, 3000)[0][:, :4]
    without, with_it = ends[1.0], ends[0.5]
    assert (without[:, 0] - without[:, 1:].max(axis=1) > 3.9).all()
    assert (np.ptp(with_it, axis=1) < 0.2 * with_it.mean(axis=1)).all()
    assert ((with_it**2).sum(axis=1) < (without**2).sum(axis=1)).all()


@claims("The paper's form and the inverted one feed the next layer alike, but for the scale:")
def _():
    rng = np.random.default_rng(0)
    a, w = rng.random(size=(50, 1)), rng.random(size=(1, 50))
    D = dropout_mask((50, 10_000), 0.8, rng)
    inverted, paper, whole = (w @ (a * D)).mean(), (w @ (a * (D > 0))).mean(), (w @ a).mean()
    assert abs(inverted / whole - 1) < 0.01 and abs(paper / (0.8 * whole) - 1) < 0.01


claims.held(
    "A mask holds 0 and 1/keep_prob", by="core/test_regularizers::test_a_mask_holds_zero_and_one_over_keep_prob"
)
claims.held(
    "3: no, and predict takes no masks at all.",
    by="core/test_network::test_cost_is_the_cost_without_penalty_and_dropout",
)
claims.defines("A library's $p$ is $1 - $ keep_prob.")

test_claims, test_nothing_is_unheld = claims.tests()
