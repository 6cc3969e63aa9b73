"""The terminal user interface, in Textual."""
