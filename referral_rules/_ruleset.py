"""``Ruleset``, the public class for a set of rules."""

from typing import Any

from referral_rules._document import RulesetDocument
from referral_rules._engine import ABSENT, judge, judge_referral, judge_text
from referral_rules._exceptions import PatchRejected
from referral_rules._json import isolate
from referral_rules._reports import Evaluation, Report
from referral_rules._types import JSONPatch, JSONText, Referral


class Ruleset(RulesetDocument):
    """The rules for patches: immutable, compared by value, and safe to share between threads.

    Use ``load``, ``from_file`` or ``from_dict`` to get one.

    >>> rules = Ruleset.from_dict(
    ...     {"name": "acme", "extends": "partner-center", "paths": {"/favorite": {"operations": ["replace"]}}}
    ... )
    >>> rules.check([{"op": "replace", "path": "/favorite", "value": True}]).ok
    True
    """

    __slots__ = ()

    def evaluate(self, patch: JSONPatch, referral: Referral = ABSENT) -> Evaluation:
        """Check a patch, and apply it if nothing is wrong. ``check`` and ``apply`` return one half of this.

        Args:
            patch: the patch document (RFC 6902), parsed, or a ``jsonpatch.JsonPatch``; for text, see
                ``evaluate_json``.
            referral: the stored referral; without it, only what can be known from the patch is checked.
        Returns:
            the report and, if the patch is accepted, the new referral; it shares what the patch does not change with
            the stored one. This method never raises for anything that a JSON parser returns.

        >>> rules = Ruleset.load("partner-center")
        >>> rules.evaluate([{"op": "replace", "path": "/salesStage", "value": "100"}], {"salesStage": "80"}).referral
        {'salesStage': '100'}
        """
        return Evaluation(*judge(self._rules, patch, referral))

    def check(self, patch: JSONPatch, referral: Referral = ABSENT) -> Report:
        """Everything that is wrong with a patch, and what is probably a mistake.

        Args:
            patch: the patch document, as for ``evaluate``.
            referral: the stored referral; without it, only what can be known from the patch is checked.

        >>> Ruleset.load("partner-center").check({"status": "Closed"}).codes
        (<Code.NOT_AN_ARRAY: 'not_an_array'>,)
        """
        return judge(self._rules, patch, referral)[0]

    def apply(self, patch: JSONPatch, referral: Referral, *, isolated: bool = False) -> dict[str, Any]:
        """Apply a patch to a stored referral and return the new one; neither argument is changed.

        Args:
            patch: the patch document, as for ``evaluate``.
            referral: the stored referral.
            isolated: True to share nothing with the stored referral; False to share what the patch does not change.
        Raises:
            PatchRejected: the patch may not be applied; its ``report`` is what ``check`` returns.

        >>> Ruleset.load("partner-center").apply([{"op": "add", "path": "/salesStage", "value": "80"}], {"team": []})
        {'team': [], 'salesStage': '80'}
        """
        report, updated = judge(self._rules, patch, referral)
        if updated is None:
            raise PatchRejected(report)
        return isolate(updated) if isolated else updated

    def evaluate_json(self, text: JSONText, referral: Referral = ABSENT) -> Evaluation:
        """``evaluate`` for a patch as JSON text, parsed strictly (RFC 8259).

        Raises:
            TypeError: it is not text.

        >>> Ruleset.load("partner-center").evaluate_json('[{"op": "add", "op": "add"}]').report.codes
        (<Code.INVALID_JSON: 'invalid_json'>,)
        """
        return Evaluation(*judge_text(self._rules, text, referral))

    def check_json(self, text: JSONText, referral: Referral = ABSENT) -> Report:
        """``check`` for a patch as JSON text; see ``evaluate_json``.

        >>> Ruleset.load("partner-center").check_json(b"[]").ok
        True
        """
        return judge_text(self._rules, text, referral)[0]

    def apply_json(self, text: JSONText, referral: Referral, *, isolated: bool = False) -> dict[str, Any]:
        """``apply`` for a patch as JSON text; see ``evaluate_json``.

        >>> Ruleset.load("partner-center").apply_json("[]", {"salesStage": "80"})
        {'salesStage': '80'}
        """
        report, updated = judge_text(self._rules, text, referral)
        if updated is None:
            raise PatchRejected(report)
        return isolate(updated) if isolated else updated

    def check_referral(self, referral: Referral) -> Report:
        """Check a referral itself: against the schema of the resource, and its status against its substatus.

        Args:
            referral: the referral, as the service returns it.
        Returns:
            the report; the ``path`` of a diagnostic is the place in the referral.

        >>> report = Ruleset.load("partner-center").check_referral({"status": "New", "substatus": "Won"})
        >>> [(found.code.value, found.path) for found in report]
        [('substatus_not_allowed', '/substatus')]
        """
        return judge_referral(self._rules, referral)
