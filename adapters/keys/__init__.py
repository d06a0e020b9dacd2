"""Where keys come from and how they are kept up: providers of the root, rotation, and what there is.

The hierarchy: a root inside its provider; in it a secret for each thirty days (an *epoch*); under that a wrapping key
for each country and class; under that a key for each person and class. Rests on the names and forms in
:mod:`adapters.record.keys`; knows nothing of facts, of read models or of HTTP.
"""
