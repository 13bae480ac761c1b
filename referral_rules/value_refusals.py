"""Why a value is refused: jsonschema finds what is wrong, and the resource's own descriptions word it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from referral_rules import pointers
from referral_rules.nearest import nearest
from referral_rules.plain import NotPlain, TooDeep, contains_itself
from referral_rules.rulebook import Rulebook
from referral_rules.values import ValueSchema
from referral_rules.violations import Violation, ViolationCode
from referral_rules.wording import kind_of, listed, one_of, quoted, violation

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["invalid", "not_plain"]

_REPORTED = 16
_LISTED = 12
_ARTICLES = {"null": "null", "array": "an array", "object": "an object", "integer": "an integer"}


def not_plain(book: Rulebook, value: object, reason: NotPlain, *, index: int | None, path: str | None) -> Violation:
    """The value is no JSON, or nested too deeply."""
    what = "the value" if index is not None else "The referral"
    if isinstance(reason, TooDeep) and not contains_itself(value):
        limit = book.limits.depth
        problem = f"{what} has more than {limit} arrays and objects inside one another."
        rule = f"{book.name}: limits"
        return violation(
            ViolationCode.LIMIT_EXCEEDED, problem, rule, index=index, path=path, member="value", limit=limit
        )
    why = "contains itself" if isinstance(reason, TooDeep) else str(reason)
    return violation(
        ViolationCode.NOT_JSON,
        f"{what} {why}.",
        "RFC 8259 section 3",
        index=index,
        path=path,
        hint="Pass what a JSON parser returns: dict, list, str, int, float, bool or None; of floats, finite ones.",
    )


def invalid(
    book: Rulebook, value_schema: ValueSchema, value: object, *, index: int | None, path: str
) -> list[Violation]:
    """What jsonschema has against a value, at most sixteen places; none if it has nothing.

    Args:
        book: the rules.
        value_schema: what the value must be.
        value: a plain JSON value.
        index: index of the operation; None if the value is the referral itself, and then each thing has its own path.
        path: path of the operation, or ``""``.
    """
    errors = value_schema.errors(value, _REPORTED)
    return [_invalid(book, _innermost(error), index, path) for error in errors]


def _invalid(book: Rulebook, error: "ValidationError", index: int | None, path: str) -> Violation:
    place = pointers.join(error.absolute_path)
    whole = path + place
    allowed = _allowed(book, error, whole)
    near = nearest(error.instance, allowed) if isinstance(error.instance, str) else None
    inside = "" if index is None or not place else f" at {place} inside it"
    subject = f"the value{inside}" if index is not None else place or "the referral"
    rule = book.paths.match(path)
    return violation(
        ViolationCode.VALUE_INVALID,
        f"{subject} {_problem(error, allowed)}.",
        f"{book.name}: {rule.path if rule else 'resource'}",
        index=index,
        path=whole if index is None else path,
        hint=_hint(error, near),
        keyword=_keyword(error),
        place=place,
        **({"allowed": allowed, "nearest": near} if allowed else {}),
    )


def _innermost(error: "ValidationError") -> "ValidationError":
    """Of an anyOf, the branch that is meant: the first one whose type the value has."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(next(iter(inner.schema_path), None), []).append(inner)
    for errors in branches.values():
        if not any(inner.validator == "type" and not inner.path for inner in errors):
            return _innermost(errors[0])
    return error


def _allowed(book: Rulebook, error: "ValidationError", path: str) -> list[str]:
    """The strings that an enumeration allows here; of a status, those that some move leads to."""
    if error.validator != "enum":
        return []
    settable = book.transitions.settable(pointers.tokens(path))
    values: list[Any] = _argument(error)
    if not all(isinstance(value, str | None) for value in values):
        return []
    return [value for value in values if isinstance(value, str) and (settable is None or value in settable)]


def _problem(error: "ValidationError", allowed: list[str]) -> str:
    types = _missed_types(error)
    if types:
        return f"must be {_types(types)}, and is {kind_of(error.instance)}"
    if 0 < len(allowed) <= _LISTED:
        return f"must be {one_of(allowed)}"
    if error.validator == "required":
        missing = [name for name in _argument(error) if name not in _instance(error)]
        return f"lacks {listed([quoted(name) for name in missing])}"
    described = _annotation(error, "description")
    text = f": {described.removesuffix('.')}" if described else ""
    return f"is not as its schema says ({_keyword(error)}){text}"


def _keyword(error: "ValidationError") -> str:
    # A schema may be just false; and where jsonschema itself gave up, no keyword is known.
    return error.validator if isinstance(error.validator, str) else "false" if error.schema is False else "unknown"


def _missed_types(error: "ValidationError") -> list[str]:
    """The types that a value should have had, if its type is what is wrong with it."""
    inside = [inner for inner in error.context or () if not inner.path]
    named = [_argument(each) for each in (error, *inside) if each.validator == "type"]
    return [name for names in named for name in ([names] if isinstance(names, str) else names)]


def _types(names: list[str]) -> str:
    return listed([_ARTICLES.get(name, f"a {name}") for name in names], "or")


def _hint(error: "ValidationError", near: str | None) -> str | None:
    if near is not None:
        return f"Did you mean {near}?"
    examples = _annotation(error, "examples")
    return f"Write it like {listed([_shown(example) for example in examples], 'or')}." if examples else None


def _shown(example: Any) -> str:
    import json

    return json.dumps(example)


def _argument(error: "ValidationError") -> Any:
    """What the keyword that failed asks for."""
    return error.validator_value


def _instance(error: "ValidationError") -> Any:
    return error.instance


def _annotation(error: "ValidationError", keyword: str) -> Any:
    """The annotation of the schema that failed or, if it has none, of the nearest schema around it."""
    return next((schema[keyword] for schema in _around(error) if keyword in schema), None)


def _around(error: Any) -> Iterator[dict[str, Any]]:
    while error is not None:
        if isinstance(error.schema, dict):
            yield error.schema
        error = error.parent
