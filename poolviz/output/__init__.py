"""From a request to the files that it names, each written whole or not at all."""
