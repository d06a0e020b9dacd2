"""The record: the one door through which every fact enters and every stream is read.

Relies on the domain and on PostgreSQL. Knows nothing of HTTP, of read models or of the feed.
"""
