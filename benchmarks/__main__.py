"""Prints the tables of the benchmark: ``python -m benchmarks``."""

import argparse
import gc
import platform
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import growth, limit, measure, refusals
from benchmarks.contenders import Contender, contenders, prepare
from benchmarks.growth import WIDE
from benchmarks.scenarios import P2, SCENARIOS, Scenario, additions, referral
from referral_rules import Evaluation, Report

_BY_HAND, _APPLY, _CHECK, _ISOLATED = "by hand, no report", "**apply**", "**check**", "**apply, isolated=True**"
_EVALUATE = "**evaluate**"
_RUST, _MSGSPEC = "jsonschema-rs + jsonpatch + dict", "msgspec + yyjson + dict"
_PACKAGES = ("jsonschema", "jsonpatch", "jsonschema-rs", "yyjson", "msgspec")

Table = dict[str, dict[str, measure.Timing]]


def main() -> None:
    """Check that all contenders agree, time them, and print the results."""
    arguments = _arguments()
    gc.enable()
    rounds, seconds = (5, 0.002) if arguments.quick else (41, 0.01)
    for scenario in SCENARIOS:
        _verify(scenario)
    table = {scenario.name: _time(scenario, rounds, seconds) for scenario in SCENARIOS}
    _print(_heading())
    _print(_table(table))
    _print(_ratios(table) + "\n" + _sizes(rounds, seconds))
    _print(_goals(refusals.rows(quick=arguments.quick, rounds=rounds, seconds=seconds)))
    few = max(5, rounds // 6)
    operations, members = growth.by_operations(few, seconds), growth.by_members(few, seconds)
    _print(_growth(operations, "operations"))
    _print(_growth(members, "members"))
    _print(_costs(arguments.quick))
    if arguments.svg:
        growth.plot(operations, members, arguments.svg)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="run few rounds: to see that it works, not for the figures"
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also write the growth curves to this file")
    return parser.parse_args()


def _verify(scenario: Scenario) -> None:
    """Check that all contenders give the same verdict and the same referral."""
    prepare(scenario.patch)
    found = {
        name: contender(scenario.patch, scenario.referral)
        for name, contender in contenders(accepted=scenario.accepted).items()
        if not name.startswith("copy.deepcopy")
    }
    evaluation, report = found.pop(_EVALUATE), found.pop(_CHECK)
    if not isinstance(report, Report) or report.ok != scenario.accepted:
        sys.exit(f"{scenario.name}: check gives another verdict")
    if not isinstance(evaluation, Evaluation) or evaluation != Evaluation(report, found[_APPLY]):
        sys.exit(f"{scenario.name}: evaluate gives another verdict, or another referral")
    for name, document in found.items():
        if document != found[_APPLY] or (document is not None) != scenario.accepted:
            sys.exit(f"{scenario.name}: {name} gives another verdict, or another referral")


def _time(scenario: Scenario, rounds: int, seconds: float) -> dict[str, measure.Timing]:
    def call(contender: Contender) -> measure.Call:
        patch, stored = scenario.patch, scenario.referral
        return lambda: contender(patch, stored)

    every = contenders(accepted=scenario.accepted)
    return measure.interleaved({name: call(each) for name, each in every.items()}, rounds, seconds)


def _heading() -> str:
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in _PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    unit = "Microseconds: median ± half the interquartile range."
    return f"{python} on {platform.system()} {platform.machine()}, {versions}. {unit}"


def _table(table: Table) -> str:
    names = list(next(iter(table.values())))
    rows = [["", *table], ["---"] * (len(table) + 1)]
    rows += [[name, *(str(timings[name]) for timings in table.values())] for name in names]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _ratios(table: Table) -> str:
    """The goals, and the ratios in this run."""

    def ratio(scenario: str, above: str, below: str) -> float:
        return table[scenario][above].over(table[scenario][below])

    one, two = "P1", "P2"
    goals: list[tuple[str, str, str]] = [
        (
            "apply / by hand",
            "at most 2",
            f"{ratio(one, _APPLY, _BY_HAND):.2f} (P1), {ratio(two, _APPLY, _BY_HAND):.2f} (P2)",
        ),
        (
            "jsonschema-rs + jsonpatch / apply",
            "at least 15",
            f"{ratio(one, _RUST, _APPLY):.1f} (P1), {ratio(two, _RUST, _APPLY):.1f} (P2)",
        ),
        (
            "msgspec + yyjson / apply",
            "at least 3",
            f"{ratio(one, _MSGSPEC, _APPLY):.1f} (P1), {ratio(two, _MSGSPEC, _APPLY):.1f} (P2)",
        ),
        (
            "apply, isolated=True / msgspec + yyjson",
            "at most 1.3",
            f"{ratio(one, _ISOLATED, _MSGSPEC):.2f} (P1), {ratio(two, _ISOLATED, _MSGSPEC):.2f} (P2)",
        ),
        (
            "check / apply",
            "at most 1.2",
            f"{ratio(one, _CHECK, _APPLY):.2f} (P1), {ratio(two, _CHECK, _APPLY):.2f} (P2)",
        ),
    ]
    return _goals(goals)


def _goals(rows: Iterable[tuple[str, str, str]]) -> str:
    head = ["| ratio | goal | in this run |", "|---|---|---|"]
    return "\n".join([*head, *(f"| {name} | {goal} | {found} |" for name, goal, found in rows)])


def _sizes(rounds: int, seconds: float) -> str:
    """The other goals: size should hardly matter."""
    many, few, small, large = additions(10_000), additions(1_000), referral(2), referral(10_000)
    calls: dict[str, measure.Call] = {
        "many": lambda: WIDE.apply(many, small),
        "few": lambda: WIDE.apply(few, small),
        "large": lambda: WIDE.apply(P2, large),
        "small": lambda: WIDE.apply(P2, small),
        "many by hand": lambda: limit.apply(many, small),
        "few by hand": lambda: limit.apply(few, small),
    }
    timed = measure.interleaved(calls, rounds, seconds)
    return (
        f"| P2 with 10,000 members / with 2 | about 1 | {timed['large'].over(timed['small']):.2f} |\n"
        f"| 10,000 operations / 1,000 | at most 11 | {timed['many'].over(timed['few']):.1f} "
        f"(by hand {timed['many by hand'].over(timed['few by hand']):.1f}) |"
    )


def _growth(curves: list[growth.Curve], what: str) -> str:
    counts = max((curve.counts for curve in curves), key=len)
    rows = [f"| {what} | {' | '.join(f'{count:,}' for count in counts)} |", f"|---|{'---|' * len(counts)}"]
    for curve in curves:
        cells = [f"{median:,.1f}" for median in curve.medians] + [""] * (len(counts) - len(curve.medians))
        rows.append(f"| {curve.name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _costs(quick: bool) -> str:
    patch, stored = additions(10_000), referral()
    WIDE.apply(patch, stored)
    memory = measure.peak_memory(lambda: WIDE.apply(patch, stored)) / 2**20
    values = measure.peak_memory(lambda: [{**operation["value"]} for operation in patch]) / 2**20
    rounds = 3 if quick else 21
    added, verdict = measure.start_up(rounds), measure.first(P2, rounds)
    return (
        f"Peak memory for 10,000 operations: {memory:.1f} MiB; the values alone take {values:.1f} MiB. "
        f"The import takes {added:.1f} ms (goal: at most 20), "
        f"and the first judgement after it {verdict:.1f} ms (goal: at most 10)."
    )


def _print(text: Any) -> None:
    sys.stdout.write(f"{text}\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
