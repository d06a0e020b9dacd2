"""A scenario for every test of the domain."""

from __future__ import annotations

import pytest

from tests.scenario import Scenario


@pytest.fixture
def case() -> Scenario:
    """A case about which nothing is known yet."""
    return Scenario("case")
