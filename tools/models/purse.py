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
        most_tokens: Most tokens, read and written; None for any number.
    """

    store: CallStore
    model: str
    price_in: float
    price_out: float
    most: float
    currency: str
    most_tokens: int | None = None

    @classmethod
    def for_endpoint(cls, name: str, settings: Settings, store: CallStore) -> "Purse":
        """The purse of an endpoint's model, with the operator's prices and budgets.

        Where one price is given alone, the other is taken to be as high: free it is not.
        """
        endpoint = settings.endpoints[name]
        given = [price for price in (endpoint.price_in, endpoint.price_out) if price is not None]
        price_in, price_out = (
            price if price is not None else max(given, default=0.0)
            for price in (endpoint.price_in, endpoint.price_out)
        )
        return cls(
            store,
            endpoint_fingerprint(endpoint),
            price_in,
            price_out,
            settings.budget_money,
            settings.prices.currency,
            settings.budget_tokens,
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
        sent, longest = tokens_sent(chats), len(chats) * limits.max_new_tokens
        used = sum(self.store.tokens(self.model))
        if self.most_tokens is not None and used + sent + longest > self.most_tokens:
            raise Stopped(
                f"The next calls could exceed the budget of {self.most_tokens:,} tokens for "
                f"endpoints ({used:,} used)."
            )
        if self.spent + self._price(sent, longest) > self.most:
            raise Stopped(
                f"The next calls could exceed the budget of {self.most:g} {self.currency} for "
                f"endpoints ({self.spent:.2f} {self.currency} spent)."
            )

    def pay(self, reply: Reply) -> None:
        """Count what a reply cost."""
        self.store.count(self.model, reply.prompt_tokens, reply.completion_tokens)

    def pay_lost(self, chat: Chat, limits: Limits, tries: int) -> None:
        """Count what tries without an answer may have cost, at their longest."""
        self.store.count(
            self.model, tries * round(tokens_sent([chat])), tries * limits.max_new_tokens
        )

    def _price(self, read: float, written: float) -> float:
        return (read * self.price_in + written * self.price_out) / 1e6
