"""What passes between the stages: operations that were carried out, and the faults of those that were not."""

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any, NamedTuple

from referral_rules._codes import Code
from referral_rules._diagnostics import Diagnostic
from referral_rules._reports import Report, bounded, in_order
from referral_rules._rules import Permission

MOST_OF_ONE = 16
"""The most diagnostics about one operation."""

Step = tuple[int, Permission, Any]
"""An operation that was carried out: its index, what permits it, and the value that it wrote.

A bare tuple, as one is made for each operation, and making anything else would take longer than the rest of it.
"""


class Fault(NamedTuple):
    """One thing that is wrong, wherever it is.

    Args:
        code: what is wrong.
        source: what decides.
        details: what its words are made of, and programs may read.
    """

    code: Code
    source: str
    details: dict[str, Any]


class Refused(Exception):
    """A stage refuses an operation, or the patch as a whole.

    Args:
        faults: everything that this stage finds wrong with it; found only when asked for.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = faults


class Located(NamedTuple):
    """What is wrong with one operation.

    Args:
        op_index: index of the operation; None for the patch as a whole.
        path: its path; anything but a string counts as none.
        faults: what is wrong; found only when asked for.
    """

    op_index: int | None
    path: object
    faults: Iterable[Fault]


def reported(errors: Collection[Located], warnings: Iterable[Located], limit: int) -> Report:
    """The report of everything that is wrong, in the order of the operations.

    What is beyond the limit is counted and not looked for, so that a report, and the time that it takes, is bounded.

    Args:
        errors: what is wrong.
        warnings: what is probably a mistake.
        limit: the most diagnostics in the report.
    """
    listed: list[Diagnostic] = []
    left_out: set[int | None] = set()
    for op_index, path, faults in chain(errors, warnings):
        shown = path if isinstance(path, str) else None
        most = min(limit, len(listed) + MOST_OF_ONE)
        full = len(listed) == most
        for code, source, details in () if full else faults:
            full = len(listed) == most
            if full:
                break
            listed.append(Diagnostic(code, op_index, shown, source, details))
        if full:
            left_out.add(op_index)
    if errors and not listed:
        raise RuntimeError("an operation was refused without a reason")
    return bounded(listed, left_out) if left_out else Report(in_order(listed))
