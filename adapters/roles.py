"""The four database roles, in one place: who may do what is decided by grants in the migrations.

``owner`` owns every schema and runs migrations; ``writer`` appends facts and keeps keys; ``projector`` keeps read
models; ``reader`` answers queries. None of them is a superuser, because row-level security does not bind superusers.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

Role: TypeAlias = Literal["owner", "writer", "projector", "reader"]

ROLE_NAMES: Final = MappingProxyType[Role, str]({role: f"homeward_{role}" for role in get_args(Role)})
"""What a role is called inside PostgreSQL."""
