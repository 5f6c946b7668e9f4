"""Exercise on the shape of the cost (week 2): what a point of zero gradient is, by its Hessian."""

import numpy as np

from dlcourse import surfaces
from dlcourse.exercises._engine import Exercise, case


def eigenvalues(H):
    """The right numbers to look at, used by the mistakes that go wrong after them."""
    values = np.linalg.eigvalsh(H)
    return np.where(np.abs(values) < 1e-9, 0.0, values)


def word(up, down, saddle=True):
    """The answer, from three yes-or-no's, asked in this order."""
    return "minimum" if up else "maximum" if down else "saddle" if saddle else "undecided"


def diagonal_only(H):
    """Only the diagonal of H is looked at.

    The diagonal says how J curves along the axes. Between the axes it can curve the other way: with H = [[1, 3],
    [3, 1]] both axes go up, and a line between them goes down. The eigenvalues are the curvatures along H's own
    directions.
    """
    values = np.diag(H)
    return word((values > 0).all(), (values < 0).all(), (values > 0).any() and (values < 0).any())


def by_determinant(H):
    """The sign of the determinant decides.

    The determinant is the product of all eigenvalues: in three dimensions two negative ones make it positive again. The
    rule of the plane (a negative determinant is a saddle) does not go on to more dimensions. Look at each eigenvalue.
    """
    product = np.linalg.det(H)
    return "undecided" if abs(product) < 1e-9 else "saddle" if product < 0 else word(H[0, 0] > 0, True)


def by_trace(H):
    """The sum of the curvatures decides (the trace of H).

    A saddle may go up more steeply than it goes down; then the sum is positive, and still there is a way down. Look at
    the sign of each eigenvalue.
    """
    total = np.trace(H)
    return word(total > 1e-9, total < -1e-9)


def signs_swapped(H):
    """Minimum and maximum are exchanged.

    A positive eigenvalue means that J curves up, like a bowl: the point lies below what is around it.
    """
    values = eigenvalues(H)
    return word((values < 0).all(), (values > 0).all(), (values > 0).any() and (values < 0).any())


def zero_taken_for_up(H):
    """An eigenvalue of zero is counted as curving up or down.

    Zero means flat to second order: J may rise, fall, or stay level along that direction. Without a curvature of each
    sign you then cannot decide; "undecided" is the honest word.
    """
    values = eigenvalues(H)
    return word((values >= 0).all(), (values <= 0).all())


def zero_taken_for_a_saddle(H):
    """Whatever is neither a minimum nor a maximum is called a saddle.

    A saddle needs a way up and a way down: an eigenvalue of each sign. If there are only zeros besides one sign, the
    second derivatives do not tell.
    """
    values = eigenvalues(H)
    return word((values > 0).all(), (values < 0).all())


def maximum_forgotten(H):
    """Whatever is not a minimum is called a saddle: the maximum is forgotten.

    If every eigenvalue is negative, every way leads down, and none leads up.
    """
    values = eigenvalues(H)
    mixed = (values < 0).any() and not (values <= 0).all() or (values < 0).all()
    return word((values > 0).all(), False, mixed)


def one_is_enough(H):
    """A single positive eigenvalue is taken for a minimum.

    All of them must be positive: one way down is enough to leave.
    """
    values = eigenvalues(H)
    return word((values > 0).any(), (values < 0).any(), False)


def zero_spoils_the_saddle(H):
    """With any eigenvalue zero, "undecided" is the answer.

    Not if there is one of each sign besides: there is a way up and a way down, and that is a saddle whatever the flat
    direction does.
    """
    values = eigenvalues(H)
    return word((values > 0).all(), (values < 0).all(), (values != 0).all())


def signs_of_the_entries(H):
    """The signs of the entries of H are looked at, not of its eigenvalues.

    Entries off the diagonal only say how the axes are turned; with H = [[2, -1], [-1, 2]] J still goes up every way.
    `np.linalg.eigvalsh` gives the curvatures.
    """
    return word((H > 0).all(), (H < 0).all(), (H > 0).any() and (H < 0).any())


def by_the_rule_of_the_plane(H):
    """The rule of the plane is used, and where H is not 2 by 2 the answer is always "saddle".

    H has as many rows as there are parameters. The signs of the eigenvalues tell in any dimension, so no case of its
    own is needed for the plane.
    """
    return by_determinant(H) if len(H) == 2 else "saddle"


def upper_left_corner(H):
    """Only the upper left corner of H, two by two, is looked at.

    H has as many rows as there are parameters, and each direction counts. The signs of the eigenvalues tell in any
    dimension.
    """
    return by_determinant(H[:2, :2])


def by_determinant_and_trace(H):
    """The signs of determinant and trace decide.

    In the plane they do. In three dimensions two negative eigenvalues make the determinant positive again, and a large
    third one the trace. Look at each eigenvalue.
    """
    product = np.linalg.det(H)
    return "undecided" if abs(product) < 1e-9 else "saddle" if product < 0 else word(np.trace(H) > 0, True)


def no_tolerance(H):
    """A tiny eigenvalue is taken for a curvature: only an exact 0 counts as zero.

    Eigenvalues are computed with rounding, so one that should be 0 may come out as 1e-17 or -1e-17. Whatever is below
    1e-9 in size is to be taken for zero.
    """
    values = np.linalg.eigvalsh(H)
    return word((values > 0).all(), (values < 0).all(), (values > 0).any() and (values < 0).any())


def tolerance_too_large(H):
    """An eigenvalue that is small, but not zero, is taken for zero.

    Only below 1e-9 in size it counts as zero. One of 1e-6 is far above rounding: J does curve there.
    """
    values = np.linalg.eigvalsh(H)
    up, down = values > 1e-4, values < -1e-4
    return word(up.all(), down.all(), up.any() and down.any())


def negative_taken_for_zero(H):
    """Negative eigenvalues are taken for zero: they too are smaller than 1e-9.

    What counts is the size, without the sign: compare the absolute value with 1e-9.
    """
    values = np.linalg.eigvalsh(H)
    values = np.where(values < 1e-9, 0.0, values)
    return word((values > 0).all(), (values < 0).all(), False)


def sign_lost(H):
    """The sign of the eigenvalues is lost, so nothing is a maximum or a saddle.

    The size says how strongly J curves, the sign which way. Take absolute values only to compare with 1e-9; singular
    values have no sign at all.
    """
    return word((eigenvalues(H) != 0).all(), False, False)


def majority(H):
    """The majority of the signs decides.

    One way down is enough to leave a point, however many ways lead up: count whether there are any of each sign, not
    which are more.
    """
    balance = np.sign(eigenvalues(H)).sum()
    return word(balance > 0, balance < 0)


def undecided_for_a_saddle(H):
    """A point with eigenvalues of both signs is called undecided.

    That is the clear case of a saddle: there is a way up and a way down.
    """
    values = eigenvalues(H)
    return word((values > 0).all(), (values < 0).all(), False)


def draw(rng):
    """H = A^T D A: by Sylvester's law its eigenvalues have the signs of D. None but the zeros is small."""
    n = int(rng.integers(2, 5))
    signs = rng.choice([-1, 0, 1], n) if rng.integers(2) else np.full(n, rng.choice([-1, 1]))
    while True:
        A = rng.integers(-2, 3, (n, n))
        H = A.T @ np.diag(signs) @ A * rng.choice([1, 0.1, 0.7])
        sizes = np.sort(np.abs(np.linalg.eigvalsh(H)))
        if abs(np.linalg.det(A)) > 0.5 and (sizes[(signs == 0).sum() :] > 0.01).all():
            return case(H)


EXERCISES = (
    Exercise(
        "classify",
        'Write my_classify(H): H (n, n) is the Hessian at a point of zero gradient. Return "minimum", "maximum", '
        '"saddle" (a way up and a way down), or "undecided" (none of these can be told from H). np.linalg.eigvalsh(H) '
        "gives the eigenvalues; take one below 1e-9 in size for zero.",
        reference=surfaces.classify,
        cases=(
            case([[2, 0], [0, 1]]),
            case([[-2, 0], [0, -1]]),
            case([[1, 0], [0, -1]]),
            case([[3, 0], [0, -1]]),
            case([[2, -1], [-1, 2]]),
            case([[1, 3], [3, 1]]),
            case([[1, 0], [0, 0]]),
            case([[-1, 0], [0, 0]]),
            case([[1, 1], [1, 1]]),
            case([[0.1, 0.3], [0.3, 0.9]]),
            case([[1, 0], [0, 1e-12]]),
            case([[1, 0], [0, -1e-12]]),
            case([[1, 0], [0, -1e-6]]),
            case([[0, 0], [0, 0]]),
            case([[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
            case([[-1, 0, 0], [0, -1, 0], [0, 0, -1]]),
            case([[1, 0, 0], [0, 1, 0], [0, 0, -1]]),
            case([[-1, 0, 0], [0, -1, 0], [0, 0, 1]]),
            case([[-1, 0, 0], [0, -1, 0], [0, 0, 3]]),
            case([[1, 0, 0], [0, 0, 0], [0, 0, -1]]),
            case([[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
        ),
        fresh=draw,
        mistakes=(
            zero_taken_for_up,
            zero_taken_for_a_saddle,
            zero_spoils_the_saddle,
            maximum_forgotten,
            diagonal_only,
            signs_of_the_entries,
            by_determinant,
            by_trace,
            signs_swapped,
            one_is_enough,
            by_the_rule_of_the_plane,
            upper_left_corner,
            by_determinant_and_trace,
            no_tolerance,
            tolerance_too_large,
            undecided_for_a_saddle,
            negative_taken_for_zero,
            sign_lost,
            majority,
        ),
    ),
)
