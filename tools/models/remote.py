"""An endpoint's model: fingerprint and traits, found without the client that calls it."""

import hashlib

from tools.models.protocol import Ability, Traits
from tools.settings import EndpointSettings


def endpoint_traits(settings: EndpointSettings) -> Traits:
    """What the settings say of an endpoint's model."""
    forms: tuple[Ability, ...] = ("answer forms",) if settings.answer_forms else ()
    return Traits(settings.context_window, is_local=False, abilities=frozenset(forms))


def endpoint_fingerprint(settings: EndpointSettings) -> str:
    """Fingerprint of an endpoint's model: its address and name, never its key."""
    text = f"{settings.base_url}|{settings.model}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
