"""The jury of the exercise on saddles: four words for a Hessian of any size, told by the signs of its eigenvalues."""

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("classify")
def by_eigenvalues(H):
    w = np.linalg.eigvalsh(H)
    w[np.abs(w) < 1e-9] = 0
    if np.all(w > 0):
        return "minimum"
    if np.all(w < 0):
        return "maximum"
    if np.any(w > 0) and np.any(w < 0):
        return "saddle"
    return "undecided"


@jury.right("classify")
def by_the_ends(hessian):
    low, *_, high = (np.linalg.eigvalsh(hessian)[i] for i in (0, -1))
    if low > 1e-9:
        return "minimum"
    elif high < -1e-9:
        return "maximum"
    elif low < -1e-9 and high > 1e-9:
        return "saddle"
    else:
        return "undecided"


@jury.right("classify")
def by_counting(H):
    up = down = 0
    for value in np.linalg.eigvalsh(H):
        if value > 1e-9:
            up += 1
        if value < -1e-9:
            down += 1
    n = len(H)
    return "minimum" if up == n else "maximum" if down == n else "saddle" if up * down else "undecided"


@jury.right("classify")
def by_rounded_signs(H):
    signs = set(np.sign(np.round(np.linalg.eigh(H)[0], 8)).tolist())
    return {frozenset([1.0]): "minimum", frozenset([-1.0]): "maximum"}.get(
        frozenset(signs), "saddle" if {1.0, -1.0} <= signs else "undecided"
    )


@jury.right("classify")
def by_numpys_select(H):
    w = np.linalg.eigvalsh(H)
    zero = np.isclose(w, 0)
    up, down = (w > 0) & ~zero, (w < 0) & ~zero
    return np.select([up.all(), down.all(), up.any() & down.any()], ["minimum", "maximum", "saddle"], "undecided")[()]


@jury.right("classify")
def as_an_array(H):
    return np.array(by_eigenvalues(H))


@jury.right("classify")
def by_the_general_eigenvalues(H):
    w = np.real(np.linalg.eigvals(np.array(H)))
    tol = 1e-9
    if (w > tol).any() and (w < -tol).any():
        return "saddle"
    if (np.abs(w) <= tol).any():
        return "undecided"
    return "minimum" if w.sum() > 0 else "maximum"


@jury.right("classify")
def by_choleskys_root(H):
    def positive(M):
        try:
            np.linalg.cholesky(M)
            return True
        except np.linalg.LinAlgError:
            return False

    tiny = 1e-9 * np.eye(len(H))
    if positive(H - tiny):
        return "minimum"
    if positive(-H - tiny):
        return "maximum"
    return "undecided" if positive(H + tiny) or positive(tiny - H) else "saddle"


@jury.right("classify")
def by_singular_vectors(H):
    U, s, Vt = np.linalg.svd(H)
    w = s * np.sign(np.einsum("ij,ji->i", Vt, U)) if len(set(np.round(s, 6))) == len(s) else np.linalg.eigvalsh(H)
    return by_the_ends(np.diag(w))


@jury.right("classify")
def relative_to_the_largest(H):
    w = np.linalg.eigvalsh(H).tolist()
    zero = 1e-9 * max(map(abs, w), default=0)
    plus, minus = any(x > zero for x in w), any(x < -zero for x in w)
    flat = any(-zero <= x <= zero for x in w)
    return "saddle" if plus and minus else "undecided" if flat else ("maximum", "minimum")[plus]


@jury.right("classify")
def with_match(H):
    w = np.linalg.eigvalsh(H)
    match bool((w > 1e-9).any()), bool((w < -1e-9).any()), bool((abs(w) < 1e-9).any()):
        case True, True, _:
            return "saddle"
        case True, _, False:
            return "minimum"
        case _, True, False:
            return "maximum"
    return "undecided"


@jury.wrong("classify", "diagonal_only")
def by_the_diagonal(H):
    d = np.diag(H)
    if (d > 0).all():
        return "minimum"
    if (d < 0).all():
        return "maximum"
    return "saddle" if (d > 0).any() and (d < 0).any() else "undecided"


@jury.wrong("classify", "by_determinant")
def second_derivative_test(H):
    det = np.linalg.det(H)
    if abs(det) < 1e-9:
        return "undecided"
    if det < 0:
        return "saddle"
    return "minimum" if H[0][0] > 0 else "maximum"


@jury.wrong("classify", "by_the_rule_of_the_plane")
def two_by_two_only(H):
    if H.shape == (2, 2):
        det = H[0, 0] * H[1, 1] - H[0, 1] * H[1, 0]
        if abs(det) < 1e-9:
            return "undecided"
        return "saddle" if det < 0 else "minimum" if H[0, 0] > 0 else "maximum"
    return "saddle"


@jury.wrong("classify", "upper_left_corner")
def two_by_two_formula(H):
    (a, b), (c, d) = H[0][:2], H[1][:2]
    det = a * d - b * c
    if abs(det) < 1e-9:
        return "undecided"
    return "saddle" if det < 0 else "minimum" if a > 0 else "maximum"


@jury.wrong("classify", "by_determinant_and_trace")
def determinant_and_trace(H):
    det, trace = np.prod(np.linalg.eigvalsh(H)), np.trace(H)
    return "undecided" if abs(det) < 1e-9 else "saddle" if det < 0 else "minimum" if trace > 0 else "maximum"


@jury.wrong("classify", "by_trace")
def by_the_sum(H):
    total = np.linalg.eigvalsh(H).sum()
    return "minimum" if total > 1e-9 else "maximum" if total < -1e-9 else "saddle"


@jury.wrong("classify", "signs_swapped")
def upside_down(H):
    return {"minimum": "maximum", "maximum": "minimum"}.get(by_eigenvalues(H), by_eigenvalues(H))


@jury.wrong("classify", "zero_taken_for_up")
def at_least_zero(H):
    w = np.round(np.linalg.eigvalsh(H), 9)
    return "minimum" if (w >= 0).all() else "maximum" if (w <= 0).all() else "saddle"


@jury.wrong("classify", "zero_taken_for_a_saddle")
def no_undecided(H):
    w = np.linalg.eigvalsh(H)
    return "minimum" if (w > 1e-9).all() else "maximum" if (w < -1e-9).all() else "saddle"


@jury.wrong("classify", "maximum_forgotten")
def two_words(H):
    w = np.linalg.eigvalsh(H)
    if (w > 1e-9).all():
        return "minimum"
    if (w < -1e-9).all() or ((w > 1e-9).any() and (w < -1e-9).any()):
        return "saddle"
    return "undecided"


@jury.wrong("classify", "one_is_enough")
def any_for_all(H):
    w = np.linalg.eigvalsh(H)
    return "minimum" if (w > 1e-9).any() else "maximum" if (w < -1e-9).any() else "undecided"


@jury.wrong("classify", "zero_spoils_the_saddle")
def zero_asked_first(H):
    w = np.linalg.eigvalsh(H)
    if (abs(w) < 1e-9).any():
        return "undecided"
    return "minimum" if (w > 0).all() else "maximum" if (w < 0).all() else "saddle"


@jury.wrong("classify", "signs_of_the_entries")
def by_the_entries(H):
    if np.all(H > 0):
        return "minimum"
    if np.all(H < 0):
        return "maximum"
    return "saddle" if np.any(H > 0) and np.any(H < 0) else "undecided"


@jury.wrong("classify", "no_tolerance")
def exactly_zero(H):
    w = np.linalg.eigvalsh(H)
    if all(w > 0):
        return "minimum"
    if all(w < 0):
        return "maximum"
    return "saddle" if any(w > 0) and any(w < 0) else "undecided"


@jury.wrong("classify", "tolerance_too_large")
def rounded_to_three(H):
    w = np.round(np.linalg.eigvalsh(H), 3)
    return by_eigenvalues(np.diag(w))


@jury.wrong("classify", "negative_taken_for_zero")
def without_abs(H):
    w = np.linalg.eigvalsh(H)
    w[w < 1e-9] = 0
    return by_eigenvalues(np.diag(w))


@jury.wrong("classify", "sign_lost")
def by_singular_values(H):
    w = np.linalg.svd(H)[1]
    return by_eigenvalues(np.diag(w))


@jury.wrong("classify", "majority")
def more_up_than_down(H):
    w = np.linalg.eigvalsh(H)
    up, down = np.sum(w > 1e-9), np.sum(w < -1e-9)
    return "minimum" if up > down else "maximum" if up < down else "saddle"


@jury.wrong("classify")
def the_last_two_exchanged(H):
    return {"saddle": "undecided", "undecided": "saddle"}.get(by_eigenvalues(H), by_eigenvalues(H))


@jury.wrong("classify", "undecided_for_a_saddle")
def no_saddle(H):
    w = np.linalg.eigvalsh(H)
    return "minimum" if (w > 1e-9).all() else "maximum" if (w < -1e-9).all() else "undecided"


@jury.wrong("classify", says="its spelling is not")
def with_a_capital(H):
    return by_eigenvalues(H).capitalize()


@jury.wrong("classify", says="returns nothing (None) for this input")
def undecided_forgotten(H):
    w = np.linalg.eigvalsh(H)
    if (w > 1e-9).all():
        return "minimum"
    if (w < -1e-9).all():
        return "maximum"
    if (w > 1e-9).any() and (w < -1e-9).any():
        return "saddle"


@jury.wrong("classify", says="A word is expected")
def the_eigenvalues_themselves(H):
    return np.linalg.eigvalsh(H)


@jury.wrong("classify", says="neither true nor false")
def a_choice_by_if(H):
    w = np.linalg.eigvalsh(H)
    if w > 1e-9:
        return "minimum"
    return "maximum" if w < -1e-9 else "saddle"


@jury.wrong("classify", says="changes its input H in place")
def made_symmetric_in_place(H):
    H += H.T.copy()
    return by_eigenvalues(H)


@jury.wrong("classify")
def exactly_zero_determinant(H):
    det = np.linalg.det(H)
    return "undecided" if det == 0 else "saddle" if det < 0 else "minimum" if H[0, 0] > 0 else "maximum"


@jury.wrong("classify")
def the_first_two_eigenvalues(H):
    w = np.linalg.eigvalsh(H)
    if (w > 1e-9).all():
        return "minimum"
    return "maximum" if (w < -1e-9).all() else "saddle" if w[0] * w[1] < 0 else "undecided"


@jury.wrong("classify")
def other_words(H):
    return {"minimum": "local minimum", "maximum": "local maximum", "saddle": "saddle point"}.get(
        by_eigenvalues(H), "undecided"
    )


test_right, test_wrong, test_enough = jury.tests()
