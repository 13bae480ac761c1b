"""People run the quick tests; with CI set, all of them run, with many examples and always the same ones."""

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

THOROUGH = bool(os.environ.get("CI"))

settings.register_profile("people", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if THOROUGH else "people")


@pytest.fixture
def untraced() -> Iterator[None]:
    """Coverage is not measured meanwhile: for a long test that reaches nothing that others do not."""
    trace = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(trace)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked as thorough, unless CI asks for it."""
    left_out = [] if THOROUGH else [item for item in items if item.get_closest_marker("thorough")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
