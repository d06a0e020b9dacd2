"""The synthetic population: invented people whose figures come out as published.

Nobody in it is real. The totals are those that were published or are labelled synthetic (``docs/population.md``):
names, families, dates and decisions come from a seed. Relies on the domain and on the record; decides nothing itself.
"""
