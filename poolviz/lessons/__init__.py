"""Lessons: one file for each.

A file declares ``ORDER`` (its place), ``TITLE``, ``TEXT`` (paragraphs), ``exhibits()`` and
``TRY``, a command that can be copied.
"""
