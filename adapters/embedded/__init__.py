"""A real PostgreSQL in a folder, driven by ourselves.

The binaries come from a wheel; the folder, the passwords, the roles and the server's life are ours. May rely on the
operating system and on psycopg. Must never know a table: what is inside the database is the business of the migrations.
"""

from adapters.embedded.cluster import Cluster
from adapters.embedded.errors import EmbeddedServerError
from adapters.embedded.server import EmbeddedPostgres

__all__ = ["Cluster", "EmbeddedPostgres", "EmbeddedServerError"]
