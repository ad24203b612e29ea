"""Networks: the pooling layers of a user's own network, seen at work on an input of one's own."""
