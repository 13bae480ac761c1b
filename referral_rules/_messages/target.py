"""Words for a value that has no place in the stored referral (RFC 6902 sections 4.1 and 4.3)."""

from referral_rules._messages.wording import Details, Words


def referral_not_an_object(_: str | None, details: Details) -> Words:
    """The referral is not a JSON object."""
    hint = "Pass the parsed referral as the service returned it."
    return f"expected the referral as a JSON object, got {details['got']}", hint


def target_missing(_: str | None, details: Details) -> Words:
    """An object lacks the member that the path leads to, or through."""
    return f"the referral has no {details['place']}", _create(details)


def target_not_container(_: str | None, details: Details) -> Words:
    """The path leads into something that is neither an array nor an object, or is the wrong one of them."""
    return f"{details['parent']} is not {details['expected']} in this referral", _create(details)


def index_out_of_range(_: str | None, details: Details) -> Words:
    """The array has no such element."""
    return f"the array {details['parent']} has no element {details['place']}", _create(details)


def _create(details: Details) -> str:
    if "fix" in details:
        return "Use add instead: it creates the member."
    creator = details["creator"]
    if creator is not None:
        return f"Add an element at {creator} first." if creator.endswith("/-") else f"Add {creator} first."
    return "No patch can create it. Read the referral again, or leave this operation out."
