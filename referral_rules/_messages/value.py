"""Words for a value that JSON cannot represent, or that is not what the resource has at its place."""

from collections.abc import Callable
from typing import Any

from referral_rules._frozen import thawed
from referral_rules._json import dumps, shorten
from referral_rules._messages.wording import Details, Words, all_of, any_of, counted, quoted

_LISTED = 12
_ARTICLES = {"null": "null", "array": "an array", "object": "an object", "integer": "an integer"}


def not_json(_: str | None, details: Details) -> Words:
    """No JSON parser produces this."""
    hint = "Pass what a JSON parser returns: dict, list, str, int, float, bool or None."
    if details["reason"] == "not_a_patch":
        return f"expected a list of operations, got {details['got']}", hint
    return f"{details['subject']} {details['reason']}", hint


def value_invalid(path: str | None, details: Details) -> Words:
    """The value does not fit the schema of the resource."""
    # Of a referral itself, the path of the diagnostic is the place already; there is no rule then.
    subject = shorten(f"{path or ''}{details['place'] if details['rule'] else ''}") or "the referral"
    examples = _examples(details) if "examples" in details else ""
    requirement = _requirement(details, examples)
    if details.get("nearest"):
        return f"{subject} {requirement}", f"Did you mean {quoted(details['nearest'])}?"
    return f"{subject} {requirement}", f"Write it like {examples}." if examples not in requirement else None


def _requirement(details: Details, examples: str) -> str:
    if details.get("types"):
        types = any_of([_ARTICLES.get(name, f"a {name}") for name in details["types"]])
        return f"must be {types}, not {details['got']}"
    if 0 < len(details.get("allowed", ())) <= _LISTED:
        return f"must be {any_of([quoted(value) for value in details['allowed']])}"
    if details.get("missing"):
        return f"must have {all_of([quoted(name) for name in details['missing']])}"
    if "description" in details:
        return f"must be {_phrase(details['description'])}" + (f", such as {examples}" if examples else "")
    if details.get("bound") is not None and details["keyword"] in _BOUNDS:
        return f"must {_BOUNDS[details['keyword']](details['bound'])}"
    return _OTHERS.get(details["keyword"], f"does not fit its schema ({details['keyword']})")


_BOUNDS: dict[str, Callable[[Any], str]] = {
    "const": lambda bound: f"be {bound}",
    "minimum": lambda bound: f"be at least {bound}",
    "maximum": lambda bound: f"be at most {bound}",
    "exclusiveMinimum": lambda bound: f"be more than {bound}",
    "exclusiveMaximum": lambda bound: f"be less than {bound}",
    "multipleOf": lambda bound: f"be a multiple of {bound}",
    "minLength": lambda bound: f"have at least {counted(bound, 'character')}",
    "maxLength": lambda bound: f"have at most {counted(bound, 'character')}",
    "minItems": lambda bound: f"have at least {counted(bound, 'element')}",
    "maxItems": lambda bound: f"have at most {counted(bound, 'element')}",
    "minProperties": lambda bound: f"have at least {counted(bound, 'member')}",
    "maxProperties": lambda bound: f"have at most {counted(bound, 'member')}",
}
_OTHERS = {
    "additionalProperties": "has a member that is not allowed",
    "false": "is not allowed",
    "pattern": "does not match the pattern in its schema",
    "uniqueItems": "has the same element twice",
}


def _phrase(description: str) -> str:
    """A description as the rest of a sentence: An ISO 4217 currency code. -> an ISO 4217 currency code."""
    first, rest = description[:1], description[1:].removesuffix(".")
    return f"{first.lower()}{rest}" if rest[:1].islower() or rest[:1] == " " else f"{first}{rest}"


def _examples(details: Details) -> str:
    return any_of([dumps(thawed(example)) for example in details["examples"]])
