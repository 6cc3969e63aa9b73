"""What is said of an object of the graph: its name, its values, its whole text."""
