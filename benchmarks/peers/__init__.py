"""Those against whom we are measured, one file each."""
