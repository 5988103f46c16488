"""One module a corridor: its invalid samples."""
