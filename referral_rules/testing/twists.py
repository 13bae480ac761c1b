"""What careless code takes for an allowed path, and is not one."""

from collections.abc import Callable

from hypothesis import strategies as st

__all__ = ["TWISTS", "twisted_paths"]


def _ancestors(path: str) -> list[str]:
    tokens = path.split("/")
    return ["/".join(tokens[:length]) for length in range(1, len(tokens))]


TWISTS: dict[str, Callable[[str], list[str]]] = {
    "an ancestor": _ancestors,
    "another case": lambda path: [path.upper(), path.title(), path.swapcase(), path.replace("t", "\uff54")],
    "empty tokens": lambda path: [f"/{path}", f"{path}/", path.replace("/", "//"), f"/{path}/"],
    "other escapes": lambda path: [
        f"/{path[1:].replace('/', '~1')}", f"/{path[1:].replace('/', '~01')}", path.replace("a", "%61"),
        path.replace("~1", "~01"), path.replace("~0", "~"), path.replace("/", "/~0"),
    ],
    "a longer or a shorter name": lambda path: [f"{path}s", f"{path} ", f"{path}\0", f"{path}-", path[:-1]],
    "a step further": lambda path: [f"{path}/0", f"{path}/-", f"{path}/x"],
    "leading zeros": lambda path: [
        "/".join(f"{zeros}{token}" if token.isdigit() else token for token in path.split("/")) for zeros in ("0", "00")
    ],
}  # fmt: skip
"""What careless code takes for a path that it is not, by kind."""


def twisted_paths(path: str, kind: str | None = None) -> st.SearchStrategy[str]:
    """Paths that are not this one, and that careless code takes for it.

    Args:
        path: a path.
        kind: one of the kinds of ``TWISTS``; None for all.

    >>> from hypothesis import find
    >>> find(twisted_paths("/a/b"), lambda path: "~" in path)
    '/a~1b'
    """
    kinds = list(TWISTS) if kind is None else [kind]
    twins = dict.fromkeys(twin for each in kinds for twin in TWISTS[each](path) if twin != path)
    return st.sampled_from(list(twins)) if twins else st.nothing()
