"""A jury for an exercise: answers that students write, right and wrong, each put to `check`.

    jury = Jury()

    @jury.right("ewa")
    def with_a_list(x, beta, bias_correction=False): ...

    @jury.wrong("ewa", "weights_swapped")       # the catalogued mistake that must be named
    @jury.wrong("ewa", says="shape")            # not catalogued, but told for what it is: in these words
    @jury.wrong("ewa")                          # told by the smallest input on which it differs

    test_right, test_wrong, test_enough = jury.tests()          # last line of the file

Each file holds the juries of one topic; the answers are written as a learner writes them, not derived from the reference.
"""

from collections import defaultdict

import pytest

from dlcourse.exercises import check

RIGHT, WRONG, NAMED = 8, 15, 12  # answers that each exercise must have at the least; of the wrong, those named


class Jury:
    """Answers to the exercises of one topic, collected by the two decorators."""

    def __init__(self):
        self.accepted, self.rejected = defaultdict(list), defaultdict(list)

    def right(self, name):
        """The decorated answer must be accepted, every time."""

        def keep(answer):
            self.accepted[name].append(answer)
            return answer

        return keep

    def wrong(self, name, mistake=None, says=None):
        """The decorated answer must be rejected: as `mistake`, in the words `says`, or by an input that shows it."""

        def keep(answer):
            self.rejected[name].append((answer, mistake, says))
            return answer

        return keep

    def tests(self):
        """The three tests of the file."""
        right = [pytest.param(n, a, id=f"{n}-{_name(a)}") for n, answers in self.accepted.items() for a in answers]
        wrong = [pytest.param(n, *a, id=f"{n}-{_name(a[0])}") for n, answers in self.rejected.items() for a in answers]

        @pytest.mark.parametrize("name, answer", right)
        def test_right(name, answer, same_cases_for_all):
            for _ in range(3):  # fresh random cases each time
                result = check(name, answer)
                assert result.right, result.text

        @pytest.mark.parametrize("name, answer, mistake, says", wrong)
        def test_wrong(name, answer, mistake, says, same_cases_for_all):
            result = check(name, answer)
            assert not result.right, f"accepted: {result.text}"
            assert result.mistake == mistake, result.text
            assert says is None or says in result.text, result.text
            if mistake is None and says is None:
                assert "came" in result.text and "expected" in result.text, result.text

        @pytest.mark.parametrize("name", self.accepted)
        def test_enough(name):
            named = [a for a, mistake, says in self.rejected[name] if mistake or says]
            counts = len(self.accepted[name]), len(self.rejected[name]), len(named)
            assert counts >= (RIGHT, 0, 0) and counts[1] >= WRONG and counts[2] >= NAMED, f"{name}: {counts}"

        return test_right, test_wrong, test_enough


def _name(answer):
    return getattr(answer, "__name__", type(answer).__name__)
