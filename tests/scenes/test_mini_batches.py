"""The scenes on mini-batches: fair, true to the laws of descent, and honest about what is measured."""

from functools import partial

import numpy as np
import pytest
from figures import arrows, on_a_figure

from dlcourse import datasets, scenes
from dlcourse.batches import epochs as endless
from dlcourse.live import choice, live, log_slider, powers_of_two, slider
from dlcourse.network import Net, cost, cost_and_grad, predict
from dlcourse.optimizers import sgd
from dlcourse.scenes import mini_batches
from dlcourse.scenes.mini_batches import HIDDEN, LOWER
from dlcourse.scenes.one_feature import START, logistic
from dlcourse.training import descend, last

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


def test_who_has_been_there_is_shown_at_once(paths, monkeypatch):
    """Fewer epochs, or a walk that was seen beside another one: no run begins. Catches one that is begun anew."""
    fig, update = paths
    list(update(batch_size=16, lr=0.2, epochs=4))
    fourth = lines(fig.axes[2])
    monkeypatch.setattr(mini_batches, "descend", None)
    ((done, _),) = update(batch_size=16, lr=0.2, epochs=3)
    assert done == 1
    for name, costs in lines(fig.axes[2]).items():
        np.testing.assert_array_equal(costs, fourth[name][:4])
    ((_, sentence),) = update(batch_size=1, lr=0.2, epochs=4, compare=False)
    assert sentence.startswith("Size 1,")


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
    batch, mean, *_ = fig.axes[1].lines
    costs, means = batch.get_ydata(), mean.get_ydata()
    np.testing.assert_allclose(means[15::16], costs.reshape(3, 16).mean(axis=1))
    np.testing.assert_allclose(means[3], costs[:4].mean())
    np.testing.assert_allclose(mean.get_xdata()[15::16], [1, 2, 3])  # where the epochs end
    np.testing.assert_array_equal(batch.get_xdata(), mean.get_xdata())


def test_before_a_guess_the_answer_is_not_drawn(digits):
    fig, update = on_a_figure(scenes.time_by_size, *digits)
    *_, (_, sentence) = update(64, HIDDEN)
    assert "J <" not in sentence and not fig.axes[2].lines[0].get_visible()
    list(update(64, 0.3))
    assert fig.axes[2].lines[0].get_visible()


def test_where_a_path_leaves_the_plot_stands_an_arrow(paths):
    """Where it crosses the edge, and at its end; the path itself goes where it goes. Catches a path bent back."""
    fig, update = paths
    *_, (_, sentence) = update(batch_size=1, lr=1000.0, epochs=2, compare=False)
    plane = fig.axes[0]
    drawn = lines(plane)["your size"]
    assert "nan" not in sentence and np.isfinite(drawn).all() and np.abs(drawn).max() > 20
    outside = ((drawn < [-3, -3.5]) | (drawn > [5, 4])).any(axis=1)
    shown = np.concatenate([points.T for points in arrows(plane).values()])
    assert outside[-1] and len(np.unique(shown, axis=0)) <= 2 < outside.sum()
    last, first = drawn[outside.argmax() - 1], drawn[outside.argmax()]
    with np.errstate(divide="ignore"):
        way = np.where(first > last, ([5, 4] - last) / (first - last), ([-3, -3.5] - last) / (first - last)).min()
    crossing = last + way * (first - last)
    np.testing.assert_allclose(np.abs(shown - crossing).max(axis=1).min(), 0, atol=0.2)
    list(update(batch_size=16, lr=0.5, epochs=2, compare=False))
    assert not arrows(plane)


def test_the_start_is_dragged(close_labs):
    """All three paths start there, and each of their dots is a step; the first is the gradient's, times alpha."""
    size, lr = powers_of_two(1, 256, start=16), log_slider(0.01, 10, start=0.5)
    lab = live(
        scenes.batch_size_paths,
        X,
        Y,
        batch_size=size,
        lr=lr,
        epochs=(1, 10, 3),
        w=(-3.0, 5.0, -2.0),
        b=(-3.5, 4.0, 3.0),
    )
    objective, above, _ = logistic(X, Y)
    for start in ((4.0, 2.5), (-3.0, -3.5)):
        lab.drag("start", *start)
        assert (lab.values["w"], lab.values["b"]) == start
        drawn = lines(lab.frame.figure.axes[0])
        assert all(tuple(drawn[name][0]) == start for name in ("size 1", "your size", "all m"))
        np.testing.assert_allclose(drawn["all m"][1], start - 0.5 * objective(np.array(start), X, Y)[1])
        np.testing.assert_allclose(lines(lab.frame.figure.axes[2])["all m"][0], (0, above(np.array(start))))
        dots = [line.get_xydata() for line in lab.frame.figure.axes[0].lines if line.get_markersize() == 3.5]
        assert [len(each) for each in dots] == [3 * 16 + 1, 3 + 1]
        np.testing.assert_array_equal(dots[0], drawn["your size"])


def test_compare_off_draws_and_names_one_run(paths):
    fig, update = paths
    for compare in (False, True):
        list(update(batch_size=16, lr=0.5, epochs=2, compare=compare))
        named = fig.legends[0]
        shown = {text.get_text() for text in named.get_texts() if text.get_visible()}
        drawn = {label for label, data in lines(fig.axes[0]).items() if len(data) and not label.startswith("_")}
        assert (
            shown & {"your size", "size 1", "all m"}
            == drawn
            == ({"your size", "size 1", "all m"} if compare else {"your size"})
        )


@pytest.mark.parametrize("batch_size", [16, 64, 256])
def test_a_batch_is_pressed_and_its_digits_are_shown(close_labs, digits, batch_size):
    """Each of the dots can be pressed, and then that very batch is framed. Catches a hardness between two batches."""
    sizes = choice({"16": 16, "64": 64, "256": 256}, start=batch_size)
    hardness = slider(0.0, 100.0, 100.0, step=0.5)
    lab = live(scenes.easy_and_hard, *digits, hardness=hardness, batch_size=sizes, epochs=(0, 10, 3), shuffled=True)
    drawn = lines(lab.frame.figure.axes[0])["one batch"]
    (handle,) = lab.handles.values()
    places = handle.spots(lab.values)
    np.testing.assert_array_equal(sorted(places), drawn)  # a spot on each dot
    for spot in (*range(0, len(places), 9), len(places) - 1):
        lab.press(handle.name, spot)
        assert tuple(lines(lab.frame.figure.axes[0])["the batch on the right"][0]) == places[spot]
        assert lab.update.facts["cost"] == places[spot][1] and handle.pressed(lab.values) == [spot]


def test_the_batch_size_is_dragged_on_its_logarithmic_axis(close_labs, digits):
    """In each picture, to the nearest power of two; what is read off is of the nearest size measured, as the line shows."""
    size, below = powers_of_two(1, 1797, start=64), choice({"guess first": HIDDEN, "0.3": 0.3})
    lab = live(scenes.time_by_size, *digits, batch_size=size, below=below)
    for name, at, power, measured in zip(lab.handles, (18, 500, 1e9), (16, 512, 1797), (16, 256, 1797)):
        lab.drag(name, at, 1e-3)
        assert lab.values["batch_size"] == power and f"Size {measured}:" in lab.caption
        for axes in lab.frame.figure.axes:
            assert axes.lines[-1].get_xdata()[0] == measured == lab.handles[name].spots(lab.values)[0][0]


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
    framed = corners(fig.axes[1].lines[0])
    assert len(framed) == update.facts["wrong"] and f"{len(framed)} of its 16 digits" in sentence
    update(50, 256, 10, True)
    assert 0 < update.facts["wrong"] < 256 / 8


def corners(line):
    """The upper left corner of each frame, in tiles of 4 a row."""
    return [tuple(place) for place in (4 * line.get_xydata()[::6]).round(6)]


def test_the_digit_with_words_is_the_most_costly_of_the_misread(digits):
    """By the cost of each digit alone. Catches a number read off the wrong digit, and words that stay where none is."""
    fig, update = on_a_figure(scenes.easy_and_hard, *digits)
    net, run = (
        Net((64, 10), output="softmax"),
        endless(digits[0], datasets.one_hot(digits[1], 10), 64, np.random.default_rng(0)),
    )
    theta = last(descend(partial(cost_and_grad, net), np.zeros(650), sgd, lr=0.3, batches=run), 3 * 29 + 1)[0]
    truth = dict(zip((column.tobytes() for column in digits[0].T.copy()), digits[1][0]))
    for hardness in range(0, 101, 10):
        said = update(float(hardness), 16, 3, True)
        tiles = np.asarray(fig.axes[1].images[0].get_array()).reshape(4, 9, 4, 9).swapaxes(1, 2)[:, :, :8, :8]
        tiles = tiles.reshape(16, 64)
        costs = {}
        for k, tile in enumerate(tiles):
            known = int(truth.get(np.ascontiguousarray(tile).tobytes(), -1))
            read = int(predict(net, theta, tile[:, None])[0, 0])
            if known != read and known >= 0:
                costs[k] = (cost(net, theta, tile[:, None], datasets.one_hot([[known]], 10)), known, read)
        frames, thick = fig.axes[1].lines
        assert set(corners(frames)) == {(k % 4, k // 4) for k in costs}
        words = fig.axes[1].texts[0].get_text()
        if costs:
            worst = max(costs, key=costs.get)
            _, known, read = costs[worst]
            assert corners(thick) == [(worst % 4, worst // 4)] and words == f"read as {read}"
            assert f"the most costly a {known} read as {read}" in said
        else:
            assert not words and not corners(thick) and "most costly" not in said
    assert "most costly" not in update(100.0, 16, 0, True), "a network that knows nothing finds all equally hard"


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
