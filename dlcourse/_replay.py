"""A static graph: what numpy is asked to do is written down once, tidied up, and then only repeated, in the same memory.

The formulas stay as they are. A `Graph` calls a function with arrays that tell it of every operation they go through;
`Graph.run` repeats these operations on whatever the arrays hold by then. What lies around them is gone: the checks of
the arguments, the dictionaries, the search for free memory. So each `if` is answered once and for all, and what is
drawn at random is drawn once; `Replay` compares a graph with its function before it trusts it.
"""

from functools import partial
from operator import is_
from weakref import ref

import numpy as np

from dlcourse._check import ARRAYS, FLOAT

NUMBERS = (float, int, np.float64)
CONSTANT = (np.ones_like, np.zeros_like)  # what these give does not depend on the entries
COPIES = (np.ndarray.copy, np.ndarray.astype)


class Traced(np.ndarray):
    """An array that depends on what the function was given, and tells its graph of each operation it goes through.

    `graph` is a weak reference: the graph holds the array, and Python frees no ring that leads through an array's base.
    """

    graph = None

    def __array_finalize__(self, parent):
        if isinstance(parent, Traced) and not np.may_share_memory(self.view(np.ndarray), parent.view(np.ndarray)):
            raise TypeError("this method of an array cannot be recorded")
        self.graph = getattr(parent, "graph", None)

    def __array_ufunc__(self, ufunc, method, *inputs, out=(None,), **options):
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return _graph(inputs, out).note(function, inputs, options, out[0])

    def __array_function__(self, function, types, args, kwargs):
        return _graph(args, kwargs).note(function, args, kwargs)

    def __getitem__(self, key):
        return _graph(self).note(np.ndarray.__getitem__, (self, key)) if key != () else self

    def reshape(self, *shape):
        return _graph(self).note(np.ndarray.reshape, (self, *shape))

    def astype(self, dtype, copy=True):
        return self if self.dtype == dtype and not copy else _graph(self).note(np.ndarray.astype, (self, dtype))

    def copy(self):
        return _graph(self).note(np.ndarray.copy, (self,))

    def _escapes(self, *args):
        raise TypeError("a number taken out of an array, or put into it, cannot be recorded")

    __setitem__ = __float__ = __int__ = __index__ = __complex__ = item = tolist = _escapes


ARRAYS.add(Traced)


class Graph:
    """The operations of one call of a function, to be repeated: write into `inputs`, `run()`, read `result`.

    function(*args): args are arrays (also in tuples, lists and dicts), which become the inputs, and anything else.
    `calls` are the operations in order, one [function, inputs, options, output] each.
    Errors: TypeError where a number is taken out of an array, or for a method of arrays that cannot be recorded.

    >>> w = np.array([3.0])
    >>> graph = Graph(lambda w: (w**2).sum(), w)
    >>> w[0] = 5.0
    >>> graph.run()
    >>> graph.result.item(), [call[0].__name__ for call in graph.calls]
    (25.0, ['square', 'reduce'])
    """

    def __init__(self, function, *args):
        self.calls, self.inputs = [], _arrays(args)
        self.result = _over(_plain, function(*_over(self._traced, args)))
        results = _arrays(self.result)
        self.calls = _needed(self.calls, results)
        calls = [quick for call in _in_line(self.calls, results) for quick in _quick(*call)]
        self._steps = [_ready(*call) for call in _in_little_memory(calls, [*self.inputs, *results])]

    def run(self):
        """Repeat every operation, on what the inputs hold now."""
        for step in self._steps:
            step()

    def note(self, function, args, options=None, out=None):
        """Do it now, and write it down, unless it gives a view, whose memory is all it needs, or no array at all."""
        args, options = _over(_plain, list(args)), _over(_plain, options or {})
        if out is None:
            found = function(*args, **options)
            if not isinstance(found, (np.ndarray, np.generic)) or function in CONSTANT:
                return found
            if isinstance(found, np.ndarray) and _memory(found) in _memories((args, options)):
                return self._traced(found)
            out = np.asarray(found)
        else:
            function(*args, **options, out=(out := _plain(out)))
        self.calls.append([function, args, options, out])
        return self._traced(out)

    def _traced(self, x):
        if isinstance(x, np.ndarray):
            x = x.view(Traced)
            x.graph = ref(self)
        return x


class Replay:
    """A function that soon only repeats its graph. What it returns is overwritten by its next call.

    For each combination of shapes: the first call is the function's own, the second notes the graph, the next are done
    both ways and compared, until they have agreed on other inputs than those of the recording; from then on the graph
    is all that runs. If they differ, or if the function cannot be recorded, it is the function that is called, for good.
    Numbers among the arguments are inputs too; anything else, such as None, belongs to the graph.
    """

    def __init__(self, function):
        self.function, self.graphs, self.same, self.again = function, {}, (), None

    def __call__(self, *args):
        if self.again and all(map(is_, args, self.same)):
            return self.again()
        values = _leaves(args)
        try:
            key = tuple([x.shape if type(x) is np.ndarray else () if type(x) in NUMBERS else x for x in values])
            graph, seen = self.graphs[key]
        except KeyError:
            self.graphs[key] = None, True
            return self.function(*args)
        except TypeError:  # what has no hash is no argument for a graph
            return self.function(*args)
        if graph is None:
            return self._recorded(key, args) if seen else self.function(*args)
        expected = None if seen is None else self.function(*args)
        values = [x for x in values if type(x) is np.ndarray or type(x) in NUMBERS]
        for place, value in zip(graph.inputs, values):
            np.copyto(place, value)
        graph.run()
        if seen is not None:
            return self._compared(key, expected)
        if all(type(x) in (np.ndarray, tuple) for x in args):
            self.same, self.again = (
                args,
                _repeat([partial(np.copyto, *pair) for pair in zip(graph.inputs, values)], graph),
            )
        return graph.result

    def _recorded(self, key, args):
        ours = _over(lambda x: np.array(x, dtype=FLOAT) if type(x) in (np.ndarray, *NUMBERS) else x, args)
        try:
            graph = Graph(self.function, *ours)
        except Exception:  # the function itself says it better, if it is not for the recording
            self.graphs[key] = None, None
            return self.function(*args)
        self.graphs[key] = graph, [x.copy() for x in graph.inputs]
        return graph.result

    def _compared(self, key, expected):
        graph, seen = self.graphs[key]
        if not _alike(graph.result, expected):
            self.graphs[key] = None, None
            return expected
        if not all(map(np.array_equal, graph.inputs, seen)):
            self.graphs[key] = graph, None
        return graph.result


def _repeat(copies, graph):
    """What is left to do when the same arrays come again: copy what they hold now, and run."""
    steps, result = [*copies, *graph._steps], graph.result

    def again():
        for step in steps:
            step()
        return result

    return again


def _needed(calls, results):
    """The calls that the results come from: the checks of arguments, whose answers nobody reads any more, go."""
    needed, kept = _memories(results), []
    for call in reversed(calls):
        if _memory(call[-1]) in needed:
            kept.append(call)
            needed |= _memories(call[1:3])
    return kept[::-1]


def _in_line(calls, results):
    """What only serves to be put in line with others, as dW and db in dtheta, is written there at once."""
    calls = [list(call) for call in calls]
    users = {}
    for call in calls:
        for memory in _memories(call[1:]):
            users.setdefault(memory, []).append(call)
    for call in [call for call in calls if call[0] is np.concatenate and call[-1].ndim == 1]:
        parts, copies, end = call[1][0], [], 0
        for part in parts:
            place, end = call[-1][end : end + part.size], end + part.size
            makers = [c for c in users.get(_memory(part), ()) if c is not call]
            if len(makers) == 1 and makers[0][-1].size == part.size and _memory(part) not in _memories(results):
                makers[0][-1] = place.reshape(makers[0][-1].shape)
            else:
                copies.append([np.ndarray.copy, [part], {}, place])
        i = next(i for i, c in enumerate(calls) if c is call)
        calls[i : i + 1] = copies
    return calls


def _quick(function, args, options, out):
    """The same result by the quickest way that numpy has, as a list of calls."""
    if isinstance(function, np.ufunc) and function.signature is None:
        args = [np.array(x, dtype=FLOAT) if type(x) in NUMBERS else x for x in args]
        args = [x.reshape(()) if x.size == 1 and out.ndim else x for x in args]
    if function is np.matmul and not options and args[0].ndim > 1:
        if args[1].ndim == 2:
            return _product(*args, out)
        if args[1].ndim > 2 and args[0].shape[-1] == 1:
            return [[np.multiply, args, {}, out]]  # columns times rows
    return [[function, args, options, out]]


def _product(A, B, out):
    """A (..., n, k) times a B that all models share: one product of two matrices."""
    before, after, target = [], [], out
    if A.ndim > 2:
        if not A.flags.c_contiguous:
            before, A = [[np.ndarray.copy, [A], {}, (dense := np.empty(A.shape))]], dense
        A = A.reshape(-1, A.shape[-1])
    if not out.flags.c_contiguous:
        target = np.empty(out.shape)
        after = [[np.ndarray.copy, [target], {}, out]]
    return [*before, [np.dot, [A, B], {}, target.reshape(A.shape[:1] + B.shape[1:])], *after]


def _in_little_memory(calls, kept):
    """The same calls, but what is no longer needed makes room for what comes next: all stays near the processor."""
    ours = {_memory(call[-1]): _owner(call[-1]) for call in calls}
    for memory in _memories(kept):
        ours.pop(memory, None)
    last_use = {memory: i for i, call in enumerate(calls) for memory in _memories(call[1:]) & ours.keys()}
    place, free, placed = {}, {}, []  # memory -> bytes, number of bytes -> such as are free

    def moved(x):
        if not isinstance(x, np.ndarray) or _memory(x) not in place:
            return x
        return np.ndarray(x.shape, x.dtype, place[_memory(x)], _address(x) - _address(_owner(x)), x.strides)

    for i, (function, args, options, out) in enumerate(calls):
        new = _memory(out)
        done = {memory for memory in _memories([args, options]) | {new} if last_use.get(memory) == i}
        if new in ours and new not in place:
            nbytes = ours[new].nbytes
            same = [_memory(x) for x in _arrays([args, options]) if _memory(x) in done and x.nbytes == nbytes]
            if same and _by_entry(function):
                place[new] = place[same[0]]
                done.remove(same[0])
            else:
                place[new] = free[nbytes].pop() if free.get(nbytes) else np.empty(nbytes, dtype=np.uint8)
        placed.append(_over(moved, [function, args, options, out]))
        for memory in done:
            free.setdefault(ours[memory].nbytes, []).append(place[memory])
    return placed


def _by_entry(function):
    """Does it work entry by entry, so that it may write over what it reads?"""
    return isinstance(function, np.ufunc) and function.signature is None


def _owner(x):
    """The array whose memory x is a view of."""
    while isinstance(x.base, np.ndarray):
        x = x.base
    return x


def _memory(x):
    return id(_owner(x))


def _memories(tree):
    return {_memory(x) for x in _arrays(tree)}


def _address(x):
    return x.__array_interface__["data"][0]


def _ready(function, args, options, out):
    """The call as something to be called without arguments: it writes into out."""
    if function in COPIES:
        return partial(np.copyto, out, args[0], "unsafe")
    if function is np.dot or (_by_entry(function) and not options and function not in (np.maximum, np.minimum)):
        return partial(function, *args, out)  # much quicker than by name, where numpy takes it by its place
    if function is np.concatenate or isinstance(getattr(function, "__self__", function), np.ufunc):
        return partial(function, *args, out=out, **options)
    return lambda: np.copyto(out, function(*args, **options))


def _alike(a, b):
    """Are two results the same but for rounding?"""
    a, b = _leaves(a), _leaves(b)
    return len(a) == len(b) and all(map(_close, a, b))


def _close(a, b):
    if not isinstance(a, np.ndarray):
        return a is b
    if a.shape != np.shape(b):
        return False
    size = np.abs(b, where=np.isfinite(b), out=np.zeros(a.shape)).max(initial=0)
    return np.allclose(a, b, rtol=1e-9, atol=1e-11 * size, equal_nan=True)


class _NoGraph:
    """In the place of a graph that is gone, for an array that somebody has kept of its recording: nothing is noted."""

    @staticmethod
    def note(function, args, options=None, out=None):
        options = _over(_plain, options or {}) | ({} if out is None else {"out": _plain(out)})
        return function(*_over(_plain, list(args)), **options)


def _graph(*given):
    return next(x.graph() for x in _leaves(given) if isinstance(x, Traced)) or _NoGraph


def _plain(x):
    return x.view(np.ndarray) if isinstance(x, Traced) else x


def _arrays(tree):
    return [x for x in _leaves(tree) if isinstance(x, np.ndarray)]


def _leaves(tree):
    """What hangs on a tree of tuples, lists and dicts, in order."""
    found = []
    for x in tree.values() if type(tree) is dict else tree if type(tree) in (tuple, list) else (tree,):
        if type(x) in (tuple, list, dict):
            found += _leaves(x)
        else:
            found.append(x)
    return found


def _over(change, tree):
    """The tree with each leaf changed."""
    if type(tree) in (tuple, list):
        return type(tree)(_over(change, x) for x in tree)
    return {name: _over(change, x) for name, x in tree.items()} if type(tree) is dict else change(tree)
