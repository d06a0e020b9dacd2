"""How fast Homeward is, against the limit of its database and against its peers, in the same run on the same server.

One file for each workload, one in ``peers/`` for each peer. Absolute figures mean nothing on a shared machine: what
counts is a ratio, the median of five alternations, fsync on. A workload verifies what it did before it prints a speed.
"""
