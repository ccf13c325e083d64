import re
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


ENDPOINT = "base_url = 'http://x/v1'\nmodel = 'm'"
UNKNOWN = "is not valid: there is no setting of that name; docs/settings.md has all names."
BELOW = "is not valid: Input should be greater than or equal to 0."
ADVISER = "add [endpoints.{0}], or leave the adviser out."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 'red'", f"The setting 'colour' {UNKNOWN}"),
        (
            FILE.replace("price_in", "price_inn"),
            f"The setting 'endpoints.big.price_inn' {UNKNOWN}",
        ),
        (
            FILE.replace("api_key =", "api_kye ="),
            f"The setting 'endpoints.big.api_kye' {UNKNOWN}",
        ),
        (
            "[models.small]\nfolder = '/m'\nadapter = '/a'",
            f"The setting 'models.small.adapter' {UNKNOWN}",
        ),
        ("[prices]\nperson_days = 3", f"The setting 'prices.person_days' {UNKNOWN}"),
        ("budget_minutes = -1", f"The setting 'budget_minutes' {BELOW}"),
        ("budget_money = -1", f"The setting 'budget_money' {BELOW}"),
        (FILE.replace("0.5", "-0.5"), f"The setting 'endpoints.big.price_in' {BELOW}"),
        ("[prices]\nlabel_minutes = -1", f"The setting 'prices.label_minutes' {BELOW}"),
        ("[prices]\nmachine_per_hour = nan", f"The setting 'prices.machine_per_hour' {BELOW}"),
        (
            "adviser = 'nobody'",
            "The setting 'adviser' is not valid: there is no endpoint 'nobody'; "
            + ADVISER.format("nobody"),
        ),
        (
            FILE.replace('adviser = "big"', 'adviser = "small"'),
            "The setting 'adviser' is not valid: there is no endpoint 'small'; "
            + ADVISER.format("small"),
        ),
        (
            f"[endpoints.embedded]\n{ENDPOINT}",
            "The setting 'endpoints' is not valid: another model is called 'embedded'; give this "
            "one another name.",
        ),
        (
            "[models.embedded]\nfolder = '/m'",
            "The setting 'models' is not valid: another model is called 'embedded'; give this one "
            "another name.",
        ),
        (
            f"[endpoints.small]\n{ENDPOINT}\n[models.small]\nfolder = '/m'",
            "The setting 'endpoints' is not valid: another model is called 'small'; give this one "
            "another name.",
        ),
    ],
)
def test_what_would_be_overlooked_is_refused_with_what_to_do(
    text: str, told: str, file: Path
) -> None:
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        load_settings()
    assert str(caught.value) == told
    assert KEY not in f"{caught.value} {caught.value.__cause__}"


def test_the_settings_in_the_docs_are_valid(file: Path) -> None:
    docs = Path(__file__).parents[2] / "docs" / "settings.md"
    (found,) = re.findall(
        r"^```toml\n(.*?)^```", docs.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    file.write_text(found, encoding="utf-8")
    settings = load_settings()
    assert settings.adviser in settings.endpoints
    file.write_text(found.replace("# api_key", "api_key"), encoding="utf-8")
    assert load_settings().endpoints["big"].api_key is not None


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
