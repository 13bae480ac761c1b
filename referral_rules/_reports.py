"""Reports and evaluations: everything that is wrong with a patch, and the new referral."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from referral_rules._codes import Code, Severity
from referral_rules._diagnostics import Diagnostic, check_members
from referral_rules._frozen import Frozen
from referral_rules._messages import counted, left_out


class Report(Frozen):
    """Everything that is wrong with a patch. A report is truthy if the patch may be applied.

    Iterating over it gives each diagnostic, and printing it shows all of them.

    Args:
        diagnostics: errors and warnings, in the order of their operations. If there are more than a report may list,
            errors come before warnings, and an error about the change of status before the others.
        truncated: the number of operations with an error or a warning that is not listed.
    Raises:
        TypeError: one of the diagnostics is not a Diagnostic, or truncated is not an int.

    >>> report = Report()
    >>> report.ok, bool(report), report.errors, report.warnings
    (True, True, (), ())
    >>> print(report)
    accepted
    """

    diagnostics: tuple[Diagnostic, ...]
    truncated: int

    def __init__(self, diagnostics: tuple[Diagnostic, ...] = (), truncated: int = 0) -> None:
        self.__dict__.update(diagnostics=tuple(diagnostics), truncated=truncated)
        for found in self.diagnostics:
            if not isinstance(found, Diagnostic):
                raise TypeError("a report takes a tuple of Diagnostic objects")
        if type(truncated) is not int:
            raise TypeError("truncated: expected an int")

    @property
    def ok(self) -> bool:
        """True if there is no error; there may be warnings.

        >>> Report().ok
        True
        """
        return not self.errors

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that refuse the patch, in the order of their operations.

        >>> Report().errors
        ()
        """
        return self._with(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that do not refuse it, in the order of their operations.

        >>> Report().warnings
        ()
        """
        return self._with(Severity.WARNING)

    def _with(self, severity: Severity) -> tuple[Diagnostic, ...]:
        return tuple(found for found in self.diagnostics if found.severity is severity)

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of all diagnostics, each once, in the order in which they first occur.

        >>> Report().codes
        ()
        """
        return tuple(dict.fromkeys(found.code for found in self.diagnostics))

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __str__(self) -> str:
        lines = [f"{found.severity}[{found.code}]: {found}" for found in self.diagnostics]
        rest = [left_out(self.truncated)] if self.truncated else []
        return "\n".join(["accepted" if self.ok else "refused", *lines, *rest])

    def __repr__(self) -> str:
        return f"<Report: {counted(self.errors, 'error')}, {counted(self.warnings, 'warning')}>"

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON that fits ``report.schema.json``.

        >>> Report().to_dict()
        {'ok': True, 'errors': [], 'warnings': [], 'truncated': 0}
        """
        return {
            "ok": self.ok,
            "errors": [found.to_dict() for found in self.errors],
            "warnings": [found.to_dict() for found in self.warnings],
            "truncated": self.truncated,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Report":
        """Read a report that ``to_dict`` wrote.

        Raises:
            ValueError: it is not such a document, or it has a code that this version does not know.

        >>> Report.from_dict(Report().to_dict()).ok
        True
        """
        check_members("report", document, {"errors": list, "warnings": list})
        found = in_order(map(Diagnostic.from_dict, [*document["errors"], *document["warnings"]]))
        read, truncated = cls(found), document.get("truncated", 0)
        if type(truncated) is not int or truncated < 0 or document.get("ok", read.ok) is not read.ok:
            raise ValueError("'ok' or 'truncated' of a report is wrong; see report.schema.json")
        return cls(found, truncated)


class Evaluation(Frozen):
    """The result of evaluating a patch; truthy if the patch may be applied.

    Args:
        report: everything that is wrong with the patch.
        referral: the patched referral; None if the patch is refused, or if no referral was given.

    >>> evaluation = Evaluation(Report(), {"salesStage": "80"})
    >>> evaluation.ok, evaluation.referral
    (True, {'salesStage': '80'})
    """

    report: Report
    referral: dict[str, Any] | None

    @property
    def ok(self) -> bool:
        """True if the patch may be applied; there may be warnings.

        >>> Evaluation(Report(), None).ok
        True
        """
        return self.report.ok

    def __bool__(self) -> bool:
        return self.ok

    def __hash__(self) -> int:
        return hash(self.report)

    def __repr__(self) -> str:
        # A referral is long, holds people's names, and has no place in a log.
        return f"<Evaluation: {self.report!r}, {'no referral' if self.referral is None else 'a referral'}>"


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in the order of their operations; first those of the patch as a whole.

    >>> in_order([Diagnostic(Code.NOT_JSON, 1, None, ""), Diagnostic(Code.NOT_JSON, None, None, "")])[0].op_index
    """
    return tuple(sorted(found, key=lambda each: -1 if each.op_index is None else each.op_index))


def bounded(listed: Iterable[Diagnostic], left_out: Collection[int | None]) -> Report:
    """A report that does not list everything.

    Args:
        listed: the diagnostics that it lists.
        left_out: the operations with others.

    >>> bounded([], [0, 1]).truncated
    2
    """
    report = Report(in_order(listed), len(left_out))
    # Kept to be counted with those that are left out later.
    report.__dict__["_left_out"] = frozenset(left_out)
    return report


def shortened(report: Report, listed: Collection[Diagnostic]) -> Report:
    """A report with only some of the diagnostics of another one; no operation is counted twice.

    Args:
        report: the other report.
        listed: the diagnostics to keep.

    >>> whole = Report((Diagnostic(Code.NOT_JSON, 0, None, ""), Diagnostic(Code.NOT_JSON, 0, None, "")))
    >>> shortened(whole, whole.diagnostics[:1]).truncated
    1
    """
    kept = set(map(id, listed))
    known: frozenset[int | None] = report.__dict__.get("_left_out", frozenset())
    dropped = {found.op_index for found in report if id(found) not in kept}
    still = tuple(found for found in report if id(found) in kept)
    # Of a report that was read from JSON, only the number is known.
    return Report(still, len(known | dropped) + report.truncated - len(known))
