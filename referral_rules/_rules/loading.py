"""Reads rulesets, with everything that they extend, and refuses those that are not sound.

The built-in ones are sound, which the tests check; so only other rulesets import the linter.
"""

import os
from collections.abc import Mapping
from typing import Any

from referral_rules import _catalog
from referral_rules._exceptions import Finding, RulesetError
from referral_rules._json import NotJson, NotPlain, join, loads, plain

_DEEPEST = 200
_MAPPING = "ruleset"


def load(name: str) -> dict[str, Any]:
    """A built-in ruleset with everything that it inherits.

    Raises:
        RulesetError: there is none of that name.

    >>> load("partner-center")["absentMembers"]
    'missing'
    """
    path = _catalog.ruleset_path(name)
    if path is None:
        raise _error(name, "", "there is no built-in ruleset of that name", f"choose one of {_choice()}")
    document = _catalog.read(path)
    base = load(document["extends"]) if "extends" in document else {}
    return _with_resource(_merged(base, document), path, path)


def from_file(path: str) -> dict[str, Any]:
    """The ruleset in a file, with everything that it inherits.

    Raises:
        RulesetError: it cannot be read, or something is wrong with it.
    """
    return _linted(_read_ruleset(path), path)


def from_mapping(document: Mapping[str, Any]) -> dict[str, Any]:
    """The ruleset in a mapping, with everything that it inherits.

    Raises:
        RulesetError: something is wrong with it.

    >>> len(from_mapping({"name": "mine", "extends": "partner-center-2020-09"})["paths"])
    18
    """
    try:
        copy = plain(dict(document) if isinstance(document, Mapping) else document, _DEEPEST)
    except NotPlain as reason:
        raise _error(_MAPPING, "", str(reason), "pass what a JSON parser returns") from None
    return _linted(_inherited(copy, _MAPPING), _MAPPING)


def _read_ruleset(path: str, below: tuple[str, ...] = ()) -> dict[str, Any]:
    return _inherited(_read(path, path, ""), path, path, below)


def _inherited(document: Any, label: str, path: str | None = None, below: tuple[str, ...] = ()) -> dict[str, Any]:
    """A ruleset and everything that it inherits, as one; ``below`` are the files that extend it."""
    from referral_rules._rules import linting

    wrong = linting.schema_findings(document, _catalog.schema("ruleset"))
    if wrong:
        raise RulesetError(label, tuple(wrong))
    base = _base(document["extends"], label, path, below) if "extends" in document else {}
    absent = [
        name for name, rule in document.get("paths", {}).items() if rule is None and name not in base.get("paths", {})
    ]
    if absent:
        places = [f"/paths{join([name])}" for name in absent]
        raise RulesetError(
            label, tuple(Finding(each, "is null, but is not inherited", "leave it out") for each in places)
        )
    return _with_resource(_merged(base, document), label, path)


def _base(name: str, label: str, path: str | None, below: tuple[str, ...]) -> dict[str, Any]:
    if _catalog.ruleset_path(name) is not None:
        return load(name)
    if path is None:
        raise _error(label, "/extends", "is not a built-in ruleset", f"name one of {_choice()}")
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if not os.path.isfile(beside):
        fix = f"name a file beside this one, or one of {_choice()}"
        raise _error(label, "/extends", "is neither a built-in ruleset nor a file", fix)
    chain = (*below, os.path.realpath(path))
    if os.path.realpath(beside) in chain:
        raise _error(label, "/extends", "is a cycle: the file extends itself", f"name one of {_choice()}")
    return _read_ruleset(beside, chain)


def _merged(base: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Paths are merged by path, and null removes one; any other key given replaces the inherited one."""
    paths = {**base.get("paths", {}), **document.get("paths", {})}
    return {**base, **document, "paths": {path: rule for path, rule in paths.items() if rule is not None}}


def _with_resource(document: dict[str, Any], label: str, path: str | None) -> dict[str, Any]:
    resource = document["resource"]
    if not isinstance(resource, str):
        return document
    if path is None:
        raise _error(label, "/resource", "is a file name, with no folder to look in", "write the schema here")
    beside = os.path.join(os.path.dirname(path), resource)
    schema = _read(beside, label, "/resource")
    if not isinstance(schema, dict):
        raise _error(label, "/resource", "is not an object", "write the schema of an object")
    return {**document, "resource": schema}


def _linted(document: dict[str, Any], label: str) -> dict[str, Any]:
    from referral_rules._rules import linting

    try:
        wrong = tuple(linting.lint(plain(document, _DEEPEST)))
    except (NotPlain, RecursionError):
        raise _error(label, "", "is nested too deeply", "reduce the nesting") from None
    if wrong:
        raise RulesetError(label, wrong)
    return document


def _read(path: str, label: str, place: str) -> Any:
    try:
        with open(path, "rb") as file:
            return loads(file.read())
    except NotJson as error:
        raise _error(label, place, f"is not valid JSON: {error}", "correct the file") from None
    except OSError as error:
        raise _error(label, place, f"cannot read the file: {error.strerror}", "name a file that can be read") from None
    except ValueError:
        raise _error(label, place, "is not a valid file name", "name a file that can be read") from None


def _choice() -> str:
    return ", ".join((_catalog.NEWEST, *_catalog.built_in_names()))


def _error(label: str, place: str, problem: str, fix: str) -> RulesetError:
    return RulesetError(label, (Finding(place, problem, fix),))
