"""What passes between the stages: operations that were carried out, and the faults of those that were not."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from referral_rules._codes import Code
from referral_rules._diagnostics import Diagnostic
from referral_rules._rules import Permission


class Step(NamedTuple):
    """An operation that was carried out."""

    op_index: int
    permission: Permission
    value: Any


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
        faults: everything that this stage finds wrong with it.
    """

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def located(faults: Iterable[Fault], index: int | None, path: object) -> list[Diagnostic]:
    """The diagnostics of faults found in an operation.

    Args:
        faults: what is wrong.
        index: index of the operation; None for the patch as a whole.
        path: the path of the operation; anything but a string counts as none.
    """
    shown = path if isinstance(path, str) else None
    return [Diagnostic(code, index, shown, source, details) for code, source, details in faults]
