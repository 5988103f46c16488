"""Soak tests of real server processes: killed, misled, filled. ``python -m tests.soak`` runs them long.

kills      two servers that deliver to each other; one after the other is killed under load, and started again
faults     two servers with every fault of the wire on, then off
retention  one server that keeps little, for very many messages
proof      what their ledgers say afterwards

What is written goes to a folder that is deleted at the end.
"""
