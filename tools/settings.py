"""Settings of the operator: environment variables (TUNEWORTHY_…) over a TOML file over defaults.

Endpoints, models, keys and prices come only from here, never from a visitor of the page.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from tools.errors import UserError
from tools.models import embedded

OptimiserName = Literal["gepa", "dspy"]
Named = TypeVar("Named", bound=dict[str, Any])
UNKNOWN = "there is no setting of that name; docs/settings.md has all names"


def home_folder() -> Path:
    """The folder that holds runs, caches and the settings file."""
    return Path(os.environ.get("TUNEWORTHY_HOME") or platformdirs.user_data_path("tuneworthy"))


class Table(BaseModel):
    """A table of the settings; unknown names are refused: a misspelt price would limit nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)  # it may hold a key


class EndpointSettings(Table):
    """One OpenAI-compatible endpoint.

    Attributes:
        base_url: Address up to and including `/v1`.
        model: The model's name at the endpoint.
        api_key: The key itself; better kept in an environment variable.
        api_key_env: Name of the environment variable that holds the key.
        price_in: Price of a million prompt tokens, in the settings' currency.
        price_out: Price of a million completion tokens.
        priced_on: Day on which these prices were looked up.
        price_per_hour: Price of an hour of a dedicated endpoint, due whether it works or waits.
        retires: Day on which the operator switches the model off, if it is announced.
        context_window: Longest prompt and answer together, in tokens.
        answer_forms: Whether it holds answers to a JSON schema (`response_format`).
        concurrency: Most calls at a time.
        timeout_seconds: Longest wait for one answer.
    """

    base_url: str
    model: str
    api_key: SecretStr | None = None
    api_key_env: str | None = None
    price_in: NonNegativeFloat | None = None
    price_out: NonNegativeFloat | None = None
    priced_on: date | None = None
    price_per_hour: NonNegativeFloat | None = None
    retires: date | None = None
    context_window: PositiveInt = 8192
    answer_forms: bool = False
    concurrency: int = Field(default=4, ge=1, le=64)
    timeout_seconds: PositiveFloat = 60.0

    def key(self) -> str:
        """The key to send; local servers need none and get a placeholder."""
        if self.api_key is not None:
            return self.api_key.get_secret_value()
        return os.environ.get(self.api_key_env or "", "") or "not-needed"


class LocalModelSettings(Table):
    """One Hugging Face model folder on this machine."""

    folder: Path


class PriceSettings(Table):
    """Prices and efforts that the cost picture assumes; all shown in the report.

    Attributes:
        currency: Code of the currency of all prices.
        machine_per_hour: An hour of the machine that a local model or classifier runs on.
        utilisation: Share of a machine's paid time that it spends on requests.
        person_day: A day of the team's work.
        days_for_prompt: Person-days to bring a new prompt into use.
        days_for_retrieval: Person-days to bring a search in documents into use, besides.
        days_for_classifier: Person-days to bring a classifier into use.
        days_for_tune: Person-days to bring a tuned model into use.
        days_for_retraining: Person-days to train a classifier or a tuned model anew and check it.
        labelling_hour: An hour of somebody who labels examples.
        label_minutes: Minutes for one label.
        relabel_share: Share of the examples that is labelled anew for each retraining.
        hours_on: Hours a month that a dedicated endpoint is on.
        effort_range: Factor by which efforts may turn out smaller or larger, for the ranges.
    """

    currency: str = "EUR"
    machine_per_hour: NonNegativeFloat = 0.10
    utilisation: float = Field(default=0.5, gt=0, le=1)
    person_day: NonNegativeFloat = 400.0
    days_for_prompt: NonNegativeFloat = 0.5
    days_for_retrieval: NonNegativeFloat = 3.0
    days_for_classifier: NonNegativeFloat = 1.0
    days_for_tune: NonNegativeFloat = 2.0
    days_for_retraining: NonNegativeFloat = 0.25
    labelling_hour: NonNegativeFloat = 30.0
    label_minutes: NonNegativeFloat = 0.5
    relabel_share: float = Field(default=0.1, ge=0, le=1)
    hours_on: NonNegativeFloat = 730.0
    effort_range: float = Field(default=2.0, ge=1)

    @property
    def label(self) -> float:
        """Cost of one label."""
        return self.labelling_hour * self.label_minutes / 60


class Settings(BaseSettings):
    """All settings of an installation.

    Of the budgets, `budget_minutes` is time for the work before a verdict, and `budget_money` the
    most that the calls to one endpoint for one file of examples may cost, by the endpoint's prices.
    `budget_tokens` is the most tokens that these calls may read and write; None sets no limit.
    `tune_memory` is the share of the machine's memory that a training on a CPU may take.
    """

    model_config = SettingsConfigDict(
        env_prefix="TUNEWORTHY_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # it may hold a key
    )

    home: Path = Field(default_factory=home_folder)
    host: str = "127.0.0.1"
    port: int = 7860
    models: dict[str, LocalModelSettings] = {}
    endpoints: dict[str, EndpointSettings] = {}
    adviser: str | None = None
    optimisers: tuple[OptimiserName, ...] = ("gepa",)
    prices: PriceSettings = PriceSettings()
    budget_minutes: NonNegativeFloat = 30.0
    budget_money: NonNegativeFloat = 5.0
    budget_tokens: int | None = Field(default=None, ge=0)
    tune_memory: float = Field(default=0.8, gt=0, le=1)

    @field_validator("models", "endpoints")
    @classmethod
    def _have_names_of_their_own(cls, tables: Named, info: ValidationInfo) -> Named:
        for name in tables:
            if name == embedded.NAME or name in info.data.get("models", {}):
                raise ValueError(f"another model is called {name!r}; give this one another name")
        return tables

    @field_validator("adviser")
    @classmethod
    def _is_an_endpoint(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and name not in info.data.get("endpoints", {}):
            raise ValueError(
                f"there is no endpoint {name!r}; add [endpoints.{name}], or leave the adviser out"
            )
        return name

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        file = TomlConfigSettingsSource(settings_cls, home_folder() / "config.toml")
        return init_settings, env_settings, file


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        UserError: The file or an environment variable is not valid.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        unknown = first["type"] == "extra_forbidden"
        why = UNKNOWN if unknown else first["msg"].removeprefix("Value error, ")
        raise UserError(f"The setting {where!r} is not valid: {why}.") from error
    except SettingsError as error:
        raise UserError(f"An environment variable TUNEWORTHY_… is not JSON: {error}.") from error
    except ValueError as error:
        raise UserError(f"The settings file config.toml cannot be read: {error}") from error
