"""For officers: one case (sheet, timeline, readiness), their worklist, and the facilities they name."""
