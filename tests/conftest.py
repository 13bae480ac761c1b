"""Hypothesis profiles: a few examples for people, many and always the same ones for CI."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("people", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "people")
