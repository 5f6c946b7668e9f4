"""What to say to an answer that no catalogued mistake explains: what its error means, or how its results differ.

Every sentence about results is tried on all cases, and said only where it holds for each of them.
"""

import re
from difflib import get_close_matches
from itertools import permutations

import numpy as np

from dlcourse.exercises._values import close, numeric, pieces, same

ERRORS = (  # a pattern of Python's or numpy's message, and what it means to a beginner
    (
        r"truth value of an array",
        "An array of several numbers is neither true nor false. Whether something was given is asked by `is None` (not by "
        "`if mu:`, `or`, `== None`); for a choice entry by entry there is np.where.",
    ),
    (
        r"could not be broadcast",
        "The two shapes do not fit. A mean or a sum over one axis loses that axis, unless keepdims=True keeps it.",
    ),
    (
        r"mismatch in its core dimension|not aligned",
        "For a matrix product the first must have as many columns as the second has rows; entry by entry it is *.",
    ),
    (
        r"Cannot interpret '.*' as a data type",
        "The second argument of such a function is a type: the shape is one argument, a tuple, with no star before it.",
    ),
    (
        r"'tuple' object cannot be interpreted as an integer",
        "This function takes the lengths one by one; those of rng, such as rng.random, take the shape as it is.",
    ),
    (
        r"Generator' object has no attribute",
        "rng has random (even in 0 to 1), standard_normal, uniform, integers, permutation and shuffle.",
    ),
    (
        r"only (0-dimensional|length-1|size-1) arrays can be converted|^math (domain|range) error",
        "The functions of math take single numbers, and stop where there is no result. Those of numpy (np.exp, np.log, "
        "np.sqrt) take arrays, and go on with inf or nan.",
    ),
    (r"with casting rule 'same_kind'", "An array of whole numbers cannot take fractions: make it one of floats."),
    (
        r"setting an array element with a sequence",
        "One entry of an array takes one number, and all rows are equally long.",
    ),
    (r"out of bounds for axis|list index out of range", "Python counts from 0: the last of n is n - 1, or -1."),
    (r"^axis .* is out of bounds", "It has fewer axes than that: the first is axis 0, the last axis -1."),
    (r"^ZeroDivisionError", "Something is divided by zero with this input."),
    (r"^OverflowError", "A number became too large for Python. numpy's numbers go on with inf."),
    (r"^RecursionError", "It calls itself, and so does that call, without end."),
    (r"^UnboundLocalError", "It is used before it has a value: give it one before the loop, or before the `if`."),
    (r"^StopIteration", "next() was asked for more than there is: a for loop ends by itself."),
    (r"^GeneratorExit|^KeyboardInterrupt", "It raises this itself. `return` the result instead."),
    (r"^AssertionError", "An assert of its own does not hold with this input."),
    (r"^NotImplementedError", "Its body is still to be written."),
    (r"^MemoryError", "It asks for more memory than there is. Is the shape right?"),
    (r"^TypeError.*is not callable", "Round brackets after a name call it as a function; an entry is taken by [ ]."),
)


def hint(kind, message, named, own):
    """What an error in the learner's code means, or None. named: the arguments of the call; own: names in the code."""
    nothing = [name for name, value in named.items() if value is None]
    if "NoneType" in message:
        if "state" in nothing:
            return "The first step has state None: ask `if state is None`, and start from zeros."
        if nothing:
            return f"Here {' and '.join(nothing)} is None, that is, not given: ask `if {nothing[0]} is None`."
        return "A value is None here. A function that works in place, such as append or shuffle, returns None."
    if kind == "NameError":
        lost = re.search(r"name '(\w+)'", message)
        if lost and lost[1] in ("np", "numpy", "math"):
            return "Run the cell with the imports first."
        near = get_close_matches(lost[1], set(own) - {lost[1]} | set(named), 1, 0.7) if lost else []
        names = (
            f"Its arguments are called {', '.join(named)} in the task; inside, use the names of your own first line."
        )
        return f"Is {near[0]} meant?" if near else names
    return next(
        (words for pattern, words in ERRORS if re.search(pattern, f"{kind}: {message}") or re.search(pattern, message)),
        None,
    )


def told_apart(cases, by_steps=False):
    """One sentence on how the results differ, or None. cases: all of them, as (inputs, came, expected, right).

    by_steps: the results are paths, a row for each step.
    """
    wrong = [(came, expected) for _, came, expected, right in cases if not right]
    return (
        of_several(wrong, cases)
        or of_kind(wrong)
        or of_shape(wrong)
        or of_values(wrong)
        or of_factor(wrong, cases)
        or (by_steps and of_steps(wrong))
        or of_place(cases)
    )


def of_several(wrong, cases):
    """Several results are expected: are there as many, in the same order, and which of them is wrong?"""
    if not all(isinstance(expected, tuple) for _, expected in wrong):
        return of_one(wrong)
    wanted, got = {len(expected) for _, expected in wrong}, {len(pieces(came) or [came]) for came, _ in wrong}
    if len(wanted) > 1 or len(got) > 1:
        return None
    (n,), (k,) = wanted, got
    came = [pieces(came) or [came] for came, _ in wrong]
    expected = [expected for _, expected in wrong]
    if k != n:
        fits = [j for j in range(n) if all(same(c[0], e[j]) for c, e in zip(came, expected))] if k == 1 else []
        begun = min(k, n) > 1 and all(same(c[: min(k, n)], e[:k]) for c, e in zip(came, expected))
        known = f" What came is the {nth(fits[0])} of them." if fits else ""
        known = f" The first {min(k, n)} are right." if begun else known
        return f"{n} results are expected, as in `return a, b`; {'one' if k == 1 else k} came.{known}"
    for order in permutations(range(n)) if n <= 4 else ():
        if all(same(c[i], e[j]) for c, e in zip(came, expected) for j, i in enumerate(order)):
            how = "exchanged" if n == 2 else "in another order"
            return f"The {n} results are right, but {how}: look at the order of the `return`."
    off = [j for j in range(n) if not all(same(c[j], e[j]) for c, e in zip(came, expected))]
    if len(off) == 1:
        (j,) = off
        part = [(i, (pieces(c) or [c] * n)[j], e[j], right) for i, c, e, right in cases if isinstance(e, tuple)]
        detail = told_apart(part)
        return f"Only the {nth(j)} of the {n} results is wrong." + (f" {detail}" if detail else "")
    return None


def of_one(wrong):
    """One result is expected: did it come with others beside it?"""
    for i in range(3):
        if all(isinstance(c, tuple) and len(c) > i and not isinstance(e, dict) and same(c[i], e) for c, e in wrong):
            return f"One result is expected, and {len(wrong[0][0])} came; the {nth(i)} is right. Return that alone."
    return None


def of_kind(wrong):
    """Words for numbers, truth values for numbers, a word spelt otherwise, rows of different lengths."""
    if all(isinstance(e, str) for _, e in wrong):
        if all(isinstance(c, str) and letters(c) == letters(e) for c, e in wrong):
            return f"The word is right, its spelling is not: it must be {wrong[0][1]!r}, letter by letter."
        if not any(isinstance(c, str) for c, _ in wrong):
            return f"A word is expected, such as {wrong[0][1]!r}."
        return None
    if any(numeric(e) is None or isinstance(e, bool) for _, e in wrong):
        return None
    if all(has_text(c) for c, _ in wrong):
        return (
            "Text came where numbers are expected: what stands in quotes, or is made by str() or an f-string, is text."
        )
    arrays = [numeric(c) for c, _ in wrong]
    if all(a is not None and a.dtype == bool for a in arrays):
        right = "; as 1 and 0 they would be right" if all(same(c, e, truth=True) for c, e in wrong) else ""
        return f"True and False came where numbers are expected{right}. Multiplied by a number they become numbers."
    if all(a is None and isinstance(c, (list, tuple)) for a, (c, _) in zip(arrays, wrong)):
        return "What came is no array: its parts are of different lengths, or not all numbers."
    return None


def of_shape(wrong):
    """The right numbers in another shape, or only some of them."""
    pairs = as_arrays(wrong)
    if not pairs or any(one.shape == two.shape for one, two in pairs):
        return None

    def all_are(reading):
        return all(reading(one, two) for one, two in pairs)

    one, two = pairs[0]
    shapes = f"{one.shape} for {two.shape}"
    if all_are(lambda one, two: one.ndim > 1 and one.T.shape == two.shape and close(one.T, two)):
        return f"The numbers are right, only the shape is not: it is transposed, {shapes}."
    if all_are(lambda one, two: one.size == two.size and close(one.ravel(), two.ravel())):
        more = {one.ndim - two.ndim for one, two in pairs}
        axes = {1: ": one axis too many", -1: ": one axis too few"}.get(*more, "") if len(more) == 1 else ""
        return f"The numbers are right, only the shape is not{axes}, {shapes}."
    if all_are(lambda one, two: one.size == 1 < two.size and close(one.ravel(), two.ravel()[:1])):
        return "Only the first of the numbers came. Is the `return` inside the loop?"
    if all_are(lambda one, two: one.size == 1 < two.size and close(one.ravel(), two.ravel()[-1:])):
        return "Only the last of the numbers came. Collect them all, and return them together."
    for word, reduce in (("sum", np.sum), ("mean", np.mean)):
        if all_are(lambda one, two: one.size == 1 < two.size and close(one.ravel(), np.atleast_1d(reduce(two)))):
            return f"One number came, the {word} of those that are expected."
    for word, part in (("first", slice(None, -1)), ("last", slice(1, None))):
        if all_are(lambda one, two: one.ndim and two.ndim and same(one, two[part])):
            return f"One entry is missing: there is all but the {'last' if word == 'first' else 'first'}."
        if all_are(lambda one, two: one.ndim and two.ndim and same(one[part], two)):
            return f"There is one entry too many, the {'last' if word == 'first' else 'first'}."
    return None


def of_values(wrong):
    """The right shape: the numbers in another order, cut to whole ones, or nearly right."""
    pairs = as_arrays(wrong)
    if not pairs or any(one.shape != two.shape for one, two in pairs):
        return None
    for reading, sentence in (
        (
            lambda one, two: one.ndim == 2 and one.shape == one.T.shape and close(one.T, two),
            "The result is transposed.",
        ),
        (lambda one, two: one.ndim and close(one[::-1], two), "The numbers are right, but in the reverse order."),
        (
            lambda one, two: one.size > 1 and close(np.sort(one, None), np.sort(two, None)),
            "The numbers are right, but in another order.",
        ),
        (
            lambda one, two: any(np.array_equal(one, cut(two)) for cut in (np.trunc, np.rint, np.floor)),
            "The numbers are cut to whole ones: by an array of ints, by int(), by round() or by //.",
        ),
    ):
        if all(reading(one, two) for one, two in pairs):
            return sentence
    apart = max(furthest(one, two) for one, two in pairs)
    if apart < 1e-3:
        return (
            f"The results are nearly right: they are off by {apart:.1g} of their size at most. Is something rounded, or "
            "computed in half precision, or is there an eps too many or too few?"
        )
    return None


def of_factor(wrong, cases):
    """One simple relation to what is expected, the same in all cases."""
    pairs = as_arrays([(came, expected) for _, came, expected, _ in cases])
    if not pairs or any(one.shape != two.shape or not two.size for one, two in pairs):
        return None
    telling = [(one, two) for one, two in pairs if two.any()]
    for relation, sentence in (
        (lambda two: -two, "Everything has the wrong sign."),
        (lambda two: 1 / two, "Everything is upside down: 1 over what is expected."),
        (lambda two: two**2, "What came is the square of what is expected: a root is missing."),
        (lambda two: two**0.5, "What came is the root of what is expected: a root too many, or a square is missing."),
        (lambda two: 1 - two, "What came is 1 minus what is expected."),
    ):
        if len(telling) > 1 and all(close(one, relation(two)) for one, two in telling):
            return sentence
    factors = [factor(one, two) for one, two in telling]
    if len(factors) > 1 and None not in factors:
        if close(np.array(factors), np.full(len(factors), factors[0])):
            return f"Everything comes out {factors[0]:.6g} times as large as expected."
        sizes = [sizes_of(inputs) for (inputs, *_), (_, two) in zip(cases, pairs) if two.any()]
        for what in sizes[0]:
            values = np.array([size.get(what, np.nan) for size in sizes])
            if close(np.array(factors), values):
                return f"Everything comes out too large by the factor {what}: is a division by it missing?"
            if close(np.array(factors), 1 / values):
                return f"Everything comes out too small by the factor {what}: is it divided by that once too often?"
    first = pairs[0][0].astype(float) - pairs[0][1]
    if first.size and len(pairs) > 1 and first.flat[0] and np.isfinite(first.flat[0]):
        if all(close(one - first.flat[0], two) for one, two in pairs):
            return f"Everything comes out {abs(first.flat[0]):.6g} too {'large' if first.flat[0] > 0 else 'small'}."
    return None


def of_steps(wrong):
    """Paths, a row for each step: does the first step go right, and a later one wrong?"""
    pairs = as_arrays(wrong)
    if pairs and all(one.shape == two.shape and close(one[0], two[0]) for one, two in pairs):
        return (
            "The first step is right, a later one is not: look at what goes into the state, and what is taken from it."
        )
    return None


def of_place(cases):
    """What the inputs of the wrong cases have in common, and none of the right ones has."""
    features = [features_of(inputs, expected) for inputs, _, expected, _ in cases]
    verdicts = [right for *_, right in cases]
    if sum(verdicts) < 2:
        return None
    for feature in features[verdicts.index(False)]:
        if all((feature in own) != right for own, right in zip(features, verdicts)):
            return f"It is wrong just where {feature}, and right in all other cases."
    return None


def features_of(inputs, expected):
    """What can be said of the inputs of a case, as the end of a sentence; the more telling first."""
    found = [f"{expected!r} is expected"] if isinstance(expected, str) else []
    for name, value in inputs.items():
        if value is None or isinstance(value, bool):
            found.append(f"{name} is {value}")
            continue
        array = numeric(value)
        if array is None or not array.size:
            found.append(f"{name} is given")
            continue
        it, its = ("is", "is") if array.ndim == 0 else ("has an entry that is", "has only entries that are")
        found += [f"{name} is a number" if array.ndim == 0 else f"{name} is an array", f"{name} is given"]
        found += [f"{name} has a single column"] if array.ndim > 1 and array.shape[-1] == 1 else []
        found += [f"{name} has several columns"] if array.ndim > 1 and array.shape[-1] > 1 else []
        found += [f"{name} has a single row"] if array.ndim > 1 and array.shape[0] == 1 else []
        found += [f"{name} has a single entry" if array.size == 1 else f"{name} has several entries"] * (
            array.ndim == 1
        )
        found += [f"{name} {it} 0"] if (array == 0).any() else [f"{name} has no 0"] * bool(array.ndim)
        found += [f"{name} {it} negative"] if (array < 0).any() else []
        found += [f"{name} {it} not finite"] if not np.isfinite(array).all() else []
        found += [f"{name} {it} larger than 100"] if (array > 100).any() else []
        found += [f"{name} {its} positive"] if (array > 0).all() else []
        if array.ndim > 1 and array.size > 1 and (array == array[..., :1]).all(axis=-1).any():
            found.append(f"a row of {name} is constant")
    return found


def sizes_of(inputs):
    """Numbers of the inputs that a sum may be divided by: {name: number}."""
    found = {}
    for name, value in inputs.items():
        array = numeric(value)
        if array is None or array.dtype == bool:
            continue
        if array.ndim == 0:
            found[name] = float(array)
        if array.ndim == 1:
            found[f"len({name})"] = array.size
        if array.ndim == 2:
            found[f"the number of columns of {name}"], found[f"the number of rows of {name}"] = array.shape[::-1]
    return found


def as_arrays(pairs):
    """Pairs (came, expected) as arrays; empty if one of them is not made of numbers."""
    found = [(numeric(came), numeric(expected)) for came, expected in pairs]
    plain = all(one is not None and two is not None and one.dtype != bool for one, two in found)
    return [(one, two.astype(float)) for one, two in found] if plain else []


def factor(one, two):
    """The number c with one = c two, or None."""
    c = float(np.sum(one * two) / np.sum(two * two))
    return c if np.isfinite(c) and c and close(one, c * two) else None


def furthest(one, two):
    """The largest difference, by the largest of the expected numbers."""
    off, size = np.abs(one - two).max(initial=0.0), np.abs(two).max(initial=0.0)
    return off / size if size and np.isfinite(off) else np.inf


def has_text(value):
    """Is there a word in it?"""
    return isinstance(value, str) or any(map(has_text, pieces(value) or () if isinstance(value, (tuple, list)) else ()))


def letters(word):
    """A word's letters alone, small."""
    return re.sub(r"[^a-z]", "", word.lower())


def nth(i):
    """The word for place i, counted from 0."""
    return ("first", "second", "third", "fourth", "fifth")[i] if i < 5 else f"{i + 1}th"
