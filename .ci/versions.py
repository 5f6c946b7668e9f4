"""The two ends of the versions that the course runs with.

python .ci/versions.py lowest      print the lower bounds of requirements.txt and of the extra `test` as pins, for
                                   pip install --constraint; nothing has to be installed
python .ci/versions.py tested      write constraints.txt: all that requirements.txt brings, as installed here and
                                   now; run it where `python -m dlcourse test` has just passed
"""

import platform
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from dlcourse.__main__ import wanted  # noqa: E402

HEAD = """\
# Versions that passed all tests together: pip install --constraint constraints.txt --editable .
# Written by python .ci/versions.py tested (Python {python}, {system}); what another system needs besides stays free.
"""


def lowest(requirement):
    """numpy==2.1 for numpy>=2.1; a requirement of any other form has no lowest version."""
    if not re.fullmatch(r"[\w-]+>=[\w.]+", requirement):
        raise SystemExit(f"{requirement}: write one lower bound, name>=version, and nothing else")
    return requirement.replace(">=", "==")


def tested(requirements):
    """{name: installed version} of these requirements, of what they need in turn, and so on."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    seen, waiting = {}, [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        extras = {"", *requirement.extras}
        name = canonicalize_name(requirement.name)
        if (name, *sorted(extras)) not in seen:
            seen[name, *sorted(extras)] = metadata.version(name)
            for further in map(Requirement, metadata.requires(name) or []):
                if not further.marker or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                    waiting.append(further)
    return {name: version for (name, *_), version in sorted(seen.items())}


if __name__ == "__main__":
    if sys.argv[1:] == ["lowest"]:
        print("\n".join(map(lowest, wanted(testing=True))))
    elif sys.argv[1:] == ["tested"]:
        pins = [f"{name}=={version}\n" for name, version in tested(wanted(testing=False)).items()]
        head = HEAD.format(python=platform.python_version(), system=platform.system())
        (ROOT / "constraints.txt").write_text(head + "".join(pins), encoding="utf-8", newline="\n")
    else:
        sys.exit(__doc__)
