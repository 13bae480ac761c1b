"""Which tests notice that the package is changed? ``python tests/mutants.py [PATTERN ...]`` looks for survivors.

mutmut makes the mutants, as ``[tool.mutmut]`` says, and ``mutmut show NAME`` shows one. Its own runner collects every
test anew for each of thousands of mutants, and tests against rulesets that the original compiled; here tests are
collected once, and each mutant is a fork that compiles the rulesets and runs the tests that call the function that is
changed, until one of them fails. Tests that generate, time, count calls or start processes are left out, so that two
runs come to the same.

``mutants/results.json`` has the result of each mutant by its name. In the environment, ``AGAIN=1`` leaves out those
that an earlier run killed, ``QUICK=1`` leaves out the slowest tests of functions that nearly every test calls, and
``SAMPLE=6`` takes every sixth mutant of the modules that come after the engine's own.
"""

import gc
import json
import os
import signal
import sys
import time
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol

FOLDER = Path("mutants")
LEFT_OUT = ("architecture", "cli", "fuzz", "kit", "kit_parts", "recipes", "service")
SECONDS = 60
FIRST = (
    *(
        "engine",
        "patching",
        "paths",
        "pointers",
        "transitions",
        "values",
        "keywords",
        "plain",
        "strictjson",
        "rulebook",
    ),
    *("resource", "reading", "refusals", "value_refusals", "transition_refusals", "advisories", "wording", "nearest"),
    *("http", "answers", "fields", "rulesets", "violations", "catalog", "loading", "linting", "views", "openapi"),
)
COMPILING = frozenset(
    {"catalog", "keywords", "loading", "patching", "paths", "plain", "pointers", "resource", "rulebook", "rulesets"}
    | {"strictjson", "transitions", "values"}
)
WORKERS = 2
SLOW = (
    *("test_no_schema_makes_the_engine_raise", "test_no_sequence_of_paths_makes_the_memory_grow"),
    *("only_parsed", "cost_no_more", "thread", "recursion"),
)
REPEATED = ("test_the_case_agrees_with_jsonpatch", "test_a_refusal_says_what_to_do")


def anew() -> None:
    """Compile every ruleset and forget what resources remember, as a mutant would from the start."""
    from referral_rules import Ruleset, rulesets
    from referral_rules.resource import Resource
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


class Runner:
    def __init__(self, wanted: list[str]) -> None:
        self.wanted = wanted
        self.results: dict[str, str] = {}
        self.killers: dict[str, list[int]] = defaultdict(list)
        self.cost: dict[int, float] = {}
        self.quick = "QUICK" in os.environ

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [
            item
            for item in items
            if item.get_closest_marker("hypothesis") is None
            and not any(name in item.nodeid for name in SLOW + REPEATED)
            and "calls" not in cast("pytest.Function", item).function.__code__.co_names
            and "subprocess" not in cast("pytest.Function", item).function.__code__.co_names
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        state: Any = import_module("mutmut.state").state

        file = Path("called.json")
        known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        called: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for index, item in enumerate(session.items):
            if item.nodeid not in known:
                os.environ["MUTANT_UNDER_TEST"] = "stats"
                state()._stats.clear()
                anew()
                start = time.perf_counter()
                failed = [each for each in runtestprotocol(item, log=False, nextitem=None) if each.failed]
                took = time.perf_counter() - start
                if failed:
                    raise SystemExit(f"{item.nodeid} fails without a mutant")
                known[item.nodeid] = took, sorted(state()._stats)
            self.cost[index] = known[item.nodeid][0]
            for function in known[item.nodeid][1]:
                called[function].append((known[item.nodeid][0], index))
        file.write_text(json.dumps(known))
        os.environ["MUTANT_UNDER_TEST"] = ""
        self.mutate(session, {name: [index for _, index in sorted(tests)] for name, tests in called.items()})
        return True

    def mutate(self, session: pytest.Session, called: dict[str, list[int]]) -> None:
        running: dict[int, str] = {}
        gc.collect()
        gc.freeze()
        time.time()
        for count, name in enumerate(self.wanted):
            tests = called.get(name.rpartition("__mutmut_")[0], [])
            if not tests:
                self.results[name] = "no tests"
                continue
            while len(running) >= WORKERS:
                self.reap(running)
            function = name.rpartition("__mutmut_")[0]
            first = [index for index in self.killers[function] if index in tests]
            last = [index for index in tests if index not in first]
            if self.quick and len(last) > 300:
                last = [
                    index for index in last if self.cost[index] < 0.1 and "-2020-09" not in session.items[index].nodeid
                ]
            pid = os.fork()
            if not pid:
                self.child(session, name, first + last)
            running[pid] = name
            if count % 20 == 0:
                self.save()
        while running:
            self.reap(running)
        self.save()

    def reap(self, running: dict[int, str]) -> None:
        pid, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        name = running.pop(pid)
        note = Path(f"killer.{pid}")
        if note.exists():
            killers = self.killers[name.rpartition("__mutmut_")[0]]
            killer = int(note.read_text())
            if killer in killers:
                killers.remove(killer)
            killers.insert(0, killer)
            note.unlink()
        self.results[name] = {0: "survived", 1: "killed", -signal.SIGALRM: "timeout"}.get(code, f"odd {code}")

    def save(self) -> None:
        file = Path("results.json")
        old = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps({**old, **self.results}, indent=0))

    def child(self, session: pytest.Session, name: str, tests: list[int]) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
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


def main(patterns: list[str]) -> None:
    """Make the mutants, and run those whose names match."""
    from fnmatch import fnmatch

    mutmut: Any = import_module("mutmut.__main__")

    os.environ["MUTANT_UNDER_TEST"] = "mutant_generation"
    FOLDER.mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.create_mutants(WORKERS)
    wanted = []
    for path in mutmut.walk_mutatable_files():
        data = mutmut.SourceFileMutationData(path=path)
        data.load()
        wanted += [
            name for name in data.exit_code_by_key if not patterns or any(fnmatch(name, each) for each in patterns)
        ]
    if "AGAIN" in os.environ:
        known = json.loads((FOLDER / "results.json").read_text())
        wanted = [name for name in wanted if known.get(name) != "killed"]
    known = json.loads((FOLDER / "results.json").read_text()) if (FOLDER / "results.json").exists() else {}
    wanted.sort(
        key=lambda name: (name in known, FIRST.index(module) if (module := name.split(".")[1]) in FIRST else len(FIRST))
    )
    step = int(os.environ.get("SAMPLE", "1"))
    core = FIRST[: FIRST.index("refusals")]
    wanted = [
        name for index, name in enumerate(wanted) if name in known or name.split(".")[1] in core or index % step == 0
    ]
    os.environ["MUTANT_UNDER_TEST"] = ""
    os.chdir(FOLDER)
    sys.path[0] = os.getcwd()
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path.cwd().parent]
    ini = "addopts=--import-mode=importlib -p no:schemathesis -p no:cacheprovider -p no:terminal --capture=no"
    left_out = [f"--ignore=tests/test_{name}.py" for name in LEFT_OUT]
    pytest.main(["-o", ini, "tests", *left_out], plugins=[Runner(wanted)])


if __name__ == "__main__":
    main(sys.argv[1:])
