"""Breakpoints, watches and filters, and the language they are written in."""
