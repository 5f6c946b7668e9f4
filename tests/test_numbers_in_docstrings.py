"""Numbers in docstrings: each stands in the code of its file, in a doctest, or is computed here."""

import ast
import re

import numpy as np
import pytest
from places import PACKAGE

from dlcourse.activations import sigmoid_derivative
from dlcourse.optimizers import rmsprop
from dlcourse.search import one_minus_log_uniform
from dlcourse.surfaces import plateau, saddle

NUMBER = re.compile(
    r"(?<!arXiv )(?<!arXiv:)(?<![\w.-])\d+\.\d{2,}(?![\w.])"
)  # two decimals or more, no address of a paper
SETTING = re.compile(r"0\.0*[1-9]0*|0\.9+8?")  # 0.01, 0.9, 0.98: somebody's choice, not a result
COMPUTED = {  # (file, what the docstring says): does it hold?
    ("schedules.py", "s = -1 / log10(base) is the same: 44.89 for 0.95"): lambda: (
        round(-1 / np.log10(0.95), 2) == 44.89
    ),
    ("surfaces.py", "the slope is 4 e^-8 = 0.0013"): lambda: (
        round(4 * np.exp(-8), 4) == 0.0013 == round(float(np.linalg.norm(plateau(np.array([4.0, 0.0]))[1])), 4)
    ),
    ("surfaces.py", "minima of -1/4 at (0, 1) and (0, -1)"): lambda: (
        np.allclose(saddle(np.array([[0.0, 1.0], [0.0, -1.0]]))[0], -1 / 4)
        and not saddle(np.array([[0.0, 1.0], [0.0, -1.0]]))[1].any()
    ),
    ("averages.py", '(the notes\' "1 - 0.98^100 = 1" is really 0.867)'): lambda: round(1 - 0.98**100, 3) == 0.867,
    ("activations.py", "at most 1/4"): lambda: sigmoid_derivative(np.linspace(-9, 9, 181)).max() == 1 / 4,
    ("search.py", "half of the draws lie above 0.99"): lambda: (
        abs((one_minus_log_uniform(0.9, 0.999, 10_000, np.random.default_rng(0)) > 0.99).mean() - 0.5) < 0.02
    ),
    ("scenes/initialization.py", "1.41 is he"): lambda: round(np.sqrt(2), 2) == 1.41,
    ("exercises/adagrad_rmsprop_adam/rmsprop.py", "inside the root, 1e-8 acts like 1e-4 outside"): lambda: np.isclose(
        *(rmsprop(0.0, 1e-9, lr=1.0, eps=eps, eps_inside=inside)[0] for eps, inside in ((1e-8, True), (1e-4, False)))
    ),
}
ELSEWHERE = {  # what another library or the notes say
    ("optimizers.py", "0.99"): "PyTorch's default of RMSprop",
    ("optimizers.py", "0.004"): "PyTorch's default of NAdam",
    ("batches.py", "99.5/0.25/0.25"): "the shares in per cent; the code has 0.0025",
}


def parts(path):
    """(the prose of all docstrings, everything else that holds numbers: code and doctests)."""
    tree, prose, rest = ast.parse(path.read_text("utf-8")), [], []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
            rest += re.findall(r"^\s*>>>.*?(?=\n\s*\n|\Z)", text, re.MULTILINE | re.DOTALL)
            prose.append(re.sub(r"^\s*>>>.*?(?=\n\s*\n|\Z)", "", text, flags=re.MULTILINE | re.DOTALL))
            node.body = node.body[1:] or [ast.Pass()]
    return " ".join(" ".join(prose).split()), "\n".join([*rest, ast.unparse(tree)])


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_number_has_its_source(path):
    """Catches a digit that is mistyped, or left behind when the code changes."""
    prose, rest = parts(path)
    name = path.relative_to(PACKAGE).as_posix()
    known = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?", rest)}
    for said in (said for file, said in (*COMPUTED, *ELSEWHERE) if file == name):
        known |= {float(number) for number in NUMBER.findall(said)}
    computed = [number for number in NUMBER.findall(prose) if not SETTING.fullmatch(number)]
    assert [number for number in computed if float(number) not in known] == []


@pytest.mark.parametrize("file, said", COMPUTED, ids=lambda text: text[:40])
def test_what_docstrings_say_holds(file, said):
    assert said in parts(PACKAGE / file)[0], "the docstring does not say this any more"
    assert COMPUTED[file, said]()
