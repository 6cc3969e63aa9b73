"""Texts and JSON of any size as rows; only those that are visible are made."""
