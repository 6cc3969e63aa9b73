"""The commands of `rollout-tui`, a module each: its arguments, what it asks, what it prints."""
