"""Trainings that are kept: none is run twice, and one that was dropped half-way goes on.

Used by every scene whose controls look at one training in several ways.
"""


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
        self._train, self._most, self._begun, self._ended = train, most, {}, set()

    def __call__(self, *setting):
        """Yield the list of frames of this setting, as it is and as it grows."""
        frames, rest = self._begun[setting] = self._begun.pop(setting, None) or ([], self._train(*setting))
        half_way = [each for each in self._begun if each not in self._ended]
        for oldest in (*list(self._begun)[: -self._most], *half_way[: -max(1, self._most // 2)]):
            self._drop(oldest)
        seen = 0
        while True:
            if frames:
                seen = len(frames)
                yield frames
            try:
                frame = next(rest)
            except StopIteration:
                if self._begun.get(setting, (None,))[0] is frames:
                    self._ended.add(setting)
                if len(frames) > seen:  # somebody else has pulled the end
                    yield frames
                return
            except BaseException:  # an error or an interrupt has ended it too early
                self._drop(setting)
                raise
            if frame is not None:
                frames.append(frame)

    def forget(self):
        """Begin anew what was left half-way; what is at its end stays."""
        for setting in self._begun.keys() - self._ended:
            self._drop(setting)

    def _drop(self, setting):
        self._begun.pop(setting, None)
        self._ended.discard(setting)


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
