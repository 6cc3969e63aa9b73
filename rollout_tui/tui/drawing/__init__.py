"""Lines, rows and styles: what panes give back, and how it comes to be drawn."""
