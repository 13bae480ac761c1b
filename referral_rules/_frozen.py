"""Bases for values that cannot be changed.

The standard library's dataclasses would do, but importing them takes longer than importing the rest of this package.
"""

from typing import Any, ClassVar, Never, Self, dataclass_transform


class Immutable:
    """The base of what cannot be assigned to."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to {name}: {type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete {name}: {type(self).__name__} is immutable")


@dataclass_transform(frozen_default=True)
class Frozen(Immutable):
    """A value whose annotations are its fields, as in a frozen dataclass: compared, hashed and pickled by them.

    >>> class Point(Frozen):
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(x=1, y=0)
    (Point(x=1, y=0), True)
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self._fields
        if len(values) == len(fields) and not named:
            self.__dict__.update(zip(fields, values, strict=True))
            return
        given = {**dict(zip(fields, values, strict=False)), **named}
        defaults = {name: getattr(type(self), name) for name in fields if hasattr(type(self), name)}
        filled = {**defaults, **given}
        if len(given) < len(values) + len(named) or filled.keys() != set(fields):
            raise TypeError(f"{type(self).__name__} takes {', '.join(fields)}")
        self.__dict__.update({name: filled[name] for name in fields})

    def __replace__(self, **changes: Any) -> Self:
        return type(self)(**{**dict(zip(self._fields, self._values(), strict=True)), **changes})

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, type(self)) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self._values(), strict=True))
        return f"{type(self).__name__}({fields})"


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed, and so can be hashed; ``dict(...)`` makes one that can.

    >>> FrozenDict({"a": 1}) == {"a": 1}
    True
    """

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)


def _refuse(*_: Any, **__: Any) -> Never:
    raise TypeError("this dict is read-only; change a copy, such as dict(...), instead")


for _method in ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"):
    setattr(FrozenDict, _method, _refuse)


def frozen(value: Any) -> Any:
    """A copy of a JSON value that cannot be changed: arrays become tuples.

    >>> frozen({"allowed": ["add"]})
    {'allowed': ('add',)}
    """
    if type(value) is FrozenDict:
        return value
    if isinstance(value, dict):
        return FrozenDict({name: frozen(item) for name, item in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def thawed(value: Any) -> Any:
    """The JSON value that was frozen: plain dicts and lists.

    >>> thawed(frozen({"allowed": ["add"]}))
    {'allowed': ['add']}
    """
    if isinstance(value, dict):
        return {name: thawed(item) for name, item in value.items()}
    return [thawed(item) for item in value] if isinstance(value, tuple) else value
