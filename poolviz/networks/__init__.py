"""The pooling layers of a user's own network, at work on an input of the user's choice.

An ONNX file goes through ``reading`` (parsed and checked), ``model`` (opened and run) and
``observe`` (what enters and leaves each pooling layer); ``feeding`` prepares its inputs, ``graph``
and ``fields`` say what the graph alone tells. A live PyTorch model goes through ``capture``.
"""
