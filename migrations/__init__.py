"""The migrations own every table, role, grant and policy; no library creates one.

May rely on Alembic, SQLAlchemy and the table definitions of ``adapters``. Must never know the domain: a migration
describes a form on disk and has to mean the same when the code has moved on.

``alembic revision --autogenerate --rev-id 0042 -m "what changes"`` writes a draft from the tables; roles, grants,
policies, functions and triggers are added by hand. Everything has to work without a database, too:
``alembic upgrade head --sql``.
"""
