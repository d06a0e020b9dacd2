"""The faces: translate a request, hand it over, answer.

May rely on ``adapters`` and ``domain``. Must never decide a rule of the domain nor write SQL: whatever is worth testing
without a socket lives below.
"""
