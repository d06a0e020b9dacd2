"""For machines: the feed of published facts, as pages and as a stream. Nothing personal passes here."""
