"""Plain sentences by code. The code is what programs rely on; a sentence may be put better at any time.

One module per language holds one :class:`Catalogue`; English is the first. May rely on the codes of the domain. Must
never hold a rule: a catalogue says, it does not decide.
"""

from __future__ import annotations

from api.messages.catalogue import Catalogue, preferred
from api.messages.english import ENGLISH

CATALOGUES = {ENGLISH.language: ENGLISH}
"""Language tag → catalogue."""

__all__ = ["CATALOGUES", "ENGLISH", "Catalogue", "preferred"]
