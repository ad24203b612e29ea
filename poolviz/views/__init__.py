"""Views: what people see. They draw Steps and compute nothing."""
