"""The rules by which patches are judged, as the user holds them."""

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from referral_rules import catalog, engine, loading
from referral_rules.paths import PathRule
from referral_rules.plain import isolate
from referral_rules.rulebook import Limits, Rulebook
from referral_rules.transitions import TransitionTable
from referral_rules.violations import Finding, PatchRejected, Report

if TYPE_CHECKING:
    from jsonpatch import JsonPatch

__all__ = ["Patch", "Ruleset", "apply", "check"]

Patch: TypeAlias = "list[dict[str, Any]] | str | bytes | JsonPatch"
"""A patch document (RFC 6902): parsed, as JSON text, or as jsonpatch holds it."""

_ACCEPTED = Report()


class Ruleset:
    """The rules by which patches are judged; immutable, and safe to share between threads.

    Made by ``load``, ``from_file`` or ``from_dict``.

    >>> rules = Ruleset.from_dict(
    ...     {"name": "acme", "extends": "partner-center", "paths": {"/favorite": {"operations": ["replace"]}}}
    ... )
    >>> rules.check([{"op": "replace", "path": "/favorite", "value": True}]).ok
    True
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._book = Rulebook(document)

    @classmethod
    def load(cls, name: str) -> "Ruleset":
        """A built-in ruleset.

        Args:
            name: a dated name, stable for ever, or ``"partner-center"`` for the newest.
        Returns:
            the ruleset, loaded once and shared.
        Raises:
            RulesetError: there is none of that name.

        >>> Ruleset.load("partner-center-2020-09").name
        'partner-center-2020-09'
        """
        return _built_in(name)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "Ruleset":
        """A ruleset from a JSON file that fits ``ruleset.schema.json``.

        Args:
            path: the file; what it extends, and its resource, may be files named relative to it.
        Returns:
            the ruleset.
        Raises:
            RulesetError: it cannot be read, or something is wrong with it; the error names all of it.

        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(os.path.join(folder, "mine.json"), "w") as file:
        ...         _ = file.write('{"name": "mine", "extends": "partner-center", "paths": {"/team": null}}')
        ...     Ruleset.from_file(file.name).explain("/team") is None
        True
        """
        return cls(loading.from_file(os.fspath(path)))

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Ruleset":
        """A ruleset from a mapping that fits ``ruleset.schema.json``.

        Args:
            document: the ruleset; it extends a built-in one, or holds the schema of its resource itself.
        Returns:
            the ruleset; later changes of the mapping do not reach it.
        Raises:
            RulesetError: something is wrong with it; the error names all of it.

        >>> Ruleset.from_dict({"name": "short", "extends": "partner-center", "title": "Mine"}).title
        'Mine'
        """
        return cls(loading.from_mapping(document))

    @property
    def name(self) -> str:
        """The name of the ruleset.

        >>> Ruleset.load("partner-center").name
        'partner-center-2023-10'
        """
        return self._book.name

    @property
    def title(self) -> str | None:
        """What the ruleset is, in one line, or None.

        >>> Ruleset.load("partner-center-2020-09").title
        'Partner Center referrals, PATCH as first documented'
        """
        return self._document.get("title")

    @property
    def extends(self) -> str | None:
        """What the ruleset builds on, as it names it, or None.

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
        return tuple(_copied(rule) for rule in self._book.paths.rules)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations of RFC 6902 that the service supports.

        >>> Ruleset.load("partner-center").operations
        ('add', 'replace')
        """
        return self._book.operations

    @property
    def transitions(self) -> TransitionTable:
        """Which pair of status and substatus may become which.

        >>> sorted(Ruleset.load("partner-center").transitions.rows)
        ['Active', 'Closed', 'New']
        """
        return self._book.transitions

    @property
    def limits(self) -> Limits:
        """The bounds on a patch.

        >>> Ruleset.load("partner-center").limits.operations
        1000
        """
        return self._book.limits

    @property
    def document(self) -> dict[str, Any]:
        """The ruleset as JSON, with all that it inherits and the schema of its resource; the caller's own to change.

        >>> sorted(Ruleset.load("partner-center").document["limits"])
        ['depth', 'operations', 'pathLength']
        """
        return isolate(self._document)

    def explain(self, path: str) -> PathRule | None:
        """The rule that governs a path.

        Args:
            path: a JSON Pointer (RFC 6901), such as an operation has, or the path of a rule.
        Returns:
            its operations, the schema of its value and its source; None if the path may not be patched.

        >>> Ruleset.load("partner-center").explain("/registrations/0/contract/term").source
        'CONN'
        """
        rule = self._book.paths.rule(path)
        return None if rule is None else _copied(rule)

    def check(self, patch: Patch, referral: dict[str, Any] = engine.UNKNOWN) -> Report:
        """Everything that is wrong with a patch, and all that is odd about it.

        Args:
            patch: the patch document (RFC 6902): parsed, as JSON text, or a ``jsonpatch.JsonPatch``.
            referral: the stored referral; without it, all is judged that the patch alone tells.
        Returns:
            the report; nothing that comes out of a JSON parser makes it raise.

        >>> [violation.code.value for violation in Ruleset.load("partner-center").check('{"status": "Closed"}').errors]
        ['not_an_array']
        """
        try:
            document, operations, violations, noted = engine.run(self._book, patch, referral)
            if not violations and engine.none_due(self._book, noted, referral, document):
                return _ACCEPTED
            return engine.report(self._book, referral, document, operations, violations)
        except Exception as error:  # noqa: BLE001 - a subclass may raise anything when it is read
            return engine.unreadable(error, patch, referral)

    def apply(self, patch: Patch, referral: dict[str, Any], *, isolated: bool = False) -> dict[str, Any]:
        """The referral that a patch makes of a stored one; neither is changed.

        Args:
            patch: the patch document (RFC 6902): parsed, as JSON text, or a ``jsonpatch.JsonPatch``.
            referral: the stored referral.
            isolated: True: share nothing with the stored referral; False: share what the patch does not touch.
        Returns:
            a new dict.
        Raises:
            PatchRejected: the patch may not be applied; its ``report`` is what ``check`` returns.

        >>> Ruleset.load("partner-center").apply(
        ...     [{"op": "replace", "path": "/salesStage", "value": "100"}], {"salesStage": "80"}
        ... )
        {'salesStage': '100'}
        """
        try:
            document, operations, violations, _ = engine.run(self._book, patch, referral)
            if not violations:
                return isolate(document) if isolated else document
            report = engine.report(self._book, referral, document, operations, violations)
        except Exception as error:
            raise PatchRejected(engine.unreadable(error, patch, referral)) from error
        raise PatchRejected(report)

    def check_referral(self, referral: dict[str, Any]) -> Report:
        """What is wrong with a referral itself: the schema of the resource, and its status and substatus.

        Args:
            referral: the referral, as the service returns it.
        Returns:
            the report; the ``path`` of a violation is where in the referral it stands.

        >>> report = Ruleset.load("partner-center").check_referral({"status": "New", "substatus": "Won"})
        >>> [(violation.code.value, violation.path) for violation in report.errors]
        [('substatus_not_allowed', '/substatus')]
        """
        try:
            return engine.check_referral(self._book, referral)
        except Exception as error:  # noqa: BLE001 - a subclass may raise anything when it is read
            return engine.unreadable(error, referral)

    def lint(self) -> tuple[Finding, ...]:
        """What is wrong with the ruleset; nothing, for every ruleset that could be loaded.

        >>> Ruleset.load("partner-center").lint()
        ()
        """
        from referral_rules import linting

        return tuple(linting.lint(self._document))

    def __reduce__(self) -> tuple[type["Ruleset"], tuple[dict[str, Any]]]:
        return Ruleset, (self._document,)

    def __repr__(self) -> str:
        return f"<Ruleset {self.name}>"


def _copied(rule: PathRule) -> PathRule:
    """The rule with a schema of its own, which whoever asked may change."""
    return rule._replace(schema=isolate(rule.schema))


def check(patch: Patch, referral: dict[str, Any] = engine.UNKNOWN) -> Report:
    """Everything that is wrong with a patch under the newest built-in ruleset: see ``Ruleset.check``.

    >>> check([{"op": "replace", "path": "/details/closeDate", "value": "2021-03-31T00:00:00Z"}]).errors[0].hint
    'Did you mean /details/closingDateTime?'
    """
    return _built_in(catalog.NEWEST).check(patch, referral)


def apply(patch: Patch, referral: dict[str, Any], *, isolated: bool = False) -> dict[str, Any]:
    """The referral that a patch makes under the newest built-in ruleset: see ``Ruleset.apply``.

    >>> apply([{"op": "add", "path": "/statusReason", "value": None}], {})
    {'statusReason': None}
    """
    return _built_in(catalog.NEWEST).apply(patch, referral, isolated=isolated)


@cache
def _built_in(name: str) -> Ruleset:
    return Ruleset(loading.built_in(name))
