"""Somebody with all the rights of a database superuser who changes the past, in every way that we could think of.

Each way is a method that changes a sealed record at random and returns what an auditor has to find: the first bad
position, exactly (or ``None`` where nobody can tell it exactly), and with what they have to ask.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg

from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.note import Signer
from tests.evidence.archive import Archive
from tests.evidence.trees import Tiles
from tests.record.by_hand import HandBlock, blocks_of, framed, leaf_by_hand

SAVED: Final = ("record.fact", "evidence.tile", "evidence.head")


class Trace(NamedTuple):
    """What a forgery leaves to be found."""

    first: int | None
    options: tuple[str | Path, ...] = ()
    by: Signer | None = None
    """Who writes the bundle, when our own program would refuse to."""


class Forger:
    """Changes a sealed record, and can bring it back for the next attempt."""

    def __init__(self, archive: Archive, folder: Path, seed: int, *, older: Path, newer: Path) -> None:
        """``older`` and ``newer`` are heads that an auditor kept: of part of the log, and of all of it."""
        self.archive = archive
        self.random = random.Random(seed)
        self.older, self.newer = older, newer
        self._published = archive.settings.published_dir / "record.checkpoint"
        self._kept = folder / "record.checkpoint"
        shutil.copy(self._published, self._kept)
        self._connection = psycopg.connect(archive.superuser_url, autocommit=True)
        self._connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for table in SAVED:
            self.do(f"CREATE TABLE saved_{table.replace('.', '_')} AS TABLE {table}")
        self.frames: list[bytes] = [frame for (frame,) in self.do("SELECT frame FROM record.fact ORDER BY position")]
        self.size = len(self.frames)
        self.old_size = Checkpoint.verified(older.read_text(), archive.signer.verifier).size

    def close(self) -> None:
        self._connection.close()

    @property
    def ways(self) -> Sequence[Callable[[], Trace]]:
        return (
            self.flip_a_bit,
            self.change_a_field,
            self.change_a_field_and_its_column,
            self.put_one_block_in_the_place_of_another,
            self.cut_a_fact_short,
            self.delete,
            self.delete_and_close_the_gap,
            self.insert,
            self.reorder,
            self.swap,
            self.roll_back_the_record,
            self.roll_back_everything,
            self.flip_a_bit_of_the_tree,
            self.rewrite_the_tree,
            self.rewrite_the_tree_and_sign_with_another_key,
            self.rewrite_the_tree_and_sign_with_the_stolen_key,
        )

    def do(self, statement: str, *values: object) -> list[Any]:
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def undo(self) -> None:
        """Bring everything back as it was sealed."""
        with self._connection.transaction():
            for table in SAVED:
                saved = f"saved_{table.replace('.', '_')}"
                self.do(f"DELETE FROM {table} AS now WHERE NOT EXISTS (SELECT FROM {saved} AS was WHERE was = now)")
                self.do(f"INSERT INTO {table} (TABLE {saved} EXCEPT TABLE {table})")
        shutil.copy(self._kept, self._published)

    def somewhere(self, least: int = 1, most: int | None = None) -> int:
        return self.random.randint(least, self.size if most is None else most)

    def put(self, position: int, frame: bytes) -> None:
        self.do("UPDATE record.fact SET frame = %s WHERE position = %s", frame, position)

    # ------------------------------------------------------------ edit
    def flip_a_bit(self) -> Trace:
        at = self.somewhere()
        frame = bytearray(self.frames[at - 1])
        bit = self.random.randrange(len(frame) * 8)
        frame[bit // 8] ^= 1 << bit % 8
        self.put(at, bytes(frame))
        return Trace(at)

    def change_a_field(self) -> Trace:
        at = self.somewhere()
        self.put(at, self.edited(self.frames[at - 1]))
        return Trace(at)

    def change_a_field_and_its_column(self) -> Trace:
        at = self.somewhere()
        frame = self.edited(self.frames[at - 1])
        self.put(at, frame)
        leaf = leaf_by_hand(frame, self.archive.settings.origin)
        self.do("UPDATE record.fact SET leaf = %s WHERE position = %s", leaf, at)
        return Trace(at)

    def put_one_block_in_the_place_of_another(self) -> Trace:
        sealed = [at for at, frame in enumerate(self.frames, start=1) if len(blocks_of(frame)) > 1]
        one, other = self.random.sample(sealed, 2)
        self.put(one, framed(*blocks_of(self.frames[one - 1])[:-1], blocks_of(self.frames[other - 1])[-1]))
        return Trace(one)

    def cut_a_fact_short(self) -> Trace:
        at = self.somewhere()
        frame = self.frames[at - 1]
        self.put(at, frame[: self.random.randrange(len(frame))])
        return Trace(at)

    def edited(self, frame: bytes) -> bytes:
        """Return a sound frame that says something else."""
        header, *others = blocks_of(frame)
        payload = bytearray(header.payload)
        at = self.random.choice([at for at, byte in enumerate(payload) if at >= 16 and chr(byte) in "0123456789"])
        payload[at] = ord("0") + (payload[at] - ord("0") + self.random.randint(1, 9)) % 10
        return framed(HandBlock("header", bytes(payload)), *others)

    # ------------------------------------------------------------ delete, insert, reorder, swap
    def delete(self) -> Trace:
        gone = self.random.sample(range(1, self.size + 1), self.random.randint(1, 5))
        self.do("DELETE FROM record.fact WHERE position = ANY(%s)", gone)
        return Trace(min(gone))

    def delete_and_close_the_gap(self) -> Trace:
        at = self.somewhere()
        self.do("DELETE FROM record.fact WHERE position = %s", at)
        self.shift(at, -1)
        return Trace(at)

    def insert(self) -> Trace:
        at = self.somewhere()
        self.shift(at - 1, 1)
        self.do(
            "INSERT INTO record.fact SELECT %s, gen_random_uuid(), 1, topic, gen_random_uuid(), recorded_at,"
            " recorded_by, leaf, %s FROM saved_record_fact WHERE position = %s",
            at, self.edited(self.frames[at - 1]), at,
        )  # fmt: skip
        return Trace(at)

    def reorder(self) -> Trace:
        first = self.somewhere(1, self.size - 1)
        places = list(range(first, min(self.size, first + self.random.randint(1, 40)) + 1))
        order = places[1:] + places[:1]
        self.move(dict(zip(places, order, strict=True)))
        return Trace(first)

    def swap(self) -> Trace:
        one, other = self.random.sample(range(1, self.size + 1), 2)
        self.move({one: other, other: one})
        return Trace(min(one, other))

    def shift(self, after: int, by: int) -> None:
        self.move({at: at + by for at in range(after + 1, self.size + 1)})

    def move(self, places: dict[int, int]) -> None:
        """Move rows to other positions."""
        self.do("UPDATE record.fact SET position = -position WHERE position = ANY(%s)", list(places))
        self.do(
            "UPDATE record.fact f SET position = m.new FROM unnest(%s::int8[], %s::int8[]) AS m (old, new)"
            " WHERE f.position = -m.old",
            list(places), list(places.values()),
        )  # fmt: skip

    # ------------------------------------------------------------ roll back, rewrite, sign again
    def roll_back_the_record(self) -> Trace:
        kept = self.somewhere(0, self.size - 1)
        self.do("DELETE FROM record.fact WHERE position > %s", kept)
        self.tree([leaf_by_hand(frame, self.archive.settings.origin) for frame in self.frames[:kept]])
        return Trace(kept + 1)

    def roll_back_everything(self) -> Trace:
        """Also the published head, which was once signed: only whoever kept a newer one can tell."""
        self.do("DELETE FROM record.fact WHERE position > %s", self.old_size)
        self.tree([leaf_by_hand(frame, self.archive.settings.origin) for frame in self.frames[: self.old_size]])
        shutil.copy(self.older, self._published)
        return Trace(self.old_size + 1, ("--since", self.newer))

    def flip_a_bit_of_the_tree(self) -> Trace:
        level, number, hashes = self.random.choice(self.do("SELECT level, number, hashes FROM evidence.tile"))
        bit = self.random.randrange(len(hashes) * 8)
        bent = bytearray(hashes)
        bent[bit // 8] ^= 1 << bit % 8
        self.do("UPDATE evidence.tile SET hashes = %s WHERE level = %s AND number = %s", bytes(bent), level, number)
        return Trace(number * 256 + bit // 256 + 1 if level == 0 else None)

    def rewrite_the_tree(self) -> Trace:
        """A fact, its leaf, every tile and the head in the database, all in agreement."""
        self.rewritten()
        return Trace(None)

    def rewrite_the_tree_and_sign_with_another_key(self) -> Trace:
        stranger = Signer(self.archive.settings.origin, self.random.randbytes(32))
        self.publish(self.rewritten(), stranger)
        return Trace(None, by=stranger)

    def rewrite_the_tree_and_sign_with_the_stolen_key(self) -> Trace:
        """Only a head that was kept elsewhere tells."""
        self.publish(self.rewritten(most=self.old_size), self.archive.signer)
        return Trace(None, ("--since", self.older))

    def rewritten(self, most: int | None = None) -> Checkpoint:
        at = self.somewhere(1, most)
        frames = list(self.frames)
        frames[at - 1] = self.edited(frames[at - 1])
        self.put(at, frames[at - 1])
        return self.tree([leaf_by_hand(frame, self.archive.settings.origin) for frame in frames])

    def tree(self, leaves: list[bytes]) -> Checkpoint:
        """Put the tree over these leaves in the place of the stored one."""
        tree = Tiles(leaves)
        self.do("DELETE FROM evidence.tile")
        for name, hashes in tree.held.items():
            self.do("INSERT INTO evidence.tile VALUES ('record', %s, %s, %s)", *name, hashes)
        head = Checkpoint(self.archive.published().log, tree.size, tree.root())
        self.do("UPDATE evidence.head SET size = %s, root = %s", head.size, head.root)
        return head

    def publish(self, head: Checkpoint, signer: Signer) -> None:
        self._published.write_text(head.signed(signer).written(), encoding="utf-8")
