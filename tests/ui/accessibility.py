"""What axe says about a page: no serious violation, wide and narrow, light and dark."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1440, 390)
SERIOUS = ("serious", "critical")


def assert_accessible(page: Page, state: str) -> None:
    """Fail if axe finds a serious or critical violation in what a page shows now."""
    found = []
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for dark in (False, True):
            page.emulate_media(color_scheme="dark" if dark else "light")
            page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
            page.wait_for_timeout(400)  # colours fade
            found += [f"{state}, {width} px, dark: {dark}: {text}" for text in _violations(page)]
    page.evaluate("document.body.classList.remove('dark')")
    page.emulate_media(color_scheme="light")
    if before is not None:
        page.set_viewport_size(before)
    assert not found, "\n".join(found)


def _violations(page: Page) -> list[str]:
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}"
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
