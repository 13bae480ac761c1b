"""Patches that cost as much as possible for their size: every combination of a few ways to be large or wrong."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

PATHS = (
    "/team", "/team/-", "/details/currency", "/details/dealValue", "/details/closingDateTime", "/details/notes",
    "/details/requirements/solutions", "/details/requirements/solutions/-", "/registrations/-", "/status",
    "/customerProfile/team", "/registrations/0/contract/term", "/detials/nots", "/team/0/emial", "/a",
)  # fmt: skip
ELEMENTS = (
    "0", '""', "[]", "{}", '{"":0}', '{"a":[]}', '{"email":0}', '{"contactPreference":{"locale":0}}', "1.5", "null",
    '{"contactPreference":[]}', '{"contract":{"value":-1,"term":"x"},"type":0}', '"x"', "[0]", '{"type":"Nam"}',
)  # fmt: skip
ENDS = ("", "0", '{"email":0}')
LEVELS = (0, 1, 29)


class Body(NamedTuple):
    """The text of a patch, and what it is made of."""

    name: str
    text: bytes


def bodies(size: int) -> Iterator[Body]:
    """Patches of about this many bytes: one large value or a thousand smaller ones, and operations that are no such."""
    for path, element, end, levels, operations in product(PATHS, ELEMENTS, ENDS, LEVELS, (1, 1000)):
        frame = len(_operation(path, "")) + 1
        room = (size - 2) // operations - frame - len(end) - 2 * levels - 3
        if room > len(element):
            value = _nested(element, end, levels, room)
            name = f"{operations} x {path}: {levels} levels above {element}, ..., {end}"
            yield Body(name, _patch([_operation(path, value)] * operations))
    for name, operation in _malformed(size):
        yield Body(name, _patch([operation] * min(1000, (size - 2) // (len(operation) + 1))))


def _nested(element: str, end: str, levels: int, room: int) -> str:
    elements = [element] * (room // (len(element) + 1))
    return "[" * levels + f"[{','.join([*elements, end] if end else elements)}]" + "]" * levels


def _operation(path: str, value: str) -> str:
    return f'{{"op":"add","path":"{path}","value":{value}}}'


def _patch(operations: list[str]) -> bytes:
    return f"[{','.join(operations)}]".encode()


def _malformed(size: int) -> Iterator[tuple[str, str]]:
    room = size // 1000 - 60
    for name, members in {
        "no members": {},
        "an array": [],
        "a number": 0,
        "a long op": {"op": "r" * size, "path": "/team"},
        "a long near op": {"op": "replac" + "e" * max(0, min(room, 190)), "path": "/team"},
        "a long path": {"op": "add", "path": "/details/note" * (min(room, 1000) // 13), "value": 0},
        "a path of dots": {"op": "add", "path": "details.note" * (min(room, 1000) // 13), "value": 0},
        "a path of slashes": {"op": "add", "path": "/" * min(room, 1000), "value": 0},
        "a path of escapes": {"op": "add", "path": "/~0~1" * (min(room, 1000) // 5), "value": 0},
        "a long index": {
            "op": "add",
            "path": f"/registrations/{'1' * min(room, 980)}/contract/term",
            "value": "Finite",
        },
        "a long index elsewhere": {"op": "add", "path": f"/team/{'1' * min(room, 980)}/emial", "value": 0},
        "control characters": {"op": "add", "path": "\x01" * (min(room, 1000) // 6), "value": 0},
        "a near name": {"op": "add", "path": "/details/curency" + "y" * max(0, min(room, 180)), "value": 0},
        "long members": {"op": "add", "path": "/team/-", "value": {"a" * max(1, room - 10): 0}},
        "many members": {"op": "add", "path": "/team/-", "value": {f"{n:x}": 0 for n in range(max(1, room // 9))}},
        "a long status": {"op": "replace", "path": "/status", "value": "N" * max(1, room)},
        "a long near value": {"op": "replace", "path": "/details/currency", "value": "US" * max(1, room // 2)},
    }.items():
        yield name, json.dumps(members, separators=(",", ":"))


def stored() -> dict[str, Any]:
    """A referral that has every container that the patches write to."""
    details: dict[str, Any] = {"requirements": {"solutions": []}}
    registrations = [{"contract": {"term": "Finite"}}]
    return {
        "status": "Active",
        "substatus": "Accepted",
        "team": [{}],
        "details": details,
        "registrations": registrations,
        "customerProfile": {"team": []},
    }
