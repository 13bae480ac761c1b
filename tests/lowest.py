"""Prints the lowest version of each requirement that pyproject.toml allows, as constraints for pip."""

import re
import tomllib
from pathlib import Path

_EXTRAS = ("cli", "service", "testing", "test")


def main() -> None:
    """Print one constraint a line, for what the tests need: nothing of benchmarks and fuzzing."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *(each for name in _EXTRAS for each in extras[name])]:
        found = re.match(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?>=([0-9.]+)", requirement)
        if found is not None:
            print(f"{found[1]}=={found[2]}")


if __name__ == "__main__":
    main()
