"""What a thread waits for, what is open, the silences meanwhile, and what resolved it."""
