"""Words for an operation or a path that the ruleset does not allow."""

from collections.abc import Callable

from referral_rules._messages.wording import Details, Words, all_of, any_of, quoted

# What RFC 6902 section 4 defines beyond add and replace, and what has the same effect here.
_SUBSTITUTES = {
    "remove": "To clear a field, set it to null if it may be null; to remove an element, replace the whole array.",
    "move": "Write the value to its new place with add or replace.",
    "copy": "Write the value to its new place with add or replace.",
    "test": "To guard against concurrent changes, send the entity tag in If-Match.",
}


def op_not_supported(_: str | None, details: Details) -> Words:
    """The service does not support this operation."""
    message = f"op {quoted(details['op'])} is not supported; the API takes only {all_of(details['allowed'])}"
    if details["op"].lower() in _SUBSTITUTES:
        return message, _SUBSTITUTES[details["op"].lower()]
    near = details["nearest"]
    return message, f"Did you mean {near}?" if near else f"Use {any_of(details['allowed'])}."


def invalid_pointer(path: str | None, details: Details) -> Words:
    """The path is not a JSON Pointer."""
    message = f"path {quoted(path or '')} is not a JSON Pointer: it {details['reason']}"
    if details["nearest"]:
        return message, f"Did you mean {details['suggested']}?"
    if "~" in details["reason"]:
        return message, "In a name, write ~0 for ~ and ~1 for /."
    return message, "Start the path with /."


def path_not_allowed(path: str | None, details: Details) -> Words:
    """No rule of the ruleset has this path."""
    subject = f"path {quoted(path)}" if path else 'path "", which is the whole referral,'
    return f"{subject} cannot be patched", _HINTS[details["reason"]](details)


_HINTS: dict[str, Callable[[Details], str]] = {
    "whole_referral": lambda _: "Write one operation for each field instead.",
    "part_of_array": lambda details: (
        f"Replace the whole array at {details['nearest']}"
        + (f", or add to {details['end']}." if details["end"] else ".")
    ),
    "index_needed": lambda _: "Replace * with the index of an element; the first one is 0.",
    "whole_object": lambda details: f"Write to {any_of(details['inside'])} instead.",
    "read_only": lambda details: f"Leave this operation out: only the service can write {details['known']}.",
    "not_documented": lambda details: f"Leave this operation out: patching {details['known']} is not documented.",
    "misspelt": lambda details: f"Did you mean {details['suggested']}?",
    "unknown": lambda details: (
        f"Paths that can be patched start with {any_of(details['beginnings'])}."
        if details["beginnings"]
        else "These rules let no path be patched."
    ),
}


def op_not_allowed(_: str | None, details: Details) -> Words:
    """The rule of this path does not take this operation."""
    message = f"{details['rule']} takes {all_of(details['allowed'])}, not {details['op']}"
    if details["rule"].endswith("/-"):
        message += ": - is the position after the last element"
    return message, f"Use {any_of(details['allowed'])}."
