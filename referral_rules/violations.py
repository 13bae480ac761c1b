"""What can be wrong with a patch, as data: codes, violations, reports and the exceptions that carry them."""

from enum import StrEnum
from typing import Any, NamedTuple

__all__ = ["Finding", "PatchRejected", "Report", "RulesetError", "Severity", "Violation", "ViolationCode"]


class Severity(StrEnum):
    """How grave a violation is: an error refuses the patch, a warning does not.

    >>> Severity.ERROR.value
    'error'
    """

    ERROR = "error"
    WARNING = "warning"


class ViolationCode(StrEnum):
    """What kind of thing is wrong: a closed set, grouped by the stage that finds it.

    >>> ViolationCode("path_not_allowed").severity
    <Severity.ERROR: 'error'>
    """

    # Shape: is this a patch document at all?
    INVALID_JSON = "invalid_json"
    NOT_AN_ARRAY = "not_an_array"
    NOT_AN_OBJECT = "not_an_object"
    MEMBER_MISSING = "member_missing"
    MEMBER_TYPE = "member_type"
    LIMIT_EXCEEDED = "limit_exceeded"
    # Policy: does the ruleset allow this operation, and this path?
    OP_NOT_SUPPORTED = "op_not_supported"
    INVALID_POINTER = "invalid_pointer"
    PATH_NOT_ALLOWED = "path_not_allowed"
    OP_NOT_ALLOWED = "op_not_allowed"
    # Value: is it JSON, and what the resource holds there?
    VALUE_INVALID = "value_invalid"
    NOT_JSON = "not_json"
    # Target: is there a place for it in this referral?
    TARGET_MISSING = "target_missing"
    TARGET_NOT_CONTAINER = "target_not_container"
    INDEX_OUT_OF_RANGE = "index_out_of_range"
    REFERRAL_NOT_AN_OBJECT = "referral_not_an_object"
    # Transition: may the stored status become the new one?
    STATUS_UNKNOWN = "status_unknown"
    TRANSITION_NOT_ALLOWED = "transition_not_allowed"
    SUBSTATUS_NOT_ALLOWED = "substatus_not_allowed"
    # Warnings: allowed, and yet odd.
    TERMINAL_STATE = "terminal_state"
    REASON_EXPECTED = "reason_expected"
    SET_BY_SERVICE = "set_by_service"
    ONE_WAY = "one_way"
    UNKNOWN_MEMBER = "unknown_member"

    @property
    def severity(self) -> Severity:
        """Whether this code refuses the patch.

        >>> ViolationCode.ONE_WAY.severity
        <Severity.WARNING: 'warning'>
        """
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


_WARNINGS = frozenset(
    {
        ViolationCode.TERMINAL_STATE,
        ViolationCode.REASON_EXPECTED,
        ViolationCode.SET_BY_SERVICE,
        ViolationCode.ONE_WAY,
        ViolationCode.UNKNOWN_MEMBER,
    }
)


class Violation(NamedTuple):
    """One thing that is wrong, or odd, and where.

    The codes and the other fields are the API; the wording of ``message`` and ``hint`` is not. Neither holds
    anything out of a referral or a value of a patch, save a status or a substatus.

    Args:
        code: what kind of thing is wrong.
        severity: whether it refuses the patch.
        message: a full sentence: what is wrong, what is allowed, what to write instead.
        op_index: index of the operation, from 0; None for the patch as a whole.
        path: the operation's path, cut at 200 characters; None where there is none.
        rule: what says so, such as ``"RFC 6902 section 4.3"``.
        details: JSON for programs (``allowed``, ``nearest``, ``keyword``, ...); not part of the hash.
        hint: what to do instead, or None.

    >>> violation = Violation(
    ...     ViolationCode.NOT_AN_OBJECT, Severity.ERROR, "operation 0: ...", 0, None, "RFC 6902 section 4", {}, None
    ... )
    >>> violation.code, violation.op_index
    (<ViolationCode.NOT_AN_OBJECT: 'not_an_object'>, 0)
    """

    code: ViolationCode
    severity: Severity
    message: str
    op_index: int | None
    path: str | None
    rule: str
    details: dict[str, Any]
    hint: str | None

    def __hash__(self) -> int:
        return hash((self.code, self.message, self.op_index, self.path, self.rule, self.hint))

    def to_dict(self) -> dict[str, Any]:
        """The violation as JSON that fits ``report.schema.json``.

        >>> Violation(
        ...     ViolationCode.NOT_JSON, Severity.ERROR, "...", 3, "/team", "RFC 8259 section 3", {}, None
        ... ).to_dict()["code"]
        'not_json'
        """
        return {**self._asdict(), "code": self.code.value, "severity": self.severity.value}


class Report:
    """Everything that is wrong with a patch; immutable, comparable, hashable and picklable.

    Args:
        violations: errors and warnings, in the order of their operations.

    >>> report = Report()
    >>> report.ok, report.errors, report.warnings
    (True, (), ())
    """

    __slots__ = ("violations",)

    violations: tuple[Violation, ...]

    def __init__(self, violations: tuple[Violation, ...] = ()) -> None:
        object.__setattr__(self, "violations", violations)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a report is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a report is immutable: {name} cannot be deleted")

    def __reduce__(self) -> tuple[type["Report"], tuple[tuple[Violation, ...]]]:
        return Report, (self.violations,)

    def __eq__(self, other: object) -> bool:
        return self.violations == other.violations if isinstance(other, Report) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.violations)

    def __repr__(self) -> str:
        return f"Report({self.violations!r})"

    @property
    def ok(self) -> bool:
        """True if there is no error; there may be warnings.

        >>> Report().ok
        True
        """
        return not self.errors

    @property
    def errors(self) -> tuple[Violation, ...]:
        """The violations that refuse the patch, in the order of their operations.

        >>> Report().errors
        ()
        """
        return tuple(violation for violation in self.violations if violation.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Violation, ...]:
        """The violations that do not, in the order of their operations.

        >>> Report().warnings
        ()
        """
        return tuple(violation for violation in self.violations if violation.severity is Severity.WARNING)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON that fits ``report.schema.json``.

        >>> Report().to_dict()
        {'ok': True, 'errors': [], 'warnings': []}
        """
        return {
            "ok": self.ok,
            "errors": [violation.to_dict() for violation in self.errors],
            "warnings": [violation.to_dict() for violation in self.warnings],
        }


class PatchRejected(ValueError):
    """A patch was not applied, and nothing was changed; ``report`` says why.

    Args:
        report: what ``check`` says of the same patch and referral.

    >>> PatchRejected(Report()).report.ok
    True
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return "\n".join(violation.message for violation in self.report.errors)


class Finding(NamedTuple):
    """One thing that is wrong with a ruleset.

    Args:
        place: JSON Pointer (RFC 6901) into the ruleset; ``""`` is the ruleset as a whole.
        problem: what is wrong.
        cure: what to write instead.

    >>> print(Finding("/paths/~1team", "leads nowhere", "remove it"))
    /paths/~1team: leads nowhere; remove it
    """

    place: str
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place or 'the ruleset'}: {self.problem}; {self.cure}"


class RulesetError(ValueError):
    """A ruleset cannot be used; the error names the source, each place and its cure.

    Args:
        source: the file, or the name, of the ruleset.
        findings: all that is wrong with it.

    >>> print(RulesetError("mine.json", (Finding("/extends", "no such ruleset", "name a built-in one"),)))
    mine.json: /extends: no such ruleset; name a built-in one
    """

    def __init__(self, source: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(source, findings)
        self.source = source
        self.findings = findings

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {finding}" for finding in self.findings)
