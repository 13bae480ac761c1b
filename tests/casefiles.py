"""Where the cases and the examples are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from referral_rules import Ruleset
from referral_rules.testing._suite import FOLDER, Case, cases

__all__ = ["CASES", "EXAMPLES", "Case", "case_files", "cases", "load", "ruleset"]

CASES = Path(FOLDER)
EXAMPLES = Path(__file__).parent.parent / "examples"


def load(path: Path) -> Any:
    """The JSON in a file, parsed again at each call."""
    return json.loads(path.read_text(encoding="utf-8"))


def case_files() -> list[Path]:
    """The files of cases."""
    return sorted(path for path in CASES.glob("*.json") if path.name != "case.schema.json")


@cache
def ruleset(name: str) -> Ruleset:
    """A ruleset of the cases, by its name: a built-in one, or one that a case file defines."""
    return next((case.rules for case in cases() if case.rules.name == name), None) or Ruleset.load(name)
