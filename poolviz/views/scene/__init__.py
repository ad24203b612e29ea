"""What is drawn where: style, panels, regions, marks and sheets, before anything is painted."""
