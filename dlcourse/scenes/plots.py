"""The look of the course: colours that a colour-blind reader tells apart, each with its own dash and marker; no pyplot.

Used by every scene. A figure of 8.4 by 4.4 inches with letters of 10 and 11 points reads like the text of the
notebook; for the projector `live` draws the same on fewer inches, so leave room: names short, few ticks.
"""

import numpy as np
from contourpy import contour_generator
from matplotlib.colors import LinearSegmentedColormap

# Okabe and Ito's colours, the dark ones first; white and yellow would vanish on a projector.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7A7A7A")
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)), (0, (9, 2)), (0, (3, 3)), "-", (0, (1, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
INK, PALE = "#222222", "#D9D9D9"
GREY = "#9A9A9A"  # of a line that is no curve
FAR = 1e100  # stands for infinity where a place is worked out
CLASSES = LinearSegmentedColormap.from_list("classes", ["#F3B58E", "#FFFFFF", "#8FC1E3"])  # class 0, undecided, class 1


def style(fig):
    """Give every axes of a figure the course's look; call it once the axes are there."""
    for axes in fig.axes:
        axes.set_prop_cycle(color=COLOURS, linestyle=DASHES)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=10, colors=INK)
        axes.set_axisbelow(True)
        axes.grid(True, color="#ECECEC", linewidth=0.8)
        for words in (axes.title, axes.xaxis.label, axes.yaxis.label):
            words.set(fontsize=11, color=INK)


def line(axes, k, label=None, **look):
    """An empty line in the k-th colour and dash; the scene fills it with `set_data`."""
    look = {"color": COLOURS[k % 8], "linestyle": DASHES[k % 8], "linewidth": 2.2, **look}
    return axes.plot([], [], label=label, **look)[0]


def lines(axes, labels, **look):
    """One empty line for each label, told apart by colour and dash: {label: line}."""
    return {label: line(axes, k, label, **look) for k, label in enumerate(labels)}


def legend(*axes, columns=None):
    """The names of the lines of these axes, in a row above the whole picture, where no curve can run through them."""
    named = [pair for each in axes for pair in zip(*each.get_legend_handles_labels())]
    handles = {name: handle for handle, name in reversed(named)}
    names = list(dict.fromkeys(name for _, name in named))
    return axes[0].figure.legend(
        [handles[name] for name in names],
        names,
        loc="outside upper left",
        frameon=False,
        ncols=columns or len(names),
        fontsize=10,
        handlelength=2.6,
        columnspacing=1.4,
    )


def note(axes, x, y, text="", **look):
    """A text that may move: clipped to its axes, so that a frame stays cheap. x, y from 0 to 1 across the axes."""
    look = {"fontsize": 10, "color": INK, "transform": axes.transAxes, "va": "top", **look}
    return axes.text(x, y, text, clip_on=True, **look)


def arrows(axes, ways="<>v^", **look):
    """Arrows at the edges of axes, for what lies beyond: nothing is drawn where it is not, and nothing is left out.

    Returns show(x, y, curve=False), which sets an arrow for each such point, or for a curve where it first crosses the
    edge and where it ends, and says which points are inside. NaN and infinity are above. ways: to which edges arrows may point.
    """
    look = {
        "color": INK,
        "markeredgecolor": "white",
        "linestyle": "none",
        "markersize": 9,
        "zorder": 4,
        "label": "_beyond",
        **look,
    }
    marks = {way: axes.plot([], [], way, **look)[0] for way in ways}
    across = axes.transScale + axes.transLimits  # from data to 0 ... 1

    def show(x, y, curve=False):
        points = np.stack(np.broadcast_arrays(*np.atleast_1d(x, y)), axis=-1).astype(float)
        place = across.transform(np.nan_to_num(points, nan=FAR, posinf=FAR, neginf=-FAR))
        inside = ((place >= -1e-9) & (place <= 1 + 1e-9)).all(axis=1)
        first = int(np.argmin(inside)) if len(points) else 0
        if curve and first:
            place[first] = _edge(*place[first - 1 : first + 1])
        below, above = place < -1e-9, place > 1 + 1e-9
        level = ~(below | above)[:, 1]
        beyond = {"<": level & below[:, 0], ">": level & above[:, 0], "v": below[:, 1], "^": above[:, 1]}
        told = np.full(len(points), not curve)
        if curve and len(points):
            told[[first, -1]] = True
        for way, mark in marks.items():
            mark.set_data(*across.inverted().transform(np.clip(place[beyond[way] & told], 0.02, 0.98)).T)
        return inside

    return show


def _edge(a, b):
    """A place beyond the edge that the way from a, inside, to b crosses, right at the crossing. Places are from 0 to 1.

    >>> _edge(np.array([0.5, 0.5]), np.array([2.5, 1.5])).tolist()
    [2.5, 0.75]
    """
    edge = np.where(b > a, 1.0, 0.0)
    share = np.divide(edge - a, b - a, out=np.full(2, np.inf), where=(b < 0) | (b > 1))
    k = int(np.argmin(share))
    crossing = a + share[k] * (b - a)
    crossing[k] = b[k]
    return crossing


def change(artist, **properties):
    """Set what is not so already: limits, titles, legends stand still, and to set one of them redraws the whole figure."""
    now = {name: getattr(artist, f"get_{name}")() for name in properties}
    artist.set(**{name: value for name, value in properties.items() if not np.array_equal(now[name], value)})


def cost_axes(axes, steps, low=0.0, high=1.0, log=False, unit="step"):
    """Prepare axes for costs J against steps, with limits that stay."""
    axes.set(xlim=(0, steps), ylim=(low, high), yscale="log" if log else "linear", xlabel=unit, ylabel="cost J")


def contours(axes, objective, x, y, levels=14):
    """Contours of a 2-D objective over x = (low, high), y = (low, high), evenly filled in log J: they stand still."""
    grid = np.stack(np.meshgrid(np.linspace(*x, 121), np.linspace(*y, 121)), axis=-1)
    J = np.concatenate([objective(rows)[0] for rows in np.split(grid, 11)])  # at once a net's costs would take 60 MB
    depth = np.log10(J - J.min() + 1e-3 * np.ptp(J) + 1e-300)
    axes.contourf(grid[..., 0], grid[..., 1], depth, levels, cmap="Greys_r", alpha=0.55, zorder=0.6)
    axes.set(xlim=x, ylim=y)


def examples(axes, X, Y, size=14):
    """Examples X (2, m) as dots: class 0 orange squares, class 1 blue circles."""
    for label, colour, marker in ((0, "#D55E00", "s"), (1, "#0072B2", "o")):
        axes.scatter(
            *X[:, np.ravel(Y) == label],
            s=size,
            c=colour,
            marker=marker,
            edgecolors="white",
            linewidths=0.4,
            zorder=3,
            label=f"class {label}",
        )


def decision_map(axes, x, y, points=80):
    """A map of what a model says over x = (low, high), y = (low, high), with the boundary at 0.5.

    Returns show(predict), where predict takes grid points X (2, points^2) and gives probabilities of class 1.
    """
    across, up = np.linspace(*x, points), np.linspace(*y, points)
    grid = np.stack(np.meshgrid(across, up)).reshape(2, -1)
    image = axes.imshow(
        np.full((points, points), 0.5),
        origin="lower",
        extent=(*x, *y),
        vmin=0,
        vmax=1,
        cmap=CLASSES,
        aspect="auto",
        interpolation="bilinear",
        zorder=0.6,
    )
    border = axes.plot([], [], color=INK, linewidth=1.8)[0]
    axes.set(xlim=x, ylim=y)
    axes.grid(False)

    def show(predict):
        probability = np.nan_to_num(np.reshape(predict(grid), (points, points)), nan=0.5)
        image.set_data(probability)
        pieces = contour_generator(across, up, probability).lines(0.5)
        gap = np.full((1, 2), np.nan)
        path = np.concatenate([part for piece in pieces for part in (piece, gap)]) if pieces else gap
        border.set_data(*path.T)

    return show


def clip(values, high, low=None):
    """Cut a curve at the edge of the plot: (values within [low, high], a sentence if some were beyond, else "").

    NaN and infinity count as beyond. A scene adds the sentence to its own, so that divergence is seen and said.
    """
    values = np.asarray(values, dtype=float)
    low = -high if low is None else low
    beyond = ~((values >= low) & (values <= high))
    if not beyond.any():
        return values, ""
    first = np.unravel_index(int(np.argmax(beyond)), values.shape)[-1]
    return (
        np.clip(np.nan_to_num(values, nan=high, posinf=high, neginf=low), low, high),
        f" It leaves the plot at step {first}: diverged.",
    )
