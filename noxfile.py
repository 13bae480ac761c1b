"""The checks that people and CI share: ``nox -l`` lists them, and ``nox -s lint types`` runs two of them.

Each session has its own environment. nox makes it with virtualenv and pip; ``nox -db uv`` makes it with uv, if that
is installed.
"""

from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.sessions = ["tests", "lint", "types"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
GENERATED = {
    "error-schema": "error.schema.json",
    "openapi": "openapi.json",
    "patch-schema": "patch.schema.json",
    "report-schema": "report.schema.json",
}

# Closing a deal as Won with the installed wheel: the library and the command line must agree with jsonpatch.
MAIN_JOB = """
import json, pathlib, subprocess, sys
import jsonpatch, referral_rules

assert "site-packages" in referral_rules.__file__, referral_rules.__file__
patch, referral = (json.loads(pathlib.Path("examples", name).read_text()) for name in ("won.json", "referral.json"))
expected = jsonpatch.apply_patch(referral, patch)
assert (expected["status"], expected["substatus"]) == ("Closed", "Won")
assert referral_rules.apply(patch, referral) == expected
if "cli" in sys.argv:
    command = ["referral-rules", "apply", "examples/won.json", "examples/referral.json"]
    assert json.loads(subprocess.check_output(command)) == expected
    refused = ["referral-rules", "check", "--format", "json", "examples/refused.json", "examples/referral.json"]
    assert subprocess.run(refused, stdout=subprocess.DEVNULL).returncode == 1
"""


def install(session: nox.Session, *groups: str) -> None:
    """Install the checkout with its extras and some dependency groups, with any version of pip."""
    session.install("-e", ".[cli,testing]", *nox.project.dependency_groups(PROJECT, *groups))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The quick tests, on each Python that is installed."""
    install(session, "test")
    session.run("python", "-m", "pytest", "-q", *session.posargs, env={"CI": None})


@nox.session
def thorough(session: nox.Session) -> None:
    """All tests, with many examples: what CI runs."""
    install(session, "test")
    session.run("python", "-m", "pytest", "-q", "--durations=8", *session.posargs, env={"CI": "1"})


@nox.session
def coverage(session: nox.Session) -> None:
    """The quick tests reach every line and branch of the package."""
    install(session, "test")
    session.run("coverage", "run", "-m", "pytest", "-q", "--hypothesis-seed=0", env={"CI": None})
    session.run("coverage", "report")


@nox.session
def lowest(session: nox.Session) -> None:
    """The quick tests, with the lowest version allowed of each direct dependency."""
    session.install("uv")
    requirements = ["-e", ".[cli,testing]", *nox.project.dependency_groups(PROJECT, "test")]
    # Like pip, trust the certificates that the system trusts.
    trust = {"UV_SYSTEM_CERTS": "1"}
    session.run("uv", "pip", "install", "--resolution=lowest-direct", *requirements, env=trust)
    session.run("python", "-m", "pytest", "-q", *session.posargs, env={"CI": None})


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff's rules and its format."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """mypy in strict mode; and mypy and pyright on code as users write it, and on what the package exports."""
    install(session, "types")
    session.run("mypy")
    session.run("python", "-m", "pytest", "-q", "tests/test_typing.py", env={"CI": "1"})


@nox.session
def build(session: nox.Session) -> None:
    """Build the sdist, and the wheel from it, into dist/."""
    session.install("build", "twine")
    for old in Path("dist").glob("referral_rules-*"):
        old.unlink()
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", *map(str, Path("dist").glob("referral_rules-*")))


@nox.session(requires=["build"])
def wheel(session: nox.Session) -> None:
    """The wheel works alone, without the checkout and without extras, and then with the command line."""
    (path,) = Path("dist").glob("*.whl")
    session.install(str(path), "jsonpatch")
    session.run("python", "-P", "-c", MAIN_JOB, log=False)
    session.install(f"{path}[cli]")
    session.run("python", "-P", "-c", MAIN_JOB, "cli", log=False)


@nox.session
def generate(session: nox.Session) -> None:
    """Write the generated files in schemas/ again."""
    session.install("-e", ".[cli]")
    for name, file in GENERATED.items():
        # The command reads the file that it writes anew, so the file must stay whole until then.
        draft = Path(session.create_tmp(), file)
        with draft.open("w", encoding="utf-8") as stream:
            session.run("referral-rules", "rules", "--format", name, stdout=stream)
        draft.replace(Path("schemas", file))


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz each target for half a minute, or as long as ``nox -s fuzz -- -max_total_time=600`` says."""
    install(session, "fuzz")
    Path("build").mkdir(exist_ok=True)
    options = ["-artifact_prefix=build/", *(session.posargs or ["-max_total_time=30"])]
    for target in ("check", "exchange"):
        session.run("python", f"fuzz/{target}.py", *options, f"build/corpus-{target}")


@nox.session
def bench(session: nox.Session) -> None:
    """Check that the contenders of the benchmark agree, and time them; ``nox -s bench -- --quick`` is a short run."""
    install(session, "bench")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the code in small ways, and list the changes that no test notices."""
    install(session, "mutants")
    # Each mutant imports everything again, which is slow without compiled files.
    session.run("mutmut", "run", *session.posargs, env={"PYTHONDONTWRITEBYTECODE": None})
    if not session.posargs:
        session.run("mutmut", "results")
