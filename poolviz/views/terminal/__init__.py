"""Text for the terminal: grids, tables and results."""
