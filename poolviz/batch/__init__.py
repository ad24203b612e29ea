"""Batches: many sources, one recipe; each source pooled by some process, here or elsewhere.

``listing`` finds the sources, ``work`` treats one, ``journal`` remembers what is done,
``crews`` are those who work, and ``running`` hands the work out.
"""
