"""A ruleset as a document: where it is loaded from, and what it says."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Never, Self

from referral_rules._frozen import Immutable
from referral_rules._json import equal, isolate
from referral_rules._rules import Limits, PathRule, Rule, Rules, TransitionTable, from_file, from_mapping, load


class RulesetDocument(Immutable):
    """What a ruleset says; ``Ruleset`` adds what can be done with it."""

    __slots__ = ("_document", "_rules")

    _document: dict[str, Any]
    _rules: Rules

    def __init__(self, *_: Never, **__: Never) -> None:
        raise TypeError("use Ruleset.load(name), Ruleset.from_file(path) or Ruleset.from_dict(document)")

    @classmethod
    def load(cls, name: str) -> Self:
        """A built-in ruleset, loaded once and shared.

        Args:
            name: a dated name, whose rules never change, or ``"partner-center"`` for the newest.
        Raises:
            RulesetError: there is no built-in ruleset of that name.
            TypeError: the name is not a string.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center-2020-09").name
        'partner-center-2020-09'
        """
        if not isinstance(name, str):
            raise TypeError(f"expected the name of a ruleset as str, got {type(name).__name__}")
        # mypy believes that a type[Self] cannot be hashed.
        loaded: Self = _built_in(cls, name)  # type: ignore[arg-type]
        return loaded

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """A ruleset from a JSON file that fits ``ruleset.schema.json``.

        Args:
            path: the file; the ruleset that it extends, and its resource, may be files named relative to it.
        Raises:
            RulesetError: the file cannot be read, or is not a valid ruleset; the error lists every problem.

        >>> from referral_rules import Ruleset
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open(os.path.join(folder, "mine.json"), "w") as file:
        ...         _ = file.write('{"name": "mine", "extends": "partner-center", "paths": {"/team": null}}')
        ...     Ruleset.from_file(file.name).explain("/team") is None
        True
        """
        loaded: Self = _sound(cls, from_file(os.fspath(path)))
        return loaded

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """A ruleset from a mapping that fits ``ruleset.schema.json``.

        Args:
            document: the ruleset, which is copied; it extends a built-in one, or contains its own resource.
        Raises:
            RulesetError: it is not a valid ruleset; the error lists every problem.

        >>> from referral_rules import Ruleset
        >>> Ruleset.from_dict({"name": "short", "extends": "partner-center", "title": "Mine"}).title
        'Mine'
        """
        loaded: Self = _sound(cls, from_mapping(document))
        return loaded

    @property
    def name(self) -> str:
        """The name of the ruleset.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").name
        'partner-center-2023-10'
        """
        return self._rules.name

    @property
    def title(self) -> str | None:
        """A one-line description of the ruleset, or None.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center-2020-09").title
        'Partner Center referrals, PATCH as first documented'
        """
        return self._document.get("title")

    @property
    def extends(self) -> str | None:
        """The name or file of the ruleset that this one extends, or None.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center-2023-10").extends
        'partner-center-2020-09'
        """
        return self._document.get("extends")

    @property
    def paths(self) -> tuple[PathRule, ...]:
        """The rules of all paths that may be patched.

        >>> from referral_rules import Ruleset
        >>> len(Ruleset.load("partner-center-2020-09").paths)
        18
        """
        return tuple(self._path_rule(rule) for rule in self._rules.rules)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations of RFC 6902 that the service supports.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").operations
        ('add', 'replace')
        """
        return self._rules.operations

    @property
    def transitions(self) -> TransitionTable:
        """The allowed changes of status and substatus.

        >>> from referral_rules import Ruleset
        >>> sorted(Ruleset.load("partner-center").transitions.rows)
        ['Active', 'Closed', 'New']
        """
        return self._rules.transitions

    @property
    def limits(self) -> Limits:
        """The bounds on a patch.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").limits.operations
        1000
        """
        return self._rules.limits

    @property
    def document(self) -> dict[str, Any]:
        """The ruleset as JSON, with everything that it inherits and the schema of its resource, as a new copy.

        >>> from referral_rules import Ruleset
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

        >>> from referral_rules import Ruleset
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

    def __eq__(self, other: object) -> bool:
        return equal(self._document, other._document) if isinstance(other, type(self)) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self._rules.paths))

    def __reduce__(self) -> tuple[Any, ...]:
        return _sound, (type(self), self._document)

    def __repr__(self) -> str:
        return f"<Ruleset {self.name}>"


def _sound(kind: type[Any], document: dict[str, Any]) -> Any:
    ruleset = object.__new__(kind)
    object.__setattr__(ruleset, "_document", document)
    object.__setattr__(ruleset, "_rules", Rules(document))
    return ruleset


@cache
def _built_in(kind: type[Any], name: str) -> Any:
    return _sound(kind, load(name))
