"""The domain: what is true without a computer.

May rely on the standard library, on pydantic and on ``eventsourcing.domain``. Must never know a clock, dice, a network,
a file or a database, nor anything of ``adapters`` or ``api``: time, identity and permission arrive with the request.
"""
