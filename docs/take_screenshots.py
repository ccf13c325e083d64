"""Take the pictures of README and tutorial: a real run on a bundled sample, in a real browser.

    python docs/take_screenshots.py                  writes docs/images
    python docs/take_screenshots.py --all FOLDER     every other state as well, wide and narrow,
                                                     light and dark

Needs Debian's chromium; takes some minutes, for the run is measured with the embedded model. Models
that are converted already are taken from TUNEWORTHY_TEST_MODELS.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).with_name("images")
WIDTHS = {"wide": 1440, "narrow": 390}
SCHEMES = ("light", "dark")
LONG = 1_800_000  # milliseconds; a run on a busy machine of two cores
FOLLOW_UPS = (
    "why not fine-tune?",
    "show me the mistakes",
    "what if the target were 95 %?",
    "missing a product fault is 10 times worse",
)


def main() -> None:
    """Run the page, lead one conversation to its verdict and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="Take every state.")
    folder: Path | None = parser.parse_args().all
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        ready = os.environ.get("TUNEWORTHY_TEST_MODELS")
        if ready:
            (Path(home) / "models").symlink_to(Path(ready).absolute())
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "--port", str(port)],
            env={**os.environ, "TUNEWORTHY_HOME": home},
        )
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        try:
            page = browser.new_page(viewport={"width": WIDTHS["wide"], "height": 900})
            _wait_for(f"http://127.0.0.1:{port}/")
            page.goto(f"http://127.0.0.1:{port}/")
            _lead(page, folder)
        finally:
            browser.close()
            server.terminate()
            server.wait()


def _lead(page: Page, folder: Path | None) -> None:
    page.get_by_text("What should the model do?").wait_for()
    _keep(page, "start")
    _take(page, folder, "1-start")
    _answer(page, "Sort messages by topic. We want 80 % right, and get about 20k a month.")
    page.get_by_text("I also took this").wait_for()
    _take(page, folder, "2-read-back")
    _click(page, "Yes")
    page.get_by_text("Please add your examples").wait_for()
    _click(page, "")
    page.get_by_text("I read").first.wait_for()
    _take(page, folder, "3-columns")
    _click(page, "Yes")
    page.get_by_text("Do you use a prompt").wait_for()
    _click(page, "No prompt yet")
    page.get_by_text("Does a right answer need facts").wait_for()
    _answer(page, "perhaps")
    page.locator(".problem").first.wait_for()
    _take(page, folder, "4-unclear")
    _click(page, "No")
    page.locator(".card.plan").wait_for()
    _take(page, folder, "5-plan")
    _click(page, "Yes, go ahead")
    page.locator("#chat progress").wait_for()
    page.locator(".card.provisional").wait_for()
    page.wait_for_timeout(20_000)
    _keep(page, "trials")
    _take(page, folder, "6-trials")
    page.locator(".card.verdict").wait_for(timeout=LONG)
    page.locator("#stop").wait_for(state="hidden", timeout=LONG)
    page.locator("#evidence summary", has_text="More pictures").wait_for()
    page.wait_for_timeout(1_500)
    _show_card(page)
    _keep(page, "verdict")
    page.set_viewport_size({"width": WIDTHS["narrow"], "height": 760})
    _show_card(page)
    _keep(page, "verdict-narrow")
    page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})
    if folder is None:
        return
    _take(page, folder, "7-verdict")
    _click(page, "No")
    page.get_by_text("Try it").wait_for(timeout=60_000)
    for said in FOLLOW_UPS:
        _answer(page, said)
        page.wait_for_timeout(2_500)
    _take(page, folder, "8-follow-ups")
    with page.expect_download(timeout=120_000):
        page.click("#pdf")
    _answer(page, "stop")
    page.get_by_text("This conversation is closed").wait_for()
    _take(page, folder, "9-closed")
    page.click("#earlier")
    page.locator("#runs-chosen").wait_for()
    _take(page, folder, "10-runs")


def _show_card(page: Page) -> None:
    page.locator(".card.verdict").evaluate("card => card.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(500)


def _keep(page: Page, name: str) -> None:
    """A picture that README or tutorial show."""
    PICTURES.mkdir(exist_ok=True)
    page.wait_for_timeout(800)
    page.screenshot(path=PICTURES / f"{name}.png")


def _take(page: Page, folder: Path | None, name: str) -> None:
    """One state at every width and in every scheme."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(800)
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            dark = scheme == "dark"
            page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"{name}-{size}-{scheme}.png")
    page.evaluate("document.body.classList.remove('dark')")
    page.set_viewport_size({"width": WIDTHS["wide"], "height": 900})


def _answer(page: Page, text: str) -> None:
    page.fill("#box textarea", text)
    page.press("#box textarea", "Enter")


def _click(page: Page, label: str) -> None:
    page.wait_for_timeout(900)  # the buttons of a new question rest for a moment
    page.locator(".options button", has_text=label).first.click()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    for _ in range(240):
        try:
            urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)


if __name__ == "__main__":
    main()
