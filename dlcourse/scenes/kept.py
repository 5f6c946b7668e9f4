"""Trainings that are kept: none is run twice, and one that was dropped half-way goes on.

Used by every scene whose controls look at one training in several ways.
"""

from types import SimpleNamespace


class Kept:
    """train(*setting), a generator, for the last few settings: called, it yields the list of all frames so far.

    First the list as it stands, unless it is empty, then once more after each new frame: of a training that has been
    seen the end comes at once, and one that was left half-way goes on from there. Nobody may change the list.
    Half as many settings are kept that were left half-way: each needs the memory of a training that runs.
    Between two frames that take long, `train` yields None, a pause: the list comes again, no longer than it was.

    >>> count = Kept(lambda n: iter(range(n)))
    >>> [len(frames) for frames in count(3)], [len(frames) for frames in count(3)]
    ([1, 2, 3], [3])
    """

    def __init__(self, train, most=6):
        self._train, self._most, self._runs = train, most, {}

    def __call__(self, *setting):
        """Yield the list of frames of this setting, as it is and as it grows."""
        run = self._runs.pop(setting, None) or SimpleNamespace(frames=[], rest=self._train(*setting), ended=False)
        self._runs[setting] = run
        half_way = [each for each, its in self._runs.items() if not its.ended]
        for oldest in {*list(self._runs)[: -self._most], *half_way[: -max(1, self._most // 2)]}:
            del self._runs[oldest]
        seen = 0
        while True:
            if run.frames:
                seen = len(run.frames)
                yield run.frames
            try:
                frame = next(run.rest)
            except StopIteration:
                run.ended = True
                if len(run.frames) > seen:  # somebody else has pulled the end
                    yield run.frames
                return
            except BaseException:  # an error or an interrupt has ended it too early
                self._runs.pop(setting, None)
                raise
            if frame is not None:
                run.frames.append(frame)

    def forget(self):
        """Begin anew what was left half-way; what is at its end stays."""
        self._runs = {setting: run for setting, run in self._runs.items() if run.ended}


def abreast(runs):
    """Of several runs of `Kept`, as many frames of each: yields a list of lists, equally long, each time a run has gone on."""
    runs = list(runs)
    lists, going = [next(run) for run in runs], True
    yield _equally_long(lists)
    while going:
        least = min(map(len, lists))
        for run, frames in zip(runs, lists):
            if len(frames) == least and next(run, None):
                yield _equally_long(lists)
            elif len(frames) == least:
                going = False


def in_turn(runs):
    """zip(*runs), and a pause, None, after each run but the last: a step of several nets is not one long piece of work.

    >>> list(in_turn([iter("ab"), iter("xy")]))
    [None, ('a', 'x'), None, ('b', 'y')]
    """
    runs = list(runs)
    while True:
        step = []
        for run in runs:
            try:
                step.append(next(run))
            except StopIteration:
                return
            yield tuple(step) if len(step) == len(runs) else None


def _equally_long(lists):
    least = min(map(len, lists))
    return [frames[:least] for frames in lists]
