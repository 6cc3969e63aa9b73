"""Bundles, event lines, payload files and following them as they grow: bytes and files, nothing of meaning."""
