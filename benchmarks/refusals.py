"""What a refusal costs with its words read, what a warning costs, and what the dearest body costs."""

import json
import statistics
from itertools import cycle
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks import hostile, measure
from benchmarks.scenarios import P2, REGISTERED, Patch, referral
from referral_rules import Report, check, check_json

_WRONG_MEMBERS = [{"email": number} for number in range(50)]
_KIB, _MIB = 2**10, 2**20


class Row(NamedTuple):
    """A ratio, its goal, and what it is in this run."""

    ratio: str
    goal: str
    found: str


def _replace(path: str, value: Any = "x") -> Patch:
    return [{"op": "replace", "path": path, "value": value}]


REFUSED: dict[str, list[Patch]] = {
    "a status": [_replace("/status", "New")],
    "an op": [[{"op": "remove", "path": "/details/notes"}]],
    "a misspelt path": [_replace("/details/note")],
    "a misspelt path, each time another": [_replace(f"/details/note{number}") for number in range(5_000)],
    "a wrong enum: usd": [_replace("/details/currency", "usd")],
    "a wrong enum: BTC": [_replace("/details/currency", "BTC")],
    "a wrong enum: Euro": [_replace("/details/currency", "Euro")],
    "a wrong enum: finit": [_replace("/registrations/0/contract/term", "finit")],
    "fifty wrong members": [_replace("/team", _WRONG_MEMBERS)],
}
_GOALS = {"fifty wrong members": "at most 60"}


def read(report: Report) -> None:
    """Read the words of a report."""
    for found in report:
        assert found.message  # noqa: S101
        assert found.hint != ""  # noqa: S101


def refusals(rounds: int, seconds: float) -> list[Row]:
    """How many times as long a refusal takes as an acceptance of P2, each with its words read."""
    stored = {**referral(), **REGISTERED}

    def call(patches: list[Patch]) -> measure.Call:
        another = cycle(patches)
        return lambda: read(check(next(another), stored))

    assert all(not check(patch, stored).ok for patches in REFUSED.values() for patch in patches)  # noqa: S101
    timed = measure.interleaved(
        {name: call(patches) for name, patches in {"": [P2], **REFUSED}.items()}, rounds, seconds
    )
    return [
        Row(f"{name}, refused / P2", _GOALS.get(name, "at most 6"), f"{timed[name].over(timed['']):.1f}")
        for name in REFUSED
    ]


def warnings(rounds: int, seconds: float) -> list[Row]:
    """How many times as long an accepted patch takes with a warning."""
    patch = [*_replace("/details/notes"), *_replace("/statusReason")]
    opened = {**referral(), "statusReason": ""}
    closed = {**opened, "status": "Closed", "substatus": "Won"}
    assert (len(check(patch, opened).warnings), len(check(patch, closed).warnings)) == (0, 1)  # noqa: S101
    calls: dict[str, measure.Call] = {"": lambda: check(patch, opened), "warned": lambda: check(patch, closed)}
    timed = measure.interleaved(calls, rounds, seconds)
    return [Row("accepted with a warning / without", "at most 3", f"{timed['warned'].over(timed['']):.1f}")]


def first(rounds: int) -> list[Row]:
    """How much longer the first verdict of a process takes if it is a refusal, import included."""
    refused = measure.first(_replace("/details/currency", "usd"), rounds)
    return [Row("first refusal - first acceptance", "at most 5 ms", f"{refused - measure.first(P2, rounds):.1f} ms")]


def dearest(size: int, most: int) -> list[Row]:
    """The bodies that take longest for their size; small ones tell which of the large ones to time."""
    small = [body for body in hostile.bodies(size // 16) if len(body.text) > size // 32]
    ratios = {body.name: _over_parsing(body.text) for body in small}
    worst = sorted(ratios, key=lambda name: -ratios[name])[:most]
    large = [body for body in hostile.bodies(size) if body.name in worst]
    found = {body.name: _over_parsing(body.text) for body in large}
    report = max(
        len(json.dumps(check_json(body.text, hostile.stored()).to_dict())) for body in hostile.bodies(size // 16)
    )
    memory = {body.name: _memory(body.text) for body in large}
    dear, greedy = max(found, key=lambda name: found[name]), max(memory, key=lambda name: memory[name][0])
    own, parsed = memory[greedy]
    return [
        Row(f"the dearest {size // _KIB} KiB / json.loads ({dear})", "under 150", f"{found[dear]:.0f}"),
        Row(f"its memory / the body ({greedy})", "at most 20", f"{own:.0f} (json.loads alone {parsed:.0f})"),
        Row("the largest report of a body", "at most 256 KiB", f"{report / _KIB:.0f} KiB"),
    ]


def _over_parsing(text: bytes) -> float:
    def once(call: measure.Call) -> float:
        start = perf_counter()
        call()
        return perf_counter() - start

    stored = hostile.stored()
    rounds = [once(lambda: read(check_json(text, stored))) / once(lambda: json.loads(text)) for _ in range(3)]
    return statistics.median(rounds)


def _memory(text: bytes) -> tuple[float, float]:
    judged = measure.peak_memory(lambda: read(check_json(text, hostile.stored())))
    return judged / len(text), measure.peak_memory(lambda: json.loads(text)) / len(text)


def rows(*, quick: bool, rounds: int, seconds: float) -> list[Row]:
    """All of them."""
    size = 64 * _KIB if quick else _MIB
    return [
        *refusals(rounds, seconds),
        *warnings(rounds, seconds),
        *first(5 if quick else 21),
        *dearest(size, 3 if quick else 12),
    ]
