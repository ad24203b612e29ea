"""Batches: many sources pooled with one recipe, by processes on this or other machines.

``listing`` finds the sources, ``work`` processes one, ``journal`` records what is done,
``workers`` are the processes, and ``running`` hands the tasks to them.
"""
