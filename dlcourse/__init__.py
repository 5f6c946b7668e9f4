"""dlcourse: the algorithms of "improving deep neural networks", written to be read.

Every module is one chapter, and every function one formula: `from dlcourse import optimizers`,
then `optimizers.adam??` shows the slide. The conventions hold everywhere:

* columns are examples: X (n_x, m), Y (n_y, m), Z = W @ A + b;
* all parameters of a model live in one vector theta (P,), see `parameters`;
* leading axes are separate models: theta (K, P) is K models, computed in one pass;
* all arithmetic is float64; randomness comes in as `rng` or as a ready mask, never from a global seed.
"""

from importlib import import_module
from pathlib import Path

__version__ = "0.2.0"


def __getattr__(name):
    """Load a chapter when it is first asked for, so that `import dlcourse` costs nothing."""
    here = Path(__file__).parent
    if not name.startswith("_") and ((here / f"{name}.py").exists() or (here / name / "__init__.py").exists()):
        return import_module(f"dlcourse.{name}")
    raise AttributeError(f"dlcourse has no chapter {name!r}")


def __dir__():
    """What `dlcourse.<tab>` offers: the chapters, and scenes, exercises, live."""
    chapters = (path.name for path in Path(__file__).parent.iterdir() if path.suffix in (".py", ""))
    return sorted(name.removesuffix(".py") for name in chapters if name[0] not in "_." and name not in ("data", "site"))
