"""From the command line to the first screen, and out again."""
