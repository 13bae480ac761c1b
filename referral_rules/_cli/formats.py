"""The formats in which ``referral-rules rules`` writes a ruleset. A new format is a new line in the table."""

from collections.abc import Callable

from referral_rules import Ruleset, _views, http
from referral_rules._cli.writing import json_text

FORMATS: dict[str, Callable[[Ruleset], str]] = {
    "text": _views.text,
    "json": lambda rules: json_text(rules.document),
    "markdown": lambda rules: f"{_views.markdown_paths(rules)}\n",
    "mermaid": lambda rules: f"{_views.mermaid(rules)}\n",
    "patch-schema": lambda rules: json_text(_views.patch_schema(rules)),
    "report-schema": lambda _: json_text(_views.report_schema()),
    "error-schema": lambda _: json_text(http.error_schema()),
    "openapi": lambda rules: json_text(http.openapi(rules)),
}
