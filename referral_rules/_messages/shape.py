"""Words for a patch that is not a list of operations, or an operation that is not one (RFC 6902 sections 3 and 4)."""

from referral_rules._messages.wording import Details, Words, quoted


def invalid_json(_: str | None, details: Details) -> Words:
    """The text cannot be parsed."""
    return (
        f"the patch is not valid JSON: {details['reason']} at line {details['line']}, column {details['column']}",
        None,
    )


def not_an_array(_: str | None, details: Details) -> Words:
    """The patch is JSON, but not a list."""
    message = f"expected a list of operations, got {details['got']}"
    if details["reason"] == "one_operation":
        return message, "Put the operation in a list: [{...}]."
    return message, f"Write [{_written(details['example'])}]."


def not_an_object(_: str | None, details: Details) -> Words:
    """The operation is JSON, but not an object."""
    message = f"expected an operation with op, path and value, got {details['got']}"
    return message, f"Write {_written(details['example'])}."


def member_missing(_: str | None, details: Details) -> Words:
    """The operation lacks one of op, path and value."""
    return f"the operation has no {quoted(details['member'])}", f"Write {_written(details['example'])}."


def member_type(_: str | None, details: Details) -> Words:
    """The op or the path is not a string."""
    return f"{quoted(details['member'])} must be a string, not {details['got']}", None


def limit_exceeded(_: str | None, details: Details) -> Words:
    """The patch is larger than the ruleset allows."""
    limit = details.get("limit")
    return {
        "operations": (
            f"the patch has {details.get('count')} operations; at most {limit} are allowed",
            "Split it into several patches.",
        ),
        "path_length": (f"the path has {details.get('count')} characters; at most {limit} are allowed", None),
        "depth": (f"{details.get('subject')} is nested too deeply; at most {limit} levels are allowed", None),
        "text": ("the patch is nested too deeply to be parsed", None),
    }[details["reason"]]


def _written(example: Details) -> str:
    return f'{{"op": "{example["op"]}", "path": {quoted(example["path"])}, "value": ...}}'
