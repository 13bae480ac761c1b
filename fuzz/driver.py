"""Hands a target to atheris, with the case files as its seeds."""

import hashlib
import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["run", "write_seeds"]


def run(name: str) -> None:
    """Fuzz a target until the command line says so; ``-max_total_time=SECONDS`` and all of libFuzzer's options count.

    Args:
        name: the module of the target in this folder.
    Raises:
        SystemExit: always; not 0 if a law was broken.
    """
    import atheris

    # What is to be watched is imported anew under the eyes of atheris; so are the modules that only a refusal needs,
    # as each seed runs once before the context ends.
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
    """Write the seeds into the first folder that the command line names, if it names one."""
    folder = next((Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")), None)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()).write_bytes(data)
