"""Which modes the contract covers: all that are found, each with settings worth a run."""

from poolviz import modes

# Parameters that change what a mode computes; modes without an entry run as they are.
VARIANTS: dict[str, tuple[str, ...]] = {
    "fractional-max": ("fractional-max", "fractional-max:overlapping=true:random=true"),
    "gated": ("gated", "gated:gate=-0.5"),
    "lse": ("lse", "lse:r=5"),
    "max": ("max", "max:nan=drop"),
    "min": ("min", "min:nan=drop"),
    "ordinal": ("ordinal", "ordinal:weights=3/0/1"),
    "stochastic": ("stochastic", "stochastic:expected=true"),
    "lp": ("lp", "lp:p=1", "lp:p=inf", "lp:p=3:absolute=true", "lp:rescale=false"),
}


def every_mode() -> list[str]:
    """The names of all modes."""
    return modes.available_modes()


def folding_modes() -> list[str]:
    """The modes with a fast path, as ``pool`` takes them, with their variants."""
    return [
        variant
        for name in every_mode()
        if issubclass(modes.mode_class(name), modes.FoldMode)
        for variant in VARIANTS.get(name, (name,))
    ]


def differentiable_modes() -> list[str]:
    """All modes with their variants."""
    return [variant for name in every_mode() for variant in VARIANTS.get(name, (name,))]
