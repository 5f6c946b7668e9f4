"""The picture's own words: every figure against its stored transcript, and from the data to the artist.

A transcript holds whatever an author has once looked at and approved; what it cannot know is whether that was right. So
the second half of this file recomputes what an artist with a certain name must show.
"""

from functools import partial
from itertools import islice

import numpy as np
import pytest
from figures import labs_of, on_a_figure
from matplotlib.colors import to_hex, to_rgb
from transcript import SHOWN, STORED, difference, file_of, transcript

from dlcourse import activations, checking, diagnosis, optimizers, scenes, schedules
from dlcourse.datasets import moons, temperatures
from dlcourse.initializers import initialize, xavier
from dlcourse.network import Net, accuracy, cost_and_grad
from dlcourse.scenes.noisy_moons import drawn
from dlcourse.surfaces import SURFACES
from dlcourse.training import descend, last

pytestmark = pytest.mark.usefixtures("close_labs")


@pytest.mark.parametrize("notebook", SHOWN)
def test_every_figure_shows_what_was_approved(notebook):
    stored = file_of(notebook).read_text("utf-8") if file_of(notebook).exists() else ""
    if changes := difference(stored, transcript(notebook)):
        lines = changes.splitlines()
        more = f"\n... and {len(lines) - 40} lines more" if len(lines) > 40 else ""
        pytest.fail(
            f"What the figures of {notebook} show (- stored, + now):\n" + "\n".join(lines[:40]) + more + "\n"
            f"If every line is as you meant it: python .ci/store_transcripts.py {notebook}",
            pytrace=False,
        )


def test_no_transcript_without_its_notebook():
    assert {file.stem for file in STORED.glob("*.txt")} == {file_of(notebook).stem for notebook in SHOWN}


def test_a_difference_is_shown_and_rounding_is_none():
    """The words letter by letter, numbers nearly: of a row by its spread, of a sentence and on log axes by their size."""
    stored = """# week0/00_none
## 1 curves, start
~ says: After 200 steps J is 0.0512 in layer 1; the error is 7%.
axes 1
  x "step", linear
    ~ limits 0 200
  line "train": #0072b2, 2.2 wide, solid
    ~ 140 points; x 0 66 133 200; y log 1 0.1 0.01 1e-13
"""
    for was, now, found in (
        ("0.0512", "0.0519", False),
        ("0.0512", "0.0612", True),
        ('"step"', '"epoch"', True),
        ('"train"', '"dev"', True),
        ("#0072b2", "#d55e00", True),
        ("x 0 66", "x 1 66", False),
        ("x 0 66", "x 9 66", True),
        ("140 points", "142 points", False),
        ("140 points", "144 points", True),
        ("log 1 0.1", "log 1 0.11", False),
        ("log 1 0.1", "log 1 0.3", True),
        ("1e-13", "1e-15", False),
        ("0.01 1e-13", "0.01 1e-3", True),
        ("200 steps", "200 epochs", True),
        ("is 7%", "is 8%", False),
        ("is 7%", "is 9%", True),
        ("layer 1", "layer 0", True),
        ("  line", '  text: #000000\n    ~ says: "new"\n  line', True),
        ("## 1", "## 2", True),
    ):
        changes = difference(stored, stored.replace(was, now))
        assert bool(changes) == found, (was, now, changes)
        assert not found or now.split("\n")[0].strip() in changes, changes
    rough = stored.replace("curves", "dying_relus")
    assert not difference(rough, rough.replace("x 0 66", "x 9 66"))
    assert difference(rough, rough.replace('"train"', '"dev"'))


# --- from the data to the artist: every figure ----------------------------------------------------------------------


def named(*axes):
    """{name: artist} of what is named in a legend."""
    return {name: artist for each in axes for artist, name in zip(*each.get_legend_handles_labels())}


def at_ticks(axis):
    """{words at the tick: its place}."""
    return {label.get_text(): place for label, place in zip(axis.get_ticklabels(), axis.get_majorticklocs())}


def bars_by_name(axes, k=0):
    """{words at the tick: the upright bar over them}: the k-th group."""
    names = {round(place): name.partition("\n")[0] for name, place in at_ticks(axes.xaxis).items()}
    return {names[round(bar.get_x() + bar.get_width() / 2)]: bar for bar in axes.containers[k]}


def look(artist):
    """What the eye follows from a legend to an artist: its colour and its marker."""
    if hasattr(artist, "get_marker"):
        return to_hex(artist.get_color()), artist.get_marker()
    return to_hex(np.atleast_2d(artist.get_facecolor())[0]), ""


def goes_with(line, handle):
    """Same colour, and same marker unless it is none, a dot for each value, or an arrow at the edge for what lies beyond."""
    (colour, marker), (named_colour, named_marker) = look(line), look(handle)
    return colour == named_colour and (marker == named_marker or marker in ("None", ".", "^", "v", "<", ">"))


@pytest.mark.parametrize("notebook", SHOWN)
def test_legends_layers_and_degrees(notebook):
    """A name has one colour and marker wherever it is drawn; layers count from 1; a sign °C stands over degrees Celsius."""
    for lab in labs_of(notebook):
        fig = lab.frame.figure
        for legend in (*fig.legends, *(axes.get_legend() for axes in fig.axes if axes.get_legend())):
            for text, handle in zip(legend.get_texts(), legend.legend_handles):
                for axes in fig.axes:
                    of_this_name = [line for line in axes.lines if line.get_label() == text.get_text()]
                    assert all(goes_with(line, handle) for line in of_this_name), f"{lab.name}: {text.get_text()}"
        for axes in fig.axes:
            for axis, which in ((axes.xaxis, 0), (axes.yaxis, 1)):
                if axis.label.get_text() == "layer":
                    data = [line.get_data()[which] for line in axes.lines if len(line.get_xdata()) > 2]
                    assert all(np.isin(np.round(x, 6), np.arange(1, 100)).all() for x in data), f"{lab.name}: layers"
                    assert all(image.get_extent()[2 * which] == 0.5 for image in axes.images), f"{lab.name}: layers"
            unit = axes.get_ylabel().partition("°")[2]
            if unit and "each day" in named(axes):
                lab.update(**lab.start)
                degrees = named(axes)["each day"].get_ydata()
                np.testing.assert_array_equal(degrees, temperatures(unit)[1][: len(degrees)])
                assert (
                    np.mean(degrees) < 25 if unit == "C" else np.mean(degrees) > 35
                )  # a year, or a winter, in Seattle


# --- from the data to the artist: one figure each -------------------------------------------------------------------


def test_the_bar_named_cat_has_cats_value():
    """z1 is cat's, as on the slide: (5, 2, -1, 3) for cat, dog, chick, other."""
    fig, update = on_a_figure(scenes.probabilities)
    z = {"cat": 5.0, "dog": 2.0, "chick": -1.0, "other": 3.0}
    update(*z.values())
    a = {"cat": 0.842, "dog": 0.042, "chick": 0.002, "other": 0.114}  # the lecture's numbers
    left, middle, right = fig.axes
    for axes, expected in ((left, z), (middle, {name: np.exp(value) for name, value in z.items()}), (right, a)):
        tops = {name: bar.get_y() + bar.get_height() for name, bar in bars_by_name(axes).items()}
        assert tops == pytest.approx(expected, abs=6e-4), axes.get_title()
    written = {text.get_position()[0]: text.get_text() for text in right.texts}
    assert {name: written[round(place)] for name, place in at_ticks(right.xaxis).items()} == {
        name: f"{value:.3f}" for name, value in a.items()
    }


def test_the_slope_of_J_is_drawn_over_its_logit():
    fig, update = on_a_figure(scenes.logit_gradient)
    update(1.0, 2.0, 0.0, 1)
    a = np.exp([1.0, 2.0, 0.0]) / np.exp([1.0, 2.0, 0.0]).sum()
    for k in (0, 1):  # with one example the two formulas agree
        heights = {name: bar.get_height() for name, bar in bars_by_name(fig.axes[0], k).items()}
        assert heights == pytest.approx({"$z_1$ (true)": a[0] - 1, "$z_2$": a[1], "$z_3$": a[2]})


def test_quadrants_are_called_what_the_verdict_is_there():
    fig, update = on_a_figure(scenes.error_plane)
    bars, field = fig.axes
    update(30.0, 35.0, 10.0)
    assert field.get_xlabel().startswith("bias") and field.get_ylabel().startswith("variance")
    hollow = next(line for line in field.lines if line.get_fillstyle() == "none")
    np.testing.assert_allclose(hollow.get_xydata(), [[20, 5]])  # bias = train - Bayes, variance = dev - train
    places = at_ticks(bars.yaxis)
    widths = {
        name: bar.get_width()
        for bar in bars.patches
        for name, y in places.items()
        if abs(bar.get_y() + 0.275 - y) < 0.1
    }
    assert widths == {"Bayes": 10, "train": 30, "dev": 35}
    said = {"both high": "high bias and high variance", "both low": "low bias and low variance"}
    for text in field.texts:
        if "h" in text.get_text():  # not one of the numbered points
            bias, variance = (0.15 if place > 0 else -0.15 for place in text.get_position())
            verdict = diagnosis.verdict(0.4 + bias, 0.4 + bias + variance, 0.4)
            assert said.get(text.get_text(), text.get_text()) == verdict


def test_the_picture_called_l1_is_the_sparse_one():
    fig, update = on_a_figure(scenes.sparse_weights)
    *_, (_, said) = update(1.0)
    pictures = {axes.get_title().split()[-1]: np.ravel(axes.images[0].get_array()) for axes in fig.axes if axes.images}
    pictures = {name: picture for name, picture in pictures.items() if name in ("L1", "L2")}  # beside a mean 3 and 8
    used = {name: int((np.abs(w) >= 0.02).sum()) for name, w in pictures.items()}
    assert used["L1"] < 0.7 * used["L2"]
    assert f"L2 uses {used['L2']} of" in said and f"L1 uses {used['L1']} " in said
    curves = named(fig.axes[2])
    for name, picture in pictures.items():
        np.testing.assert_allclose(curves[name].get_ydata(), np.sort(np.abs(picture))[::-1])


def test_train_and_dev_are_the_errors_of_these_sets():
    fig, update = on_a_figure(scenes.bias_and_variance)
    width, steps, m, noise = 8, 60, 20, 0.3
    *_, (_, said) = update(width, steps, m, noise, 0.0)
    (X, Y), dev, _, bayes = drawn(noise)
    net = Net((2, width, width, 1), activation="tanh")
    theta = initialize(net.shapes, xavier, rng=np.random.default_rng(1))
    run = descend(partial(cost_and_grad, net, X=X[:, :m], Y=Y[:, :m]), theta, optimizers.adam, lr=0.03)
    theta, _ = last(run, steps + 1)
    errors = {
        "training set": 1 - accuracy(net, theta, X[:, :m], Y[:, :m]),
        "dev set": 1 - accuracy(net, theta, *dev),
        "best possible": bayes,
    }
    curves = named(fig.axes[1])
    assert {name: line.get_ydata()[-1] for name, line in curves.items()} == pytest.approx(errors)
    assert errors["training set"] < errors["dev set"] - 0.05
    assert f"Training error {errors['training set']:.0%}, dev error {errors['dev set']:.0%}" in said


def test_dev_does_not_turn_and_test_does():
    fig, update = on_a_figure(scenes.mismatched)
    facts = []
    for turn in (0.0, 60.0):
        update.forget()
        said = update(turn, 400)
        facts.append(update.facts)
        here = next(line for line in fig.axes[1].lines if len(line.get_xdata()) == 1)
        assert fig.axes[1].get_ylabel().startswith("test error") and here.get_ydata()[0] == update.facts["test"]
        assert f"{update.facts['dev']:.0%} wrong on the dev set" in said
    assert facts[0]["dev"] == facts[1]["dev"] < 0.1 and facts[1]["test"] > facts[0]["test"] + 0.3


def test_dots_over_dev_and_test_are_the_accuracies_said():
    labs = labs_of("week3/07_recipe")
    *_, (_, said) = labs[0].update(**{**labs[0].start, "test": True})
    ends = labs[0].frame.figure.axes[1]
    for name, place in at_ticks(ends.xaxis).items():
        dots = next(
            line for line in ends.lines if len(line.get_xdata()) == 5 and abs(np.mean(line.get_xdata()) - place) < 0.1
        )
        assert f"{'dev accuracy' if name == 'dev' else name} {np.mean(dots.get_ydata()):.0f}%" in said


def test_layers_are_counted_from_the_input_up():
    """In a net of 2I the activations of layer 1 are 2 times the input, and the gradient is 1 at the last."""
    fig, update = on_a_figure(scenes.powers_of_depth)
    update(2.0, 6)
    up, down = (named(axes) for axes in fig.axes)
    assert fig.axes[0].get_title().startswith("up") and fig.axes[1].get_title().startswith("down")
    for curves, measured, expected in (
        (up, "A, measured", [2, 4, 8, 16, 32]),
        (down, "dZ, measured", [16, 8, 4, 2, 1]),
    ):
        for name in (measured, "power of w"):
            np.testing.assert_allclose(curves[name].get_data(), [[1, 2, 3, 4, 5], expected])


@pytest.mark.parametrize("slope, a", [(0.01, 1.0), (0.3, 2.0)])
def test_slopes_are_the_slopes_of_the_curves_beside_them(slope, a):
    """By differences, away from the kink; and the curves are those of the sliders."""
    fig, update = on_a_figure(scenes.activation_curves)
    update("relu", -1.0, slope, a)
    for name, curve in named(fig.axes[0]).items():
        z, g = curve.get_data()
        right = np.abs(z) > 0.1
        bend = named(fig.axes[1])[name].get_ydata()
        np.testing.assert_allclose(np.gradient(g, z)[right][1:-1], bend[right][1:-1], atol=2e-3, err_msg=name)
        shaped = {"leaky_relu": np.where(z > 0, z, slope * z), "elu": np.where(z > 0, z, a * np.expm1(z))}
        np.testing.assert_allclose(g, shaped.get(name, activations.ACTIVATIONS[name][0](z)), atol=1e-12)
    for axes, height in zip(fig.axes, (0.0, 0.0)):  # relu at -1
        point = next(line for line in axes.lines if len(line.get_xdata()) == 1)
        np.testing.assert_array_equal(point.get_xydata(), [[-1, height]])


def test_each_optimizer_walks_in_its_own_colour():
    """Recomputed by name, step by step: the path, the cost, and where the path ends."""
    fig, update = on_a_figure(scenes.optimizer_paths)
    lr, beta1, beta2, steps = 0.05, 0.9, 0.99, 30
    update(lr, beta1, beta2, steps)
    objective, _, start, minima = SURFACES["ravine"]
    alone = {
        "descent": partial(optimizers.sgd, lr=lr),
        "momentum": partial(optimizers.momentum, lr=lr, beta=beta1),
        "Nesterov": partial(optimizers.nesterov, lr=lr * (1 - beta1), beta=beta1),
        "AdaGrad": partial(optimizers.adagrad, lr=lr),
        "RMSprop": partial(optimizers.rmsprop, lr=lr, beta=beta2),
        "Adam": partial(optimizers.adam, lr=lr, beta1=beta1, beta2=beta2),
    }
    plane, curve, _ = fig.axes
    colours = {
        text.get_text(): to_hex(line.get_color())
        for text, line in zip(fig.legends[0].get_texts(), fig.legends[0].legend_handles)
    }
    assert set(colours) == set(alone) and len(set(colours.values())) == len(alone)
    for name, step in alone.items():
        theta, state, path = np.array(start, float), None, [np.array(start, float)]
        for _ in range(steps):
            theta, state = step(theta, objective(theta)[1], state)
            path.append(theta)
        (drawn_path,) = [
            line for line in plane.lines if len(line.get_xdata()) > 1 and to_hex(line.get_color()) == colours[name]
        ]
        (costs,) = [line for line in curve.lines if to_hex(line.get_color()) == colours[name]]
        np.testing.assert_allclose(drawn_path.get_xydata(), path, atol=1e-9, err_msg=name)
        J = objective(np.array(path))[0] - objective(np.array(minima[0]))[0]
        np.testing.assert_allclose(costs.get_ydata(), np.maximum(J, 1e-7), rtol=1e-6, err_msg=name)


def test_each_schedule_is_drawn_under_its_name():
    X, Y = moons(64, 0.2, np.random.default_rng(0))
    fig, update = on_a_figure(scenes.every_schedule, X[:1], Y)
    list(islice(update("root", 1.0, 5, 16), 1))
    curves = named(fig.axes[0])
    e = np.floor(curves["fixed"].get_xdata())
    expected = {
        "fixed": np.ones_like(e),
        "inverse time": schedules.inverse_time_decay(1.0, e, rate=0.2),
        "exponential": 0.5 ** (e / 5),
        "root": 1 / np.sqrt(e + 1),
        "staircase": 0.5 ** (e // 5),
        "by hand": np.select([e < 20, e < 30], [1.0, 0.1], 0.01),
    }
    for name, alpha in expected.items():
        np.testing.assert_allclose(curves[name].get_ydata(), alpha, err_msg=name)
    assert 5 < e[np.argmax(curves["one-cycle"].get_ydata())] < 20  # the only one that rises first


def test_great_is_green_and_worry_is_red():
    """The word over a bar, the bar's colour, the line of that name, and on which side of it the bar ends."""
    fig, update = on_a_figure(scenes.planted_bugs, *moons(40, 0.1, np.random.default_rng(0)))
    update("db without the sum", 3)
    (axes,) = fig.axes
    lines = {name.split()[-1]: line for name, line in named(axes).items()}
    red, green, blue = to_rgb(lines["great"].get_color())
    assert green > max(red, blue)
    red, green, blue = to_rgb(lines["worry"].get_color())
    assert red > max(green, blue)
    bars = bars_by_name(axes)
    words = {
        name: next(text.get_text() for text in axes.texts if round(text.get_position()[0]) == round(bar.get_x() + 0.3))
        for name, bar in bars.items()
    }
    assert words == {name: "worry" if name == "b3" else "great" for name in bars}
    for name, bar in bars.items():
        assert to_hex(bar.get_facecolor()) == to_hex(lines[words[name]].get_color())
        top = bar.get_y() + bar.get_height()
        great, worry = (lines[word].get_ydata()[0] for word in ("great", "worry"))
        assert top < great if words[name] == "great" else top > worry
    np.testing.assert_allclose([great, worry], checking.bars(1e-7))


def test_the_parabola_is_the_cost():
    fig, update = on_a_figure(scenes.first_program)
    update(0.1, 10, -10.0, 25.0)
    curve = fig.axes[0]
    parabola, path = sorted(
        (line for line in curve.lines if len(line.get_xdata()) > 1), key=lambda line: -len(line.get_xdata())
    )
    for line in (parabola, path):
        w, J = line.get_data()
        np.testing.assert_allclose(J, (w - 5) ** 2, atol=1e-9)  # w^2 - 10 w + 25
    np.testing.assert_allclose(path.get_xdata(), 5 - 5 * 0.8 ** np.arange(11))


def test_the_slope_beside_a_cost_is_its_slope():
    fig, update = on_a_figure(scenes.relu_kink)
    update(0.5, 0.1, "tanh")
    cost, slope = (max(axes.lines, key=lambda line: len(line.get_xdata())) for axes in fig.axes)
    w, J = cost.get_data()
    assert fig.axes[0].get_ylabel() == "cost J" and fig.axes[1].get_ylabel().startswith("slope")
    np.testing.assert_allclose(np.gradient(J, w)[1:-1], slope.get_ydata()[1:-1], atol=1e-4)


def test_only_the_divided_z_keeps_its_mean():
    fig, update = on_a_figure(scenes.next_z)
    update(0.6)
    centres = {
        name: np.average(line.get_xdata(), weights=line.get_ydata())
        for name, line in named(fig.axes[0]).items()
        if len(line.get_xdata()) > 2
    }
    assert centres == pytest.approx({"divided by keep_prob": 1.0, "not divided": 0.6}, abs=0.03)


def test_the_size_of_a_batch_is_the_length_of_its_path():
    """512 examples, 2 epochs: 1024 updates one by one, 16 in batches of 64, 2 with all."""
    X, Y = moons(256, 0.2, np.random.default_rng(0))
    fig, update = on_a_figure(scenes.batch_size_paths, X[:1], Y)
    *_, _ = update(64, 0.5, 2)
    steps = {name: len(line.get_xdata()) - 1 for name, line in named(fig.axes[0]).items()}
    assert steps == {"size 1": 512, "your size": 8, "all m": 2}


def test_minima_saddles_and_maxima_are_where_the_cost_says():
    """A ring of 16 points around each: all higher, some, none."""
    fig, update = on_a_figure(scenes.zero_gradients)
    for point in range(1, 10):  # a point shows its kind once it has been looked at
        update(point)
    ring = 1e-3 * np.stack([np.cos(np.arange(16) * np.pi / 8), np.sin(np.arange(16) * np.pi / 8)], axis=-1)
    objective = SURFACES["himmelblau"][0]
    kinds = {"minimum": (16, 16), "saddle": (1, 15), "maximum": (0, 0)}
    dots = {name: line for name, line in named(fig.axes[0]).items() if name in kinds}
    assert [len(dots[name].get_xdata()) for name in kinds] == [4, 4, 1]
    for name, (low, high) in kinds.items():
        for point in dots[name].get_xydata():
            assert low <= int((objective(point + ring)[0] > objective(point)[0]).sum()) <= high, name
