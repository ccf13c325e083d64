"""What calls to a paid model have cost, and whether the next ones may still be made."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.errors import Stopped
from tools.models.estimate import tokens_sent
from tools.models.protocol import Chat, Limits, Reply
from tools.models.remote import endpoint_fingerprint
from tools.models.store import CallStore
from tools.settings import Settings


@dataclass(frozen=True)
class Purse:
    """Counts one model's tokens against a budget of money, in the store that keeps its answers.

    Attributes:
        store: Where answers, and so what they cost, are kept.
        model: Fingerprint of the model.
        price_in: Price of a million prompt tokens.
        price_out: Price of a million completion tokens.
        most: Most that all calls kept in this store may cost.
        currency: Code of the currency.
    """

    store: CallStore
    model: str
    price_in: float
    price_out: float
    most: float
    currency: str

    @classmethod
    def for_endpoint(cls, name: str, settings: Settings, store: CallStore) -> "Purse":
        """The purse of an endpoint's model, with the operator's prices and budget."""
        endpoint = settings.endpoints[name]
        return cls(
            store,
            endpoint_fingerprint(endpoint),
            endpoint.price_in or 0.0,
            endpoint.price_out or 0.0,
            settings.budget_money,
            settings.prices.currency,
        )

    @property
    def spent(self) -> float:
        """What the calls cost so far, runs before a crash included."""
        return self._price(*self.store.tokens(self.model))

    def check(self, chats: Sequence[Chat], limits: Limits) -> None:
        """Refuse calls that could cost more than what is left, before any of them is made.

        Raises:
            Stopped: The budget does not cover them at their longest.
        """
        longest = len(chats) * limits.max_new_tokens
        if self.spent + self._price(tokens_sent(chats), longest) > self.most:
            raise Stopped(
                f"The next calls could exceed the budget of {self.most:g} {self.currency} for "
                f"endpoints ({self.spent:.2f} {self.currency} spent)."
            )

    def pay(self, reply: Reply) -> None:
        """Count what a reply cost."""
        self.store.count(self.model, reply.prompt_tokens, reply.completion_tokens)

    def _price(self, read: float, written: float) -> float:
        return (read * self.price_in + written * self.price_out) / 1e6
