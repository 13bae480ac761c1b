"""A patch that is tried, and what happened."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from referral_rules import Diagnostic, Evaluation, Ruleset

Reasons = tuple[tuple[str, int | None], ...]
"""Code and index of the operation of each error."""


def reasons(errors: Iterable[Diagnostic]) -> Reasons:
    """The errors of a report, as far as they can be compared with what others report.

    >>> from referral_rules import check
    >>> reasons(check([{}]).errors)[0]
    ('member_missing', 0)
    """
    return tuple((str(error.code), error.op_index) for error in errors)


def listed(errors: Reasons) -> str:
    """The errors in words.

    >>> listed(())
    'no reason'
    """
    named = [code if index is None else f"{code} at operation {index}" for code, index in errors]
    return ", ".join(named) or "no reason"


class Text(NamedTuple):
    """A patch that is given as JSON text; anything else is a parsed patch."""

    json: str


def evaluation(rules: Ruleset, patch: Any, referral: Any) -> Evaluation:
    """What the rules say about a patch, parsed or as ``Text``.

    >>> evaluation(Ruleset.load("partner-center"), Text("[]"), {}).ok
    True
    """
    return rules.evaluate_json(patch.json, referral) if isinstance(patch, Text) else rules.evaluate(patch, referral)


class Attempt(NamedTuple):
    """What happened when a patch was tried.

    Args:
        accepted: whether the patch was applied.
        before: the stored referral that the patch met.
        after: the referral afterwards.
        errors: code and index of the operation of each error that was reported; None if it cannot be known.
        text: all the text of a refusal.
        unexpected_error: an exception, a status or a type of result that is a bug of the candidate, in words.
        mutated: which of the arguments were changed: ``"patch"``, ``"referral"``.
        shares: whether the result shares an array or an object with the patch.
        own_members: the members that the candidate itself writes at each change.
    """

    accepted: bool
    before: Any
    after: Any
    errors: Reasons | None = None
    text: str = ""
    unexpected_error: str | None = None
    mutated: tuple[str, ...] = ()
    shares: bool = False
    own_members: frozenset[str] = frozenset()

    @property
    def refusal(self) -> str:
        """The refusal in words.

        >>> Attempt(accepted=False, before={}, after={}, errors=(("target_missing", 1),)).refusal
        'refused, for target_missing at operation 1'
        """
        if self.unexpected_error is not None:
            return self.unexpected_error
        return "refused" if self.errors is None else f"refused, for {listed(self.errors)}"
