"""The ``eventsourcing`` library's own door to the record: its recorders and its infrastructure factory, on our append.

``PERSISTENCE_MODULE=adapters.library`` gives any ``Application`` of the library the dense, group-committed record.
Thin and synchronous: requests of the API do not pass here (see ``docs/adr/0003-own-recorder.md`` for the numbers).
"""

from adapters.library.factory import RecordFactory

__all__ = ["RecordFactory"]
