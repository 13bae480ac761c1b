"""A stateful test of a service: creations, changes, refusals, stale tags, replays and races."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from referral_rules import Ruleset, _catalog, http
from referral_rules._json import equal
from referral_rules.testing._adapters import (
    ENTITY_TAG,
    HttpService,
    Service,
    as_body,
    describe_status,
    is_service,
    now,
)
from referral_rules.testing._strategies import accepted_patches, referrals, rejected_patches, ruleset_or_newest
from referral_rules.testing._suite.answers import answer_differences
from referral_rules.testing._suite.breaches import Breach, Difference
from referral_rules.testing._suite.cases import Exchange

_JSON = {"Content-Type": "application/json"}
_PREFERENCES = st.sampled_from([None, "return=minimal", "return=representation"])
_CONFLICT = 412
_REFUSED: list[int] = _catalog.exchange()["refused"]["statuses"]


class UnexpectedAnswer(AssertionError):
    """A service answers otherwise than the model.

    Args:
        step: the request in words.
        headers: header fields of the request.
        patch: the patch of the request.
        referral: the referral that was stored.
        difference: what should have happened, and what happened.
    Attributes:
        breach: all of that.
    """

    def __init__(self, step: str, headers: dict[str, str], patch: Any, referral: Any, difference: Difference) -> None:
        expected, actual = difference
        super().__init__(f"{step}: expected {expected}, got {actual}")
        self.breach = Breach("lifecycle", step, patch, referral, expected, actual, headers=headers)


class ReferralLifecycle(RuleBasedStateMachine):
    """A stateful test that sends requests to a service and compares its answers with those of a model of the API.

    Bind it to a service with ``against``, and let pytest or unittest run its ``TestCase``.

    >>> from referral_rules.testing import InMemoryService
    >>> ReferralLifecycle.against(InMemoryService()).TestCase.__name__
    'ReferralLifecycle.TestCase'
    """

    service: ClassVar[Service]
    ruleset: ClassVar[Ruleset]
    keys: Bundle[str] = Bundle("keys")

    @classmethod
    def against(cls, service: Service | str, *, rules: Ruleset | None = None) -> "type[ReferralLifecycle]":
        """Make the test for a service.

        Args:
            service: the service, or its base URL.
            rules: the rules that it follows; None for the newest built-in ones.
        Returns:
            a subclass, whose ``TestCase`` pytest and unittest run.
        Raises:
            TypeError: it is not a service, or the rules are not a Ruleset.
            ValueError: the text is not the URL of a service.

        >>> from referral_rules.testing import InMemoryService
        >>> TestMyService = ReferralLifecycle.against(InMemoryService()).TestCase
        """
        found = HttpService(service) if isinstance(service, str) else service
        if not is_service(found):
            raise TypeError(f"expected a service with create, read and patch, got {type(service).__name__}")
        return type(cls.__name__, (cls,), {"service": found, "ruleset": ruleset_or_newest(rules)})

    def __init__(self) -> None:
        super().__init__()
        self._stored: dict[str, dict[str, Any]] = {}
        self._old_tags: dict[str, list[str]] = {}

    @rule(target=keys, data=st.data())
    def create(self, data: st.DataObject) -> str:
        """A referral is created, and can then be read."""
        referral = data.draw(referrals(rules=self.ruleset))
        key = str(self.service.create(referral) or "")
        assume(key)
        stored = self.service.read(key)
        if stored is None:
            difference = Difference("the new referral", "no referral is stored")
            raise UnexpectedAnswer("a new referral", {}, None, referral, difference)
        self._stored[key], self._old_tags[key] = stored, []
        return key

    @rule(key=keys, data=st.data(), guard=st.sampled_from(["", "{tag}", "*", '"x", {tag}']), prefer=_PREFERENCES)
    def change(self, key: str, data: st.DataObject, guard: str, prefer: str | None) -> None:
        """A patch that the rules accept, with a precondition that holds or none."""
        patch = data.draw(accepted_patches(self._stored[key], rules=self.ruleset))
        self._ask("a change", key, patch, self._headers(key, guard, prefer))

    @rule(key=keys, data=st.data(), prefer=_PREFERENCES)
    def refuse(self, key: str, data: st.DataObject, prefer: str | None) -> None:
        """A patch that the rules refuse changes nothing."""
        patch = data.draw(rejected_patches(self._stored[key], rules=self.ruleset))
        self._ask("a patch with an error", key, patch, self._headers(key, "", prefer))

    @rule(key=keys, data=st.data(), guard=st.sampled_from(['"x"', "W/{tag}", '"x", W/{tag}', "old"]))
    def send_stale_tag(self, key: str, data: st.DataObject, guard: str) -> None:
        """A precondition that does not hold: another tag, a weak one, an old one."""
        old = self._old_tags[key][-1] if self._old_tags[key] else '"y"'
        patch = data.draw(accepted_patches(self._stored[key], rules=self.ruleset))
        self._ask("a stale tag", key, patch, self._headers(key, old if guard == "old" else guard, None))

    @rule(key=keys, data=st.data())
    def replay(self, key: str, data: st.DataObject) -> None:
        """The same request twice: the second finds what the first has changed."""
        patch = data.draw(accepted_patches(self._stored[key], rules=self.ruleset))
        headers = self._headers(key, "{tag}", None)
        self._ask("a request", key, patch, headers)
        self._ask("the same request again", key, patch, headers)

    @rule(key=keys, data=st.data())
    def race(self, key: str, data: st.DataObject) -> None:
        """Two writers with the same tag at the same time: one succeeds."""
        stored = self._stored[key]
        patch = data.draw(accepted_patches(stored, rules=self.ruleset))
        assume(not equal(self.ruleset.apply(patch, stored), stored))
        headers = self._headers(key, "{tag}", None)
        request = _request(headers, patch)
        with ThreadPoolExecutor(2) as writers:
            answers = [*writers.map(lambda _: self.service.patch(key, request), range(2))]
        statuses = sorted(answer.status for answer in answers)
        if statuses != [204, _CONFLICT]:
            difference = Difference(f"one 204 and one {_CONFLICT}", " and ".join(map(describe_status, statuses)))
            raise UnexpectedAnswer("two writers with one tag", headers, patch, stored, difference)
        self._remember(key)

    @invariant()
    def nothing_else_changes(self) -> None:
        """Only an accepted request changes a referral."""
        for key, stored in self._stored.items():
            if not equal(self.service.read(key), stored):
                difference = Difference("an unchanged referral", "the referral has changed")
                raise UnexpectedAnswer("reading again", {}, None, stored, difference)

    def _headers(self, key: str, guard: str, prefer: str | None) -> dict[str, str]:
        tag = str(self._stored[key].get(ENTITY_TAG))
        wanted = {"If-Match": guard.replace("{tag}", tag), "Prefer": prefer}
        return {**_JSON, **{name: value for name, value in wanted.items() if value}}

    def _ask(self, step: str, key: str, patch: Any, headers: dict[str, str]) -> None:
        """Send a request to the service, and compare its answer with the model's."""
        stored, request = self._stored[key], _request(headers, patch)
        outcome = http.exchange(request, stored, entity_tag=lambda: '"model"', now=now, rules=self.ruleset)
        response, after = self.service.patch(key, request), self.service.read(key)
        case = Exchange(step, stored, headers, request.body, _expected(outcome))
        for difference in answer_differences(case, response, after, self.ruleset):
            raise UnexpectedAnswer(step, headers, patch, stored, difference)
        self._remember(key)

    def _remember(self, key: str) -> None:
        """Take what the service stores now into the model."""
        before, after = self._stored[key], self.service.read(key) or {}
        if before.get(ENTITY_TAG) != after.get(ENTITY_TAG):
            self._old_tags[key].append(str(before.get(ENTITY_TAG)))
        self._stored[key] = after


def _request(headers: dict[str, str], patch: Any) -> http.Request:
    body = as_body(patch)
    assume(body is not None)
    return http.Request(headers, body or b"")


def _expected(outcome: http.Outcome) -> dict[str, Any]:
    """A case's ``expected`` for an answer such as the model's."""
    status = outcome.response.status
    expected: dict[str, Any] = {"status": status, "changed": outcome.referral is not None}
    if status in _REFUSED:
        return {**expected, "also": _REFUSED}
    return expected if status < 400 else {**expected, "code": json.loads(outcome.response.body)["error"]["code"]}
