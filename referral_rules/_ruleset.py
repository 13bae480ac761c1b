"""``Ruleset``, the public class for a set of rules."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Never

from referral_rules._engine import ABSENT, judge, judge_referral, judge_text
from referral_rules._exceptions import PatchRejected
from referral_rules._frozen import Immutable
from referral_rules._json import equal, isolate
from referral_rules._reports import Evaluation, Report
from referral_rules._rules import Limits, PathRule, Rule, Rules, TransitionTable, from_file, from_mapping, load
from referral_rules._types import JSONPatch, JSONText, Referral


class Ruleset(Immutable):
    """The rules for patches: immutable, compared by value, and safe to share between threads.

    Use ``load``, ``from_file`` or ``from_dict`` to get one.

    >>> rules = Ruleset.from_dict(
    ...     {"name": "acme", "extends": "partner-center", "paths": {"/favorite": {"operations": ["replace"]}}}
    ... )
    >>> rules.check([{"op": "replace", "path": "/favorite", "value": True}]).ok
    True
    """

    __slots__ = ("_document", "_rules")

    _document: dict[str, Any]
    _rules: Rules

    def __init__(self, *_: Never, **__: Never) -> None:
        raise TypeError("use Ruleset.load(name), Ruleset.from_file(path) or Ruleset.from_dict(document)")

    @classmethod
    def load(cls, name: str) -> "Ruleset":
        """A built-in ruleset, loaded once and shared.

        Args:
            name: a dated name, whose rules never change, or ``"partner-center"`` for the newest.
        Raises:
            RulesetError: there is no built-in ruleset of that name.
            TypeError: the name is not a string.

        >>> Ruleset.load("partner-center-2020-09").name
        'partner-center-2020-09'
        """
        if not isinstance(name, str):
            raise TypeError(f"expected the name of a ruleset as str, got {type(name).__name__}")
        return _loaded(name)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "Ruleset":
        """A ruleset from a JSON file that fits ``ruleset.schema.json``.

        Args:
            path: the file; the ruleset that it extends, and its resource, may be files named relative to it.
        Raises:
            RulesetError: the file cannot be read, or is not a valid ruleset; the error lists every problem.

        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(os.path.join(folder, "mine.json"), "w") as file:
        ...         _ = file.write('{"name": "mine", "extends": "partner-center", "paths": {"/team": null}}')
        ...     Ruleset.from_file(file.name).explain("/team") is None
        True
        """
        return _sound(from_file(os.fspath(path)))

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Ruleset":
        """A ruleset from a mapping that fits ``ruleset.schema.json``.

        Args:
            document: the ruleset, which is copied; it extends a built-in one, or contains its own resource.
        Raises:
            RulesetError: it is not a valid ruleset; the error lists every problem.

        >>> Ruleset.from_dict({"name": "short", "extends": "partner-center", "title": "Mine"}).title
        'Mine'
        """
        return _sound(from_mapping(document))

    @property
    def name(self) -> str:
        """The name of the ruleset.

        >>> Ruleset.load("partner-center").name
        'partner-center-2023-10'
        """
        return self._rules.name

    @property
    def title(self) -> str | None:
        """A one-line description of the ruleset, or None.

        >>> Ruleset.load("partner-center-2020-09").title
        'Partner Center referrals, PATCH as first documented'
        """
        return self._document.get("title")

    @property
    def extends(self) -> str | None:
        """The name or file of the ruleset that this one extends, or None.

        >>> Ruleset.load("partner-center-2023-10").extends
        'partner-center-2020-09'
        """
        return self._document.get("extends")

    @property
    def paths(self) -> tuple[PathRule, ...]:
        """The rules of all paths that may be patched.

        >>> len(Ruleset.load("partner-center-2020-09").paths)
        18
        """
        return tuple(self._path_rule(rule) for rule in self._rules.rules)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations of RFC 6902 that the service supports.

        >>> Ruleset.load("partner-center").operations
        ('add', 'replace')
        """
        return self._rules.operations

    @property
    def transitions(self) -> TransitionTable:
        """The allowed changes of status and substatus.

        >>> sorted(Ruleset.load("partner-center").transitions.rows)
        ['Active', 'Closed', 'New']
        """
        return self._rules.transitions

    @property
    def limits(self) -> Limits:
        """The bounds on a patch.

        >>> Ruleset.load("partner-center").limits.operations
        1000
        """
        return self._rules.limits

    @property
    def document(self) -> dict[str, Any]:
        """The ruleset as JSON, with everything that it inherits and the schema of its resource, as a new copy.

        >>> sorted(Ruleset.load("partner-center").document["limits"])
        ['depth', 'operations', 'pathLength']
        """
        return isolate(self._document)

    def explain(self, path: str) -> PathRule | None:
        """The rule for a path.

        Args:
            path: a JSON Pointer (RFC 6901), as in an operation, or the path of a rule.
        Returns:
            the rule, with its operations, the schema of its value and its source; None if the path may not be patched.
        Raises:
            TypeError: the path is not a string.

        >>> Ruleset.load("partner-center").explain("/registrations/0/contract/term").source
        'CONN'
        """
        if not isinstance(path, str):
            raise TypeError(f"expected a path as str, got {type(path).__name__}")
        named = (rule for rule in self._rules.rules if rule.path == path)
        rule = self._rules.match(path) or next(named, None)
        return None if rule is None else self._path_rule(rule)

    def _path_rule(self, rule: Rule) -> PathRule:
        schema = self._rules.resource.bundled(rule.schema)
        return PathRule(rule.path, rule.operations, rule.source, rule.in_terminal_state, schema)

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

    def __eq__(self, other: object) -> bool:
        return equal(self._document, other._document) if isinstance(other, Ruleset) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self._rules.paths))

    def __reduce__(self) -> "tuple[Any, tuple[dict[str, Any]]]":
        return _sound, (self._document,)

    def __repr__(self) -> str:
        return f"<Ruleset {self.name}>"


def _sound(document: dict[str, Any]) -> Ruleset:
    ruleset = object.__new__(Ruleset)
    object.__setattr__(ruleset, "_document", document)
    object.__setattr__(ruleset, "_rules", Rules(document))
    return ruleset


@cache
def _loaded(name: str) -> Ruleset:
    return _sound(load(name))
