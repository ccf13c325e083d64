from pathlib import Path

import pytest

from tools.errors import UserError
from tools.settings import home_folder, load_settings

KEY = "sk-very-secret-123"
FILE = f"""
adviser = "big"
budget_minutes = 12.5

[endpoints.big]
base_url = "https://models.example/v1"
model = "big-1"
api_key = "{KEY}"
price_in = 0.5

[models.small]
folder = "/models/small"

[prices]
currency = "USD"
"""


@pytest.fixture
def file(home: Path) -> Path:
    home.mkdir()
    return home / "config.toml"


def test_without_a_file_the_defaults_hold(home: Path) -> None:
    settings = load_settings()
    assert (settings.home, settings.host, settings.port) == (home, "127.0.0.1", 7860)
    assert settings.endpoints == {} and settings.models == {} and settings.adviser is None


def test_the_file_in_the_home_is_read(file: Path) -> None:
    file.write_text(FILE)
    settings = load_settings()
    assert (settings.adviser, settings.budget_minutes) == ("big", 12.5)
    assert settings.endpoints["big"].key() == KEY
    assert settings.endpoints["big"].price_in == 0.5
    assert settings.models["small"].folder == Path("/models/small")
    assert (settings.prices.currency, settings.prices.utilisation) == ("USD", 0.5)


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(FILE)
    monkeypatch.setenv("TUNEWORTHY_BUDGET_MINUTES", "3")
    monkeypatch.setenv("TUNEWORTHY_PRICES__CURRENCY", "CHF")
    monkeypatch.setenv("TUNEWORTHY_ENDPOINTS__BIG__MODEL", "big-2")
    settings = load_settings()
    assert (settings.budget_minutes, settings.prices.currency) == (3, "CHF")
    big = settings.endpoints["big"]
    assert (big.model, big.base_url) == ("big-2", "https://models.example/v1")


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEWORTHY_HOME", "")
    monkeypatch.setenv("TUNEWORTHY_PORT", "")
    settings = load_settings()
    assert settings.home == home_folder() and settings.home.is_absolute()
    assert settings.port == 7860


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = 'many'", "The setting 'port' is not valid"),
        ("colour = 'red'", "The setting 'colour' is not valid"),
        ("optimisers = ['grid']", "The setting 'optimisers.0' is not valid"),
        ("[prices]\nutilisation = 0", "The setting 'prices.utilisation' is not valid"),
        (
            f"[endpoints.big]\nbase_url = 'x'\napi_key = '{KEY}'",
            "The setting 'endpoints.big.model' is not valid",
        ),
        (FILE.replace("price_in = 0.5", "concurrency = 0"), "'endpoints.big.concurrency'"),
        (f"api_key = '{KEY}", "config.toml cannot be read"),
        ("\udcff", "config.toml cannot be read"),
    ],
)
def test_an_invalid_file_is_refused_by_name_and_without_the_key(
    text: str, words: str, file: Path
) -> None:
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UserError) as caught:
        load_settings()
    assert words in str(caught.value)
    assert KEY not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TUNEWORTHY_PORT", "many", "The setting 'port' is not valid"),
        ("TUNEWORTHY_ENDPOINTS", f"{{'{KEY}", "endpoints"),
        ("TUNEWORTHY_ENDPOINTS__BIG__CONCURRENCY", "65", "endpoints.big"),
    ],
)
def test_an_invalid_variable_is_refused_by_name(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as caught:
        load_settings()
    assert words in str(caught.value) and "config.toml" not in str(caught.value)
    assert KEY not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        (f"api_key = '{KEY}'", KEY),
        ("api_key_env = 'BIG_KEY'", "from-env"),
        ("api_key_env = 'NO_SUCH_KEY'", "not-needed"),
        ("", "not-needed"),
    ],
)
def test_a_key_comes_from_the_file_or_its_variable_and_is_never_shown(
    lines: str, key: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIG_KEY", "from-env")
    file.write_text(f"[endpoints.big]\nbase_url = 'x'\nmodel = 'y'\n{lines}")
    settings = load_settings()
    assert settings.endpoints["big"].key() == key
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    assert KEY not in shown and "from-env" not in shown
