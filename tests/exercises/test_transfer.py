"""Answers to the exercise of week 3, transfer: right in another style, and wrong as students are."""

from math import prod

import numpy as np
from jury import Jury

from dlcourse.parameters import mask, pack, unpack

jury = Jury()
right, wrong = (lambda: jury.right("reuse")), (lambda *a, **k: jury.wrong("reuse", *a, **k))


def places(shapes):
    """Where each parameter begins and ends in theta: a learner's own helper."""
    found, start = {}, 0
    for name, shape in shapes.items():
        found[name] = slice(start, start + prod(shape))
        start += prod(shape)
    return found


@right()
def with_a_dict(theta_from, shapes_from, theta, shapes, names):
    old = unpack(theta_from, shapes_from)
    parameters = dict(unpack(theta, shapes))
    for name in names:
        parameters[name] = old[name]
    return pack(parameters, shapes)


@right()
def in_one_line(theta_from, shapes_from, theta, shapes, names):
    return pack(unpack(theta, shapes) | {n: unpack(theta_from, shapes_from)[n] for n in names}, shapes)


@right()
def by_slices(theta_from, shapes_from, theta, shapes, names):
    here, there, result = places(shapes), places(shapes_from), theta.copy()
    for name in names:
        result[here[name]] = theta_from[there[name]]
    return result


@right()
def list_of_numbers(t0, s0, t1, s1, which):
    here, there, result = places(s1), places(s0), []
    for name in s1:
        result += list(t0[there[name]] if name in which else t1[here[name]])
    return result


@right()
def by_a_mask(theta_from, shapes_from, theta, shapes, names):
    old = unpack(theta_from, shapes_from)
    spread = pack({n: old[n] if n in names else np.zeros(shapes[n]) for n in shapes}, shapes)
    return np.where(mask(shapes, list(names)) == 1, spread, theta)


@right()
def with_concatenate(theta_from, shapes_from, theta, shapes, names):
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    return np.concatenate([np.ravel((old if n in names else new)[n]) for n in shapes])


@right()
def with_yield(theta_from, shapes_from, theta, shapes, names):
    old, new = unpack(theta_from, shapes_from), unpack(theta, shapes)
    for name in shapes:
        yield from np.ravel(old[name] if name in names else new[name])


@right()
def single_precision(theta_from, shapes_from, theta, shapes, names):
    return with_a_dict(np.float32(theta_from), shapes_from, np.float32(theta), shapes, names).astype(np.float32)


@right()
def by_keyword(*, theta_from, shapes_from, theta, shapes, names):
    def chosen(name):
        return unpack(theta_from, shapes_from)[name] if name in set(names) else unpack(theta, shapes)[name]

    return pack({name: chosen(name) for name in shapes}, shapes)


@wrong("nothing_reused")
def returned_too_early(theta_from, shapes_from, theta, shapes, names):
    old, new = unpack(theta_from, shapes_from), dict(unpack(theta, shapes))
    result = pack(new, shapes)
    for name in names:
        new[name] = old[name]
    return result


@wrong("all_taken")
def whatever_fits(theta_from, shapes_from, theta, shapes, names):
    old, new = unpack(theta_from, shapes_from), dict(unpack(theta, shapes))
    for name in shapes:
        if name in old and old[name].shape == new[name].shape:
            new[name] = old[name]
    return pack(new, shapes)


@wrong("the_others_taken")
def not_in_names(theta_from, shapes_from, theta, shapes, names):
    old, new = unpack(theta_from, shapes_from), dict(unpack(theta, shapes))
    for name in shapes:
        if name not in names and shapes_from.get(name) == shapes[name]:
            new[name] = old[name]
    return pack(new, shapes)


@wrong("others_zero")
def into_zeros(theta_from, shapes_from, theta, shapes, names):
    result, here, there = np.zeros(len(theta)), places(shapes), places(shapes_from)
    for name in names:
        result[here[name]] = theta_from[there[name]]
    return result


@wrong("the_trained_net")
def a_copy(theta_from, shapes_from, theta, shapes, names):
    return theta_from.copy()


@wrong("nets_exchanged")
def the_wrong_way_round(theta_from, shapes_from, theta, shapes, names):
    parameters = dict(unpack(theta_from, shapes_from))
    for name in names:
        parameters[name] = unpack(theta, shapes)[name]
    return pack(parameters, shapes_from)


@wrong("only_the_named")
def the_reused_part(theta_from, shapes_from, theta, shapes, names):
    return np.concatenate([theta_from[places(shapes_from)[name]] for name in names])


@wrong("only_the_first_name")
def return_in_the_loop(theta_from, shapes_from, theta, shapes, names):
    parameters = dict(unpack(theta, shapes))
    for name in names:
        parameters[name] = unpack(theta_from, shapes_from)[name]
        return pack(parameters, shapes)


@wrong("only_the_last_name")
def afresh_in_each_turn(theta_from, shapes_from, theta, shapes, names):
    for name in names:
        result = theta.copy()
        result[places(shapes)[name]] = theta_from[places(shapes_from)[name]]
    return result


@wrong("only_the_weights")
def no_biases(theta_from, shapes_from, theta, shapes, names):
    parameters = dict(unpack(theta, shapes))
    for name in names:
        if name.startswith("W"):
            parameters[name] = unpack(theta_from, shapes_from)[name]
    return pack(parameters, shapes)


@wrong("named_ones_first")
def in_the_order_of_names(theta_from, shapes_from, theta, shapes, names):
    here, there = places(shapes), places(shapes_from)
    taken = [theta_from[there[name]] for name in names]
    return np.concatenate(taken + [theta[here[name]] for name in shapes if name not in names])


@wrong("cut_from_the_front")
def the_first_numbers(theta_from, shapes_from, theta, shapes, names):
    n = sum(prod(shapes[name]) for name in names)
    return np.concatenate([theta_from[:n], theta[n:]])


@wrong("from_the_same_place")
def places_of_the_new_net(theta_from, shapes_from, theta, shapes, names):
    result = theta.copy()
    for name in names:
        result[places(shapes)[name]] = theta_from[places(shapes)[name]]
    return result


@wrong("to_the_same_place")
def places_of_the_trained_net(theta_from, shapes_from, theta, shapes, names):
    result = theta.copy()
    for name in names:
        result[places(shapes_from)[name]] = theta_from[places(shapes_from)[name]]
    return result


@wrong("added")
def plus_equals(theta_from, shapes_from, theta, shapes, names):
    result = theta.copy()
    for name in names:
        result[places(shapes)[name]] += theta_from[places(shapes_from)[name]]
    return result


@wrong("columns_first")
def like_fortran(theta_from, shapes_from, theta, shapes, names):
    parameters = with_a_dict(theta_from, shapes_from, theta, shapes, names)
    return np.concatenate([value.flatten("F") for value in unpack(parameters, shapes).values()])


@wrong(says="read-only")
def into_the_views(theta_from, shapes_from, theta, shapes, names):
    new = unpack(theta, shapes)
    for name in names:
        new[name][:] = unpack(theta_from, shapes_from)[name]
    return pack(new, shapes)


@wrong(says="changes its input theta in place")
def into_theta_itself(theta_from, shapes_from, theta, shapes, names):
    for name in names:
        theta[places(shapes)[name]] = theta_from[places(shapes_from)[name]]
    return theta


@wrong(says="shape")
def as_a_column(theta_from, shapes_from, theta, shapes, names):
    return with_a_dict(theta_from, shapes_from, theta, shapes, names).reshape(-1, 1)


@wrong(says="One result is expected, and 2 came; the first is right")
def with_its_shapes(theta_from, shapes_from, theta, shapes, names):
    return with_a_dict(theta_from, shapes_from, theta, shapes, names), shapes


@wrong("not_packed")
def a_dict_of_parameters(theta_from, shapes_from, theta, shapes, names):
    return dict(unpack(theta, shapes)) | {n: unpack(theta_from, shapes_from)[n] for n in names}


@wrong()
def drawn_anew(theta_from, shapes_from, theta, shapes, names):
    rng = np.random.default_rng(0)
    return with_a_dict(theta_from, shapes_from, rng.normal(size=len(theta)), shapes, names)


test_right, test_wrong, test_enough = jury.tests()
