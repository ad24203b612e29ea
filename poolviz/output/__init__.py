"""Run a request and write its files, each completely or not at all."""
