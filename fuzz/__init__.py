"""What a stranger can send, found by atheris: everything that reads it gives an answer or an ExchangeError.

``make fuzz`` runs all targets; crashers that were found are kept in ``crashers/`` and tried in the tests.
"""
