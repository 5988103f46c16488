"""The exit codes of ``asw``: what went wrong, never how often."""

OK, INVALID, USAGE, CONFIGURATION, INPUT_OUTPUT, NETWORK = range(6)
