"""What an event changed, and how two moments differ."""
