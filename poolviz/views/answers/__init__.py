"""Views of answers; that of an answer that is defined in ``NAME.py`` is ``NAME.py`` here.

A view offers functions of one answer: ``document(answer, full=...)`` for JSON and
``lines(answer, screen)`` for the terminal; where they make sense, also ``scene(answer, theme)``
for figures and ``page(answer, theme)`` for the interactive page.
"""
