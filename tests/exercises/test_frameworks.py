"""Answers to the exercise of week 3, frameworks: right in another style, and wrong as students are."""

from functools import partial

import numpy as np
from jury import Jury

from dlcourse.autodiff import Tensor
from dlcourse.exercises import check

jury = Jury()
right, wrong = (lambda: jury.right("product")), (lambda *a, **k: jury.wrong("product", *a, **k))


@right()
def two_lambdas(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * b.data), (b, lambda g: g * a.data)])


@right()
def two_functions(u, v):
    def to_u(gradient):
        return gradient * v.data

    def to_v(gradient):
        return gradient * u.data

    return Tensor(np.multiply(u.data, v.data), ((u, to_u), (v, to_v)))


@right()
def parents_afterwards(a, b):
    out = Tensor(a.data * b.data)
    out.parents = [[b, partial(np.multiply, a.data)], [a, partial(np.multiply, b.data)]]
    return out


@right()
def a_factory(a, b):
    def times(other):
        values = other.data.copy()
        return lambda g: np.einsum("...,...->...", values, g)

    return Tensor(np.einsum("...,...->...", a.data, b.data), [(a, times(b)), (b, times(a))])


@right()
def a_loop_with_defaults(a, b):
    parents = []
    for parent, other in ((a, b), (b, a)):
        parents.append((parent, lambda g, other=other: g * other.data))
    return Tensor(a.data * b.data, parents)


@right()
def reduces_by_itself(a, b):
    def fit(g, shape):
        return g if g.shape == shape else g.sum()

    return Tensor(
        a.data * b.data, [(a, lambda g: fit(g * b.data, a.data.shape)), (b, lambda g: fit(g * a.data, b.data.shape))]
    )


@right()
def of_its_own_kind(a, b):
    """The result is made by the class of a, whatever that is."""
    return type(a)(a.data * b.data, [(a, lambda g: b.data * g), (b, lambda g: a.data * g)])


@right()
def by_keyword(*, a, b):
    return Tensor(parents=[(a, b.data.__mul__), (b, a.data.__mul__)], data=a.data * b.data)


@right()
def number_by_number(a, b):
    def times(x, y):
        x, y = np.broadcast_arrays(x, y)
        return np.reshape([p * q for p, q in zip(x.ravel().tolist(), y.ravel().tolist())], x.shape)

    return Tensor(times(a.data, b.data), [(a, lambda g: times(g, b.data)), (b, lambda g: times(g, a.data))])


@right()
def a_square_apart(a, b):
    """a a as one link with the slope 2a: as right as two links."""
    if a is b:
        return Tensor(a.data**2, [(a, lambda g: 2 * a.data * g)])
    return two_lambdas(a, b)


@right()
def through_logarithms(a, b):
    """The slope as value / factor, since none of the factors is 0 here."""
    value = a.data * b.data
    return Tensor(value, [(a, lambda g: g * value / a.data), (b, lambda g: g * value / b.data)])


@wrong("g_forgotten")
def local_slopes(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: b.data), (b, lambda g: a.data)])


@wrong("pulls_exchanged")
def own_factor(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: a.data * g), (b, lambda g: b.data * g)])


@wrong("the_last_of_the_loop")
def late_binding(a, b):
    parents = []
    for parent, other in ((a, b), (b, a)):
        parents.append((parent, lambda g: g * other.data))
    return Tensor(a.data * b.data, parents)


@wrong("slope_of_a_sum")
def passed_on(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g), (b, lambda g: g)])


@wrong("both_factors")
def times_the_value(a, b):
    value = a.data * b.data
    return Tensor(value, [(a, lambda g: value * g), (b, lambda g: value * g)])


@wrong("slope_of_a_square")
def twice(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * 2 * b.data), (b, lambda g: g * 2 * a.data)])


@wrong("slope_of_a_square")
def links_listed_twice(a, b):
    links = [(a, lambda g: g * b.data), (b, lambda g: g * a.data)]
    return Tensor(a.data * b.data, links + links)


@wrong("sign_of_a_quotient")
def minus(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * b.data), (b, lambda g: -a.data * g)])


@wrong("no_parents")
def only_forward(a, b):
    return Tensor(a.data * b.data)


@wrong("no_parents")
def as_in_micrograd(a, b):
    """Another engine's way: this one never calls _backward."""
    out = Tensor(a.data * b.data)

    def _backward():
        a.grad += b.data * out.grad
        b.grad += a.data * out.grad

    out._backward = _backward
    return out


@wrong("only_the_first_parent")
def a_alone(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * b.data)])


@wrong("only_the_second_parent")
def b_alone(a, b):
    return Tensor(a.data * b.data, ((b, lambda g: g * a.data),))


@wrong("once_for_twice")
def a_dict_of_parents(a, b):
    pulls = {a: lambda g: g * b.data}
    pulls[b] = lambda g: g * a.data
    return Tensor(a.data * b.data, tuple(pulls.items()))


@wrong("added_by_itself")
def adding_too(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * b.data + a.grad), (b, lambda g: g * a.data + b.grad)])


@wrong("grad_of_the_parent")
def grad_for_g(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: b.data * a.grad), (b, lambda g: a.data * b.grad)])


@wrong("summed_up")
def dot(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: np.sum(g * b.data)), (b, lambda g: np.sum(g * a.data))])


@wrong("value_of_a_sum")
def plus(a, b):
    return Tensor(a.data + b.data, [(a, lambda g: g * b.data), (b, lambda g: g * a.data)])


@wrong(says="switched off: use the arrays a.data and b.data")
def what_is_there_already(a, b):
    return a * b


@wrong(says="switched off: use the arrays a.data and b.data")
def tensors_in_the_pull(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * b), (b, lambda g: g * a)])


@wrong(says="It must return a Tensor")
def an_array(a, b):
    return a.data * b.data


@wrong(says="must be a pair (parent, pull)")
def parents_alone(a, b):
    return Tensor(a.data * b.data, [a, b])


@wrong(says="Each pull must be a function of g")
def values_for_pulls(a, b):
    return Tensor(a.data * b.data, [(a, b.data), (b, a.data)])


@wrong(says="pull(g) must return an array or a number")
def pulls_that_set(a, b):
    def to_a(g):
        a.grad = a.grad + g * b.data

    def to_b(g):
        b.grad = b.grad + g * a.data

    return Tensor(a.data * b.data, [(a, to_a), (b, to_b)])


@wrong(says="takes 0 positional arguments but 1 was given")
def pulls_without_g(a, b):
    return Tensor(a.data * b.data, [(a, lambda: b.data), (b, lambda: a.data)])


@wrong()
def half(a, b):
    return Tensor(a.data * b.data, [(a, lambda g: g * b.data / 2), (b, lambda g: g * a.data / 2)])


def test_the_right_answer_is_read_where_it_stands():
    from dlcourse import autodiff

    text = " ".join(check("product", two_lambdas).text.split())
    assert text.endswith("Compare with autodiff.Tensor.__mul__??") and autodiff.Tensor.__mul__


test_right, test_wrong, test_enough = jury.tests()
