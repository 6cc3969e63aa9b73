"""Bundles, event lines, payload files and how they grow: bytes and files, nothing of meaning."""
