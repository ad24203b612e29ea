"""Outputs: from a result to the files that are asked for, each written whole or not at all."""
