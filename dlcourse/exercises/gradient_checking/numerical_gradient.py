"""Exercise on gradient checking: the slope of a cost by nudging (week 1)."""

import numpy as np

from dlcourse import checking
from dlcourse.exercises._engine import Exercise, case


class Cost:
    """A cost, written as its formula; the gradient that comes with it is a wrong one, as on the day one needs a check."""

    def __init__(self, formula, J):
        self.formula, self.J = formula, J

    def __call__(self, theta):
        theta = np.asarray(theta)
        return self.J(*np.moveaxis(theta, -1, 0)), 2 * theta + 1

    def __repr__(self):
        return f"theta -> ({self.formula}, dtheta)"

    def __deepcopy__(self, memo):
        return self


cube = Cost("w1^3 + w2^3 + ...", lambda *w: sum(x**3 for x in w))
product = Cost("w1^2 w2 + exp(w2)", lambda w1, w2: w1**2 * w2 + np.exp(w2))
wave = Cost("w1^3 w2 - 2 w3^2 w2", lambda w1, w2, w3: w1**3 * w2 - 2 * w3**2 * w2)


def _costs(objective, theta, eps):
    nudges = eps * np.eye(len(theta))
    return tuple(np.array([objective(theta + sign * e)[0] for e in nudges]) for sign in (1, -1, 0))


def one_sided(objective, theta, eps):
    """This is the one-sided difference.

    Its error shrinks only as eps, not as its square. Nudge each entry in both directions.
    """
    up, _, here = _costs(objective, theta, eps)
    return (up - here) / eps


def half_the_way(objective, theta, eps):
    """The difference is divided by eps.

    From theta - eps to theta + eps the way is twice as long as eps.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (up - down) / eps


def turned_round(objective, theta, eps):
    """The sign is wrong.

    Where the cost grows along an entry, the slope is positive.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (down - up) / (2 * eps)


def all_at_once(objective, theta, eps):
    """All entries are nudged together.

    That gives one slope, along the diagonal. Nudge one entry at a time and leave the others where they are.
    """
    slope = (objective(theta + eps)[0] - objective(theta - eps)[0]) / (2 * eps)
    return np.full(len(theta), slope)


def not_put_back(objective, theta, eps):
    """An entry, once nudged, is not put back before the next one has its turn.

    Each slope starts from the same theta: a fresh copy for each entry is the safe way.
    """
    theta, slopes = np.array(theta), []
    for i in range(len(theta)):
        theta[i] += eps
        up = objective(theta)[0]
        theta[i] -= 2 * eps
        slopes.append((up - objective(theta)[0]) / (2 * eps))
    return np.array(slopes)


def two_times_eps_above(objective, theta, eps):
    """The division is by 2 only, or multiplied by eps: brackets are missing.

    Python reads a / 2 * eps as (a / 2) * eps. The whole of 2 eps belongs below the line.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (up - down) / 2 * eps


def backward(objective, theta, eps):
    """This is the one-sided difference, backward: from theta - eps to theta.

    Its error shrinks only as eps, not as its square. Nudge each entry in both directions.
    """
    _, down, here = _costs(objective, theta, eps)
    return (here - down) / eps


def second_nudge_too_short(objective, theta, eps):
    """The second nudge only takes the first one back: the lower cost is that of theta itself.

    From theta + eps to theta - eps the way is 2 eps: subtract twice as much, or start from a fresh copy.
    """
    up, _, here = _costs(objective, theta, eps)
    return (up - here) / (2 * eps)


def not_divided(objective, theta, eps):
    """The difference of the costs is not divided by the width of the nudge.

    A slope is a difference per length, and the way from theta - eps to theta + eps is 2 eps long.
    """
    up, down, _ = _costs(objective, theta, eps)
    return up - down


def sum_for_difference(objective, theta, eps):
    """The two costs are added, where they should be subtracted.

    The slope is how much the cost *changes* on the way from theta - eps to theta + eps.
    """
    up, down, _ = _costs(objective, theta, eps)
    return (up + down) / (2 * eps)


def eps_of_its_own(objective, theta, eps):
    """The eps that is given is not used: there is another, small one inside.

    The task says how far to nudge. So one can see how the error depends on it: use the argument.
    """
    up, down, _ = _costs(objective, theta, 1e-5)
    return (up - down) / 2e-5


def gradient_copied(objective, theta, eps):
    """What comes back is the gradient that objective itself gives, the very thing that is to be checked.

    A check needs a second opinion: take only the cost, J, and see how it changes when an entry is nudged.
    """
    return objective(theta)[1]


def same_array_twice(objective, theta, eps):
    """All slopes are zero: both nudges went into one and the same array.

    `up = theta` makes no copy, only a second name. Nudge a copy up, and another one down.
    """
    return np.zeros(len(theta))


def first_only(objective, theta, eps):
    """Only the first slope comes back: the `return` stands inside the loop.

    Collect a slope for each entry, and return them all when the loop is over.
    """
    return two_sided(objective, theta, eps)[:1]


def last_only(objective, theta, eps):
    """Only the last slope comes back: each one takes the place of the one before.

    Collect a slope for each entry, in a list or an array as long as theta.
    """
    return two_sided(objective, theta, eps)[-1:]


def number_of_the_first(objective, theta, eps):
    """A plain number comes back, the slope of the first entry: the `return` stands inside the loop.

    Collect a slope for each entry, and return them all when the loop is over.
    """
    return two_sided(objective, theta, eps)[0]


def number_of_the_last(objective, theta, eps):
    """A plain number comes back, the slope of the last entry: each one took the place of the one before.

    Collect a slope for each entry, in a list or an array as long as theta.
    """
    return two_sided(objective, theta, eps)[-1]


def slopes_added(objective, theta, eps):
    """The slopes are added up to one number.

    The gradient has as many entries as theta: keep each slope at its own place.
    """
    return two_sided(objective, theta, eps).sum()


def nudged_in_proportion(objective, theta, eps):
    """Each entry is nudged by eps times its own size.

    The nudge is eps itself, the same for every entry: an entry that is zero has a slope, too.
    """
    nudges = np.diag(eps * theta)
    return np.array([(objective(theta + e)[0] - objective(theta - e)[0]) / (2 * eps) for e in nudges])


def two_sided(objective, theta, eps):
    up, down, _ = _costs(objective, theta, eps)
    return (up - down) / (2 * eps)


def draw(rng):
    """One of the costs at a theta in eighths, and an eps that is not so small that rounding counts."""
    cost, size = ((cube, rng.integers(1, 5)), (product, 2), (wave, 3))[rng.integers(3)]
    return case(cost, rng.choice([-1, 1], size) * rng.integers(2, 17, size) / 8, float(rng.choice([0.5, 0.25, 0.125])))


EXERCISES = (
    Exercise(
        "numerical_gradient",
        "Write my_slopes(objective, theta, eps): for theta (P,), an array, the two-sided difference of the cost for each "
        "entry, an array (P,). objective(theta) returns (J, dtheta); you need only J, which is objective(theta)[0].",
        reference=checking.numerical_gradient,
        cases=(
            case(cube, np.array([1.0]), 0.5),
            case(cube, np.array([2.0, -1.0]), 0.25),
            case(product, np.array([1.0, 2.0]), 0.5),
            case(product, np.array([-0.5, 0.3]), 0.1),
            case(wave, np.array([1.0, 0.0, -2.0]), 0.5),
        ),
        fresh=draw,
        mistakes=(
            one_sided,
            backward,
            half_the_way,
            second_nudge_too_short,
            turned_round,
            not_divided,
            sum_for_difference,
            all_at_once,
            not_put_back,
            two_times_eps_above,
            eps_of_its_own,
            gradient_copied,
            same_array_twice,
            first_only,
            last_only,
            number_of_the_first,
            number_of_the_last,
            slopes_added,
            nudged_in_proportion,
        ),
    ),
)
