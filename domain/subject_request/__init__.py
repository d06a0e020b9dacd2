"""Requests of the people whom the record is about: to see what it holds of them, to have it put right, to be forgotten.

One stream is one request. Erasing needs two people and a time to think again; what stands in its way is asked when it
is approved and again when it is done (:mod:`domain.case.erasing`). The law is that of the European Union's General
Data Protection Regulation (GDPR), articles 12 and 15 to 17, as the strictest of those that the users are under.
"""
