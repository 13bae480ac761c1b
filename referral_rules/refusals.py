"""Why an operation is refused: each stage of the engine has its function here, called only on refusal."""

from collections.abc import Iterator
from typing import Any

from referral_rules import pointers
from referral_rules.nearest import nearest
from referral_rules.patching import Steps
from referral_rules.paths import PathRule
from referral_rules.resource import ITEM, Schema
from referral_rules.rulebook import Rulebook
from referral_rules.violations import Violation, ViolationCode
from referral_rules.wording import kind_of, listed, quoted, violation

__all__ = ["operation", "target", "too_many_operations"]

_STRING_MEMBERS = ("op", "path")
# What RFC 6902 section 4 defines besides add and replace, and what does its work here.
_SUBSTITUTES = {
    "remove": "To empty a field, replace it with null where its type has null; to take an item out of an array, "
    "replace the whole array.",
    "move": "Write the value where it belongs with add or replace.",
    "copy": "Write the value where it belongs with add or replace.",
    "test": "To guard against concurrent changes, send the entity tag as If-Match.",
}


def too_many_operations(book: Rulebook, count: int) -> Violation:
    """The patch has more operations than the ruleset's limit."""
    limit = book.limits.operations
    return violation(
        ViolationCode.LIMIT_EXCEEDED,
        f"The patch has {count} operations, and {limit} are allowed.",
        f"{book.name}: limits",
        hint="Send several patches.",
        limit=limit,
    )


def operation(book: Rulebook, index: int, candidate: Any) -> list[Violation]:
    """What is wrong with the shape of an operation or, if nothing is, with its op and its path."""
    return list(_shape(book, index, candidate)) or list(_policy(book, index, candidate)) or [_unreadable(index)]


def _unreadable(index: int) -> Violation:
    """Of an operation that seems right and yet cannot be read, as a string that refuses to be hashed."""
    problem = "the operation holds what only looks like a string."
    return violation(ViolationCode.NOT_JSON, problem, "RFC 8259 section 7", index=index, hint="Write plain strings.")


def _shape(book: Rulebook, index: int, candidate: Any) -> Iterator[Violation]:
    rule = "RFC 6902 section 4"
    if not isinstance(candidate, dict):
        yield violation(
            ViolationCode.NOT_AN_OBJECT,
            f"an operation is an object with op, path and value, and this is {kind_of(candidate)}.",
            rule,
            index=index,
            hint=f"Write {_example(book)}.",
        )
        return
    path = candidate.get("path")
    for name in _STRING_MEMBERS:
        if name not in candidate:
            yield _missing(book, index, name, path)
        elif not isinstance(candidate[name], str):
            problem = f"{name} is a string, and this is {kind_of(candidate[name])}."
            yield violation(ViolationCode.MEMBER_TYPE, problem, rule, index=index, path=path, member=name)
    if "value" not in candidate and candidate.get("op") in book.operations:
        yield _missing(book, index, "value", path)
    if isinstance(path, str) and len(path) > book.limits.path_length:
        yield violation(
            ViolationCode.LIMIT_EXCEEDED,
            f"the path has {len(path)} characters, and {book.limits.path_length} are allowed.",
            f"{book.name}: limits",
            index=index,
            path=path,
            member="path",
            limit=book.limits.path_length,
        )


def _missing(book: Rulebook, index: int, name: str, path: object) -> Violation:
    return violation(
        ViolationCode.MEMBER_MISSING,
        f"the operation has no {name}.",
        "RFC 6902 section 4",
        index=index,
        path=path,
        hint=f"Write {_example(book)}.",
        member=name,
    )


def _example(book: Rulebook) -> str:
    path = book.paths.rules[0].path if book.paths.rules else "/..."
    return f'{{"op": "{book.operations[-1]}", "path": "{path}", "value": ...}}'


def _policy(book: Rulebook, index: int, candidate: dict[str, Any]) -> Iterator[Violation]:
    op, path = str.__str__(candidate["op"]), str.__str__(candidate["path"])
    if op not in book.operations:
        yield _op_not_supported(book, index, op, path)
    try:
        parts = pointers.tokens(path)
    except pointers.InvalidPointer as error:
        yield _invalid_pointer(book, index, path, str(error))
        return
    rule = book.paths.match(path)
    if rule is None:
        yield _path_not_allowed(book, index, path, parts)
    elif op in book.operations and op not in rule.operations:
        yield _op_not_allowed(book, index, op, path, rule)


def _op_not_supported(book: Rulebook, index: int, op: str, path: str) -> Violation:
    near = nearest(op, book.operations)
    hint = _SUBSTITUTES.get(op) or (f"Did you mean {near}?" if near else f"Use {listed(book.operations, 'or')}.")
    return violation(
        ViolationCode.OP_NOT_SUPPORTED,
        f"op {quoted(op)} is not supported; the service takes only {listed(book.operations)}.",
        f"{book.name}: operations",
        index=index,
        path=path,
        hint=hint,
        allowed=list(book.operations),
        nearest=near,
    )


def _op_not_allowed(book: Rulebook, index: int, op: str, path: str, rule: PathRule) -> Violation:
    because = ""
    if rule.path.endswith(f"/{pointers.END}"):
        because = ", as the element after the last never exists (RFC 6902 section 4.3)"
    taken = listed(rule.operations)
    return violation(
        ViolationCode.OP_NOT_ALLOWED,
        f"{rule.path} takes {taken}, not {op}{because}.",
        f"{book.name}: {rule.path}",
        index=index,
        path=path,
        hint=f"Use {taken}.",
        allowed=list(rule.operations),
    )


def _invalid_pointer(book: Rulebook, index: int, path: str, reason: str) -> Violation:
    near = nearest(path.replace(".", "/"), book.paths.names)
    return violation(
        ViolationCode.INVALID_POINTER,
        f"path {quoted(path)} is no JSON Pointer: it {reason}.",
        "RFC 6901 section 3",
        index=index,
        path=path,
        hint=f"Did you mean {_with_indices(near)}?" if near else "Write ~0 for ~ and ~1 for / inside a name.",
        nearest=near,
    )


def _path_not_allowed(book: Rulebook, index: int, path: str, parts: tuple[str, ...]) -> Violation:
    near, hint = _instead_of(book, parts)
    return violation(
        ViolationCode.PATH_NOT_ALLOWED,
        f"path {quoted(path)} is none of the {len(book.paths.rules)} paths that may be patched.",
        f"{book.name}: paths",
        index=index,
        path=path,
        hint=hint,
        allowed=list(book.paths.names),
        nearest=near,
    )


def _instead_of(book: Rulebook, parts: tuple[str, ...]) -> tuple[str | None, str]:
    """The nearest path that is allowed, and the advice to give to someone who wrote another."""
    if not parts:
        return None, "The whole referral cannot be written at once: give each field an operation of its own."
    generic = tuple(ITEM if pointers.is_index(part) else part for part in parts)
    advice = _about_arrays(book, parts) or _about_objects(book, generic) or _about_the_resource(book, generic)
    if advice is not None:
        return advice
    near = _near_path(book, pointers.join(generic))
    if near is None:
        return None, f"The paths that may be patched begin with {listed(_beginnings(book), 'or')}."
    return near, f"Did you mean {_with_indices(near)}?"


def _beginnings(book: Rulebook) -> list[str]:
    return list(dict.fromkeys(pointers.join(pointers.tokens(path)[:1]) for path in book.paths.names))


def _near_path(book: Rulebook, path: str) -> str | None:
    """The allowed path that is nearest: beside it, as most slips are in the last name, or else anywhere."""
    above, _, last = path.rpartition("/")
    beside = {name.removeprefix(f"{above}/"): name for name in book.paths.names if name.rpartition("/")[0] == above}
    sibling = nearest(last, beside)
    return beside[sibling] if sibling is not None else nearest(path, book.paths.names)


_Advice = tuple[str | None, str]


def _about_arrays(book: Rulebook, parts: tuple[str, ...]) -> _Advice | None:
    """Into an array that may only be written whole, or added to; or with a star for an index."""
    # The resource ends long before a path of many tokens does, which is not to be joined once for each of them.
    schema: Schema | None = book.resource.schema
    for length, token in enumerate(parts):
        if schema is None:
            return None
        array = book.resource.items(schema) is not None and (pointers.is_index(token) or token == pointers.END)
        above = pointers.join(parts[:length])
        schema = book.resource.at([token], schema)
        if array and above in book.paths.names:
            end = f"{above}/{pointers.END}"
            more = f", or add to {end}" if end in book.paths.names else ""
            return above, f"Replace the whole array at {above}{more}."
    # The path of a rule that governs it not: only one with a star is no path of an operation.
    path = pointers.join(parts)
    if path in book.paths.names:
        return path, f"Write the index of an element for {ITEM}, from 0."
    return None


def _about_objects(book: Rulebook, generic: tuple[str, ...]) -> _Advice | None:
    """Onto an object of which only parts may be written."""
    inside = f"{pointers.join(generic)}/"
    below = [known for known in book.paths.names if known.startswith(inside)]
    return (below[0], f"Write to what may be patched inside it: {listed(below, 'or')}.") if below else None


def _about_the_resource(book: Rulebook, generic: tuple[str, ...]) -> _Advice | None:
    """To what the resource has, perhaps in another spelling, and no rule opens."""
    spelled = book.resource.spelled(token for token in generic if token)
    if not spelled:
        return None
    path, known = pointers.join(spelled), book.resource.at(spelled) or {}
    if path in book.paths.names:
        return path, f"Did you mean {_with_indices(path)}?"
    author = "the service writes it" if known.get("readOnly") else "no PATCH of it is documented"
    return None, f"The resource has {path}, but {author}: leave this operation out."


def _with_indices(path: str) -> str:
    """The path of a rule as one may write it in an operation."""
    return pointers.join("0" if token == ITEM else token for token in pointers.tokens(path))


def target(book: Rulebook, index: int, path: str, steps: Steps, document: dict[str, Any]) -> Violation:
    """Why there is no place for the value in this referral."""
    container: Any = document
    for position, token in enumerate(steps[:-1]):
        code = _misfit(container, token) or _absence(container, token)
        if code is not None:
            return _no_target(book, index, path, code, steps[: position + 1])
        container = container[token]
    code = _misfit(container, steps[-1]) or _absence(container, steps[-1])
    return _no_target(book, index, path, code or ViolationCode.INDEX_OUT_OF_RANGE, steps)


def _wants_array(token: str | int) -> bool:
    return isinstance(token, int) or token == pointers.END


def _misfit(container: object, token: str | int) -> ViolationCode | None:
    wanted = list if _wants_array(token) else dict
    return None if isinstance(container, wanted) else ViolationCode.TARGET_NOT_CONTAINER


def _absence(container: Any, token: str | int) -> ViolationCode | None:
    if isinstance(token, int):
        return ViolationCode.INDEX_OUT_OF_RANGE if token >= len(container) else None
    return ViolationCode.TARGET_MISSING if token not in container else None


def _no_target(book: Rulebook, index: int, path: str, code: ViolationCode, steps: Steps) -> Violation:
    # The place is shown as it was written: an index of many digits is cut short among the steps.
    whole = pointers.tokens(path)
    parts = whole[: len(steps)]
    place, parent = pointers.join(parts), pointers.join(parts[:-1])
    array = _wants_array(steps[-1])
    problem = {
        ViolationCode.TARGET_MISSING: f"the referral has no {place}.",
        ViolationCode.TARGET_NOT_CONTAINER: f"{parent} is not {'an array' if array else 'an object'} in the referral.",
        ViolationCode.INDEX_OUT_OF_RANGE: f"the array {parent} in the referral ends before {place}.",
    }[code]
    missing = code is ViolationCode.TARGET_MISSING
    # The member itself, and not one that leads to it: then only replace finds no place for the value.
    last = missing and len(parts) == len(whole)
    hint = "Use add, which creates the member." if last else _create(book, place if missing else parent, code)
    section = "4.3" if last else "4.1"
    return violation(code, problem, f"RFC 6902 section {section}", index=index, path=path, hint=hint, place=place)


def _create(book: Rulebook, place: str, code: ViolationCode) -> str:
    # Where the array exists and is too short, its end may take what is missing.
    candidate = f"{place}/{pointers.END}" if code is ViolationCode.INDEX_OUT_OF_RANGE else place
    rule = book.paths.match(candidate)
    if rule is not None and "add" in rule.operations:
        return f"Add {candidate} first."
    return "Nothing that may be patched creates it: read the referral again, or leave this operation out."
