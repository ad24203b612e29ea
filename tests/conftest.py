"""What all tests share."""

from hypothesis import settings

# Derandomised, so that a failure on one machine is the same on every other.
settings.register_profile("poolviz", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("poolviz")
