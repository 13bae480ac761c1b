"""Reads the case files."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from referral_rules import Ruleset

CASES = Path(__file__).parent / "cases"
EXAMPLES = Path(__file__).parent.parent / "examples"


class Case(NamedTuple):
    """One case under one ruleset."""

    file: str
    ruleset: str
    description: str
    patch: Any
    known: bool
    referral: Any
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """How a test run names the case."""
        return f"{self.file}, {Path(self.ruleset).stem}: {self.description}"


def load(path: Path) -> Any:
    """The JSON in a file, read anew."""
    return json.loads(path.read_text(encoding="utf-8"))


def case_files() -> list[Path]:
    """The files of cases."""
    return sorted(path for path in CASES.glob("*.json") if path.name != "case.schema.json")


def cases() -> Iterator[Case]:
    """Every case, once for each of its rulesets."""
    for path in case_files():
        document = load(path)
        for case in document["cases"]:
            for ruleset in document["rulesets"]:
                yield Case(
                    file=path.stem,
                    ruleset=ruleset,
                    description=case["description"],
                    patch=case["text"] if "text" in case else case["patch"],
                    known=case.get("known", True),
                    referral=case["referral"] if "referral" in case else document.get("referral"),
                    expected=case["expected"],
                )


@cache
def ruleset(name: str) -> Ruleset:
    """A built-in ruleset, or one beside the cases."""
    return Ruleset.from_file(CASES / name) if name.endswith(".json") else Ruleset.load(name)
