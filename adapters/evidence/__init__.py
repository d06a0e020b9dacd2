"""What lets a stranger check the record: the transparency log, its signed heads, receipts, bundles and their verifier.

Only facts as they are stored are looked at here: nothing in this folder needs a key of a person, or knows HTTP. The
modules for trees, tiles, notes and heads know no fact either: they serve any log that has a name.
"""
