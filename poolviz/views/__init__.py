"""Views, which draw Steps and compute nothing."""
