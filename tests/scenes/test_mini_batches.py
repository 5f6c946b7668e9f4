"""The scenes on mini-batches: fair, true to the laws of descent, and honest about what is measured."""

import numpy as np
import pytest
from figures import on_a_figure

from dlcourse import datasets, scenes
from dlcourse.live import powers_of_two
from dlcourse.network import Net, cost, cost_and_grad
from dlcourse.scenes.mini_batches import HIDDEN, LOWER
from dlcourse.scenes.one_feature import START, logistic

X, Y = datasets.moons(256, 0.2, np.random.default_rng(0))
X = X[:1]


def lines(axes):
    return {line.get_label(): np.transpose(line.get_data()) for line in axes.lines}


def test_the_penalty_is_divided_by_the_size_of_the_batch():
    """Syllabus 11.04: lambda/(2*1000), not lambda/(2m). Catches a penalty that does not know its batch."""
    net, rng = Net((3, 1)), np.random.default_rng(0)
    theta, X_t, Y_t = np.array([1.0, -2.0, 3.0, 0.5]), rng.normal(size=(3, 1000)), np.ones((1, 1000))
    penalty = cost_and_grad(net, theta, X_t, Y_t, lambd=0.7)[0] - cost_and_grad(net, theta, X_t, Y_t)[0]
    assert penalty == pytest.approx(0.7 / (2 * 1000) * (1 + 4 + 9), rel=1e-9)


def test_the_minimum_is_one():
    """The star of the figure: the gradient is zero there, and J is higher all around."""
    objective, above, best = logistic(X, Y)
    np.testing.assert_allclose(objective(best, X, Y)[1], 0, atol=1e-9)
    around = best + 0.01 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    assert (above(around) > 0).all() and above(best) == pytest.approx(0, abs=1e-12)


@pytest.fixture(scope="module")
def paths():
    return on_a_figure(scenes.batch_size_paths, X, Y)


@pytest.mark.parametrize("batch_size", [1, 16, 100, 256])
def test_same_start_and_same_shuffles_for_every_size(paths, batch_size):
    """Size 1, or m, chosen by slider is the path drawn for comparison; every path has epochs * ceil(m / size) steps."""
    fig, update = paths
    *_, (done, sentence) = update(batch_size=batch_size, lr=0.1, epochs=3)
    drawn = lines(fig.axes[0])
    assert done == 1 and len(drawn["your size"]) == 3 * -(-256 // batch_size) + 1
    assert all(tuple(drawn[name][0]) == tuple(START) for name in ("size 1", "your size", "all m"))
    for size, name in ((1, "size 1"), (256, "all m")):
        assert (batch_size == size) == np.array_equal(drawn["your size"], drawn[name])
    assert f"{-(-256 // batch_size)} update" in sentence


def test_a_batch_of_16_is_16_batches_of_1(paths):
    """With next to no alpha theta stands still, so a batch costs the mean of its 16 single ones: the same shuffle."""
    fig, update = paths
    costs = {}
    for size in (1, 16):
        list(update(batch_size=size, lr=1e-12, epochs=3))
        costs[size] = fig.axes[1].lines[0].get_ydata()
    np.testing.assert_allclose(costs[16], costs[1].reshape(-1, 16).mean(axis=1), rtol=1e-6)


def test_batch_cost_falls_at_every_step_and_mini_batch_cost_in_trend_only(paths):
    """Syllabus 11.06, as the notebook says it: up to half of the steps go up, and yet the curve by epoch falls."""
    fig, update = paths
    list(update(batch_size=256, lr=0.5, epochs=10))
    assert update.facts["rises"] == 0 and (np.diff(lines(fig.axes[2])["your size"][:, 1]) < 0).all()
    list(update(batch_size=16, lr=0.5, epochs=8))
    by_epoch = lines(fig.axes[2])["your size"][:, 1]
    assert 0.3 < update.facts["rises"] < 0.55 and by_epoch[-1] < 0.01 * by_epoch[0]


def test_in_between_ends_lowest(paths):
    """Syllabus 11.08: 8 epochs with alpha 0.5."""
    _, update = paths
    list(update(batch_size=16, lr=0.5, epochs=8))
    last = update.facts["last"]
    assert 10 * last["your size"] < min(last["size 1"], last["all m"])


def test_the_mean_over_an_epoch_is_the_mean_of_as_many_batches(paths):
    """Catches a window of another length: at the end of an epoch it covers just this epoch."""
    fig, update = paths
    list(update(batch_size=16, lr=0.5, epochs=3))
    costs, means = (line.get_ydata() for line in fig.axes[1].lines)
    np.testing.assert_allclose(means[15::16], costs.reshape(3, 16).mean(axis=1))
    np.testing.assert_allclose(means[3], costs[:4].mean())


def test_before_a_guess_the_answer_is_not_drawn(digits):
    fig, update = on_a_figure(scenes.time_by_size, *digits)
    *_, (_, sentence) = update(64, HIDDEN)
    assert "J <" not in sentence and not fig.axes[2].lines[0].get_visible()
    list(update(64, 0.3))
    assert fig.axes[2].lines[0].get_visible()


def test_a_huge_alpha_stays_on_the_plot(paths):
    fig, update = paths
    *_, (_, sentence) = update(batch_size=1, lr=1000.0, epochs=2)
    assert "nan" not in sentence
    assert all(np.isfinite(drawn).all() for axes in fig.axes for drawn in lines(axes).values())


@pytest.fixture(scope="module")
def digits():
    return datasets.digits()


def test_batches_are_easy_and_hard_under_one_theta(digits):
    """Syllabus 11.07: hardness runs from the lowest cost to the highest; large and shuffled batches are more alike."""
    fig, update = on_a_figure(scenes.easy_and_hard, *digits)
    costs = [update(h, 16, 3, True) and update.facts["cost"] for h in (0, 50, 100)]
    drawn = lines(fig.axes[0])["one batch"][:, 1]
    assert costs[0] == drawn.min() < costs[1] < drawn.max() == costs[2] and len(drawn) == 113
    spread = {}
    for size, shuffled in ((16, True), (256, True), (256, False)):
        update(0, size, 3, shuffled)
        spread[size, shuffled] = update.facts["spread"]
    assert spread[256, True] < spread[16, True] < 0.9 and spread[256, False] > 3 * spread[256, True]
    update(0, 16, 0, True)
    assert update.facts["spread"] == 0


def test_the_picture_shows_the_digits_of_its_batch(digits):
    """Each tile is an example of the data; the framed ones are as many as the sentence says; after 10 epochs, few."""
    fig, update = on_a_figure(scenes.easy_and_hard, *digits)
    sentence = update(100, 16, 3, True)
    tiles = np.asarray(fig.axes[1].images[0].get_array()).reshape(4, 9, 4, 9).swapaxes(1, 2)
    tiles = tiles[:, :, :8, :8].reshape(16, 64)
    known = {column.tobytes() for column in digits[0].T.copy()}
    assert all(np.ascontiguousarray(tile).tobytes() in known for tile in tiles)
    framed = len(fig.axes[1].lines[0].get_xdata())
    assert framed == update.facts["wrong"] and f"{framed} of its 16 digits" in sentence
    update(50, 256, 10, True)
    assert 0 < update.facts["wrong"] < 256 / 8


def test_the_updates_until_a_cost_are_counted_and_the_times_left_out_of_the_sentence(digits):
    """Syllabus 11.01, 11.08: twice the same sentence, whatever the clock said; in epochs, all m at once is slowest."""
    fig, update = on_a_figure(scenes.time_by_size, *digits)
    *_, (_, first) = update(64, 0.3)
    _, again = on_a_figure(scenes.time_by_size, *digits)
    assert list(again(64, 0.3))[-1] == (1.0, first)
    needed = update.facts["updates"]
    assert needed[1797] > 10 * needed[64] / 29 and needed[1] > 10 * needed[64]
    assert all(line.get_ydata()[0] > 0 for axes in fig.axes for line in axes.lines[:1])
    assert len(list(update(16, 0.5))) == 1, "moving a control measures nothing anew"
    higher, lower = (list(update(64, below)) and update.facts["updates"] for below in (LOWER[0], LOWER[-1]))
    assert all(higher[size] <= lower[size] for size in higher)


def test_an_update_count_is_the_first_step_below(digits):
    """Against a run of its own: all m at once with its best alpha, checked at every step."""
    from dlcourse.optimizers import sgd
    from dlcourse.training import descend

    _, update = on_a_figure(scenes.time_by_size, *digits)
    list(update(1797, 0.5))
    k, t = max(update.facts["rates"]), update.facts["updates"][1797]
    classes, net = datasets.one_hot(digits[1], 10), Net((64, 10), output="softmax")
    objective, lr = lambda theta: cost_and_grad(net, theta, digits[0], classes), update.facts["rates"][k]
    run = descend(objective, np.zeros(650), sgd, lr=lr)
    below = [cost(net, theta, digits[0], classes) < 0.5 for (theta, _), _ in zip(run, range(int(t) + 1))]
    assert below[-1] and not any(below[:-1])


def test_powers_of_two_and_both_ends():
    control = powers_of_two(1, 1797, start=64)
    assert [value for _, value in control.options] == [2**k for k in range(11)] + [1797] and control.value == 64
    with pytest.raises(ValueError, match="must start between"):
        powers_of_two(1, 8, start=16)
