"""Exercise on what a framework does (week 3): one link of the chain rule, the way back through a product."""

import numpy as np

from dlcourse.autodiff import Tensor
from dlcourse.exercises._engine import Exercise, case
from dlcourse.exercises._values import Help, numeric, show

WITHOUT = (
    "* and / between these tensors are what you are to write, so they are switched off: "
    "use the arrays a.data and b.data."
)


class Bare(Tensor):
    """A Tensor that cannot be multiplied."""

    def refuse(self, other):
        raise TypeError(WITHOUT)

    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __matmul__ = __rmatmul__ = refuse


PROGRAMS = {  # p is the learner's product, J the sum of what comes out
    "J = p(a, b)": lambda p, a, b: p(a, b),
    "J = p(a, a)": lambda p, a, b: p(a, a),
    "J = p(a, b) + a": lambda p, a, b: p(a, b) + a,
    "J = exp(p(a, b))": lambda p, a, b: p(a, b).exp(),
    "J = tanh(p(a, a))": lambda p, a, b: p(a, a).tanh(),
    "J = p(p(a, b), a)": lambda p, a, b: p(p(a, b), a),
    "u = p(a, b), J = p(u, u)": lambda p, a, b: (lambda u: p(u, u))(p(a, b)),
    "J = p(a, b) + p(b, a.tanh())": lambda p, a, b: p(a, b) + p(b, a.tanh()),
}


def gradients(function, program, a, b=None):
    """How a case is run: a small program that multiplies with the learner's function, and then `backward` from J."""
    leaves = {name: Bare(value) for name, value in (("a", a), ("b", b)) if value is not None}

    def product(a, b):
        result = function(a, b)
        if not isinstance(result, Tensor):
            raise Help(f"It must return a Tensor, made by Tensor(data, parents); came: {show(result)}")
        result.parents = [linked(pair) for pair in result.parents]
        return result

    J = PROGRAMS[program](product, leaves["a"], leaves.get("b")).sum()
    J.backward()
    none = "None: no way back leads here"
    return {"J": J.data} | {f"{name}.grad": none if x.grad is None else x.grad for name, x in leaves.items()}


def linked(pair):
    """A learner's entry of parents, or a sentence on what it lacks."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], Tensor):
        raise Help("Each entry of parents must be a pair (parent, pull): a Tensor, and a function of g.")
    parent, pull = pair
    if not callable(pull):
        raise Help("Each pull must be a function of g, to be called on the way back, such as one made by `lambda g:`.")

    def checked(g):
        share = numeric(pull(g))
        if share is None:
            raise Help("pull(g) must return an array or a number, the gradient of J by the parent.")
        return share + np.zeros(parent.data.shape)

    return parent, checked


def product(a, b):
    """The engine's own."""
    return Tensor.__mul__(a, b)


product.__module__, product.__name__ = "dlcourse.autodiff", "Tensor.__mul__"  # where its source is to be read


def _made(a, b, to_a, to_b):
    """A product whose value is right, with these two pulls."""
    return Tensor(a.data * b.data, [(a, to_a), (b, to_b)])


def g_forgotten(a, b):
    """The pulls give b and a, but not times g.

    g is the gradient of J by the product, what has come back so far. The chain rule multiplies it by this link's slope.
    """
    return _made(a, b, lambda g: b.data, lambda g: a.data)


def pulls_exchanged(a, b):
    """The two pulls are exchanged.

    The slope of a b by a is b: the gradient of each of the two has the other as a factor.
    """
    return _made(a, b, lambda g: g * a.data, lambda g: g * b.data)


def the_last_of_the_loop(a, b):
    """Both pulls multiply by the same factor: that of the last turn of the loop.

    A function looks up its names when it is called, and then the loop has ended. Write two functions, or bind the
    value as a default argument.
    """
    return _made(a, b, lambda g: g * a.data, lambda g: g * a.data)


def slope_of_a_sum(a, b):
    """The gradient is passed on as it came: that is the way back through a sum.

    The slope of a b by a is b, not 1.
    """
    return _made(a, b, lambda g: g, lambda g: g)


def both_factors(a, b):
    """The pulls multiply by the whole product.

    The slope of a b by a is b alone: how much J rises if a rises by a little.
    """
    return _made(a, b, lambda g: g * a.data * b.data, lambda g: g * a.data * b.data)


def slope_of_a_square(a, b):
    """The slope has a 2 in it, as that of a square.

    a a has the slope 2a because a comes twice: two links, each with the slope a, whose gradients backward adds.
    """
    return _made(a, b, lambda g: 2 * g * b.data, lambda g: 2 * g * a.data)


def sign_of_a_quotient(a, b):
    """The gradient of b has the wrong sign.

    A minus is there for a difference, and for what stands below the line of a quotient. In a product both are alike.
    """
    return _made(a, b, lambda g: g * b.data, lambda g: -g * a.data)


def no_parents(a, b):
    """The result does not know what it was computed from: it has no parents.

    Without them there is no way back. Give each parent with its pull.
    """
    return Tensor(a.data * b.data)


def only_the_first_parent(a, b):
    """b is missing among the parents.

    Both a and b have part in the result, so there is a way back to both.
    """
    return Tensor(a.data * b.data, [(a, lambda g: g * b.data)])


def only_the_second_parent(a, b):
    """a is missing among the parents.

    Both a and b have part in the result, so there is a way back to both.
    """
    return Tensor(a.data * b.data, [(b, lambda g: g * a.data)])


def once_for_twice(a, b):
    """Where a and b are the same tensor, only one of the two gradients comes back.

    a a needs both links: two entries of parents, though the parent is the same. A dict keeps only one of them.
    """
    links = {a: lambda g: g * b.data, b: lambda g: g * a.data}
    return Tensor(a.data * b.data, list(links.items()))


def added_by_itself(a, b):
    """The pull adds what is in grad already, and backward adds it once more.

    A pull gives only its own share. The adding is done by backward, for all links alike.
    """
    return _made(a, b, lambda g: a.grad + g * b.data, lambda g: b.grad + g * a.data)


def grad_of_the_parent(a, b):
    """The pull multiplies by the gradient of the parent itself, not by g.

    That is still zero. What comes back is the gradient of the result: it comes in as g.
    """
    return _made(a, b, lambda g: a.grad * b.data, lambda g: b.grad * a.data)


def summed_up(a, b):
    """The pull adds up its numbers into one.

    Each entry of a has a gradient of its own. Where a was repeated to fit b, backward does the adding.
    """
    return _made(a, b, lambda g: (g * b.data).sum(), lambda g: (g * a.data).sum())


def value_of_a_sum(a, b):
    """The value is the sum of the two, not their product.

    The way forward comes first: a.data times b.data, entry by entry.
    """
    return Tensor(a.data + b.data, [(a, lambda g: g * b.data), (b, lambda g: g * a.data)])


def fresh(rng):
    """One of the programs, with numbers or short rows of numbers in halves."""
    program, n = str(rng.choice(list(PROGRAMS))), int(rng.integers(0, 4))
    values = rng.integers(1, 5, (2, max(n, 1))) * rng.choice([-0.5, 0.5], (2, max(n, 1)))
    a, b = (tuple(row.tolist()) if n else float(row[0]) for row in values)
    return case(program, a, b) if "b" in program else case(program, a)


EXERCISES = (
    Exercise(
        "product",
        "Write my_product(a, b): the product of two Tensors, entry by entry, with its way back.\n"
        "Return Tensor(data, parents): data is the value, made of the arrays a.data and b.data; parents is a list of pairs "
        "(parent, pull), where pull(g) is the gradient of J by the parent, if g is that by the product.\n"
        "It is judged by small programs: in them p is your product, and J the sum of what comes out.",
        reference=product,
        run=gradients,
        cases=(
            case("J = p(a, b)", 2.0, 3.0),
            case("J = p(a, b)", 5.0, 1.0),
            case("J = p(a, a)", 3.0),
            case("J = p(a, b) + a", 2.0, 3.0),
            case("J = exp(p(a, b))", 0.5, 3.0),
            case("J = p(p(a, b), a)", 2.0, 3.0),
            case("u = p(a, b), J = p(u, u)", 2.0, 3.0),
            case("J = p(a, b)", 2.0, (1.0, -1.0, 3.0)),
            case("J = exp(p(a, b))", (1.0, 2.0), (3.0, -0.5)),
        ),
        fresh=fresh,
        mistakes=(
            no_parents,
            only_the_first_parent,
            only_the_second_parent,
            once_for_twice,
            g_forgotten,
            pulls_exchanged,
            the_last_of_the_loop,
            slope_of_a_sum,
            both_factors,
            slope_of_a_square,
            sign_of_a_quotient,
            added_by_itself,
            grad_of_the_parent,
            summed_up,
            value_of_a_sum,
        ),
    ),
)
