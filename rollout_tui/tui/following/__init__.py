"""The thread that reads a trace, and what it tells the screen."""
