"""What the pooling layers of a user's own network do to the user's own input.

An ONNX file goes through ``reading`` (parsed and checked), ``model`` (opened and run) and
``observe`` (what enters and leaves each pooling layer). ``feeding`` prepares its inputs; ``graph``
and ``fields`` read what follows from the graph alone. A PyTorch model goes through ``capture``.
"""
