"""Grids, lines and results as a terminal shows them."""
