"""What there is to tell of agents, cells, terminals and items."""
