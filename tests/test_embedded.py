from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from adapters.embedded import Cluster, EmbeddedPostgres, EmbeddedServerError
from adapters.embedded.account import Account
from adapters.embedded.binaries import Binaries
from adapters.embedded.postmaster import Postmaster
from adapters.roles import ROLE_NAMES, Role

OURS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
ROLES: tuple[Role, ...] = ("owner", "writer", "projector", "reader")


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres/cluster/postmaster.pid").read_text().split()[0])


def answers(cluster: Cluster) -> bool:
    try:
        return value(cluster.url("owner"), "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_login_and_none_is_above_the_walls(cluster: Cluster, role: Role) -> None:
    with psycopg.connect(cluster.url(role)) as connection:
        assert connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (ROLE_NAMES[role], False, False, False, False, False)


def test_only_the_owner_may_make_a_table(cluster: Cluster) -> None:
    for role in ("writer", "projector", "reader"):
        with psycopg.connect(cluster.url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine ()")


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    url = cluster.url("owner")
    secret = url.partition("homeward_owner:")[2].partition("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(secret, "guessed"))


def test_the_server_listens_on_no_port(cluster: Cluster) -> None:
    assert value(cluster.superuser_url(), "SHOW listen_addresses") == ""


def test_the_server_answers_the_same_on_every_machine(cluster: Cluster) -> None:
    url = cluster.url("reader")
    assert value(url, "SHOW server_encoding") == "UTF8"
    assert value(url, "SHOW data_checksums") == "on"
    assert value(url, "SHOW timezone") == "UTC"
    assert value(url, "SELECT upper('straße é') || lower('É')") == "STRASSE ÉÉ".replace("SS", "ß").replace("ÉÉ", "Éé")


def test_nothing_of_a_statement_or_a_row_reaches_the_servers_log(cluster: Cluster, shared_folder: Path) -> None:
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as connection:
        for statement in (
            "SELECT 'pomegranate'::uuid",
            "SELECT 1/0 AS pomegranate",
            "DO $$BEGIN RAISE 'pomegranate'; END$$",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
    assert "pomegranate" not in (shared_folder / "server/postgres.log").read_text()


@pytest.mark.usefixtures("cluster")
def test_everything_in_the_data_folder_is_private(shared_folder: Path) -> None:
    folder = shared_folder / "server"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "postgres").stat().st_mode & 0o777 == 0o700
    assert (folder / "secrets").stat().st_mode & 0o777 == 0o700
    for secret in (folder / "secrets").iterdir():
        assert secret.stat().st_mode & 0o777 == 0o600
    assert not (folder / "postgres/superuser").exists()


def test_a_password_that_others_can_read_is_refused(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, tmp_path / "secrets")
    cluster.url("reader")
    (tmp_path / "secrets/postgresql-homeward_reader").chmod(0o644)
    with pytest.raises(EmbeddedServerError, match="0600"):
        cluster.url("reader")


def test_a_second_user_attaches_and_the_last_to_leave_ends_the_server(tmp_path: Path) -> None:
    first, second = (EmbeddedPostgres(tmp_path / "data", durable=False) for _ in range(2))
    cluster = first.start()
    pid = postmaster_pid(tmp_path / "data")
    second.start()
    assert postmaster_pid(tmp_path / "data") == pid
    first.stop()
    assert answers(cluster)
    second.stop()
    assert not answers(cluster)
    second.stop()


def test_processes_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    program = f"""
import time
from pathlib import Path
from adapters.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path({str(tmp_path / "data")!r}), durable=False):
    print(Path({str(tmp_path / "data/postgres/cluster/postmaster.pid")!r}).read_text().split()[0], flush=True)
    time.sleep(1)
"""
    together = [subprocess.Popen([sys.executable, "-c", program], env=OURS, stdout=subprocess.PIPE) for _ in range(3)]
    pids = {each.communicate(timeout=60)[0] for each in together}
    assert [each.returncode for each in together] == [0, 0, 0]
    assert len(pids) == 1


@pytest.mark.kill
def test_what_was_committed_survives_the_death_of_the_server_and_of_its_user(tmp_path: Path) -> None:
    program = f"""
import os, signal, psycopg
from pathlib import Path
from adapters.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path({str(tmp_path / "data")!r}))
cluster = server.start()
with psycopg.connect(cluster.url("owner")) as connection:
    connection.execute("CREATE TABLE public.kept AS SELECT generate_series(1, 1000) AS n")
open_transaction = psycopg.connect(cluster.url("owner"))
open_transaction.execute("INSERT INTO public.kept VALUES (0)")
server.kill()
os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", program], check=False, env=OURS)
    assert died.returncode == -signal.SIGKILL
    with EmbeddedPostgres(tmp_path / "data") as cluster:
        assert value(cluster.url("owner"), "SELECT count(*) FROM public.kept") == 1000
        assert value(cluster.superuser_url(), "SHOW fsync") == "on"
        assert value(cluster.superuser_url(), "SHOW synchronous_commit") == "on"
        assert value(cluster.superuser_url(), "SHOW full_page_writes") == "on"


@pytest.mark.kill
def test_a_server_left_behind_is_found_again(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from adapters.embedded import EmbeddedPostgres
EmbeddedPostgres(Path({str(tmp_path / "data")!r}), durable=False).start()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False, env=OURS)
    pid = postmaster_pid(tmp_path / "data")
    with EmbeddedPostgres(tmp_path / "data", durable=False) as cluster:
        assert answers(cluster)
        assert postmaster_pid(tmp_path / "data") == pid
    assert not answers(cluster)


@pytest.mark.kill
@pytest.mark.parametrize("file", ["cluster/postmaster.pid", ".s.PGSQL.5432.lock"])
def test_a_stale_number_that_now_is_a_strangers_does_not_stop_the_start(tmp_path: Path, file: str) -> None:
    server = EmbeddedPostgres(tmp_path / "data", durable=False)
    server.start()
    server.kill()
    stale = tmp_path / "data/postgres" / file
    with subprocess.Popen(["sleep", "60"], **Account.for_folder(tmp_path / "data/postgres").identity) as stranger:
        stale.write_text("\n".join([str(stranger.pid), *stale.read_text().splitlines()[1:]]) + "\n")
        assert answers(server.start())
        stranger.kill()
    server.stop()


@pytest.mark.kill
def test_a_server_that_dies_just_when_it_is_asked_for_is_started_anew(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", durable=False)
    server.start()
    try:
        for _ in range(3):
            os.kill(int((tmp_path / "data" / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0]), 9)
            assert answers(server.start())
    finally:
        server.stop()


def test_an_interrupted_making_of_the_cluster_is_made_anew(tmp_path: Path) -> None:
    remains = tmp_path / "data/postgres/cluster.unfinished"
    with EmbeddedPostgres(tmp_path / "data", durable=False):
        pass
    (tmp_path / "data/postgres/cluster").rename(remains)
    (remains / "PG_VERSION").unlink()
    with EmbeddedPostgres(tmp_path / "data", durable=False) as cluster:
        assert answers(cluster)


def test_a_path_too_long_for_a_socket_is_reached_by_a_short_link(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("deeper" * 10)
    with EmbeddedPostgres(deep, durable=False) as cluster:
        assert answers(cluster)
        assert cluster.socket_dir != deep / "postgres"
        assert cluster.socket_dir.resolve() == deep / "postgres"
        assert cluster.socket_dir.parent.stat().st_mode & 0o777 == 0o700
    assert not cluster.socket_dir.parent.exists()


def test_a_server_that_cannot_start_says_so_in_the_words_of_its_log(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", durable=False):
        pass
    (tmp_path / "data/postgres/cluster/global/pg_control").unlink()
    with pytest.raises(EmbeddedServerError, match="could not find the database system"):
        EmbeddedPostgres(tmp_path / "data", durable=False).start()


def test_a_cluster_of_another_version_is_not_touched(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", durable=False):
        pass
    (tmp_path / "data/postgres/cluster/PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 14"):
        EmbeddedPostgres(tmp_path / "data", durable=False).start()


def test_programs_that_cannot_run_are_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="cannot execute PostgreSQL's programs"):
        Binaries.reachable_for(Account.for_folder(tmp_path / "none"), tmp_path)


def test_a_dead_server_is_not_taken_for_alive(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not Postmaster(tmp_path, tmp_path / "log").alive
