"""Ids are made quickly, and are the ids that everybody else would make."""

from __future__ import annotations

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import id_of, named_id, versioned_id


@given(number=st.integers(min_value=0, max_value=2**128 - 1), name=st.text(max_size=20))
def test_an_id_by_name_is_the_one_that_everybody_computes(number: int, name: str) -> None:
    namespace = id_of(number)
    assert namespace == UUID(int=number)
    assert named_id(namespace, name) == uuid5(namespace, name)
    assert versioned_id(number, 4) == UUID(int=number, version=4)
