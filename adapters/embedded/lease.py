"""Who uses the folder: one lock for those who start and stop, one lease for everybody who uses the server.

Both are ``flock`` locks, so that the kernel lets go of them when a process ends in whatever way.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until nobody else starts or stops the server of this folder."""
    descriptor = _opened(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Lease:
    """The claim of one user on a running server. The last one to leave turns off the light."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    def take(self) -> None:
        """Claim the server; harmless when already claimed."""
        if self._descriptor is None:
            self._descriptor = _opened(self._file)
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    @property
    def taken(self) -> bool:
        """Whether this claim stands."""
        return self._descriptor is not None

    def leave(self) -> bool:
        """Give the claim up and say whether nobody else holds one. Call it while :func:`alone`."""
        if self._descriptor is None:
            return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(self._descriptor)
            self._descriptor = None


def _opened(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
