"""The machines: PostgreSQL, keys, the feed, the files; they implement what the domain needs.

May rely on ``domain`` and on drivers. Must never know HTTP, a web framework or a command line, nor anything of ``api``.
"""
