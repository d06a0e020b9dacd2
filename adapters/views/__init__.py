"""Read models: what the record says, laid out for questions. Folded from facts, and rebuilt from them at any time.

Relies on the domain's own folds and on the stored record. Knows no HTTP. Nothing here decides anything, nobody's name
is ever written here, and dropping every table of it loses nothing.
"""
