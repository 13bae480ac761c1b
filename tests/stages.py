"""What the tests of the stages share: the documented deal, and small patches and rulesets."""

from typing import Any

from referral_rules import Diagnostic, Ruleset

from .casefiles import EXAMPLES, load

__all__ = ["DEAL", "op", "own", "the_only"]

DEAL: dict[str, Any] = load(EXAMPLES / "referral.json")


def op(name: str, path: str, value: Any = None) -> list[Any]:
    """A patch of one operation."""
    return [{"op": name, "path": path, "value": value}]


def own(resource: dict[str, Any], paths: dict[str, tuple[str, ...]], **more: Any) -> Ruleset:
    """A ruleset with a resource of its own, and the operations that each path takes."""
    document = {
        "name": "own",
        "operations": ["add", "replace"],
        "limits": {"operations": 99, "depth": 9, "pathLength": 99},
        "resource": resource,
        "paths": {path: {"operations": [*operations]} for path, operations in paths.items()},
    }
    return Ruleset.from_dict({**document, **more})


def the_only(rules: Ruleset, patch: Any, *referral: Any) -> Diagnostic:
    """The one diagnostic of a patch."""
    (found,) = rules.check(patch, *referral)
    return found
