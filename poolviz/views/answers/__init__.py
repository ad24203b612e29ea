"""Views of answers, one file for each file of ``poolviz/analysis``.

A view offers functions of one answer: ``document(answer, full=...)`` for JSON,
``lines(answer, screen)`` for the terminal, ``scene(answer, theme)`` for figures and
``page(answer, theme)`` for the interactive page.
"""
