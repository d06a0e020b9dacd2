"""Reactions: what follows in other cases from a fact, and what follows from the calendar alone.

A machine with a permission of its own asks ordinary commands at the record's door, under ids that follow from their
cause: once for each fact and each due day, whatever dies in between. It never reads a name.
"""
