"""One module a corridor: its valid samples."""
