"""What the parts of the screen say: plain functions from a `View` to lines, tested without a terminal."""
