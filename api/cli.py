"""The command ``homeward``: what a newcomer, an operator and an auditor do from a terminal.

Each command imports what it needs when it runs, so that ``--help`` is there at once. Results go to standard output and
nothing else does; progress, the banner and logs go to standard error.
"""

# ruff: noqa: PLC0415 - each command imports what it needs when it runs
from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli_audit import audit
from api.options import AsOf, DataDir, Format, Output, Port

app = typer.Typer(
    name="homeward",
    help="The record of repatriation cases. Newcomers: `homeward demo` loads an invented population and serves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(audit, name="audit")
keys = typer.Typer(help="The keys of people: what there are, and wrapping them anew.", no_args_is_help=True)
app.add_typer(keys, name="keys")
access = typer.Typer(help="The log of reads: who opened what is sealed, of whom and why.", no_args_is_help=True)
app.add_typer(access, name="access")
subject = typer.Typer(
    help="What people ask about their own data: reports, erasures, certificates.", no_args_is_help=True
)
app.add_typer(subject, name="subject")


@app.command()
def demo(
    data_dir: DataDir = None,
    port: Port = None,
    scale: Annotated[
        float,
        typer.Option(min=0.001, max=1.0, help="Share of the population; scaled figures are not the published ones."),
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed invents the same people.")] = 20211015,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the API afterwards.")] = True,
    output: Output = Format.TABLE,
) -> None:
    """Load an invented population of 76,284 people, print its figures beside the published ones, and serve the API.

    Nobody in it is real. A second call finds the population and serves at once; one that was interrupted goes on.
    """
    from api.console.demo import run_demo

    run_demo(data_dir=data_dir, port=port, scale=scale, seed=seed, serve=serve, as_json=output is Format.JSON)


@app.command()
def serve(data_dir: DataDir = None, port: Port = None) -> None:
    """Serve the API on this machine.

    PostgreSQL runs in the data folder, unless HOMEWARD_DATABASE_URL names another. Once it
    runs, see http://127.0.0.1:8000/docs; `homeward token` prints a token for it.
    """
    from api.console.listening import listening
    from api.console.starting import settings_for

    settings = settings_for(data_dir, port)
    with listening(settings) as line:
        from api.console.serving import run_server

        run_server(settings, line)


@app.command()
def worker(data_dir: DataDir = None) -> None:
    """Keep the read models and seal the log in a process of its own.

    Run the API with HOMEWARD_PROJECTOR=off beside it.
    """
    from api.console.working import run_worker

    run_worker(data_dir=data_dir)


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the form that this version expects. Harmless when it is there already."""
    from api.console.upkeep import run_migrate

    run_migrate(data_dir=data_dir)


@app.command()
def token(
    role: Annotated[
        str, typer.Option(help="caseworker, supervisor, security_officer, authority, auditor, integrator …")
    ],
    agency: Annotated[str, typer.Option(help="Acting agency, such as IQ-MOMD or UN-UNHCR.")],
    country: Annotated[str | None, typer.Option(help="Country whose cases the bearer may see, such as IQ.")] = None,
    officer: Annotated[
        int, typer.Option(min=1, help="Which of several invented officers; two people, two numbers.")
    ] = 1,
    hours: Annotated[float, typer.Option(min=0.01, max=12.0, help="How long it is good for.")] = 12.0,
    data_dir: DataDir = None,
) -> None:
    """Print a token for an invented officer, and nothing else. Newcomer mode only: it protects nobody.

    In newcomer mode a token may live 12 hours, a working day; elsewhere 15 minutes, from your own issuer.
    """
    from api.console.tokens import run_token

    run_token(role=role, agency=agency, country=country, officer=officer, hours=hours, data_dir=data_dir)


@app.command()
def figures(as_of: AsOf, data_dir: DataDir = None, output: Output = Format.TABLE) -> None:
    """Print the published figures as the record gives them on a day; 2021-10-15 is the day of the publication."""
    from api.console.figures import run_figures

    run_figures(as_of=as_of.date(), data_dir=data_dir, as_json=output is Format.JSON)


@app.command()
def facts(output: Output = Format.TABLE) -> None:
    """Print every fact that the record can hold: its fields, when it is valid, what is open and what is sealed."""
    from api.console.reference import run_facts

    run_facts(as_json=output is Format.JSON)


@app.command()
def rules(output: Output = Format.TABLE) -> None:
    """Print every rule: what it says, what cures it, who can, and its source."""
    from api.console.reference import run_rules

    run_rules(as_json=output is Format.JSON)


@app.command()
def rebuild(data_dir: DataDir = None) -> None:
    """Build the read models anew beside the live ones, compare both, and swap. The API may run meanwhile."""
    from api.console.upkeep import run_rebuild

    run_rebuild(data_dir=data_dir)


@keys.command("rotate")
def keys_rotate(data_dir: DataDir = None) -> None:
    """Wrap live keys anew under the thirty days of today; destroy what is past its days of grace. Safe to repeat.

    Exit code 3 when a key was found that does not open: it was altered.
    """
    from api.console.keys import run_rotate

    run_rotate(data_dir=data_dir)


@keys.command("status")
def keys_status(data_dir: DataDir = None, output: Output = Format.TABLE) -> None:
    """Print, for each thirty days, how many keys rest under them and until when they can be opened."""
    from api.console.keys import run_status

    run_status(data_dir=data_dir, as_json=output is Format.JSON)


@subject.command("report")
def subject_report(
    case: Annotated[UUID, typer.Argument(help="A case of the person.")],
    officer: Annotated[UUID, typer.Option(help="Reference of the officer in whose name it is read.")],
    answering: Annotated[UUID, typer.Option(help="The request of the person that is answered.")],
    data_dir: DataDir = None,
) -> None:
    """Print everything that is held of a person, and everybody who ever opened any of it. This reading is recorded."""
    from api.console.subjects import run_report

    run_report(case, officer=officer, answering=answering, data_dir=data_dir)


@subject.command("erase")
def subject_erase(data_dir: DataDir = None) -> None:
    """Erase whoever is due: two people agreed, the time to think again is over, and nothing stands in the way.

    The worker does the same by itself. Nobody is named here: whom to erase is asked for and agreed to over the API.
    """
    from api.console.subjects import run_erase

    run_erase(data_dir=data_dir)


@subject.command("certificate")
def subject_certificate(
    request: Annotated[UUID, typer.Argument(help="The request for erasure.")], data_dir: DataDir = None
) -> None:
    """Print the certificate of an erasure: what was destroyed, with proof from the log, and the date for backups."""
    from api.console.subjects import run_certificate

    run_certificate(request, data_dir=data_dir)


@access.command("who-saw")
def access_who_saw(
    case: Annotated[UUID, typer.Argument(help="The case; or another person whom facts name by an id.")],
    data_dir: DataDir = None,
    output: Output = Format.TABLE,
) -> None:
    """Print who opened anything sealed of one person, the latest first, and what machines opened."""
    from api.console.access import run_who_saw

    run_who_saw(case, data_dir=data_dir, as_json=output is Format.JSON)


@access.command("verify")
def access_verify(data_dir: DataDir = None) -> None:
    """Hash every sealed read again and compare it with the log's own tree and its published head."""
    from api.console.access import run_verify

    run_verify(data_dir=data_dir)


@app.command()
def witness(
    log: Annotated[list[str], typer.Option(help="Public key of a log that is witnessed; repeat it for several.")],
    state: Annotated[Path, typer.Option(help="Folder of the witness: its key, and the last head of each log.")],
    name: Annotated[str, typer.Option(help="Name of the witness, such as witness.example/office.")],
    question: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="What `audit head --since` printed; or standard input."),
    ] = None,
) -> None:
    """Sign a head that follows from the last one seen, and print the signature; refuse any other. Run it elsewhere.

    Without a question it prints the witness's public key. A refusal is exit code 1, and one sentence.
    """
    from api.console.witnessing import run_witness

    run_witness(log, state, name, question)


def main() -> None:
    """Run the command line."""
    app()
