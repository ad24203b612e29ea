"""PyTorch (``torch.nn.functional``): the default rules."""

from poolviz.rules._rule import Rule, refuse_padding_over_half_the_kernel

RULE = Rule(
    name="torch",
    evidence="run against torch 2.13.0",
    refuse=refuse_padding_over_half_the_kernel,
)
