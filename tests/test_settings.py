from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from adapters.settings import SettingError, read_settings, variables

PRODUCTION = {
    "HOMEWARD_MODE": "production",
    "HOMEWARD_ACCEPT_LOCAL_KEYS": "yes",
    "HOMEWARD_DATABASE_URL": "postgresql://app:pomegranate@db.example/homeward?sslmode=verify-full",
    "HOMEWARD_ISSUER": "https://login.example",
    "HOMEWARD_AUDIENCE": "homeward",
}


def test_an_empty_environment_is_a_newcomers_machine() -> None:
    settings = read_settings({"PATH": "/bin", "HOME": "/nowhere"})
    assert settings.mode == "newcomer"
    assert settings.data_dir == Path("var")
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.issuer == "http://127.0.0.1:8000"
    assert settings.origin == "homeward.local/newcomer"
    assert settings.batch_commands == 512
    assert settings.connections == 8
    assert settings.body_limit_bytes == 1_048_576
    assert settings.projector
    assert settings.wait_seconds == 5


def test_settings_do_not_change_while_the_program_runs() -> None:
    with pytest.raises(FrozenInstanceError):
        read_settings({}).port = 1  # type: ignore[misc]


def test_an_empty_variable_means_the_default() -> None:
    assert read_settings({"HOMEWARD_PORT": ""}).port == 8000


def test_the_issuer_follows_the_address_that_is_served() -> None:
    assert read_settings({"HOMEWARD_HOST": "::1", "HOMEWARD_PORT": "9000"}).issuer == "http://[::1]:9000"


def test_a_misspelt_name_is_refused_with_the_name_that_was_meant() -> None:
    with pytest.raises(SettingError, match=r"HOMEWARD_PROT is not a setting .* did you mean HOMEWARD_PORT\?"):
        read_settings({"HOMEWARD_PROT": "9000"})


def test_the_variable_of_the_test_vectors_is_nobodys_mistake() -> None:
    read_settings({"HOMEWARD_VECTORS": "somewhere"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOMEWARD_PORT", "0"),
        ("HOMEWARD_PORT", "65536"),
        ("HOMEWARD_PORT", "eighty"),
        ("HOMEWARD_PORT", "٨٠٠٠"),
        ("HOMEWARD_HOST", "0.0.0.0"),  # noqa: S104
        ("HOMEWARD_HOST", "example.org"),
        ("HOMEWARD_MODE", "Production"),
        ("HOMEWARD_ORIGIN", "two words"),
        ("HOMEWARD_ORIGIN", "two\nlines"),
        ("HOMEWARD_ORIGIN", "käse.example"),
        ("HOMEWARD_ORIGIN", "x" * 256),
        ("HOMEWARD_ISSUER", "http://login.example"),
        ("HOMEWARD_ISSUER", "ftp://127.0.0.1"),
        ("HOMEWARD_ISSUER", "https://user:secret@login.example"),
        ("HOMEWARD_ISSUER", "https://[half"),
        ("HOMEWARD_AUDIENCE", "two words"),
        ("HOMEWARD_BATCH_COMMANDS", "0"),
        ("HOMEWARD_BATCH_COMMANDS", "4097"),
        ("HOMEWARD_CONNECTIONS", "0"),
        ("HOMEWARD_CONNECTIONS", "-8"),
        ("HOMEWARD_BODY_LIMIT_BYTES", "1MB"),
        ("HOMEWARD_PROJECTOR", "true"),
        ("HOMEWARD_WAIT_SECONDS", "nan"),
        ("HOMEWARD_WAIT_SECONDS", "61"),
        ("HOMEWARD_LOG_LEVEL", "verbose"),
        ("HOMEWARD_ACCEPT_LOCAL_KEYS", "1"),
        ("HOMEWARD_DATABASE_URL", "mysql://db.example/homeward"),
        ("HOMEWARD_DATABASE_URL", "postgresql+psycopg://db.example/homeward"),
        ("HOMEWARD_DATABASE_URL", "postgresql://db.example/homeward?no_such_word=1"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as refused:
        read_settings({name: value})
    sentence = str(refused.value)
    assert sentence.endswith((".", "?"))
    assert "\n" not in sentence


def test_a_refusal_never_repeats_a_password() -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({"HOMEWARD_DATABASE_URL": "postgresql://app:pomegranate@db.example/x?sslmode=maybe&nonsense=1"})
    assert "pomegranate" not in str(refused.value)
    assert "pomegranate" not in repr(read_settings(PRODUCTION))


def test_production_starts_when_everything_is_said() -> None:
    assert read_settings(PRODUCTION).mode == "production"


def test_production_may_reach_its_database_through_a_local_socket() -> None:
    read_settings({**PRODUCTION, "HOMEWARD_DATABASE_URL": "postgresql://app@/homeward?host=/run/postgresql"})


def test_production_may_listen_to_the_world() -> None:
    assert read_settings({**PRODUCTION, "HOMEWARD_HOST": "0.0.0.0"}).host == "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"HOMEWARD_ACCEPT_LOCAL_KEYS": ""}, "key provider"),
        ({"HOMEWARD_ACCEPT_LOCAL_KEYS": "no"}, "key provider"),
        ({"HOMEWARD_DATABASE_URL": ""}, "must name an external PostgreSQL"),
        ({"HOMEWARD_DATABASE_URL": "postgresql://app@db.example/homeward"}, "TLS"),
        ({"HOMEWARD_DATABASE_URL": "postgresql:///homeward"}, "TLS"),
        ({"HOMEWARD_DATABASE_URL": "postgresql://app@db.example/homeward?sslmode=prefer"}, "TLS"),
        ({"HOMEWARD_DATABASE_URL": "postgresql://app@/homeward?host=/run/postgresql&hostaddr=192.0.2.1"}, "TLS"),
        ({"HOMEWARD_DATABASE_URL": "postgresql://app@/homeward?host=/run/postgresql,db.example"}, "TLS"),
        ({"HOMEWARD_ISSUER": ""}, "https"),
        ({"HOMEWARD_ISSUER": "http://127.0.0.1:8000"}, "https"),
        ({"HOMEWARD_AUDIENCE": ""}, "HOMEWARD_AUDIENCE"),
    ],
)
def test_production_refuses_what_only_a_newcomer_may_do(change: dict[str, str], because: str) -> None:
    with pytest.raises(SettingError, match=because):
        read_settings({**PRODUCTION, **change})


def test_every_variable_says_what_it_means() -> None:
    assert all(name.startswith("HOMEWARD_") and meaning for name, meaning in variables().items())
