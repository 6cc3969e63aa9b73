"""Recording for agent libraries: a module each, which needs that library and imports nothing else."""
