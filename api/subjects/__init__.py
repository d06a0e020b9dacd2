"""For the people whom the record is about, and for who answers to them: requests, reports, certificates."""
