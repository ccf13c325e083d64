"""Any OpenAI-compatible endpoint, through the `openai` client, with as many calls as it bears."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from typing import Any

import openai
from httpx2 import ConnectError, HTTPError

from tools.errors import ModelError, PromptTooLong, Unanswerable
from tools.models.copied import unmarked
from tools.models.estimate import tokens_of, tokens_sent
from tools.models.pace import Pace
from tools.models.protocol import Chat, Finish, Form, Limits, Reply
from tools.models.remote import endpoint_fingerprint, endpoint_traits
from tools.models.silence import Silence
from tools.settings import EndpointSettings

# These say that no later call can succeed either; the client has retried everything else.
HOPELESS = (
    openai.AuthenticationError,
    openai.PermissionDeniedError,
    openai.NotFoundError,
)
FILTERED, TOO_LONG = "content_filter", "context_length_exceeded"  # codes of an HTTP 400
NO_CREDIT = "insufficient_quota"  # comes as a 429, but waiting does not help
RETRIES = 3
_FINISHES: dict[str, Finish] = {"length": "length", "content_filter": "content_filter"}


class EndpointModel:
    """A model behind an OpenAI-compatible endpoint."""

    def __init__(
        self, name: str, settings: EndpointSettings, client: openai.OpenAI | None = None
    ) -> None:
        """Describe the endpoint; nothing is sent yet.

        Args:
            name: What the operator calls it.
            settings: Its address, model and key.
            client: A client to use instead of a new one.
        """
        self.name = name
        self.settings = settings
        self.traits = endpoint_traits(settings)
        self.fingerprint = endpoint_fingerprint(settings)
        self._pace = Pace(settings.concurrency)
        self._silence = Silence(settings.concurrency)
        self._client = client or openai.OpenAI(
            base_url=settings.base_url,
            api_key=settings.key(),
            timeout=settings.timeout_seconds,
            max_retries=RETRIES,
        )

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        """Answer chats, several at a time; see `complete_and_keep`."""
        return self.complete_and_keep(chats, limits, lambda place, reply: None)

    def complete_and_keep(
        self, chats: Sequence[Chat], limits: Limits, keep: Callable[[int, Reply], None]
    ) -> Iterator[tuple[int, Reply]]:
        """Answer chats, several at a time; see `Remote.complete_and_keep`.

        The first call goes alone, so a wrong key or name costs one call and not hundreds.

        Raises:
            ModelError: The endpoint refuses the key, the model or the request, or has given no
                answer for too long.
        """
        if not chats:
            return
        try:
            first = self._answer(chats[0], limits)
        except Unanswerable as error:
            error.places = (0,)
            raise
        yield 0, first
        pool = ThreadPoolExecutor(self.settings.concurrency)
        calls = {
            pool.submit(self._answer, chat, limits): index
            for index, chat in enumerate(chats[1:], start=1)
        }
        unheard = dict(calls)
        try:
            refused: list[int] = []
            for call in as_completed(calls):
                unheard.pop(call)
                try:
                    reply = call.result()
                except Unanswerable as error:
                    refused.append(calls[call])
                    if len(refused) > len(chats) // 2:
                        raise type(error)(str(error), refused) from None
                    last = error  # the others are paid for and may be answered
                else:
                    yield calls[call], reply
            if refused:
                raise type(last)(str(last), refused)
        finally:  # also when the caller stops listening
            pool.shutdown(wait=False, cancel_futures=True)
            for call, index in unheard.items():
                call.add_done_callback(partial(_heard_late, keep, index))

    def write(self, chat: Chat, limits: Limits, tell: Callable[[str], None]) -> Reply:
        """One answer, told as it comes; see `Writer.write`.

        An endpoint that cannot stream, or breaks off, is asked again for the whole answer.

        Raises:
            ModelError: The endpoint refuses the key, the model or the request.
        """
        started = time.perf_counter()
        try:
            reply = self._streamed(chat, limits, tell)
        except (openai.OpenAIError, HTTPError, AttributeError, TypeError, ValueError):
            reply = None
        if reply is None:
            return self._answer(chat, limits)
        return reply.model_copy(update={"seconds": time.perf_counter() - started})

    def _streamed(self, chat: Chat, limits: Limits, tell: Callable[[str], None]) -> Reply | None:
        """The answer from a stream, without its time; None if the stream came to no end."""
        text, finish, usage = "", None, None
        with self._client.chat.completions.create(
            **self._asked(chat, limits), stream=True, stream_options={"include_usage": True}
        ) as stream:
            for chunk in stream:
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                    finish = choice.finish_reason or finish
                usage = chunk.usage or usage
                tell(text)
        return None if finish is None else _reply(chat, text, finish, usage, 0.0)

    def _answer(self, chat: Chat, limits: Limits) -> Reply:
        with self._pace.turn():
            started = time.perf_counter()
            try:
                completion, seconds, lost = self._call(chat, limits)
            except openai.BadRequestError as error:
                if error.code == FILTERED:
                    return _filtered(time.perf_counter() - started)
                kind = PromptTooLong if error.code == TOO_LONG else Unanswerable
                raise kind(self._refusal(error)) from None
            except HOPELESS as error:
                raise ModelError(self._refusal(error)) from None
            except (openai.OpenAIError, ValueError) as error:  # ValueError: a body that is no JSON
                if isinstance(error, openai.RateLimitError) and error.code == NO_CREDIT:
                    raise ModelError(self._refusal(error)) from None
                self._pace.overloaded()
                return self._no_answer(started, _reason(error), self._lost(error))
            reply = _read(chat, completion, seconds)
            if reply is None:
                return self._no_answer(started, "what it sends is no chat completion", lost + 1)
            self._silence.broken()
            return reply.model_copy(update={"lost": lost}) if lost else reply

    def _lost(self, error: Exception) -> int:
        """How many tries that failed may be charged for: those that were worked on for long."""
        if isinstance(error, openai.APIStatusError) or isinstance(error.__cause__, ConnectError):
            return 0
        tries = self._client.max_retries + 1
        return tries if isinstance(error, openai.APIConnectionError) else 1

    def _no_answer(self, started: float, reason: str, lost: int) -> Reply:
        """A reply that says that none came, unless there is no use in asking on."""
        seconds = time.perf_counter() - started
        if self._silence.goes_on(seconds):
            raise ModelError(
                f"The endpoint {self.name!r} gives no answers: {reason}. Check its address in the "
                "settings file, or try again later; the answers that came are kept."
            )
        return Reply(
            text="",
            prompt_tokens=0,
            completion_tokens=0,
            seconds=seconds,
            finish="error",
            lost=lost,
        )

    def _call(self, chat: Chat, limits: Limits) -> tuple[Any, float, int]:
        """What came, the seconds of the try that succeeded, and how many timed out before it."""
        started = time.perf_counter()
        raw = self._client.chat.completions.with_raw_response.create(**self._asked(chat, limits))
        # The client has waited as Retry-After says; here only how many calls go beside it changes.
        if raw.retries_taken:
            self._pace.overloaded()
        else:
            self._pace.went_well()
        total = time.perf_counter() - started
        seconds = _elapsed(raw, total)
        timed_out = int((total - seconds) // self.settings.timeout_seconds)
        return raw.parse(), seconds, min(raw.retries_taken, timed_out)

    def _asked(self, chat: Chat, limits: Limits) -> dict[str, Any]:
        """What is asked for, as the API has it."""
        return {
            "model": self.settings.model,
            "messages": [{"role": m.role, "content": m.content} for m in chat],
            "max_tokens": limits.max_new_tokens,
            "temperature": limits.temperature,
            "seed": limits.seed if limits.temperature else openai.omit,
            "response_format": _response_format(limits.form),
        }

    def _refusal(self, error: openai.APIStatusError) -> str:
        """What the endpoint refused, without its own text: that may repeat the key."""
        reason = {
            401: "it does not accept the key",
            403: "the key may not use this model",
            404: f"it knows no model {self.settings.model!r}",
            429: "its account has no credit left",
        }.get(error.status_code, f"it refused the request (HTTP {error.status_code})")
        return f"The endpoint {self.name!r} cannot be used: {reason}. Check the settings file."


def _heard_late(keep: Callable[[int, Reply], None], index: int, call: Future[Reply]) -> None:
    if not call.cancelled() and call.exception() is None:
        keep(index, call.result())


def _elapsed(raw: Any, otherwise: float) -> float:
    """Seconds of the request that succeeded; a response that came whole keeps no time of it."""
    try:
        return float(raw.elapsed.total_seconds())
    except RuntimeError:
        return otherwise


def _filtered(seconds: float) -> Reply:
    """The reply to a prompt that the provider's filter turns down: it would again."""
    return Reply(
        text="", prompt_tokens=0, completion_tokens=0, seconds=seconds, finish="content_filter"
    )


def _reason(error: Exception) -> str:
    """Why no answer came, without the endpoint's own text."""
    if isinstance(error, openai.APIStatusError):
        return f"it answers with HTTP {error.status_code}"
    if isinstance(error, openai.APITimeoutError):
        return "it does not answer in time"
    if isinstance(error, openai.APIConnectionError):
        return "it cannot be reached, or it breaks connections off"
    return "what it sends is no chat completion"


def _read(chat: Chat, completion: Any, seconds: float) -> Reply | None:
    """The reply in a completion, if it is one; the client does not check what a server sends."""
    try:
        choice = completion.choices[0]
        text, finish = (choice.message.content or "").strip(), choice.finish_reason
    except (AttributeError, IndexError, TypeError):  # an HTML page, an empty body, no choices
        return None
    return _reply(chat, text, finish, completion.usage, seconds)


def _reply(chat: Chat, text: str, finish: str | None, usage: Any, seconds: float) -> Reply:
    sent = getattr(usage, "prompt_tokens", None)
    written = getattr(usage, "completion_tokens", None)
    estimated = not sent  # a prompt has tokens; without a count it would look free
    return Reply(
        text=text.strip().encode("utf-8", "replace").decode(),  # half an emoji cannot be stored
        prompt_tokens=round(tokens_sent([chat])) if estimated else sent,
        completion_tokens=round(tokens_of(text)) if estimated else written or 0,
        estimated=estimated,
        seconds=seconds,
        finish=_FINISHES.get(finish or "", "stop"),
    )


def _response_format(form: Form | None) -> Any:
    """The form as the API writes it; regular expressions have no place there."""
    if form is None or form.kind != "json_schema":
        return openai.omit
    schema = {"name": "answer", "schema": unmarked(json.loads(form.text))}
    return {"type": "json_schema", "json_schema": schema}
