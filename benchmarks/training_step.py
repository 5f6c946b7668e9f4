"""How long one training step takes, cost included: dlcourse beside five other ways to write it, in one run.

    python benchmarks/training_step.py [--rounds 15] [--strict]

Every engine trains the same network from the same start with Adam in float64. The runs are interleaved, so that a busy
moment of the machine hits all of them, and the best of the rounds counts. All of it is done twice, in processes of
their own: with one thread, which the targets are about, and with as many as each engine takes by default. With --strict
the exit status is 1 when a target is missed. Engines that are not installed are named. scikit-learn draws its own start,
the others must agree on the cost after 50 steps.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import warnings
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice

import numpy as np

from dlcourse._replay import Graph
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost_and_grad, forward
from dlcourse.optimizers import adam
from dlcourse.parameters import unpack
from dlcourse.training import descend

LR, STACK = 0.01, 8
MOONS, DIGITS, LOGISTIC = Net((2, 10, 5, 1)), Net((64, 64, 32, 10), output="softmax"), Net((2, 1))
TARGETS = [  # (who is compared, with what it is compared, the ratio of their times must be at least)
    ("dictionary style", "dlcourse", 2.0),
    ("dictionary style, digits", "dlcourse, digits", 1.3),
    ("dictionary style, logistic regression", "dlcourse, logistic regression", 1.2),
    ("PyTorch eager", "dlcourse", 6.0),
    ("PyTorch eager, digits", "dlcourse, digits", 3.0),
    ("JAX jitted scan", "dlcourse", 1 / 3.5),
    (f"JAX vmapped, stack of {STACK}, each", f"dlcourse, stack of {STACK}, each", 1 / 1.5),
    ("written out by hand", "dlcourse", 1 / 1.6),
]
BOOKKEEPING = 0.2  # of a step, at most
STEPS = 200  # in one measurement: the processor's clock is too coarse for less, where an engine has threads of its own


def problem(net, m, seed=0):
    """Features and labels for a net: is the product of two features positive, one label in ten flipped; or classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(net.layer_dims[0], m))
    if net.output == "softmax":
        return X, np.eye(net.layer_dims[-1])[:, rng.integers(net.layer_dims[-1], size=m)]
    return X, 1.0 * ((X[:1] * X[1:2] > 0) ^ (rng.random((1, m)) < 0.1))


# The engines. Each takes (net, theta, X, Y) and gives run(n): do n more steps, return the last cost.


def with_dlcourse(net, theta, X, Y):
    """The loop as a figure writes it: theta (P,), or (K, P) for a stack."""
    return without_a_graph(net, theta, X, Y, static=True)


def without_a_graph(net, theta, X, Y, static=False):
    """The loop as a notebook writes it, each step a call of the functions that `??` shows."""
    path = descend(partial(cost_and_grad, net, X=X, Y=Y), theta, adam, lr=LR, static=static)
    return lambda n: [J for _, J in islice(path, n)][-1]


def by_hand(net, theta, X, Y):
    """No function, no check, no new array: each operation of ReLU layers and a sigmoid written out, in place."""
    theta, m, t = theta.copy(), X.shape[1], 0
    dtheta, v, s, step, root = (np.zeros_like(theta) for _ in range(5))
    p, g, ones = {}, {}, np.ones(m)
    for name, (start, end) in zip(net.shapes, _places(net.shapes)):
        p[name], g[name] = (vector[start:end].reshape(net.shapes[name]) for vector in (theta, dtheta))
    Z, A, dZ = ({l: np.empty((n, m)) for l, n in enumerate(net.layer_dims)} for _ in range(3))
    on = {l: np.empty((n, m), dtype=bool) for l, n in enumerate(net.layer_dims)}
    A[0], L, loss = X, net.L, np.empty((1, m))

    def run(n):
        nonlocal t
        for _ in range(n):
            for l in range(1, L + 1):
                np.dot(p[f"W{l}"], A[l - 1], Z[l])
                np.add(Z[l], p[f"b{l}"], Z[l])
                if l < L:
                    np.maximum(Z[l], 0.0, out=A[l])
            np.abs(Z[L], loss)
            np.negative(loss, loss)
            np.exp(loss, loss)
            np.log1p(loss, loss)
            np.maximum(Z[L], 0.0, out=dZ[L])
            np.add(loss, dZ[L], loss)
            np.multiply(Y, Z[L], dZ[L])
            np.subtract(loss, dZ[L], loss)
            J = np.dot(loss[0], ones) / m
            np.negative(Z[L], A[L])
            np.exp(A[L], A[L])
            np.add(A[L], 1.0, A[L])
            np.divide(1.0, A[L], A[L])
            np.subtract(A[L], Y, dZ[L])
            np.divide(dZ[L], m, dZ[L])
            for l in range(L, 0, -1):
                np.dot(dZ[l], A[l - 1].T, g[f"W{l}"])
                np.dot(dZ[l], ones, g[f"b{l}"][:, 0])
                if l > 1:
                    np.dot(p[f"W{l}"].T, dZ[l], dZ[l - 1])
                    np.greater(Z[l - 1], 0.0, on[l - 1])
                    np.multiply(dZ[l - 1], on[l - 1], dZ[l - 1])
            t += 1
            np.multiply(v, 0.9, v)
            np.multiply(dtheta, 0.1, step)
            np.add(v, step, v)
            np.multiply(s, 0.999, s)
            np.square(dtheta, dtheta)
            np.multiply(dtheta, 0.001, dtheta)
            np.add(s, dtheta, s)
            np.divide(s, 1 - 0.999**t, root)
            np.sqrt(root, root)
            np.add(root, 1e-8, root)
            np.multiply(v, LR / (1 - 0.9**t), step)
            np.divide(step, root, step)
            np.subtract(theta, step, theta)
        return J

    return run


def _places(shapes):
    ends = np.cumsum([rows * columns for rows, columns in shapes.values()])
    return zip([0, *ends[:-1]], ends)


def with_dictionaries(net, theta, X, Y):
    """The course's own style: a dictionary of parameters, a list of caches, a loop over layers in each function."""
    parameters = {name: value.copy() for name, value in unpack(theta, net.shapes).items()}
    v = {name: np.zeros(value.shape) for name, value in parameters.items()}
    s = {name: np.zeros(value.shape) for name, value in parameters.items()}
    L, m, clock = len(parameters) // 2, X.shape[1], {"t": 0}

    def forward_all():
        caches, A = [], X
        for layer in range(1, L + 1):
            A_prev = A
            Z = np.dot(parameters["W" + str(layer)], A_prev) + parameters["b" + str(layer)]
            if layer < L:
                A = np.maximum(0, Z)
            elif net.output == "softmax":
                T = np.exp(Z - np.max(Z, axis=0, keepdims=True))
                A = T / np.sum(T, axis=0, keepdims=True)
            else:
                A = 1 / (1 + np.exp(-Z))
            caches.append((A_prev, Z))
        return A, caches

    def compute_cost(A):
        if net.output == "softmax":
            return -1 / m * np.sum(Y * np.log(A))
        return -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))

    def backward_all(A, caches):
        gradients, dZ = {}, A - Y
        for layer in range(L, 0, -1):
            A_prev, _ = caches[layer - 1]
            gradients["dW" + str(layer)] = 1 / m * np.dot(dZ, A_prev.T)
            gradients["db" + str(layer)] = 1 / m * np.sum(dZ, axis=1, keepdims=True)
            if layer > 1:
                dA = np.dot(parameters["W" + str(layer)].T, dZ)
                dZ = np.array(dA, copy=True)
                dZ[caches[layer - 2][1] <= 0] = 0
        return gradients

    def update(gradients, beta1=0.9, beta2=0.999, eps=1e-8):
        clock["t"] += 1
        for name in parameters:
            grad = gradients["d" + name]
            v[name] = beta1 * v[name] + (1 - beta1) * grad
            v_corrected = v[name] / (1 - beta1 ** clock["t"])
            s[name] = beta2 * s[name] + (1 - beta2) * np.square(grad)
            s_corrected = s[name] / (1 - beta2 ** clock["t"])
            parameters[name] = parameters[name] - LR * v_corrected / (np.sqrt(s_corrected) + eps)

    def run(n):
        for _ in range(n):
            A, caches = forward_all()
            with np.errstate(divide="ignore", invalid="ignore"):  # log 0, where A has rounded to 0 or 1
                cost = compute_cost(A)
            update(backward_all(A, caches))
        return cost

    return run


def with_pytorch(net, theta, X, Y):
    """PyTorch as its tutorials write it: nn.Sequential, a loss from logits, torch.optim.Adam; eager."""
    import torch

    dims, p = net.layer_dims, unpack(theta, net.shapes)
    layers = []
    for layer in range(1, net.L + 1):
        linear = torch.nn.Linear(dims[layer - 1], dims[layer], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(p[f"W{layer}"].copy()))
            linear.bias.copy_(torch.tensor(p[f"b{layer}"].ravel()))
        layers += [linear, torch.nn.ReLU()] if layer < net.L else [linear]
    model, X = torch.nn.Sequential(*layers), torch.tensor(X.T.copy())
    softmax = net.output == "softmax"
    Y = torch.tensor(Y.argmax(axis=0)) if softmax else torch.tensor(Y.T.copy())
    loss = torch.nn.CrossEntropyLoss() if softmax else torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)

    def run(n):
        for _ in range(n):
            optimizer.zero_grad()
            J = loss(model(X), Y)
            J.backward()
            optimizer.step()
            cost = J.item()
        return cost

    return run


def with_scikit_learn(net, theta, X, Y):
    """MLPClassifier's own loop, the whole set as one batch, no penalty, no shuffling; it draws its own start."""
    from sklearn.neural_network import MLPClassifier

    def run(n):
        model = MLPClassifier(
            net.layer_dims[1:-1],
            alpha=0.0,
            batch_size=X.shape[1],
            learning_rate_init=LR,
            max_iter=n,
            n_iter_no_change=n + 1,
            tol=0.0,
            shuffle=False,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that n steps did not converge
            return model.fit(X.T, Y[0]).loss_

    return run


def with_jax(net, theta, X, Y):
    """The step written with jax.numpy and jax.grad, n steps compiled into one lax.scan; vmapped for theta (K, P)."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y, shapes = jnp.asarray(X), jnp.asarray(Y), net.shapes

    def cost(theta):
        A, start = X, 0
        for name, (rows, columns) in shapes.items():
            part = theta[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns
            if name.startswith("W"):
                Z = part @ A
            else:
                Z = Z + part
                A = jax.nn.relu(Z)  # its slope at 0 is 0, as ours and PyTorch's; of jnp.maximum it is 1/2
        return jnp.mean(jnp.logaddexp(0, Z) - Y * Z)

    def step(carry, _):
        theta, v, s, t = carry
        J, grad = jax.value_and_grad(cost)(theta)
        t, v, s = t + 1, 0.9 * v + 0.1 * grad, 0.999 * s + 0.001 * grad**2
        theta = theta - LR * (v / (1 - 0.9**t)) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8)
        return (theta, v, s, t), J

    def scan(carry, n):
        return jax.lax.scan(step, carry, length=n)

    def start(theta):
        return theta, jnp.zeros_like(theta), jnp.zeros_like(theta), 0.0

    theta = jnp.asarray(theta)
    one = theta.ndim == 1
    state = {"carry": start(theta) if one else jax.vmap(start)(theta)}
    compiled = {}

    def run(n):
        if n not in compiled:
            compiled[n] = jax.jit(partial(scan, n=n) if one else jax.vmap(partial(scan, n=n)))
        state["carry"], J = compiled[n](state["carry"])
        return np.asarray(J)[..., -1]

    return run


def measure(rounds):
    """{engine: microseconds for a step, ...} and what else one process can say."""
    try:
        import torch

        if os.environ.get("OMP_NUM_THREADS") == "1":
            torch.set_num_threads(1)
    except ImportError:
        pass
    rng, (X, Y) = np.random.default_rng(0), problem(MOONS, 300)
    theta = initialize(MOONS.shapes, rng=rng)
    stack = initialize(MOONS.shapes, rng=rng, stack=(STACK,))
    X_digits, Y_digits = problem(DIGITS, 64)
    theta_digits, theta_logistic = initialize(DIGITS.shapes, rng=rng), initialize(LOGISTIC.shapes, rng=rng)
    entrants = {
        "dlcourse": (with_dlcourse, (MOONS, theta, X, Y), 1),
        "dlcourse without a graph": (without_a_graph, (MOONS, theta, X, Y), 1),
        "written out by hand": (by_hand, (MOONS, theta, X, Y), 1),
        "dictionary style": (with_dictionaries, (MOONS, theta, X, Y), 1),
        "PyTorch eager": (with_pytorch, (MOONS, theta, X, Y), 1),
        "scikit-learn": (with_scikit_learn, (MOONS, theta, X, Y), 1),
        "JAX jitted scan": (with_jax, (MOONS, theta, X, Y), 1),
        f"dlcourse, stack of {STACK}, each": (with_dlcourse, (MOONS, stack, X, Y), STACK),
        f"JAX vmapped, stack of {STACK}, each": (with_jax, (MOONS, stack, X, Y), STACK),
        "dlcourse, digits": (with_dlcourse, (DIGITS, theta_digits, X_digits, Y_digits), 1),
        "dictionary style, digits": (with_dictionaries, (DIGITS, theta_digits, X_digits, Y_digits), 1),
        "PyTorch eager, digits": (with_pytorch, (DIGITS, theta_digits, X_digits, Y_digits), 1),
        "dlcourse, logistic regression": (with_dlcourse, (LOGISTIC, theta_logistic, X, Y), 1),
        "dictionary style, logistic regression": (with_dictionaries, (LOGISTIC, theta_logistic, X, Y), 1),
    }
    runs, missing, first, costs = {}, [], {}, {}
    for name, (engine, arguments, models) in entrants.items():
        try:
            run = engine(*arguments)
            began = time.perf_counter()
            costs[name] = np.asarray(run(50))
            first[name] = time.perf_counter() - began
        except ImportError as error:
            missing.append(f"{name}: {error}")
        else:
            runs[name] = run, models
    for name in costs:
        partner = f"dlcourse{name[name.index(',') :]}" if "," in name else "dlcourse"
        if name != "scikit-learn":
            np.testing.assert_allclose(costs[name], costs[partner], rtol=1e-6, err_msg=f"{name} differs")
    times = {name: [] for name in runs}
    for run, _ in runs.values():
        run(STEPS)  # JAX compiles for so many
    for _ in range(rounds):
        for name, (run, models) in runs.items():
            times[name].append(clock(run, STEPS) / models)
    return {
        "times": {name: float(np.min(values)) for name, values in times.items()},
        "missing": missing,
        "compiling": {name: first[name] for name in first if name.startswith("JAX")},
        "parts": parts(theta, X, Y, rounds),
        "growth": growth(rounds),
    }


def clock(run, n):
    """Microseconds for one of n steps: of the processor, with one thread, so that others do not count; else on the wall."""
    now = time.process_time if os.environ.get("OMP_NUM_THREADS") == "1" else time.perf_counter
    began = now()
    run(n)
    return (now() - began) / n * 1e6


def parts(theta, X, Y, rounds):
    """Where the time of one step goes, each part called alone; the rest is the loop around them."""

    def repeated(call):
        def run(n):
            for _ in range(n):
                call()

        return run

    cost = partial(cost_and_grad, MOONS, X=X, Y=Y)
    (_, grad), (_, cache) = cost(theta), forward(MOONS, theta, X)
    _, (t, v, s) = adam(theta, grad, lr=LR)
    up, move = Graph(cost, theta.copy()), Graph(partial(adam, lr=LR), theta.copy(), grad, (np.array(float(t)), v, s))
    calls = {
        "step in the loop": with_dlcourse(MOONS, theta, X, Y),
        "its formulas": repeated(lambda: (up.run(), move.run())),
        "- the cost and its gradient": repeated(up.run),
        "- Adam": repeated(move.run),
        "the 8 matrix products alone": repeated(lambda: products(cache)),
        "step without a graph": without_a_graph(MOONS, theta, X, Y),
        "- cost_and_grad": repeated(lambda: cost(theta)),
        "- adam": repeated(lambda: adam(theta, grad, (t, v, s), lr=LR)),
    }
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, run in calls.items():
            times[name].append(clock(run, 200))
    return {name: float(np.min(values)) for name, values in times.items()}


def products(c):
    """What no numpy code of this network can do without: three products forward, five backward."""
    c["W1"] @ c["A0"], c["W2"] @ c["A1"], c["W3"] @ c["A2"]
    c["W2"].mT @ c["Z2"], c["W3"].mT @ c["Z3"]
    c["Z1"] @ c["A0"].mT, c["Z2"] @ c["A1"].mT, c["Z3"] @ c["A2"].mT


def growth(rounds):
    """Microseconds for a step (for each model of a stack) as width, examples and stack grow, one at a time."""
    cases = [("width", n, (2, n, n, 1), 300, ()) for n in (5, 10, 20, 40, 80, 160, 320)]
    cases += [("examples", m, (2, 10, 5, 1), m, ()) for m in (30, 100, 300, 1000, 3000, 10_000)]
    cases += [("stack", K, (2, 10, 5, 1), 300, (K,)) for K in (1, 2, 4, 8, 16, 32, 64)]
    rows = []
    for what, value, layer_dims, m, models in cases:
        net = Net(layer_dims)
        theta = initialize(net.shapes, rng=np.random.default_rng(0), stack=models)
        run = with_dlcourse(net, theta, *problem(net, m))
        n = 1 + int(20_000 / clock(run, 5))  # about 20 ms for each round
        times = [clock(run, n) / (models[0] if models else 1) for _ in range(max(3, rounds // 3))]
        rows.append((what, value, float(np.min(times))))
    return rows


def in_a_process_of_its_own(threads, rounds):
    """Measure with threads "1" or "default": the libraries read these variables only when they are loaded."""
    env = dict(os.environ)
    if threads == "1":
        env |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        env["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    output = subprocess.run(
        [sys.executable, __file__, "--measure", "--rounds", str(rounds)],
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    return json.loads(output.splitlines()[-1])


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def report(results):
    """Print everything as Markdown; return the targets that were missed."""
    one, default = results
    packages = []
    for name in ("numpy", "torch", "scikit-learn", "jax"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            packages.append(f"{name} not installed")
    print(
        f"Python {platform.python_version()}, {', '.join(packages)}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; microseconds a step.\n"
    )
    print("2-10-5-1 ReLU on 300 points, one full-batch Adam step; digits: 64-64-32-10, 64 examples.\n")
    table(
        ["engine", "one thread", "default threads"],
        [(name, *(f"{result['times'][name]:.0f}" for result in results)) for name in one["times"]],
    )
    for name, seconds in one["compiling"].items():
        print(f"{name}: the first call, which compiles, took {seconds:.1f} s ({default['compiling'][name]:.1f} s).")
    for line in one["missing"]:
        print(f"Not measured: {line}")
    print("\nTargets (time of the first / time of the second; at least so much):\n")
    rows, missed = [], []
    for engine, ours, bound in TARGETS:
        if engine not in one["times"]:
            rows.append((engine, ours, f"{bound:.2f}", "not measured", "not measured", ""))
            continue
        ratios = [result["times"][engine] / result["times"][ours] for result in results]
        met = ratios[0] >= bound
        missed += [] if met else [engine]
        rows.append((engine, ours, f"{bound:.2f}", *(f"{r:.2f}" for r in ratios), "met" if met else "MISSED"))
    table(["engine", "against", "at least", "one thread", "default threads", ""], rows)
    shares = [1 - result["parts"]["its formulas"] / result["parts"]["step in the loop"] for result in results]
    met = shares[0] <= BOOKKEEPING
    missed += [] if met else ["bookkeeping"]
    print(
        f"Bookkeeping, what is no formula, at most {BOOKKEEPING:.0%} of a step: {shares[0]:.0%} with one thread, "
        f"{shares[1]:.0%} with the default: {'met' if met else 'MISSED'}.\n"
    )
    print("Where a step's time goes:\n")
    table(
        ["part", "one thread", "default threads"],
        [(name, *(f"{result['parts'][name]:.1f}" for result in results)) for name in one["parts"]],
    )
    print("As one thing grows (for each model, where it is the stack):\n")
    table(
        ["grows", "to", "one thread", "default threads"],
        [
            (what, value, f"{us:.0f}", f"{us_default:.0f}")
            for (what, value, us), (_, _, us_default) in zip(one["growth"], default["growth"], strict=True)
        ],
    )
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.rounds)))
        return 0
    missed = report([in_a_process_of_its_own(threads, arguments.rounds) for threads in ("1", "default")])
    return 1 if missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
