"""What this package raises."""

from referral_rules._frozen import Frozen
from referral_rules._reports import Report


class ReferralRulesError(ValueError):
    """The base class of this package's exceptions.

    >>> issubclass(PatchRejected, ReferralRulesError) and issubclass(RulesetError, ReferralRulesError)
    True
    """


class PatchRejected(ReferralRulesError):
    """A patch was not applied, and nothing was changed; ``report`` says why.

    Args:
        report: what ``check`` returns for the same patch and referral.

    >>> PatchRejected(Report()).report.ok
    True
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return "\n".join(map(str, self.report.errors))


class Finding(Frozen):
    """One thing that is wrong with a ruleset.

    Args:
        place: JSON Pointer (RFC 6901) into the ruleset; ``""`` is the ruleset as a whole.
        problem: what is wrong.
        fix: what to write instead.

    >>> print(Finding("/paths/~1team", "is not in the resource", "remove it"))
    /paths/~1team: is not in the resource; remove it
    """

    place: str
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.problem}; {self.fix}"


class RulesetError(ReferralRulesError):
    """A ruleset cannot be used; the error lists each problem, its place and its fix.

    Args:
        source: the file, or the name, of the ruleset.
        findings: everything that is wrong with it.

    >>> print(RulesetError("mine.json", (Finding("/extends", "no such ruleset", "name a built-in one"),)))
    mine.json: /extends: no such ruleset; name a built-in one
    """

    def __init__(self, source: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(source, findings)
        self.source = source
        self.findings = findings

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {finding}" for finding in self.findings)
