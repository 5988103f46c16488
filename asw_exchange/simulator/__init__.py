"""Gateways in one process, on a virtual clock and a virtual network; the same gateway code as a server."""
