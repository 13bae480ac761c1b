"""Where the cases and the examples are."""

import json
from pathlib import Path
from typing import Any

from referral_rules.testing.cases import FOLDER, Case, cases, ruleset

__all__ = ["CASES", "EXAMPLES", "Case", "case_files", "cases", "load", "ruleset"]

CASES = Path(FOLDER)
EXAMPLES = Path(__file__).parent.parent / "examples"


def load(path: Path) -> Any:
    """The JSON in a file, read anew."""
    return json.loads(path.read_text(encoding="utf-8"))


def case_files() -> list[Path]:
    """The files of cases."""
    return sorted(path for path in CASES.glob("*.json") if path.name != "case.schema.json")
