"""What the operator says by environment and secret files: where things are, and the keys.

Only `service/wiring.py` makes a `Settings`; nothing else reads the environment.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_NAMES = ("本县设置.yaml", "shouwang.yaml")
"""The configuration files looked for where none is named, in this order."""

DATABASE_FILE = "shouwang.sqlite"
KEY_FILE = "shouwang.key"


class Liveness(BaseModel):
    """How others see that the daemon lives: a file touched, or a port that answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path | None = Field(
        default=None, description="存活标记文件 / file touched while the daemon works"
    )
    host: str = Field(default="127.0.0.1", description="监听地址 / address to listen on")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="存活和指标端口 / port for liveness and metrics"
    )


class Web(BaseModel):
    """Where gateways hand in receipts and answers; a proxy with TLS stands before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="监听地址 / address to listen on")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="回执接口端口 / port on which receipts come in"
    )
    proxies: str = Field(
        default="",
        description="可信的反向代理地址，用逗号分隔 / proxies whose word on the client is taken, by commas",
    )

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, text: str) -> str:
        for one in filter(None, text.split(",")):
            ip_network(one.strip())
        return text


class Log(BaseModel):
    """What is logged, and in which form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="日志级别 / least level that is logged"
    )
    format: Literal["text", "json"] = Field(
        default="text", description="日志格式 / lines for people or for machines"
    )


class Settings(BaseSettings):
    """Variables `SHOUWANG_…`; inside a group with two underscores: `SHOUWANG_LOG__LEVEL`.

    A file of the same name in the secrets folder stands for a variable that is not set.
    """

    model_config = SettingsConfigDict(
        env_prefix="SHOUWANG_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        nested_model_default_partial_update=True,
    )

    config: Path | None = Field(
        default=None,
        description="配置文件 / the YAML file; default: 本县设置.yaml or shouwang.yaml",
    )
    database_url: SecretStr | None = Field(
        default=None, description="数据库地址 / database; default: shouwang.sqlite beside the YAML"
    )
    key_file: Path | None = Field(
        default=None,
        description="主密钥文件 / file with the master key; default: shouwang.key beside the YAML",
    )
    keys: SecretStr | None = Field(
        default=None, description="主密钥本身，代替文件 / the master key itself, instead of a file"
    )
    key_command: str | None = Field(
        default=None,
        description="输出主密钥的命令，代替文件 / a command that prints the master key, instead of a file",
    )
    language: Literal["zh_CN", "en"] | None = Field(
        default=None, description="界面语言 / language of the command line, before the YAML's"
    )
    log: Log = Field(default_factory=Log, description="日志 / log")
    liveness: Liveness = Field(default_factory=Liveness, description="存活标记 / liveness")
    web: Web = Field(default_factory=Web, description="回执接口 / where receipts come in")

    def config_path(self, folder: Path) -> Path:
        """Answer the configuration file: the one named, else the first usual name in `folder`.

        A folder with neither answers the first name, so that the error speaks of it.
        """
        if self.config is not None:
            return self.config
        found = [folder / name for name in DEFAULT_NAMES if (folder / name).is_file()]
        return found[0] if found else folder / DEFAULT_NAMES[0]

    def database_for(self, config_path: Path) -> SecretStr:
        """Answer the database's URL: the one named, else SQLite beside the configuration."""
        if self.database_url is not None:
            return self.database_url
        return SecretStr(f"sqlite:///{config_path.resolve().parent / DATABASE_FILE}")

    def key_file_for(self, config_path: Path) -> Path:
        """Answer where the keys lie: the file named, else beside the configuration."""
        return self.key_file or config_path.resolve().parent / KEY_FILE


def settings_from(secrets_folder: Path | None) -> Settings:
    """Read the environment, and `secrets_folder` if there is one (systemd's or Docker's).

    Raises:
        pydantic.ValidationError: a variable has a value that is not allowed; it is not shown.
    """
    folder = secrets_folder if secrets_folder and secrets_folder.is_dir() else None
    return Settings(_secrets_dir=folder)
