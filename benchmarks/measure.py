"""Timing in one process: the contenders take turns in each round, with garbage collection on."""

import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

Call = Callable[[], Any]


class Timing(NamedTuple):
    """Microseconds for one call, in each round."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.samples)

    def over(self, other: "Timing") -> float:
        """The ratio to another timing: the median of the ratios in each round.

        Within a round, anything that slows the machine down slows both.
        """
        return statistics.median(ours / theirs for ours, theirs in zip(self.samples, other.samples, strict=True))

    def __str__(self) -> str:
        low, _, high = statistics.quantiles(self.samples, n=4)
        return f"{_figure(self.median)} ±{max(1, round(100 * (high - low) / 2 / self.median))} %"


def _figure(microseconds: float) -> str:
    return (
        f"{microseconds:,.2f}"
        if microseconds < 10
        else f"{microseconds:,.1f}"
        if microseconds < 100
        else f"{microseconds:,.0f}"
    )


def interleaved(calls: Mapping[str, Call], rounds: int, seconds: float) -> dict[str, Timing]:
    """Time every call for a short while in each round, so that a disturbance affects all of them.

    Args:
        calls: the calls, by name.
        rounds: number of rounds.
        seconds: about how long each call is repeated in a round.
    """
    loops = {name: max(1, int(seconds / max(_once(call), 1e-7))) for name, call in calls.items()}
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            samples[name].append(_loop(call, loops[name]))
    return {name: Timing(tuple(taken)) for name, taken in samples.items()}


def _once(call: Call) -> float:
    call()
    return min(_loop(call, 3) for _ in range(3)) / 1e6


def _loop(call: Call, loops: int) -> float:
    repeated = range(loops)
    start = perf_counter()
    for _ in repeated:
        call()
    return (perf_counter() - start) / loops * 1e6


def peak_memory(call: Call) -> int:
    """The most bytes that a call allocates at any one time."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


_BARE = "from time import perf_counter\n"
_IMPORT = "import referral_rules\n"
_STORED = {"status": "Active", "substatus": "Accepted", "details": {}}
_VERDICT = """start = perf_counter()
str(referral_rules.check({patch!r}, {stored!r}))
print((perf_counter() - start) * 1000)
"""


def start_up(rounds: int) -> float:
    """Milliseconds that the import adds to a bare interpreter."""
    return statistics.median(_process(_BARE + _IMPORT)[0] - _process(_BARE)[0] for _ in range(rounds))


def first(patch: object, rounds: int) -> float:
    """Milliseconds that the first judgement of a process takes after the import, with its words read."""
    program = _BARE + _IMPORT + _VERDICT.format(patch=patch, stored=_STORED)
    return statistics.median(float(_process(program)[1]) for _ in range(rounds))


def _process(program: str) -> tuple[float, str]:
    start = perf_counter()
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return (perf_counter() - start) * 1000, run.stdout
