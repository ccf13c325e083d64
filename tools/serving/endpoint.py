"""An OpenAI-compatible endpoint: a thin layer of HTTP over the engine that was measured."""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from openai.types import CompletionUsage, Model
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionMessage,
    chat_completion,
)
from openai.types.chat import chat_completion_chunk as chunks
from pydantic import BaseModel, Field, SecretStr
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from tools.errors import ModelError, PromptTooLong, UserError
from tools.models.protocol import Chat, Limits, Message, Reply
from tools.serving.arms import ServedArm

LOOPBACK = ("127.0.0.1", "localhost")
USUAL_TOKENS = 256  # of an answer for which the client sets no limit
LONGEST_CHAT = 1000  # messages
LONGEST_TEXT = 1_000_000  # characters of a message


class TextPart(BaseModel):
    """A piece of a message's text."""

    type: Literal["text"]
    text: str = Field(max_length=LONGEST_TEXT)


class Turn(BaseModel):
    """A message as clients send it."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(max_length=LONGEST_TEXT)] | list[TextPart]

    def message(self) -> Message:
        """The message as models take it."""
        parts = self.content
        text = parts if isinstance(parts, str) else "".join(part.text for part in parts)
        role = "system" if self.role == "developer" else self.role
        return Message(role=role, content=text)


class StreamOptions(BaseModel):
    """How to stream."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A request for an answer.

    What would change an answer's form and is not done here is refused; sampling settings are taken
    and have no effect, because what was measured is the likeliest answer.
    """

    model: str
    messages: list[Turn] = Field(min_length=1, max_length=LONGEST_CHAT)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    logprobs: Literal[False] | None = None
    tools: None = None
    functions: None = None
    stop: None = None
    response_format: dict[Literal["type"], Literal["text"]] | None = None

    @property
    def chat(self) -> Chat:
        """The messages as models take them."""
        return tuple(turn.message() for turn in self.messages)

    @property
    def limits(self) -> Limits:
        """How long the answer may get."""
        return Limits(self.max_completion_tokens or self.max_tokens or USUAL_TOKENS)


def build_app(
    arms: Sequence[ServedArm], token: SecretStr | None = None, hosts: Sequence[str] = LOOPBACK
) -> FastAPI:
    """The endpoint of some arms.

    Args:
        arms: What it answers with, by model name.
        token: What a client has to send as its key, or None.
        hosts: Names that it answers to; on the loopback address this keeps web pages out that
            point a name of theirs at it.
    """
    app = FastAPI(title="Tuneworthy", openapi_url=None)
    served = {arm.name: arm for arm in arms}
    one_at_a_time = asyncio.Lock()
    started = int(time.time())

    @app.get("/v1/models")
    async def models() -> Response:
        listed = [_model(name, started) for name in served]
        return JSONResponse({"object": "list", "data": listed})

    @app.get("/v1/models/{name}")
    async def model(name: str) -> Response:
        return JSONResponse(_model(name, started)) if name in served else _unknown(name, served)

    @app.post("/v1/chat/completions")
    async def complete(request: ChatRequest) -> Response:
        if request.model not in served:
            return _unknown(request.model, served)
        async with one_at_a_time:
            reply = await asyncio.to_thread(
                served[request.model].respond, request.chat, request.limits
            )
        if reply.finish == "error":
            return _error(502, "The model behind this name gave no answer; try again.", "no_answer")
        if request.stream:
            return StreamingResponse(_stream(request, reply), media_type="text/event-stream")
        return JSONResponse(_completion(request, reply).model_dump(mode="json"))

    _answer_errors(app)
    _ask_for(app, token)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    return app


def _ask_for(app: FastAPI, token: SecretStr | None) -> None:
    """Refuse requests without the token, before anything of them is read."""
    if token is None:
        return
    expected = f"Bearer {token.get_secret_value()}".encode()

    @app.middleware("http")
    async def check(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        given = request.headers.get("authorization", "").encode("latin-1")
        if secrets.compare_digest(given, expected):
            return await go_on(request)
        return _error(401, "The key is missing or wrong.", "invalid_api_key")


def _answer_errors(app: FastAPI) -> None:
    """Say what is wrong in the form that clients of OpenAI read."""

    @app.exception_handler(RequestValidationError)
    async def bad_body(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]  # without its input: that is what the client wrote
        where = ".".join(str(part) for part in first["loc"][1:])
        return _error(400, f"{where or 'The body'}: {first['msg']}.", "invalid_request", where)

    @app.exception_handler(HTTPException)
    async def no_such_address(request: Request, error: HTTPException) -> Response:
        return _error(error.status_code, f"{error.detail}.", "invalid_request")

    @app.exception_handler(PromptTooLong)
    async def too_long(request: Request, error: PromptTooLong) -> Response:
        return _error(400, str(error), "context_length_exceeded", "messages")

    @app.exception_handler(ModelError)
    async def no_model(request: Request, error: ModelError) -> Response:
        return _error(502, str(error), "model_error")

    @app.exception_handler(UserError)
    async def refused(request: Request, error: UserError) -> Response:
        return _error(400, str(error), "invalid_request")

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        return _error(500, "Something went wrong inside Tuneworthy; its log has more.", "fault")


def _error(status: int, text: str, code: str, param: str = "") -> Response:
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"message": text, "type": kind, "param": param or None, "code": code}
    return JSONResponse({"error": body}, status)


def _unknown(name: str, served: dict[str, ServedArm]) -> Response:
    known = ", ".join(served)
    return _error(404, f"There is no model {name!r} here; there are: {known}.", "model_not_found")


def _model(name: str, created: int) -> dict[str, object]:
    return Model(id=name, created=created, object="model", owned_by="tuneworthy").model_dump(
        mode="json", exclude_none=True
    )


def _usage(reply: Reply) -> CompletionUsage:
    return CompletionUsage(
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        total_tokens=reply.prompt_tokens + reply.completion_tokens,
    )


def _finish(reply: Reply) -> Literal["stop", "length", "content_filter"]:
    assert reply.finish != "error"
    return reply.finish


def _completion(request: ChatRequest, reply: Reply) -> ChatCompletion:
    return ChatCompletion(
        id=_id(),
        created=int(time.time()),
        model=request.model,
        object="chat.completion",
        choices=[
            chat_completion.Choice(
                index=0,
                finish_reason=_finish(reply),
                message=ChatCompletionMessage(role="assistant", content=reply.text),
            )
        ],
        usage=_usage(reply),
    )


def _stream(request: ChatRequest, reply: Reply) -> Iterator[str]:
    """The finished answer, word by word, as server-sent events."""
    chunk = ChatCompletionChunk(
        id=_id(),
        created=int(time.time()),
        model=request.model,
        object="chat.completion.chunk",
        choices=[],
    )

    def event(*choices: chunks.Choice, usage: CompletionUsage | None = None) -> str:
        filled = chunk.model_copy(update={"choices": list(choices), "usage": usage})
        return f"data: {filled.model_dump_json(exclude_none=True)}\n\n"

    def piece(delta: chunks.ChoiceDelta) -> chunks.Choice:
        return chunks.Choice(index=0, delta=delta)

    yield event(piece(chunks.ChoiceDelta(role="assistant", content="")))
    for word in re.findall(r"\s*\S+\s*|\s+", reply.text):
        yield event(piece(chunks.ChoiceDelta(content=word)))
    yield event(piece(chunks.ChoiceDelta()).model_copy(update={"finish_reason": _finish(reply)}))
    if request.stream_options and request.stream_options.include_usage:
        yield event(usage=_usage(reply))
    yield "data: [DONE]\n\n"


def _id() -> str:
    return f"chatcmpl-{uuid4().hex}"
