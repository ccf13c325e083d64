"""The tools as another program calls them: through an MCP client, over loopback."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from agent.worker import Worker
from tests.assessments import labels
from tools.assessment import FILE_NAME
from tools.errors import UserError
from tools.intake.samples import SAMPLES
from tools.runs import create_run, list_runs
from tools.settings import load_settings
from ui.mcp import Tools

MINUTES = 600
TOOLS = {"assess", "status", "verdict", "what_if", "report"}


@pytest.fixture
def url(home: Path, embedded_folder: Path) -> Iterator[str]:
    (home / "models").mkdir(parents=True)
    (home / "models" / embedded_folder.name).symlink_to(embedded_folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "--mcp", "--port", str(port)],
        env={**os.environ, "TUNEWORTHY_BUDGET_MINUTES": "0.3", "OMP_NUM_THREADS": "2"},
    )
    for _ in range(240):
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                break
        except (URLError, OSError):
            time.sleep(0.5)
    yield f"http://127.0.0.1:{port}/gradio_api/mcp/"
    server.terminate()
    server.wait()


async def _call(session: ClientSession, tool: str, **given: Any) -> tuple[bool, Any]:
    result = await session.call_tool(tool, given)
    text = "".join(getattr(part, "text", "") for part in result.content)
    try:
        return bool(result.isError), json.loads(text)
    except ValueError:
        return bool(result.isError), text


async def _session(url: str, home: Path) -> None:
    async with (
        streamable_http_client(url) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert set(tools) == TOOLS, "nothing else of the page can be called"
        assert "whether a fine-tune is worth it" in (tools["assess"].description or "")
        assert tools["assess"].inputSchema["properties"]["target"]["type"] == "number"

        for bad in ("../../etc/passwd", "20260101-000000-abcd"):
            failed, text = await _call(session, "verdict", run=bad)
            assert failed and "run" in str(text)
        failed, text = await _call(session, "assess", examples="a,b", target=7)
        assert failed and "target" in str(text)

        run = create_run(home)
        file = run.folder / FILE_NAME
        file.write_text(labels().model_dump_json(), encoding="utf-8")
        failed, found = await _call(session, "verdict", run=run.info.run_id)
        assert not failed and found["verdict"] == "fine_tune"
        assert "I sent the lamp back" not in json.dumps(found), "no row is told"
        failed, text = await _call(session, "report", run=run.info.run_id)
        assert not failed and "# " in str(text)

        examples = SAMPLES[0].path.read_text(encoding="utf-8").splitlines()[:91]
        failed, begun = await _call(session, "assess", examples="\n".join(examples), target=0.8)
        assert not failed
        await _until_finished(session, begun["run"])
        failed, answer = await _call(session, "what_if", run=begun["run"], target=0.1)
        assert not failed and "Suppose the target is 10" in answer


async def _until_finished(session: ClientSession, run: str) -> None:
    ended, provisional = time.monotonic() + MINUTES, ""
    while time.monotonic() < ended:
        _, found = await _call(session, "status", run=run)
        provisional = found.get("provisional") or provisional
        if found["state"] != "working":
            assert found["state"] == "finished", found
            assert "leads with" in provisional
            return
        await asyncio.sleep(0.5)
    raise AssertionError("the run did not finish")


def test_a_report_leaves_examples_out_when_asked_to(home: Path) -> None:
    run = create_run(home)
    (run.folder / FILE_NAME).write_text(labels().model_dump_json(), encoding="utf-8")
    with closing(Worker(load_settings())) as worker:
        report = Tools(worker).report
        assert "I sent the lamp back" in report(run.info.run_id)
        assert "I sent the lamp back" not in report(run.info.run_id, examples=False)


BAD_EXAMPLES = [
    ("nothing in common", "no rows"),
    ("text,label\n" + "a,x\n" * 30, "only one answer"),
    ("text,label\na,x\nb\n", "line 3"),
    ("text,label\na,x\nb,y\n", "rows"),
    ('{"text": "a", "label": "x"}\nnot json\n', "line 2"),
    ("a\ud800,b\n", "no rows"),
]


@pytest.mark.parametrize(("examples", "words"), BAD_EXAMPLES)
def test_examples_that_cannot_be_used_leave_no_run(examples: str, words: str, home: Path) -> None:
    with closing(Worker(load_settings())) as worker:
        with pytest.raises(UserError, match=words):
            Tools(worker).assess(examples)
        assert list_runs(home) == [] and not list(home.glob("runs/*"))


@pytest.mark.slow
def test_a_program_gets_from_examples_to_a_verdict(url: str, home: Path) -> None:
    asyncio.run(_session(url, home))
