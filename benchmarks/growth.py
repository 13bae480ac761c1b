"""How the time grows with the operations of a patch and with the size of a referral."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import limit, measure
from benchmarks.contenders import RULES, msgspec_and_yyjson, rust_and_jsonpatch
from benchmarks.scenarios import P1, P2, additions, referral
from referral_rules import Ruleset

COUNTS = (1, 10, 100, 1_000, 10_000)
_COLOURS = {
    "apply": "tab:blue",
    "by hand": "tab:green",
    "msgspec + yyjson": "tab:orange",
    "jsonschema-rs + jsonpatch": "tab:red",
}
# The built-in limit is 1,000 operations.
WIDE = Ruleset.from_dict(
    {"name": "wide", "extends": "partner-center", "limits": {"operations": 10_000, "depth": 32, "pathLength": 1024}}
)


class Curve(NamedTuple):
    """Microseconds for one call, for each count."""

    name: str
    counts: Sequence[int]
    medians: Sequence[float]


def by_operations(rounds: int, seconds: float) -> list[Curve]:
    """Patches that add 1 to 10,000 members."""
    stored = referral()
    curves: dict[str, list[float]] = {}
    for count in COUNTS:
        patch = additions(count)
        calls: dict[str, measure.Call] = {
            "apply": lambda patch=patch: WIDE.apply(patch, stored),  # type: ignore[misc]
            "msgspec + yyjson": lambda patch=patch: msgspec_and_yyjson(patch, stored),  # type: ignore[misc]
            "by hand": lambda patch=patch: limit.apply(patch, stored),  # type: ignore[misc]
        }
        if count <= 1_000:
            calls["jsonschema-rs + jsonpatch"] = lambda patch=patch: rust_and_jsonpatch(patch, stored)  # type: ignore[misc]
        for name, timing in measure.interleaved(calls, rounds, seconds).items():
            curves.setdefault(name, []).append(timing.median)
    return [Curve(name, COUNTS[: len(medians)], medians) for name, medians in curves.items()]


def by_members(rounds: int, seconds: float) -> list[Curve]:
    """P1 and P2 on referrals with 10 to 10,000 members."""
    curves: dict[str, list[float]] = {}
    for count in COUNTS[1:]:
        stored = referral(count)
        calls: dict[str, measure.Call] = {
            "apply P1": lambda stored=stored: RULES.apply(P1, stored),  # type: ignore[misc]
            "apply P2": lambda stored=stored: RULES.apply(P2, stored),  # type: ignore[misc]
            "msgspec + yyjson P1": lambda stored=stored: msgspec_and_yyjson(P1, stored),  # type: ignore[misc]
            "jsonschema-rs + jsonpatch P1": lambda stored=stored: rust_and_jsonpatch(P1, stored),  # type: ignore[misc]
        }
        for name, timing in measure.interleaved(calls, rounds, seconds).items():
            curves.setdefault(name, []).append(timing.median)
    return [Curve(name, COUNTS[1:], medians) for name, medians in curves.items()]


def plot(operations: list[Curve], members: list[Curve], file: Path) -> None:
    """Write both as one SVG file, with logarithmic axes."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    # With a fixed salt, the same figures give the same file.
    mpl.rcParams.update({"svg.hashsalt": "referral-rules", "svg.fonttype": "none", "font.size": 9})
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained", sharey=True)
    for axis, curves, label in (
        (axes[0], operations, "operations in the patch"),
        (axes[1], members, "members in the referral"),
    ):
        for curve in curves:
            contender, second = curve.name.removesuffix(" P1").removesuffix(" P2"), curve.name.endswith("P2")
            style = "--" if second else "-"
            colour = _COLOURS[contender]
            axis.plot(curve.counts, curve.medians, marker="o", linestyle=style, color=colour, label=curve.name)
        axis.set(xscale="log", yscale="log", xlabel=label)
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.legend(frameon=False)
    axes[0].set_ylabel("µs for one call")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
