"""Painters: scenes as pixels, vectors and animations."""
