"""Serve the arms of a run, or a plain model, until it is interrupted."""

import socket

import typer
import uvicorn
from pydantic import SecretStr

from tools.errors import UserError
from tools.models.catalogue import Catalogue
from tools.report.words import percent
from tools.runs import open_run
from tools.serving.arms import ServedArm, model_arm, run_arms
from tools.serving.endpoint import LOOPBACK, build_app
from tools.serving.vllm import vllm_command
from tools.settings import Settings
from ui.console import show_table

TOKEN_VARIABLE = "TUNEWORTHY_SERVE_TOKEN"


def serve_arms(
    settings: Settings,
    reference: str | None,
    model: str | None,
    host: str,
    port: int,
    token: str | None,
    allow_send: tuple[str, ...],
) -> None:
    """Serve a run's arms or a local model.

    Args:
        settings: The operator's settings.
        reference: Id or folder of the run, or None.
        model: Name of a local model, or None.
        host: Address to listen on.
        port: Its port; 0 takes a free one.
        token: What clients have to send as their key, or None.
        allow_send: Endpoints that may receive what clients send.

    Raises:
        UserError: It cannot be served, or not there.
    """
    if (reference is None) == (model is None):
        raise UserError("Name a run, or a model with --model; one of the two.")
    if host not in LOOPBACK and not token:
        raise UserError(
            f"On {host} others could ask too; set a token in {TOKEN_VARIABLE} that they need."
        )
    catalogue = Catalogue(settings)
    with _listen(host, port) as listening:  # before models are loaded, which takes a while
        if model is not None:
            arms = [model_arm(model, catalogue)]
        else:
            arms = run_arms(open_run(settings.home, str(reference)), catalogue, allow_send)
        _announce(arms, host, listening.getsockname()[1])
        hosts = LOOPBACK if host in LOOPBACK else ("*",)
        app = build_app(arms, SecretStr(token) if token else None, hosts)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="off"))
        server.run(sockets=[listening])


def show_vllm(settings: Settings, reference: str | None) -> None:
    """Print the command that serves a run's adapter with vLLM.

    Raises:
        UserError: There is no run, or it has no adapter.
    """
    if reference is None:
        raise UserError("Name the run whose fine-tune vLLM is to serve.")
    typer.echo(vllm_command(open_run(settings.home, reference), Catalogue(settings)))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UserError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another with --port."
        ) from error


def _announce(arms: list[ServedArm], host: str, port: int) -> None:
    rows = [(arm.name, arm.title, percent(arm.score.score) if arm.score else "–") for arm in arms]
    show_table(("model", "what it is", "locked rows"), rows)
    typer.echo(f"OpenAI-compatible at http://{host}:{port}/v1 (Ctrl+C ends it).")
