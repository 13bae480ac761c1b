"""Where the cases and the examples are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from referral_rules import Ruleset
from referral_rules.testing.cases import FOLDER, Case, cases

__all__ = ["CASES", "EXAMPLES", "Case", "case_files", "cases", "load", "ruleset"]

CASES = Path(FOLDER)
EXAMPLES = Path(__file__).parent.parent / "examples"


def load(path: Path) -> Any:
    """The JSON in a file, read anew."""
    return json.loads(path.read_text(encoding="utf-8"))


def case_files() -> list[Path]:
    """The files of cases."""
    return sorted(path for path in CASES.glob("*.json") if path.name != "case.schema.json")


@cache
def ruleset(name: str) -> Ruleset:
    """A built-in ruleset, or one beside the cases."""
    return Ruleset.from_file(CASES / name) if name.endswith(".json") else Ruleset.load(name)
