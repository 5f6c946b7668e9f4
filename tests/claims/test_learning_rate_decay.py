"""What the notebook on learning-rate decay says, recomputed from its own figures."""

from claims import Claims, facts

from dlcourse.scenes.learning_rate_decay import MISTAKES, SCHEDULES

claims = Claims("week2/05_learning_rate_decay")
SETTLING, EVERY, WITH_ADAM, WRONG, SAME = range(5)  # the notebook's figures, in order


def run(lab, **values):
    """The facts at the end of a training, which is drawn."""
    for _ in lab.update(**{**lab.start, **values}):
        pass
    return lab.update.facts


def curve(lab, panel, label):
    """The heights of a line, by its name in the legend."""
    (line,) = (line for line in lab.frame.figure.axes[panel].lines if line.get_label() == label)
    return line.get_ydata()


def line(lab, marker):
    """The first line in the first axes with this marker."""
    return next(line for line in lab.frame.figure.axes[0].lines if line.get_marker() == marker)


@claims(
    "with batches of 4 and $\\alpha = 1$ it is 0.36 away in epoch 5, and 0.39 in epoch 40",
    "With a decayed $\\alpha$ it wanders too, but in an ever smaller region.",
)
def _(labs):
    assert round(run(labs[SETTLING], epochs=40)["fixed"], 2) == 0.39
    fixed, decayed = (curve(labs[SETTLING], 2, f"{kind} alpha") for kind in ("fixed", "decayed"))
    assert round(fixed[4], 2) == 0.36
    assert (decayed[5:] > decayed[4:-1]).sum() > 5 and decayed[30:].max() < decayed[4:14].min()


@claims(
    "With all 256 examples in each batch there is no noise, and at $\\alpha = 1$ the distance falls in every epoch."
)
def _(labs):
    run(labs[SETTLING], batch_size=256, rate=0.0, epochs=40)
    away = curve(labs[SETTLING], 2, "fixed alpha")
    assert (away[1:] < away[:-1]).all()


@claims("With a fixed $\\alpha$ and small batches descent wanders: its steps do not shrink. Decay lets it settle.")
def _(labs):
    for batch_size in (4, 8, 16):
        early = run(labs[SETTLING], batch_size=batch_size, epochs=10)
        late = run(labs[SETTLING], batch_size=batch_size, epochs=40)
        assert late["step"][0] > 0.8 * early["step"][0] and late["fixed"] > 0.8 * early["fixed"]
        assert late["step"][1] < 0.6 * early["step"][1] and late["decayed"] < 0.6 * early["decayed"]


@claims("after 40 epochs it is 1.3 away, and began 1.7 away", "with steps 3 long", "exact at the end (0.02 away)")
def _(labs):
    low, high, lower = labs[SETTLING].presets.values()
    assert round(run(labs[SETTLING], **low)["decayed"], 1) == 1.3
    path, star = (line(labs[SETTLING], marker).get_xydata() for marker in ".*")
    assert round(((path[0] - star[0]) ** 2).sum() ** 0.5, 1) == 1.7
    assert round(run(labs[SETTLING], **high)["step"][0]) == 3
    assert round(run(labs[SETTLING], **lower)["decayed"], 2) == 0.02


@claims("leaves the picture again and again")
def _(labs):
    run(labs[SETTLING], **labs[SETTLING].presets["too high"])
    axes = labs[SETTLING].frame.figure.axes[0]
    w = line(labs[SETTLING], ".").get_xdata()
    inside = (axes.get_xlim()[0] < w) & (w < axes.get_xlim()[1])
    assert (inside[1:] != inside[:-1]).sum() > 100


@claims("Start high, then lower. Tune $\\alpha_0$ first; with a small one, decay only brakes.")
def _(labs):
    ends = {name: run(labs[SETTLING], **values)["decayed"] for name, values in labs[SETTLING].presets.items()}
    assert 30 * ends["high, then lower"] < min(ends["too low"], ends["too high"])
    for lr0 in (0.01, 0.03, 0.1):
        last = facts(labs[EVERY], lr0=lr0, epochs=40)["last"]
        assert last["fixed"] == min(last.values())


@claims(
    "With $\\alpha_0 = 1$ and batches of 16 the fixed one ends highest, and each of the seven schedules at least ten times "
    "lower (for every half from 2 to 19).",
    "Which of them is lowest depends on half: exponential at 5, one-cycle from 7 on.",
)
def _(labs):
    assert labs[EVERY].start["lr0"] == 1 and labs[EVERY].start["batch_size"] == 16
    for half in range(2, 21):
        last = facts(labs[EVERY], half=half, epochs=40)["last"]
        assert half == 20 or all(10 * last[name] < last["fixed"] for name in SCHEDULES[1:]), half
        lowest = min(last, key=last.get)
        assert lowest == "one-cycle" if half >= 7 else half != 5 or lowest == "exponential", half


@claims("With $\\alpha_0 = 0.1$ or less it is the other way round: the fixed one ends lowest.")
def _(labs):
    for _, lr0 in labs[EVERY].controls["lr0"].options:
        if lr0 <= 0.1:
            last = facts(labs[EVERY], lr0=lr0, epochs=40)["last"]
            assert last["fixed"] == min(last.values()), lr0


@claims("with batches of 128 or 256 the fixed one ends lowest even at $\\alpha_0 = 1$")
def _(labs):
    for batch_size in (128, 256):
        last = facts(labs[EVERY], batch_size=batch_size, epochs=40)["last"]
        assert last["fixed"] == min(last.values())


@claims(
    "with batches of 16 Adam with a fixed $\\alpha = 0.1$ wanders, and with each of the seven schedules it ends lower for "
    "every half from 3 on, at least ten times lower from 4 to 10.",
    "Schedules help Adam, too, once its $\\alpha$ is large enough to wander.",
)
def _(labs):
    for half in range(3, 21):
        found = facts(labs[WITH_ADAM], half=half, epochs=40)
        times = 10 if 4 <= half <= 10 else 1
        assert all(times * found["last"][name] < found["last"]["fixed"] for name in SCHEDULES[1:]), half
    wanders = found["costs"]["fixed"][20:]
    assert sum(b > a for a, b in zip(wanders, wanders[1:])) >= 5


@claims("at 0.03 the fixed one ends lowest")
def _(labs):
    last = facts(labs[WITH_ADAM], lr0=0.03, epochs=40)["last"]
    assert last["fixed"] == min(last.values())


@claims("Here it is a good schedule, but not always the best.")
def _(labs):
    ends = [facts(labs[EVERY], half=half, epochs=40)["last"] for half in (2, 5, 10, 15)]
    places = [sorted(last.values()).index(last["one-cycle"]) for last in ends]
    assert max(places) > 0 and min(places) == 0 and max(places) < 4


@claims("New each epoch never comes to rest: its last epoch is as high as its first.")
def _(labs):
    alpha = facts(labs[WRONG], mistake=MISTAKES[0], epochs=40)["alpha"][1]
    assert (alpha[:16] == alpha[-16:]).all() and alpha.max() > 0.9


@claims("Step per epoch hardly gets going: with batches of 16 $\\alpha$ stays below a seventh of $\\alpha_0$.")
def _(labs):
    assert facts(labs[WRONG], mistake=MISTAKES[1], epochs=40)["alpha"][1].max() < 1 / 7


@claims("after one epoch of 16 updates $\\alpha$ is down to a seventeenth")
def _(labs):
    assert round(1 / facts(labs[WRONG], mistake=MISTAKES[2], epochs=40)["alpha"][1][16]) == 17


@claims("dies within a few epochs: after five it is down to $1/120$")
def _(labs):
    assert round(1 / facts(labs[WRONG], mistake=MISTAKES[3], epochs=5)["alpha"][1][-1]) == 120


@claims("At $\\alpha_0 = 1$ and batches of 16 each of the four ends more than ten times higher than what was meant.")
def _(labs):
    for mistake in MISTAKES:
        found = facts(labs[WRONG], mistake=mistake, epochs=40)
        assert found["wrong"] > 10 * found["right"], mistake


@claims("from $\\alpha_0 = 10$, far too high, step per batch ends lower than what was meant")
def _(labs):
    for _, batch_size in labs[WRONG].controls["batch_size"].options:
        found = facts(labs[WRONG], mistake=MISTAKES[2], lr0=10.0, batch_size=batch_size, epochs=40)
        assert found["wrong"] < found["right"], batch_size


@claims("The thick curve is the course's, the dashed one the book's.")
def _(labs):
    course, book, *_ = labs[SAME].frame.figure.axes[0].lines
    assert (
        course.get_linewidth() > 2 * book.get_linewidth() and not book.get_linestyle() == "-" == course.get_linestyle()
    )


claims.held(
    "In epochs 1, 2, 3 and 4 it is 0.1, 0.0667, 0.05, 0.04.",
    "The course's decay, $\\alpha_0 / (1 + d\\,e)$, is inverse-time decay: 0.1, 0.0667, 0.05, 0.04.",
    by="scenes/test_learning_rate_decay::test_the_table_in_the_notebook_counts_from_0_and_from_1",
)
claims.held(
    "They do not grow; they do not shrink",
    by="scenes/test_learning_rate_decay::test_steps_do_not_grow_near_the_minimum_they_do_not_shrink",
)
claims.held("a factor of ten was lost, three times", by="core/test_schedules::test_the_table_of_the_notes")
claims.defines("Know your clock: batches or epochs, from 0 or from 1. Plot $\\alpha$.")

test_claims, test_nothing_is_unheld = claims.tests()
