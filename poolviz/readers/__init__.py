"""Readers: a framework's own pooling layer as a request, one file for each framework.

A module here declares ``read(layer, ...)``, and ``is_pooling(layer)``. Layers are known by the
names of their kinds and attributes: no framework is imported.
"""
