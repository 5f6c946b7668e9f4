"""Batch norm at test time: the noise of a mini-batch, and the running estimates that take its place."""

from functools import partial
from itertools import islice

import numpy as np

from dlcourse.averages import ewa_series
from dlcourse.batches import epochs
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, batch_statistics, cost_and_grad, forward
from dlcourse.normalization import running_statistics
from dlcourse.optimizers import sgd
from dlcourse.scenes import plots
from dlcourse.scenes.goals import Goal
from dlcourse.scenes.handles import Pick, Place
from dlcourse.training import descend, history

PRESETS = {
    "company": {"2": {"batch_size": 2}, "64": {"batch_size": 64}, "512": {"batch_size": 512}},
    "running": {
        "short": {"beta": 0.5},
        "long": {"beta": 0.99},
        "too early": {"beta": 0.99, "correction": False, "step": 10},
    },
}
GOALS = {
    "quiet enough": Goal(
        "bring the noise below 0.25 with as small a batch as you can.",
        lambda noise, batch_size: noise < 0.25 and batch_size <= 32,
        {"batch_size": 32},
    ),
    "it lags": Goal(
        "late and corrected, the average still does harm: at step 50 or later, with the correction on, 5 points more of the "
        "dev examples are wrong with the running statistics than with those of all examples.",
        lambda step, correction, error, best: step >= 50 and correction and error - best >= 0.05,
        {"beta": 0.99, "correction": True, "step": 100},
    ),
}


def _trained(X, Y, batch_size, steps):
    """A net (n_x, 30, 30, C) with batch norm: the thetas on its way, and the batches it has seen."""
    net = Net((len(X), 30, 30, len(Y)), output="softmax", batch_norm=True)
    seen = list(islice(epochs(X, Y, batch_size, np.random.default_rng(1)), steps))
    start = initialize(net.shapes, rng=np.random.default_rng(0))
    thetas, _ = history(descend(partial(cost_and_grad, net), start, sgd, lr=0.3, batches=iter(seen)))
    return net, thetas, seen


def batch_noise(fig, X, Y):
    """One example, 100 times, each time in the company of other random examples: its z_tilde, and what the net answers.

    X (64, m), digits of 8 by 8; Y (C, m) one-hot; the net is trained. Noise is how far z_tilde of the first layer's 30
    units lies from its value at test time, squared, averaged, rooted. Controls: batch_size; example; seed of the company.
    """
    net, thetas, seen = _trained(X, Y, 64, 100)
    theta, times, place = thetas[-1], 100, {k + 1: (9 * (k % 4) + 4, 9 * (k // 4) + 4) for k in range(20)}
    stats = running_statistics([batch_statistics(net, theta, X_t) for X_t, _ in seen], 0.95)
    digits, heap, sizes = fig.subplots(1, 3, width_ratios=(0.75, 1.2, 1.2))
    plots.style(fig)
    sheet = np.zeros((45, 36))
    for k, (x, y) in place.items():
        sheet[y - 4 : y + 4, x - 4 : x + 4] = X[:, k - 1].reshape(8, 8)
    digits.imshow(sheet, cmap="Greys", interpolation="nearest")
    digits.set(xlim=(-2, 37), ylim=(46, -2), xticks=[], yticks=[], title="the example")
    digits.spines[:].set_visible(False)
    digits.grid(False)
    frame = digits.plot([], [], color=plots.COLOURS[1], linewidth=3)[0]
    line = plots.line(heap, 0, "in a random batch", drawstyle="steps-mid")
    heap.axvline(0, color=plots.COLOURS[1], linewidth=2, linestyle="--", label="test time")
    beyond = plots.arrows(heap, "^", color=plots.COLOURS[0])
    heap.set(xlim=(-3, 3), ylim=(0, 0.25), xlabel=r"$\tilde z$ less that at test time", ylabel="share, all 30 units")
    here = sizes.axvline(16, color=plots.GREY, linewidth=1.5)
    been = sizes.plot([], [], "o-", color=plots.COLOURS[0], linewidth=1.2)[0]
    sizes.set(xlim=(1.6, 640), ylim=(0.02, 2), xscale="log", yscale="log", xlabel="batch size", ylabel="noise")
    sizes.set_xticks([2, 8, 32, 128, 512], [2, 8, 32, 128, 512])
    sizes.set_yticks([0.1, 1], [0.1, 1])
    sizes.minorticks_off()
    plots.legend(heap)
    found = {}  # where the learner has been: {(example, seed): {batch size: noise}}
    corners = 4.5 * np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]]) - 0.5

    def first_of_each(company):
        """Of batches (n, batch_size) of examples the answers (n, C) for the first of each, and its z_tilde (n, 30)."""
        A, cache = forward(net, theta, X[:, company].transpose(1, 0, 2))
        return A[..., 0].copy(), cache["Z1"][..., 0].copy()

    def update(batch_size, example=1, seed=1):
        i = example - 1
        company = np.random.default_rng(seed).integers(0, X.shape[1], (times, batch_size))
        company[:, 0] = i
        parts = np.array_split(company, company.size // 4096 + 1)  # in one, large batches would take 100 MB
        A, Z1 = (np.concatenate(them) for them in zip(*(first_of_each(part) for part in parts)))
        A_test, cache_test = forward(net, theta, X[:, [i]], stats=stats)
        c = int(Y[:, i].argmax())
        off, answers = Z1 - cache_test["Z1"][:, 0], A[:, c]
        bins = np.linspace(-3, 3, 61)
        line.set_data((bins[1:] + bins[:-1]) / 2, np.histogram(np.clip(off, -3, 3), bins)[0] / off.size)
        beyond(*line.get_data(), curve=True)
        noise = float(np.sqrt((off**2).mean()))
        found.setdefault((example, seed), {})[batch_size] = noise
        been.set_data(*zip(*sorted(found[example, seed].items())))
        here.set_xdata([batch_size] * 2)
        frame.set_data(*(corners + np.array(place[example])[:, None]))
        update.facts = {"noise": noise, "sure": float(A_test[c, 0]), "answers": answers}
        return (
            f"Example {example} in {times} batches of {batch_size}, draw {seed}: z_tilde of layer 1 lies {noise:.2f} off its "
            f"value at test time; the net is {answers.mean():.0%} +/- {answers.std():.0%} sure of the right class, at test "
            f"time {A_test[c, 0]:.0%}, always."
        )

    update.forget = found.clear
    update.handles = [Pick(digits, "example", lambda now: place), Place(sizes, "batch_size")]
    return update


def running_estimates(fig, X, Y, X_dev, Y_dev):
    """Running mean and variance of one unit's z against the batches and the whole set; what the dev set gets with them.

    Nets are trained for 200 steps. Controls: beta of the average, correction (of its bias), step at which it ends.
    """
    net, thetas, seen = _trained(X, Y, 32, 200)
    each = np.array([batch_statistics(net, theta, X_t) for theta, (X_t, _) in zip(thetas, seen)])
    whole, steps = batch_statistics(net, thetas, X), np.arange(1, 201)
    sizes = {name: int(np.prod(shape)) for name, shape in net.stats_shapes.items()}
    first = dict(zip(sizes, np.cumsum([0, *sizes.values()])))
    unit = int(np.ptp(whole[:, first["var1"] : first["var1"] + 30], axis=0).argmax())  # whose variance moves most
    at = {"mean": first["mu1"] + unit, "variance": first["var1"] + unit}
    both = fig.subplot_mosaic([["mean", "plane"], ["variance", "plane"]], width_ratios=(1.5, 1))
    plane = both.pop("plane")
    plots.style(fig)
    running, ends = {}, []
    for name, axes in both.items():
        values = each[:, at[name]]
        axes.plot(steps, values, linestyle="none", marker=".", color=plots.GREY, label="mini-batch")
        axes.plot(steps, whole[:, at[name]], color=plots.INK, linewidth=1.6, linestyle="--", label="all examples")
        running[name] = plots.line(axes, 1, "running")
        ends.append(axes.axvline(200, color=plots.GREY, linewidth=1.5))
        room = 0.1 * np.ptp([0, *values])
        axes.set(xlim=(0.9, 220), ylim=(min(0, values.min()) - room * (name == "mean"), max(0, values.max()) + room))
        axes.set(xscale="log", ylabel=f"{name} of z")
    both["mean"].tick_params(labelbottom=False)
    both["variance"].set_xlabel("step")
    dots = plane.plot([], [], linestyle="none", marker="o", markersize=4, color=plots.COLOURS[0])[0]
    plane.plot([0, 1], [0, 1], color=plots.INK, linewidth=1, linestyle=":")
    plane.set(
        xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="answer, statistics of all", ylabel="answer, running statistics"
    )
    plots.legend(both["mean"])

    def update(beta, correction=True, step=200):
        average = ewa_series(each.T, beta, bias_correction=correction).T
        for name, line in running.items():
            line.set_data(steps[:step], average[:step, at[name]])
        for end in ends:
            end.set_xdata([step, step])
        theta, stats, true = thetas[step - 1], average[step - 1], whole[step - 1]
        c = Y_dev.argmax(axis=0), np.arange(Y_dev.shape[1])
        dots.set_data(*(forward(net, theta, X_dev, stats=s)[0][c] for s in (true, stats)))
        errors = [float(1 - accuracy(net, theta, X_dev, Y_dev, s)) for s in (stats, true)]
        (mu, mu_all), (var, var_all) = ((float(stats[k]), float(true[k])) for k in at.values())
        update.facts = {"lag": abs(var - var_all) / var_all, "error": errors[0], "best": errors[1]}
        return (
            f"beta {beta:.3g}, {'corrected' if correction else 'not corrected'}, after {step} step{'s' * (step > 1)}: the "
            f"running mean is {mu:.2f} and the variance {var:.2f}, those of all examples {mu_all:.2f} and {var_all:.2f}; "
            f"{errors[0]:.0%} of the dev examples are wrong with the running statistics, {errors[1]:.0%} with those of all."
        )

    update.play = "step"
    update.handles = [Place(both["variance"], "step"), Place(both["mean"], "step", name="step, above")]
    return update
