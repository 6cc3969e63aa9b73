"""What is looked at, chosen, searched and played."""
