"""What a worker does beside following the record: reacts, looks at the calendar, erases, keeps keys up, forgets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.database import Databases
from adapters.forgetting.erasing import Eraser
from adapters.keys.upkeep import keep_up
from adapters.reactions.clocks import Clocks
from adapters.reactions.reactor import Reactor
from adapters.record.remembering import keep_forgetting
from adapters.settings import Settings


@contextmanager
def keeping_house(settings: Settings, databases: Databases, stop: threading.Event) -> Iterator[None]:
    """Do each in a thread of its own; they end when told to stop, and at the latest when this is left."""
    threads = [
        threading.Thread(target=Eraser(databases, settings).run, args=(stop,), name="eraser"),
        threading.Thread(target=Reactor(databases, settings).run, args=(stop,), name="reactor"),
        threading.Thread(target=Clocks(databases, settings).run, args=(stop,), name="clocks"),
        threading.Thread(target=keep_up, args=(databases, settings, stop), name="keys"),
        threading.Thread(target=keep_forgetting, args=(databases, stop), name="commands"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
