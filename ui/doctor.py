"""Checks of an installation: what works, what is missing, what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.errors import UserError
from tools.models.catalogue import Catalogue
from tools.models.embedded import TITLE, embedded_folder
from tools.settings import Settings, load_settings

LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Check:
    """One finding."""

    name: str
    passed: bool
    text: str


def checks() -> Iterator[Check]:
    """Run all checks, cheap ones first."""
    settings = load_settings()
    yield _check("home folder", lambda: _home(settings))
    yield _check("disk space", lambda: _disk(settings))
    yield _check("embedded model", lambda: f"{TITLE}: {embedded_folder(settings.home).name}")
    yield _check("processor", _processor)
    for name in Catalogue(settings).names()[1:]:
        yield Check(f"model {name}", True, "configured; not called by this check")


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except (UserError, OSError) as error:
        return Check(name, False, str(error))


def _home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe = settings.home / ".writable"
    probe.touch()
    probe.unlink()
    return str(settings.home)


def _disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.home).free
    if free < LEAST_FREE_BYTES:
        raise UserError(f"Only {free / 1e9:.1f} GB free; a tune needs about 2 GB.")
    return f"{free / 1e9:.0f} GB free"


def _processor() -> str:
    from tools.models.numbers import compute_dtype

    return f"computes in {compute_dtype()[1]}"
