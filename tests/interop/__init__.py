"""Interoperability with other implementations of XML Signature, cell by cell of one matrix.

``cases`` says what is signed and how, each peer is a module of its own, ``matrix`` puts them together and
``make interop`` prints it; ``tests/test_signature_interop.py`` runs the same cells.
"""
