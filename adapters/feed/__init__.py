"""What leaves the house: published facts in position order, from open blocks alone, and the wake-up of who follows.

May rely on the record and on ``domain/publication.py``. Must never hold a key or know HTTP.
"""
