"""The environment, read once, as one frozen object.

Every setting is a variable ``HOMEWARD_…``. A wrong value, and a name that nobody knows, is refused with one sentence
before anything starts: a typing error must not silently become a default. No value is echoed: it may hold a secret.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

Mode: TypeAlias = Literal["newcomer", "production"]
KeyProvider: TypeAlias = Literal["local", "vault"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]

PREFIX: Final = "HOMEWARD_"
KNOWN_TO_TESTS: Final = frozenset({"HOMEWARD_VECTORS"})
PUBLISHED: Final = "published"
TLS_MODES: Final = frozenset({"require", "verify-ca", "verify-full"})
MAX_ORIGIN_LENGTH: Final = 255

_T = TypeVar("_T")


class SettingError(ValueError):
    """A setting is wrong; the message is one sentence for the person who set it, and holds no secret."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment decides; :func:`read_settings` makes it, and its defaults suit a newcomer's machine."""

    data_dir: Path = field(metadata={"means": "folder of everything that Homeward keeps on this machine"})
    published_dir: Path = field(
        metadata={
            "means": "folder of published heads, best on another disk than the database; none: in the data folder"
        }
    )
    database_url: str | None = field(
        repr=False,
        metadata={"means": "an external PostgreSQL, 15 or newer; none: a server of our own in the data folder"},
    )
    mode: Mode = field(metadata={"means": "`newcomer` (this machine only) or `production`"})
    keys: KeyProvider = field(
        metadata={"means": "who keeps the root of all keys: `local` (files) or `vault` (transit)"}
    )
    accept_local_keys: bool = field(
        metadata={"means": "`yes` signs off that keys of persons lie in files of the data folder, in production"}
    )
    keys_passphrase_file: Path | None = field(
        metadata={"means": "file with the passphrase of the local root key; none: the root lies as it is"}
    )
    keys_grace_days: int = field(
        metadata={"means": "how long after its thirty days an epoch of keys still opens a backup, 0 to 365 days"}
    )
    erasure_cooling_days: int = field(
        metadata={"means": "days to think again after two people agreed to erase a person, 0 to 365"}
    )
    vault_url: str | None = field(metadata={"means": "Vault or OpenBao, for `vault`; https but on this machine"})
    vault_token_file: Path | None = field(metadata={"means": "file with the token for it, read for each request"})
    vault_mount: str = field(metadata={"means": "where its transit engine is mounted"})
    vault_prefix: str = field(metadata={"means": "how the names of our keys there begin"})
    host: str = field(metadata={"means": "address to listen on; loopback only for a newcomer"})
    port: int = field(metadata={"means": "port to listen on, 1 to 65535"})
    origin: str = field(metadata={"means": "name of the transparency log; never changes once a fact is stored"})
    issuer: str = field(metadata={"means": "issuer of tokens, a URL; https in production"})
    audience: str = field(metadata={"means": "audience that a token has to name"})
    batch_commands: int = field(metadata={"means": "commands that share one commit at most, 1 to 4096"})
    connections: int = field(metadata={"means": "database connections of one process at most, 1 to 100"})
    body_limit_bytes: int = field(metadata={"means": "largest request body in bytes, 1 KiB to 64 MiB"})
    projector: bool = field(
        metadata={"means": "`on`: the API process also keeps the read models and the log; `off`: a worker does"}
    )
    wait_seconds: float = field(metadata={"means": "how long a query waits for a position at most, 0 to 60 seconds"})
    log_level: LogLevel = field(metadata={"means": "`debug`, `info`, `warning` or `error`"})

    def within(self, data_dir: Path) -> Settings:
        """Return these settings with another data folder; published heads move with it unless they have their own."""
        own = self.published_dir != self.data_dir / PUBLISHED
        return replace(self, data_dir=data_dir, published_dir=self.published_dir if own else data_dir / PUBLISHED)


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the environment.

    :raises SettingError: with one sentence about the first thing that is wrong.
    """
    _refuse_unknown(environ)
    given = {
        name.removeprefix(PREFIX).lower(): value.strip() for name, value in environ.items() if name.startswith(PREFIX)
    }

    def read(name: str, default: _T, parse: Callable[[str], _T]) -> _T:
        raw = given.get(name, "")
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as wrong:
            raise SettingError(f"{PREFIX}{name.upper()} {wrong}.") from None

    host = read("host", "127.0.0.1", str)
    port = read("port", 8000, _whole(1, 65535))
    data_dir = read("data_dir", Path("var"), Path)
    settings = Settings(
        data_dir=data_dir,
        published_dir=read("published_dir", data_dir / PUBLISHED, Path),
        database_url=read("database_url", None, _postgresql_url),
        mode=read("mode", "newcomer", _one_of("newcomer", "production")),
        keys=read("keys", "local", _one_of("local", "vault")),
        accept_local_keys=read("accept_local_keys", default=False, parse=_switch("yes", "no")),
        keys_passphrase_file=read("keys_passphrase_file", None, Path),
        keys_grace_days=read("keys_grace_days", 7, _whole(0, 365)),
        erasure_cooling_days=read("erasure_cooling_days", 7, _whole(0, 365)),
        vault_url=read("vault_url", None, _guarded_url),
        vault_token_file=read("vault_token_file", None, Path),
        vault_mount=read("vault_mount", "transit", _path_segment),
        vault_prefix=read("vault_prefix", "homeward", _path_segment),
        host=host,
        port=port,
        origin=read("origin", "homeward.local/newcomer", _origin),
        issuer=read("issuer", f"http://{f'[{host}]' if ':' in host else host}:{port}", _http_url),
        audience=read("audience", "homeward", _word),
        batch_commands=read("batch_commands", 512, _whole(1, 4096)),
        connections=read("connections", 8, _whole(1, 100)),
        body_limit_bytes=read("body_limit_bytes", 1 << 20, _whole(1 << 10, 64 << 20)),
        projector=read("projector", default=True, parse=_switch("on", "off")),
        wait_seconds=read("wait_seconds", 5.0, _seconds(60)),
        log_level=read("log_level", "info", _one_of("debug", "info", "warning", "error")),
    )
    if settings.keys == "vault" and (settings.vault_url is None or settings.vault_token_file is None):
        raise SettingError("HOMEWARD_KEYS=vault needs HOMEWARD_VAULT_URL and HOMEWARD_VAULT_TOKEN_FILE.")
    if settings.mode == "newcomer":
        _check_newcomer(settings)
    else:
        _check_production(settings, given)
    return settings


def variables() -> dict[str, str]:
    """Every variable with what it means, in the order in which a reader wants them."""
    return {PREFIX + each.name.upper(): str(each.metadata["means"]) for each in fields(Settings)}


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = variables().keys() | KNOWN_TO_TESTS
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise SettingError(f"{name} is not a setting of Homeward{hint}")


def _check_newcomer(settings: Settings) -> None:
    if not _is_loopback(settings.host):
        raise SettingError(
            "HOMEWARD_HOST must be a loopback address in newcomer mode, because its tokens and keys protect nobody; "
            "listen on 127.0.0.1, or set up HOMEWARD_MODE=production."
        )
    issuer = urlsplit(settings.issuer)
    if issuer.scheme == "http" and not _is_loopback(issuer.hostname or ""):
        raise SettingError("HOMEWARD_ISSUER may use http only on a loopback address; use https.")


def _check_production(settings: Settings, given: Mapping[str, str]) -> None:
    if settings.keys == "local" and not settings.accept_local_keys:
        raise SettingError(
            "HOMEWARD_MODE=production is refused because the local key provider keeps the keys of persons in files "
            "beside the data; use HOMEWARD_KEYS=vault, or sign off that risk with HOMEWARD_ACCEPT_LOCAL_KEYS=yes."
        )
    if settings.database_url is None:
        raise SettingError("HOMEWARD_DATABASE_URL must name an external PostgreSQL in production mode.")
    if not _is_private_line(settings.database_url):
        raise SettingError(
            "HOMEWARD_DATABASE_URL must use a local socket, or TLS (sslmode=require, verify-ca or verify-full), "
            "in production mode."
        )
    if urlsplit(settings.issuer).scheme != "https":
        raise SettingError("HOMEWARD_ISSUER must be an https URL in production mode.")
    if not given.get("audience"):
        raise SettingError("HOMEWARD_AUDIENCE must be set in production mode.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_private_line(url: str) -> bool:
    """Whether what travels to the database stays on this machine or is encrypted."""
    parameters = conninfo_to_dict(url)
    hosts = str(parameters.get("host") or "").split(",")
    on_this_machine = "hostaddr" not in parameters and all(host.startswith("/") for host in hosts)
    return on_this_machine or parameters.get("sslmode") in TLS_MODES


def _postgresql_url(raw: str) -> str:
    if not raw.startswith(("postgresql://", "postgres://")):
        raise ValueError("must be a URL that starts with postgresql://; no other database is supported")
    try:
        conninfo_to_dict(raw)
    except psycopg.ProgrammingError:
        raise ValueError("is not a URL that PostgreSQL understands") from None
    return raw


def _http_url(raw: str) -> str:
    url = urlsplit(raw)
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment or url.username:
        raise ValueError("must be an http or https URL without credentials, query or fragment")
    return raw


def _guarded_url(raw: str) -> str:
    url = urlsplit(_http_url(raw))
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        raise ValueError("may use http only on a loopback address; use https")
    return raw


def _path_segment(raw: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", raw):
        raise ValueError("must be up to 63 lower-case letters, digits, dashes or underscores")
    return raw


def _origin(raw: str) -> str:
    if len(raw) > MAX_ORIGIN_LENGTH or not re.fullmatch(r"[!-*,-~]+", raw):
        raise ValueError(f"must be up to {MAX_ORIGIN_LENGTH} printable ASCII characters without spaces or plus signs")
    return raw


def _word(raw: str) -> str:
    if not raw.isprintable() or any(character.isspace() for character in raw):
        raise ValueError("must be one word without spaces")
    return raw


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", raw) or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return parse


def _seconds(most: int) -> Callable[[str], float]:
    def parse(raw: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", raw) or float(raw) > most:
            raise ValueError(f"must be a number of seconds from 0 to {most}")
        return float(raw)

    return parse


def _one_of(*words: _T) -> Callable[[str], _T]:
    def parse(raw: str) -> _T:
        for word in words:
            if word == raw:
                return word
        raise ValueError(f"must be one of {', '.join(map(str, words))}")

    return parse


def _switch(on: str, off: str) -> Callable[[str], bool]:
    def parse(raw: str) -> bool:
        return _one_of(on, off)(raw) == on

    return parse
