"""Which tests notice that the package is changed? ``python tests/mutants.py [PATTERN ...]`` looks for survivors.

mutmut makes the mutants, as ``[tool.mutmut]`` says, and ``mutmut show NAME`` shows one. Its own runner collects every
test anew for each of thousands of mutants, and tests against rulesets that the original compiled; here tests are
collected once, and each mutant is a fork that compiles the rulesets and runs the tests that call the function that is
changed, until one of them fails. Tests that generate, time, count calls or start processes are left out, so that two
runs come to the same.

``mutants/results.json`` has the result of each mutant by its name: killed, survived, no tests, or endless, if the tests
did not end within a minute. In the environment, ``QUICK=1`` leaves out the slowest tests of functions that nearly every
test calls, and ``AGAIN=1`` tries only those that an earlier run did not kill; so a quick run of all, and then another
one that is not quick, takes half an hour. Which tests call what is kept in ``mutants/called.json``: remove it when
tests have changed.
"""

import gc
import json
import os
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol

FOLDER = Path("mutants")
RESULTS, CALLED = Path("results.json"), Path("called.json")
LEFT_OUT = ("architecture", "cli", "fuzz", "kit", "kit_parts", "kit_services", "recipes", "service")
# By a part of their names: what takes long or looks at the clock, what says nothing that others do not say, and what
# looks for files that are not among the copies.
UNUSED = (
    *("test_no_schema_makes_the_engine_raise", "test_no_sequence_of_paths_makes_the_memory_grow"),
    *("only_parsed", "cost_no_more", "thread", "recursion"),
    *("test_the_case_agrees_with_jsonpatch", "test_a_refusal_says_what_to_do", "test_each_path_that_is_linked_exists"),
)
# Modules that take part in compiling a ruleset: under a mutant of theirs, it is compiled anew.
COMPILING = frozenset(
    {"catalog", "keywords", "loading", "patching", "paths", "plain", "pointers", "resource", "rulebook", "rulesets"}
    | {"strictjson", "transitions", "values"}
)
WORKERS = int(os.environ.get("WORKERS", "2"))
SECONDS, BYTES = 60, 2**31
MANY, SLOW = 300, 0.1
"""More tests than that call what nearly every test calls; and a test that takes longer, in seconds, is slow."""


def anew() -> None:
    """Compile every ruleset and forget what resources remember, as a mutant would from the start."""
    from referral_rules import Ruleset, rulesets
    from referral_rules._rules import Resource
    from referral_rules.rulebook import Rulebook

    rulesets._built_in.cache_clear()
    sys.modules["tests.casefiles"].ruleset.cache_clear()
    Ruleset.load("partner-center")
    modules = [module for name, module in sys.modules.items() if name.startswith("tests.")]
    for found in {id(value): value for module in modules for value in vars(module).values()}.values():
        if type(found) is Ruleset:
            found._book = Rulebook(found._document)
        elif type(found) is Resource:
            for memory in (found.compiled, found._known, found._items):
                memory.clear()


def function_of(mutant: str) -> str:
    return mutant.rpartition("__mutmut_")[0]


class Runner:
    """A plugin of pytest that runs mutants instead of tests."""

    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        self.results: dict[str, str] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        self.running: dict[int, str] = {}
        self.killers: dict[str, list[int]] = defaultdict(list)
        self.cost: dict[int, float] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [
            item
            for item in items
            if item.get_closest_marker("hypothesis") is None
            and not any(name in item.nodeid for name in UNUSED)
            and not {"calls", "subprocess"} & set(cast("pytest.Function", item).function.__code__.co_names)
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        called = self.called(session)
        os.environ["MUTANT_UNDER_TEST"] = ""
        # What all forks share is not to be copied because it is counted.
        gc.collect()
        gc.freeze()
        for count, name in enumerate(self.wanted):
            self.start(session, name, called[function_of(name)])
            if count % 20 == 0:
                self.save()
        while self.running:
            self.reap()
        self.save()
        return True

    def called(self, session: pytest.Session) -> dict[str, list[int]]:
        """The tests that call each function, the quickest first."""
        state: Any = import_module("mutmut.state").state
        known: dict[str, Any] = json.loads(CALLED.read_text()) if CALLED.exists() else {}
        called: dict[str, list[int]] = defaultdict(list)
        for index, item in enumerate(session.items):
            if item.nodeid not in known:
                os.environ["MUTANT_UNDER_TEST"] = "stats"
                state()._stats.clear()
                anew()
                start = time.perf_counter()
                if any(each.failed for each in runtestprotocol(item, log=False, nextitem=None)):
                    raise SystemExit(f"{item.nodeid} fails without a mutant")
                known[item.nodeid] = time.perf_counter() - start, sorted(state()._stats)
            self.cost[index] = known[item.nodeid][0]
            for function in known[item.nodeid][1]:
                called[function].append(index)
        CALLED.write_text(json.dumps(known))
        for tests in called.values():
            tests.sort(key=lambda index: self.cost[index])
        return called

    def start(self, session: pytest.Session, name: str, tests: list[int]) -> None:
        """Run the tests of a mutant in a fork: first those that killed others of the same function."""
        if not tests:
            self.results[name] = "no tests"
            return
        first = self.killers[function_of(name)]
        last = [index for index in tests if index not in first]
        if "QUICK" in os.environ and len(last) > MANY:
            last = [
                index for index in last if self.cost[index] < SLOW and "-2020-09" not in session.items[index].nodeid
            ]
        while len(self.running) >= WORKERS:
            self.reap()
        pid = os.fork()
        if not pid:
            self.child(session, name, first + last)
        self.running[pid] = name

    def reap(self) -> None:
        """Wait until one of the forks ends, and note what came of its mutant."""
        pid, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        name = self.running.pop(pid)
        self.results[name] = {0: "survived", 1: "killed", -signal.SIGALRM: "endless"}.get(code, f"odd {code}")
        note = Path(f"killer.{pid}")
        if note.exists():
            killers = self.killers[function_of(name)]
            killer = int(note.read_text())
            killers[:] = [killer, *(index for index in killers if index != killer)]
            note.unlink()

    def save(self) -> None:
        RESULTS.write_text(json.dumps(self.results, indent=0))

    def child(self, session: pytest.Session, name: str, tests: list[int]) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.environ["MUTANT_UNDER_TEST"] = name
        try:
            gc.disable()
            if name.split(".")[1] in COMPILING:
                anew()
            for index in tests:
                if any(each.failed for each in runtestprotocol(session.items[index], log=False, nextitem=None)):
                    Path(f"killer.{os.getpid()}").write_text(str(index))
                    os._exit(1)
        except BaseException:  # noqa: BLE001 - whatever a mutant raises, it is noticed
            os._exit(1)
        os._exit(0)


def made(patterns: list[str]) -> list[str]:
    """Make the mutants, and name those that match."""
    mutmut: Any = import_module("mutmut.__main__")
    os.environ["MUTANT_UNDER_TEST"] = "mutant_generation"
    FOLDER.mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.create_mutants(WORKERS)
    names: list[str] = []
    for path in mutmut.walk_mutatable_files():
        data = mutmut.SourceFileMutationData(path=path)
        data.load()
        names += data.exit_code_by_key
    os.environ["MUTANT_UNDER_TEST"] = ""
    return sorted(name for name in names if not patterns or any(fnmatch(name, each) for each in patterns))


def main(patterns: list[str]) -> None:
    """Run the mutants whose names match, and count what came of them."""
    wanted = made(patterns)
    os.chdir(FOLDER)
    runner = Runner(wanted)
    if not patterns:
        runner.results = {name: runner.results[name] for name in wanted if name in runner.results}
    if "AGAIN" in os.environ:
        runner.wanted = [name for name in wanted if runner.results.get(name) != "killed"]
    # The copies are to be imported, and never the package itself.
    sys.path[0] = os.getcwd()
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path.cwd().parent]
    ini = "addopts=--import-mode=importlib -p no:schemathesis -p no:cacheprovider -p no:terminal --capture=no"
    left_out = [f"--ignore=tests/test_{name}.py" for name in LEFT_OUT]
    pytest.main(["-o", ini, "tests", *left_out], plugins=[runner])
    sys.stdout.write(f"{dict(Counter(runner.results[name] for name in wanted))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
