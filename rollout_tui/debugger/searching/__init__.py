"""Search in everything recorded."""
