"""Diagnostics, reports and evaluations: the results of checking a patch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from referral_rules._codes import TABLE, Code, Severity
from referral_rules._frozen import Frozen, frozen, thawed
from referral_rules._json import kind_of, plain_text, shorten
from referral_rules._messages import Words, counted

_MEMBERS: dict[str, Any] = {
    "code": str,
    "op_index": int | None,
    "path": str | None,
    "rule": str,
    "details": Mapping,
    "message": str,
    "hint": str | None,
}
"""The types of what a diagnostic has in JSON."""


class Diagnostic(Frozen):
    """One thing that is wrong with a patch, or probably a mistake, and where.

    The code and the other fields are public API; the wording of ``message`` and ``hint`` is not. No field contains a
    value from a referral or a patch, except a status or a substatus.

    Args:
        code: what is wrong.
        op_index: index of the operation, from 0; None for the patch as a whole.
        path: the operation's path, cut at 200 characters; None if there is none.
        source: what decides, such as ``"RFC 6902 section 4.3"``.
        details: JSON for programs, read-only: ``allowed``, ``nearest``, ``fix`` and so on; arrays are tuples. The
            words are made of it, so it must have what the engine gives for this code.

    >>> diagnostic = Diagnostic(Code.OP_NOT_ALLOWED, 0, "/team/-", "partner-center-2023-10: /team/-", {
    ...     "op": "replace", "rule": "/team/-", "allowed": ["add"]})
    >>> diagnostic.hint
    'Use add.'
    """

    code: Code
    op_index: int | None
    path: str | None
    source: str
    details: Mapping[str, Any]

    def __init__(
        self,
        code: Code,
        op_index: int | None,
        path: str | None,
        source: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        shown = None if path is None else shorten(plain_text(path))
        super().__init__(Code(code), op_index, shown, source, frozen(dict(details or {})))

    @property
    def severity(self) -> Severity:
        """Whether it refuses the patch.

        >>> Diagnostic(Code.ONE_WAY, 0, "/consent", "mine: advisories", {"value": "true"}).severity.value
        'warning'
        """
        return self.code.severity

    @property
    def message(self) -> str:
        """What is wrong and what is allowed, without the position.

        >>> Diagnostic(Code.ONE_WAY, 0, "/a", "mine: advisories", {"value": "true"}).message
        '/a is already true, which normally cannot be undone'
        """
        return self._words()[0]

    @property
    def hint(self) -> str | None:
        """What to do instead, as a sentence, or None.

        >>> Diagnostic(Code.MEMBER_TYPE, 0, "/a", "RFC 6902 section 4", {"member": "op", "got": "null"}).hint is None
        True
        """
        return self._words()[1]

    def _words(self) -> Words:
        received: Words | None = self.__dict__.get("_received")
        return received or TABLE[self.code].words(self.path, self.details)

    @property
    def culprit(self) -> str | None:
        """The member of the operation that is wrong: ``"op"``, ``"path"`` or ``"value"``; None for the whole.

        >>> Diagnostic(Code.MEMBER_TYPE, 0, "/a", "RFC 6902 section 4", {"member": "op", "got": "null"}).culprit
        'op'
        """
        if self.op_index is None:
            return None
        member: str | None = self.details.get("member", TABLE[self.code].culprit)
        return member

    def __str__(self) -> str:
        message, hint = self._words()
        position = "" if self.op_index is None else f"operation {self.op_index}: "
        return f"{position}{message}." + (f" {hint}" if hint else "")

    def __repr__(self) -> str:
        return f"<Diagnostic {self.code}: op_index={self.op_index}, path={self.path!r}>"

    def to_dict(self) -> dict[str, Any]:
        """The diagnostic as JSON that fits ``report.schema.json``.

        >>> Diagnostic(Code.ONE_WAY, 0, "/a", "mine: advisories", {"value": "true"}).to_dict()["code"]
        'one_way'
        """
        return {
            "code": self.code.value,
            "severity": self.severity.value,
            "message": self.message,
            "op_index": self.op_index,
            "path": self.path,
            "rule": self.source,
            "details": thawed(self.details),
            "hint": self.hint,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Diagnostic":
        """Read a diagnostic that ``to_dict`` wrote, for example from the body of a refusal.

        It keeps the message and the hint that were written, which do not count when diagnostics are compared.

        Raises:
            ValueError: it is not such a document, or it has a code that this version does not know.

        >>> written = Diagnostic(Code.ONE_WAY, 0, "/a", "mine: advisories", {"value": "true"}).to_dict()
        >>> Diagnostic.from_dict(written).message
        '/a is already true, which normally cannot be undone'
        """
        _check_members("diagnostic", document, _MEMBERS)
        read = cls(*(document[name] for name in ("code", "op_index", "path", "rule", "details")))
        read.__dict__["_received"] = (document["message"], document["hint"])
        return read


class Report(Frozen):
    """Everything that is wrong with a patch. A report is truthy if the patch may be applied.

    Iterating over it gives each diagnostic, and printing it shows all of them.

    Args:
        diagnostics: errors and warnings, in the order of their operations.
    Raises:
        TypeError: one of them is not a Diagnostic.

    >>> report = Report()
    >>> report.ok, bool(report), report.errors, report.warnings
    (True, True, (), ())
    >>> print(report)
    accepted
    """

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(tuple(diagnostics))
        if not all(isinstance(found, Diagnostic) for found in self.diagnostics):
            raise TypeError("a report takes a tuple of Diagnostic objects")

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
        return "\n".join(["accepted" if self.ok else "refused", *lines])

    def __repr__(self) -> str:
        return f"<Report: {counted(self.errors, 'error')}, {counted(self.warnings, 'warning')}>"

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON that fits ``report.schema.json``.

        >>> Report().to_dict()
        {'ok': True, 'errors': [], 'warnings': []}
        """
        return {
            "ok": self.ok,
            "errors": [found.to_dict() for found in self.errors],
            "warnings": [found.to_dict() for found in self.warnings],
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Report":
        """Read a report that ``to_dict`` wrote.

        Raises:
            ValueError: it is not such a document, or it has a code that this version does not know.

        >>> Report.from_dict(Report().to_dict()).ok
        True
        """
        _check_members("report", document, {"errors": list, "warnings": list})
        return cls(in_order(map(Diagnostic.from_dict, [*document["errors"], *document["warnings"]])))


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


def _check_members(noun: str, document: object, members: Mapping[str, Any]) -> None:
    if not isinstance(document, Mapping):
        raise ValueError(f"a {noun} must be an object, not {kind_of(document)}")
    for name, kind in members.items():
        if not isinstance(document.get(name, ...), kind):
            wrong = f"must not be {kind_of(document[name])}" if name in document else "is missing"
            raise ValueError(f"{name!r} of a {noun} {wrong}; see report.schema.json")


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in the order of their operations; first those of the patch as a whole.

    >>> in_order([Diagnostic(Code.NOT_JSON, 1, None, ""), Diagnostic(Code.NOT_JSON, None, None, "")])[0].op_index
    """
    return tuple(sorted(found, key=lambda each: -1 if each.op_index is None else each.op_index))
