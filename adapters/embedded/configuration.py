"""How the server is set up: nothing may be lost, and nothing about a person may be logged."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BUILTIN_LOCALES_SINCE: Final = 17

HOST_BASED_ACCESS: Final = """\
# Written by Homeward. Everybody shows a password, also on this machine.
local all all              scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
host  all all ::1/128      scram-sha-256
"""

COMMON: Final = MappingProxyType(
    {
        "listen_addresses": "",  # no port: the socket in our folder is the only door
        "unix_socket_directories": "..",  # relative, so that no parent folder has to let the server through
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Nothing of a statement or of a row may reach the log: neither text nor detail nor an error's sentence.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_checkpoints": "off",
        "jit": "off",  # short statements: compiling costs more than it gains
        "random_page_cost": "1.1",
        "work_mem": "16MB",
        "autovacuum_vacuum_insert_scale_factor": "0.05",  # facts are only ever inserted: keep the visibility map fresh
        "autovacuum_analyze_scale_factor": "0.02",
    }
)

DURABLE: Final = MappingProxyType(
    {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": "512MB",
        "maintenance_work_mem": "256MB",
        "effective_cache_size": "2GB",
        # A load of a million facts writes a few gigabytes: no checkpoint in the middle of it.
        "max_wal_size": "8GB",
        "min_wal_size": "1GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
    }
)

FORGETFUL: Final = MappingProxyType(
    {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
    }
)
"""For tests that start anew each time: a power cut may take everything."""


def server_arguments(*, durable: bool) -> list[str]:
    """Return the settings as arguments of ``postgres``, so that they always follow the code and never a stale file."""
    chosen: Mapping[str, str] = {**COMMON, **(DURABLE if durable else FORGETFUL)}
    return [argument for name, value in chosen.items() for argument in ("-c", f"{name}={value}")]


def locale_arguments(major: int) -> list[str]:
    """Return what makes the order of characters the same on every machine: that of code points."""
    if major >= BUILTIN_LOCALES_SINCE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C"]
