"""What to say to an answer that no catalogued mistake explains: how its results differ from what is expected.

Every sentence is tried on all cases, and said only where it holds for each of them.
"""

import re
from itertools import permutations

import numpy as np

from dlcourse.exercises._values import close, numeric, pieces, same


def told_apart(cases, by_steps=False):
    """One sentence on how the results differ, or None. cases: all of them, as (inputs, came, expected, right).

    by_steps: the results are paths, a row for each step.
    """
    wrong = [(came, expected) for _, came, expected, right in cases if not right]
    with np.errstate(all="ignore"):
        return (
            of_several(wrong, cases)
            or of_one(wrong)
            or of_kind(wrong)
            or of_shape(wrong)
            or of_values(wrong)
            or of_factor(wrong, cases)
            or (by_steps and of_steps(wrong))
            or of_place(cases)
        )


def of_what_is_returned(cases):
    """A sentence on what the first call of each case returned, where facts about it are judged; or None."""
    wrong = [(came, expected) for _, came, expected, right in cases if not right]
    return of_one(wrong) or of_several(wrong, cases)


def of_several(wrong, cases):
    """Several results are expected: are there as many, in the same order, and which of them is wrong?"""
    wanted = {len(expected) if isinstance(expected, tuple) else None for _, expected in wrong}
    if len(wanted) > 1 or wanted & {None, 0, 1}:
        return None
    (n,) = wanted
    for j in range(n):
        if all(same(came, expected[j]) for came, expected in wrong):
            return f"{n} results are expected, as in `return a, b`; only the {nth(j)} of them came."
    split = [(pieces(came) or [came], expected) for came, expected in wrong]
    got = {len(came) for came, _ in split}
    if got != {n}:
        known = [k for k in range(1, n + 1) if all(same(tuple(c[:k]), e[:k]) for c, e in split)]
        right = f" The first {known[-1]} are right." if known and known[-1] > 1 else ""
        return f"{n} results are expected; {' or '.join(map(str, sorted(got)))} came.{right}"
    for order in permutations(range(n)) if n <= 4 else ():
        if all(same(c[i], e[j]) for c, e in split for j, i in enumerate(order)):
            how = "exchanged" if n == 2 else "in another order"
            return f"The {n} results are right, but {how}: look at the order of the `return`."
    off = [j for j in range(n) if not all(same(c[j], e[j]) for c, e in split)]
    found = {told_apart([(i, (pieces(c) or [c] * n)[j], e[j], right) for i, c, e, right in cases]) for j in off}
    detail = f" {found.pop()}" if len(found) == 1 and None not in found else ""
    if len(off) == n:
        return f"{'Both' if n == 2 else f'All {n}'} results are wrong in the same way.{detail}" if detail else None
    which = " and ".join(f"the {nth(j)}" for j in off)
    return f"Only {which} of the {n} results {'is' if len(off) == 1 else 'are'} wrong.{detail}"


def of_one(wrong):
    """One result is expected: did it come with others beside it?"""
    if any(isinstance(e, (tuple, dict)) or not isinstance(c, tuple) for c, e in wrong):
        return None
    for i in range(3):
        if all(len(c) > i and same(c[i], e) for c, e in wrong):
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
    several = any(two.size > 1 for _, two in pairs)
    if several and all_are(lambda one, two: one.size == 1 and close(one.ravel(), two.ravel()[:1])):
        return "Only the first of the numbers came. Is the `return` inside the loop?"
    if several and all_are(lambda one, two: one.size == 1 and close(one.ravel(), two.ravel()[-1:])):
        return "Only the last of the numbers came. Collect them all, and return them together."
    for word, reduce in (("sum", np.sum), ("mean", np.mean)):
        if several and all_are(lambda one, two: one.size == 1 and close(one.ravel(), np.atleast_1d(reduce(two)))):
            return f"One number came, the {word} of those that are expected."
        if all_are(lambda one, two: two.size == 1 and one.size and close(np.atleast_1d(reduce(one)), two.ravel())):
            return f"One number is expected, the {word} of those that came."
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
                return f"Everything comes out multiplied by {what}: is a division by that missing?"
            if close(np.array(factors), 1 / values):
                return f"Everything comes out divided by {what}: is that once too often?"
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
    told = set().union(*features)
    for feature in features[verdicts.index(False)]:
        if feature.endswith(" is given") and feature.replace("given", "None") not in told:
            continue
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
        found += [f"{name} is given", f"{name} is a number" if array.ndim == 0 else f"{name} is an array"]
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


def kind_of(value):
    """What a plain value is, in a word or two."""
    if isinstance(value, (tuple, list)) and numeric(value) is None or isinstance(value, tuple):
        return f"{len(value)} things"
    if isinstance(value, (str, dict)) or value is None:
        return {str: "a word", dict: "a dict"}.get(type(value), "nothing")
    array = numeric(value)
    if array is None:
        return "an object"
    return "an array" if array.ndim else "a number"


def has_text(value):
    """Is there a word in it?"""
    return isinstance(value, str) or any(map(has_text, pieces(value) or () if isinstance(value, (tuple, list)) else ()))


def letters(word):
    """A word's letters alone, small, without an `and`."""
    return re.sub(r"\band\b|[^a-z]", "", word.lower())


def nth(i):
    """The word for place i, counted from 0."""
    return ("first", "second", "third", "fourth", "fifth")[i] if i < 5 else f"{i + 1}th"
