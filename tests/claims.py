"""Claims: what a notebook says, recomputed. Each sentence of a notebook that could be false has its test here.

    claims = Claims("week2/05_learning_rate_decay")

    @claims("Every schedule ends at least ten times lower than a fixed alpha.")      # word for word as the notebook has it
    def _():
        ...for every draw, seed and preset that the sliders offer: assert it...

    claims.held("The course's decay halves alpha at t = 1/rate.", by="core/test_schedules::test_half_life")

    test_claims, test_nothing_is_unheld = claims.tests()                            # last line of the file

`held` names the test that recomputes a sentence already, in the form that syllabus.toml uses. `defines` is for sentences that
only give a name or a rule of the course, and cannot be false. Every bullet under "What you should remember" and every answer
(in <details>, or a paragraph that starts with "Answer") must contain a sentence that is claimed, held or defined.
"""

import ast
import json
import re

import figures
import pytest
from figures import labs_of
from places import NOTEBOOKS, TESTS


def facts(lab, preset=None, **values):
    """What the scene has found, at the end, with these values; the others as the preset has them, or the start."""
    return figures.facts(lab, {**(lab.presets[preset] if preset else lab.start), **values})


class Claims:
    """The claims of one notebook, by its path without the ending."""

    def __init__(self, notebook):
        self.notebook, self._claimed, self._held, self._defined = notebook, {}, {}, []

    def __call__(self, *sentences):
        """The decorated function recomputes these sentences; a claim may ask for `labs`, the notebook's live figures."""

        def keep(function):
            for sentence in sentences:
                self._claimed[sentence] = function
            return function

        return keep

    def held(self, *sentences, by):
        """An existing test holds them."""
        self._held.update(dict.fromkeys(sentences, by))

    def defines(self, *sentences):
        """They give a name or a rule and cannot be false."""
        self._defined += sentences

    @property
    def text(self):
        """All that the notebook says, on one line, so that a claim may run over line breaks."""
        return _plain("\n".join(_markdown(self.notebook)))

    def unheld(self):
        """The bullets and answers that nothing holds."""
        known = [_plain(sentence) for sentence in (*self._claimed, *self._held, *self._defined)]
        return [text for text in _answers(self.notebook) if not any(sentence in _plain(text) for sentence in known)]

    def tests(self):
        """The tests of the file."""
        said, seen = [*self._claimed, *self._held, *self._defined], set()

        @pytest.mark.parametrize("sentence", said, ids=lambda s: re.sub(r"\W+", "-", s)[:60])
        def test_claims(sentence, request):
            assert _plain(sentence) in self.text, "the notebook does not say this any more"
            if sentence in self._held:
                assert has_test(self._held[sentence]), self._held[sentence]
            function = self._claimed.get(sentence)
            if function and function not in seen:  # one computation may hold several sentences
                wants = function.__code__.co_varnames[: function.__code__.co_argcount]
                function(**({"labs": labs_of(self.notebook)} if "labs" in wants else {}))
                seen.add(function)

        def test_nothing_is_unheld():
            assert self.unheld() == []

        return test_claims, test_nothing_is_unheld


def _markdown(notebook):
    cells = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def _plain(text):
    return " ".join(re.sub(r"[*_`]|<[^>]+>", "", text).split())


def _answers(notebook):
    """Each bullet to remember, the content of each <details>, each paragraph that starts with "Answer"."""
    for source in _markdown(notebook):
        if re.search(r"^#+ What you should remember", source, re.MULTILINE):
            yield from re.findall(r"^- (.+(?:\n(?!- |\n).+)*)", source, re.MULTILINE)
        yield from re.findall(r"<details>.*?</summary>(.*?)</details>", source, re.DOTALL)
        yield from re.findall(r"^\*{0,2}Answers?\b.+(?:\n.+)*", source, re.MULTILINE)


def has_test(target):
    """Is there such a test? target: "core/test_schedules::test_half_life"."""
    file, _, name = target.partition("::")
    tree = ast.parse((TESTS / f"{file}.py").read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(tree))
