"""Which patches may be due a warning: a quick look that lets nearly every one pass.

The warnings themselves, for the few that do not pass, are made in ``_engine/warnings.py``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from referral_rules._json import among
from referral_rules._rules.paths import Rule
from referral_rules._rules.resource import Resource


class Advisories:
    """What a ruleset warns about.

    Args:
        name: the name of the ruleset.
        document: the ``advisories`` of a ruleset, by the code of the warning.
        resource: the schema of the document that is patched.
        substatus: the path of the substatus.
    """

    def __init__(self, name: str, document: Mapping[str, Any], resource: Resource, substatus: str) -> None:
        self._document = document
        self._resource = resource
        self._substatus = substatus
        self._sources = {code: _decides(name, advisory) for code, advisory in document.items()}
        by_service = self.values("set_by_service").get(substatus, ())
        self.final = frozenset(self.get("terminal_state").get("substatuses", ()))
        self.watched_substatuses = frozenset((*by_service, *self.get("reason_expected").get("substatuses", ())))

    def get(self, code: str) -> dict[str, Any]:
        """One advisory; an empty one if the ruleset does not have it."""
        found: dict[str, Any] = self._document.get(code, {})
        return found

    def source(self, code: str) -> str:
        """What decides about a warning: the ruleset and, if it says so, where it has that from."""
        return self._sources[code]

    def __contains__(self, code: str) -> bool:
        return code in self._document

    def values(self, code: str) -> dict[str, list[Any]]:
        """The values that an advisory names, by path."""
        found: dict[str, list[Any]] = self.get(code).get("values", {})
        return found

    def names_values(self, rule: Rule) -> bool:
        """Return True if an advisory names values at the path of a rule."""
        return bool(self._by_service(rule) or self.values("one_way").get(rule.path))

    def may_concern(self, rule: Rule) -> Callable[[Any], bool]:
        """A function that returns True for a value that a warning may be due for at the path of a rule."""
        by_service, final = self._by_service(rule), self.values("one_way").get(rule.path, ())
        unknown_members = self._resource.unknown_members

        def concerns(value: Any) -> bool:
            named = among(value, by_service) or (bool(final) and not among(value, final))
            return named or any(unknown_members(rule.schema, value))

        return concerns

    def _by_service(self, rule: Rule) -> list[Any]:
        """The values that the service sets at a path; those of the substatus are ``watched_substatuses``."""
        return [] if rule.path == self._substatus else self.values("set_by_service").get(rule.path, [])


def _decides(name: str, advisory: Mapping[str, Any]) -> str:
    return f"{name}: advisories" + (f" ({advisory['source']})" if "source" in advisory else "")
