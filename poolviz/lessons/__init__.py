"""Lessons: one file for each, found by itself.

Each has ``ORDER`` (its place), ``TITLE``, ``TEXT`` (paragraphs), ``exhibits()`` and ``TRY``, a
command that runs.
"""
