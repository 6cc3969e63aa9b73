"""Answers as text and JSON, for commands and files."""
