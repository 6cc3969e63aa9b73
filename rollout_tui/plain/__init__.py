"""The debugger as text, one command at a time: for screen readers, pipes and terminals that can do little."""
