"""What is tested: engines in this process and services, all behind one method."""

from referral_rules.testing._adapters.attempts import Attempt, Reasons, Text, evaluation, listed, reasons
from referral_rules.testing._adapters.candidates import Candidate, Engine, Local, Remote, ServiceDown, as_body
from referral_rules.testing._adapters.services import (
    ENTITY_TAG,
    WRITTEN_BY_SERVICE,
    HttpService,
    InMemoryService,
    Service,
    describe_status,
    is_service,
    now,
)

__all__ = [
    "ENTITY_TAG",
    "WRITTEN_BY_SERVICE",
    "Attempt",
    "Candidate",
    "Engine",
    "HttpService",
    "InMemoryService",
    "Local",
    "Reasons",
    "Remote",
    "Service",
    "ServiceDown",
    "Text",
    "as_body",
    "describe_status",
    "evaluation",
    "is_service",
    "listed",
    "now",
    "reasons",
]
