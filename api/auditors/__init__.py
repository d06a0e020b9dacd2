"""For auditors: what was true on a day, in figures."""
