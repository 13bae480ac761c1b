"""Clear errors for arguments of the wrong type."""

from types import UnionType


def expect(name: str, value: object, kinds: type | UnionType, wanted: str) -> None:
    """Raise a TypeError if an argument is of another type.

    Args:
        name: name of the argument.
        value: the argument.
        kinds: the types that it may have.
        wanted: the same in words.

    >>> expect("rules", "mine.json", int | None, "an int or None")
    Traceback (most recent call last):
    TypeError: rules: expected an int or None, got str
    """
    if not isinstance(value, kinds):
        raise TypeError(f"{name}: expected {wanted}, got {type(value).__name__}")


def expect_function(name: str, value: object) -> None:
    """Raise a TypeError if an argument cannot be called.

    >>> expect_function("now", 7)
    Traceback (most recent call last):
    TypeError: now: expected a function, got int
    """
    if not callable(value):
        raise TypeError(f"{name}: expected a function, got {type(value).__name__}")
