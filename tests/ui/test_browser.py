"""The real page in a real browser: from a file of examples to a tuned model and its report."""

import csv
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.ui.accessibility import assert_accessible

CHROMIUM = shutil.which("chromium") or ""
SWITCHES = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SOON, LONG = 30_000, 900_000  # milliseconds; a tune on a busy machine of two cores takes minutes
LABELS = {
    "billing": ("I was charged twice for {}", "the invoice for {} is wrong", "refund for {}?"),
    "delivery": ("where is my parcel with {}", "{} has not arrived", "the courier lost {}"),
    "returns": ("I want to send {} back", "{} does not fit", "return label for {} please"),
}
THINGS = ("the tent", "my boots", "a jacket", "two mugs", "the lamp", "a rucksack", "the stove",
          "my order", "the kettle", "these gloves")  # fmt: skip
HOSTILE = "<b>lamp</b> ![x](http://evil.example/x.png) <img src=http://evil.example/y.png>"

expect.set_options(timeout=SOON)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="there is no chromium")]


@dataclass
class Server:
    """The page in a process of its own."""

    port: int
    log: Path
    process: "subprocess.Popen[bytes]" = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ui.cli", "--port", str(self.port)],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "2"},
            )
        for _ in range(240):
            try:
                with urlopen(self.url, timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.5)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(home: Path, embedded_folder: Path, tmp_path: Path) -> Iterator[Server]:
    (home / "models").mkdir(parents=True)
    (home / "models" / embedded_folder.name).symlink_to(embedded_folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(port, tmp_path / "server.log")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        made = browser.new_context()
        made.set_default_timeout(SOON)
        hosts: set[str | None] = set()
        made.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        yield made
        made.close()
        browser.close()
    assert hosts - {None} == {"127.0.0.1"}  # None: data and blob


def _examples(path: Path) -> Path:
    rows = [
        (template.format(thing), label)
        for thing, (label, templates) in itertools.product(THINGS, LABELS.items())
        for template in templates
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("message", "department"), *rows])
    return path


def _sees(page: Page, text: str) -> None:
    expect(page.locator("#chat")).to_contain_text(text)


def _settled(page: Page) -> None:
    """Wait until the buttons of a new question can be clicked."""
    page.wait_for_timeout(700)


def _choose(page: Page, label: str) -> None:
    _settled(page)
    page.locator(".options button", has_text=label).first.click()


def _write(page: Page, text: str) -> None:
    page.fill("#box textarea", text)
    page.press("#box textarea", "Enter")


def _interview(page: Page, examples: Path) -> None:
    """All questions, with a double click, a stale button in a second tab, and a bad answer."""
    _sees(page, "What should the model do?")
    _is_accessible(page)
    assert_accessible(page, "the empty page")
    _settled(page)
    page.locator(".options button", has_text="Skip").dblclick()
    _sees(page, "Please add your examples")
    page.set_input_files("input[type=file]", examples)
    _sees(page, "I read 90 rows")
    second = page.context.new_page()
    second.goto(page.url)
    _sees(second, "I read 90 rows")
    _settled(second)
    _choose(page, "Yes")
    second.locator(".options button", has_text="the other way round").click()
    _sees(second, "Do you use a prompt for this today?")
    second.close()
    _sees(page, "Input “message”, right answer “department”")
    _sees(page, "Do you use a prompt for this today?")
    _settled(page)
    page.locator(".options button", has_text="No prompt yet").press("Enter")
    _sees(page, "How good is good enough?")
    _write(page, "abc")
    _sees(page, "I need a share")
    assert_accessible(page, "the interview")
    _write(page, "nine out of ten, and about 50k a month")
    _sees(page, "I also took this from what you said: 50,000 requests a month")
    _choose(page, "Yes")
    _sees(page, "Does a right answer need facts")
    _choose(page, "No, it is all in the input")
    _sees(page, "Shall I measure?")


def _is_accessible(page: Page) -> None:
    """Every control has a name that a screen reader can say, and Tab reaches the answer box."""
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea, select")]
            .filter((c) => c.checkVisibility() && c.type !== "file")
            .filter((c) => !(c.ariaLabel || c.innerText || c.labels?.[0]?.innerText || c.title))
            .map((c) => c.outerHTML.slice(0, 200))"""
    )
    assert not unnamed
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()
    page.locator("body").press("Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach the answer box")


def test_from_a_file_to_a_tuned_model(
    server: Server, context: BrowserContext, tmp_path: Path, home: Path
) -> None:
    page = context.new_page()
    page.goto(server.url)
    _sees(page, "What should the model do?")
    assert not (home / "runs").exists(), "looking at the page makes no run"
    _interview(page, _examples(tmp_path / "mail.csv"))
    assert len(list((home / "runs").iterdir())) == 1
    expect(page.locator("#evidence")).to_contain_text("90 rows in “mail.csv”")
    _choose(page, "Yes, go ahead")

    expect(page.locator("#chat progress")).to_be_visible()
    page.reload()
    expect(page.locator("#chat progress")).to_be_visible()
    expect(page.locator("#stop")).to_be_visible()
    expect(page.locator(".card.provisional")).to_contain_text("still measuring")
    expect(page).to_have_title(re.compile("Trying prompts"))
    assert_accessible(page, "the trials")
    expect(page.locator(".card.verdict")).to_be_visible(timeout=LONG)
    page.locator("#evidence summary", has_text="More pictures").click()
    for pictures, least in (("figure.gap", 1), ("details figure", 2)):
        drawn = page.locator(f"#evidence {pictures} img:visible")
        assert drawn.count() >= least
        for picture in drawn.all():  # it is drawn, not only there
            assert picture.evaluate("image => image.naturalWidth") > 0
    expect(page.locator("#evidence")).to_contain_text("decided the answer")
    expect(page).to_have_title(re.compile("^✓ "))
    assert_accessible(page, "the verdict")

    _choose(page, "It may take longer")  # the one figure that would still turn the answer
    _sees(page, "Shall I start it?")
    _choose(page, "No")
    _sees(page, "Try it")
    page.click("#tune")
    _sees(page, "Shall I start it?")
    _choose(page, "Yes, fine-tune")
    expect(page.locator(".card.outcome")).to_be_visible(timeout=LONG)
    expect(page.locator("#tune")).to_be_hidden()

    _write(page, HOSTILE)
    answers = page.locator(".columns").last.locator("section")
    expect(answers).to_have_count(2, timeout=LONG)
    expect(answers.nth(0)).to_contain_text(re.compile(r"The best prompt.* tokens sent"))
    expect(answers.nth(1)).to_contain_text(re.compile(r"The tuned model.* tokens sent"))
    _sees(page, HOSTILE)
    _choose(page, "👍 Both")
    _sees(page, "Kept in the review file")
    _choose(page, "Try one of my examples")
    _sees(page, "nothing was trained on it. Right answer:")
    standing = page.locator("#evidence .standing")
    expect(standing).to_contain_text("for the tuned model against")
    page.locator("#beside").evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    expect(standing).to_be_in_viewport()
    assert_accessible(page, "the tuned chat")

    with page.expect_download(timeout=120_000) as download:
        page.click("#download")
    (run,) = [folder for folder in (home / "runs").iterdir() if (folder / "report.html").exists()]
    assert download.value.path().read_bytes() == (run / "report.html").read_bytes()
    assert download.value.suggested_filename == f"tuneworthy-{run.name}.html"
    assert json.loads((run / "reviews.jsonl").read_text(encoding="utf-8"))["judged"] == "both"
    with page.expect_download(timeout=120_000) as download:  # one click makes and takes it
        page.click("#pdf")
        expect(page.locator("#pdf")).to_have_text("Making the PDF …")
    expect(page.locator("#pdf")).to_have_text("PDF")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename == f"tuneworthy-{run.name}.pdf"
    page.get_by_role("checkbox", name="Leave my examples out").check()
    with page.expect_download(timeout=120_000) as download:
        page.click("#download")
    assert download.value.suggested_filename == f"tuneworthy-{run.name}-without-examples.html"
    _choose(page, "Repeat with another target")
    _sees(page, "How good is good enough?")
    expect(page.locator("#pdf")).to_be_hidden()
    page.goto((run / "report.html").as_uri())
    assert_accessible(page, "the report")


def test_work_goes_on_after_the_server_was_killed(
    server: Server, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(server.url)
    _interview(page, _examples(tmp_path / "mail.csv"))
    _choose(page, "Yes, go ahead")
    expect(page.locator("#chat progress")).to_be_visible()
    server.kill()
    offline = page.locator("#offline")
    expect(offline).to_contain_text("No connection to Tuneworthy.")
    expect(page.get_by_text("Connection Lost")).to_be_hidden()
    assert_accessible(page, "no connection")
    server.start()
    expect(offline).to_be_empty()
    expect(page.locator("#chat progress")).to_be_visible()
    page.click("#stop")
    expect(page.locator(".card.verdict")).to_be_visible(timeout=LONG)
    _sees(page, "cut short")
    _write(page, "what happens next?")
    _sees(page, "1. ")
    _write(page, "missing a delivery is 10 times worse")
    _sees(page, "Suppose a missed “delivery” counts 10 times.")
    _write(page, "stop")
    _sees(page, "This conversation is closed")
    _choose(page, "Ask about this run")
    expect(page.get_by_role("textbox", name="Your answer")).to_be_enabled()
    _use_the_list(page)


def _use_the_list(page: Page) -> None:
    """Rename, reopen and delete the only run."""
    page.click("#earlier")
    page.locator("#runs-chosen input").check()
    page.fill("#runs-text input, #runs-text textarea", "Spring <b>mails</b>")
    page.click("#runs-rename")
    expect(page.locator("#runs-chosen")).to_contain_text("Spring <b>mails</b>")
    page.locator("#runs-chosen input").check()
    page.click("#runs-open")
    expect(page.locator(".card.verdict")).to_be_visible()
    page.click("#earlier")
    page.locator("#runs-chosen input").check()
    page.click("#runs-delete")
    expect(page.locator("#runs-said")).to_contain_text("Delete for good?")
    page.click("#runs-sure")
    expect(page.locator("#runs-said")).to_contain_text("Deleted for good")
    page.click("#runs-close")
    page.reload()
    _sees(page, "There is no conversation")
    _choose(page, "Begin anew")
    _sees(page, "What should the model do?")


def test_every_page_says_that_nothing_else_may_be_loaded(server: Server) -> None:
    with urlopen(server.url, timeout=30) as response:
        policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
