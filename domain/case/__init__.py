"""The case: everything that a departure depends on, of one person, in one stream.

One file per facet: its facts, its frozen state, how facts evolve it, its commands. :mod:`domain.case.case` puts the
facets together; :mod:`domain.case.gate` decides about departure; :mod:`domain.case.status` derives what is never set.
"""
