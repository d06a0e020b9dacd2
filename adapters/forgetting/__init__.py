"""Forgetting a person, and keeping them forgotten: keys destroyed, rows removed, a fence, a certificate.

Relies on the record, on keys, on the read models and on the logs. Who may ask and agree is the domain's to say
(:mod:`domain.subject_request`); knows nothing of HTTP.
"""
