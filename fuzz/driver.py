"""Runs a target under atheris, with the case files as seeds."""

import hashlib
import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["run", "write_seeds"]


def run(name: str) -> None:
    """Fuzz a target, with the options of libFuzzer from the command line, such as ``-max_total_time=SECONDS``.

    Args:
        name: name of the target's module in this folder.
    Raises:
        SystemExit: always; not 0 if a law was broken.
    """
    import atheris

    # Atheris measures the coverage of modules that are imported inside its context, so they are imported again there.
    # Each seed runs once, as some modules are imported only for a refusal.
    for module in [each for each in sys.modules if each.partition(".")[0] in ("referral_rules", "fuzz")]:
        del sys.modules[module]
    with atheris.instrument_imports(include=["referral_rules"]):
        target = importlib.import_module(f"fuzz.{name}")
        for data in target.inputs():
            target.one_input(data)
    write_seeds(target.inputs())
    atheris.Setup(sys.argv, target.one_input)
    atheris.Fuzz()


def write_seeds(inputs: Iterable[bytes]) -> None:
    """Write the seeds into the first folder on the command line, if there is one."""
    folder = next((Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")), None)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()).write_bytes(data)
