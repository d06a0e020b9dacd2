"""``homeward audit …``: proof, replay, and what an operator says about the log."""

# ruff: noqa: PLC0415 - each command imports what it needs when it runs
from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.options import DataDir, Format, Output

audit = typer.Typer(help="What an auditor asks: proof, replay, who read what.", no_args_is_help=True)


@audit.command("key")
def audit_key(data_dir: DataDir = None) -> None:
    """Print the public keys of the log and of receipts: what auditors and clients verify with, one a line.

    Hand them over by another way than the bundles. They stay the same for as long as the log has its name.
    """
    from api.console.heads import run_key

    run_key(data_dir=data_dir)


@audit.command("head")
def audit_head(
    data_dir: DataDir = None,
    since: Annotated[
        int | None, typer.Option(min=0, help="Print the question to a witness that saw a head of this size last.")
    ] = None,
) -> None:
    """Print the signed head that was published last. Keep it elsewhere: it shows later whether history was changed.

    With --since, print the question that `homeward witness` answers with its signature.
    """
    from api.console.heads import run_head

    run_head(data_dir=data_dir, since=since)


@audit.command("seal")
def audit_seal(data_dir: DataDir = None) -> None:
    """Seal what is recorded and publish the heads, once: where no worker runs. Refused while one does.

    A worker, and `homeward serve`, do it all the time: what is recorded is sealed within a second.
    """
    from api.console.sealing import run_seal

    run_seal(data_dir=data_dir)


@audit.command("export")
def audit_export(
    out: Annotated[Path, typer.Option(help="Folder to write the bundle into; empty, or not there yet.")],
    everything: Annotated[bool, typer.Option("--all", help="Every sealed fact.")] = False,
    case: Annotated[UUID | None, typer.Option(help="The facts of one case.")] = None,
    first: Annotated[int | None, typer.Option("--from", min=1, help="From this position …")] = None,
    last: Annotated[int | None, typer.Option("--to", min=1, help="… to this one.")] = None,
    since: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A head that you kept, to prove it a prefix.")
    ] = None,
    head: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A head that a witness signed as well, instead of the last one."
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a bundle of facts as they are stored, with the proof that they are in the log: for `homeward-verify`.

    Sealed parts stay sealed. The same facts under the same head make the same bytes.
    """
    from adapters.evidence.bundle import Selection
    from api.console.exporting import run_export

    if sum((everything, case is not None, first is not None)) != 1 or (first is None) != (last is None):
        raise typer.BadParameter("say one of --all, --case ID, or --from P --to Q")
    run_export(Selection(case, first, last), out, since=since, head=head, data_dir=data_dir)


@audit.command("receipts")
def audit_receipts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Acknowledgements, one a line.")],
    data_dir: DataDir = None,
    output: Output = Format.TABLE,
) -> None:
    """Compare a client's ledger of acknowledgements with the record: what was acknowledged has to be there, as it was.

    Exit code 0 when it is, 1 when something is gone or another, 2 when a declared loss gave something up.
    """
    from api.console.inspecting import run_receipts

    run_receipts(file, data_dir=data_dir, as_json=output is Format.JSON)


@audit.command("fsck")
def audit_fsck(data_dir: DataDir = None, output: Output = Format.TABLE) -> None:
    """Hash every stored fact again and compare it with its columns, the tiles of the log and the published head.

    Changes nothing, and stops nobody. Exit code 0 when all agree, 1 when something does not.
    """
    from api.console.inspecting import run_fsck

    run_fsck(data_dir=data_dir, as_json=output is Format.JSON)


@audit.command("declare-loss")
def audit_declare_loss(
    ground: Annotated[
        str,
        typer.Option(help="restored-from-backup, failed-over, altered, key-lost or head-lost."),
    ],
    data_dir: DataDir = None,
) -> None:
    """Say under the log's key that the published head is given up, and begin the next epoch on the record as it stands.

    Refused unless the log really does not go on from the published head. The declaration goes into every bundle from
    then on. Stop the service first.
    """
    from api.console.heads import run_declare_loss

    run_declare_loss(ground, data_dir=data_dir)


@audit.command("replay")
def audit_replay(
    data_dir: DataDir = None,
    sample: Annotated[int, typer.Option(min=0, max=10_000, help="Cases to fold by hand, row against row.")] = 200,
    output: Output = Format.TABLE,
) -> None:
    """Fold the record anew and compare the read models with it, without stopping anybody; name what differs.

    Exit code 0 when everything is equal, 1 when something differs. Nothing is put right: `homeward rebuild` does that.
    """
    from api.console.replaying import run_replay

    run_replay(data_dir=data_dir, sample=sample, as_json=output is Format.JSON)
