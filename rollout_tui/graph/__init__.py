"""The reduced graph: objects, their history, and the state as of any event."""
