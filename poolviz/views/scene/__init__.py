"""Positions of everything that is drawn: style, panels, regions, marks and sheets."""
