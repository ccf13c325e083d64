"""`tuneworthy serve`: what it refuses, and the real command asked by the openai client."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import openai
import pytest
from typer.testing import CliRunner

from ui.cli import app

TOKEN = "a token of our own"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Name a run, or a model"),
        (["some-run", "--model", "embedded"], "one of the two"),
        (["some-run"], "There is no run 'some-run'"),
        (["--model", "gpt-9"], "There is no model 'gpt-9'"),
        (["--model", "embedded", "--host", "0.0.0.0"], "set a token in TUNEWORTHY_SERVE_TOKEN"),
        (["--vllm"], "Name the run"),
        (["some-run", "--vllm"], "There is no run 'some-run'"),
    ],
)
def test_what_cannot_be_served_gets_one_sentence(options: list[str], words: str) -> None:
    result = CliRunner().invoke(app, ["serve", "--port", "0", *options])
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--model", "embedded", "--port", port])
    assert result.exit_code == 2
    assert f"port {port}" in result.stderr and "--port" in result.stderr


def test_the_command_serves_a_local_model_until_it_is_interrupted(
    tiny_models: dict[str, Path],
) -> None:
    environment = {
        **os.environ,
        "TUNEWORTHY_MODELS": json.dumps({"tiny": {"folder": str(tiny_models["llama"])}}),
        "TUNEWORTHY_SERVE_TOKEN": TOKEN,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "serve", "--model", "tiny", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        while (found := re.search(r"http://\S+/v1", said)) is None:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            said += line
        with openai.OpenAI(base_url=found.group(), api_key=TOKEN, max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["tiny"]
            answer = client.chat.completions.create(
                model="tiny", messages=[{"role": "user", "content": "hello"}], max_tokens=4
            )
            assert answer.usage is not None and answer.usage.completion_tokens <= 4
        with openai.OpenAI(base_url=found.group(), api_key="wrong", max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError):
                client.models.list()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert TOKEN not in said + output + errors
    assert "Traceback" not in errors
