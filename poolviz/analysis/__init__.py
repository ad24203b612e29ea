"""Answers to questions about pooling, as data; views and commands show them."""
