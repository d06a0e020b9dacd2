"""The migrations own every table, role, grant and policy; no library creates one.

May rely on Alembic, SQLAlchemy and the table definitions of ``adapters``. Must never know the domain: a migration
describes a form on disk and has to mean the same when the code has moved on.
"""
