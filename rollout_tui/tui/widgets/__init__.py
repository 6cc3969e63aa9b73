"""The widgets: they draw lines and tell what was pointed at, and know nothing of traces."""
