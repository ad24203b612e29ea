"""The formats of animations: their limits, the memory that they take, and their encoders."""

from dataclasses import dataclass

from poolviz.errors import SpecError

# All frames of a format that is not streamed are in memory at the end, at a byte a pixel.
MOST_PIXELS = 150_000_000


@dataclass(frozen=True)
class Format:
    """A format of animations.

    Args:
        name: its suffix, and its kind in ``--write``.
        encoder: the name of its function in :mod:`poolviz.views.paint.encoding`, which loads
            Pillow.
        longest_side: the longest side that it can store, in pixels.
        encoding_bytes: for each pixel of one frame, measured with Pillow 13.
        frame_bytes: for each pixel of every frame, measured likewise; 0 if frames are streamed.
    """

    name: str
    encoder: str
    longest_side: int
    encoding_bytes: float
    frame_bytes: float

    def memory_needed(self, width: int, height: int, count: int) -> int:
        """The most bytes of memory that encoding ``count`` frames takes.

        Raises:
            SpecError: the format cannot store the frames, or they take too much memory.
        """
        if max(width, height) > self.longest_side:
            raise SpecError(
                "picture",
                f"{width}×{height} pixels do not fit into a {self.name}, whose sides can"
                f" have at most {self.longest_side}",
                "use a smaller scale or a smaller region",
            )
        pixels = width * height * count
        if self.frame_bytes and pixels > MOST_PIXELS:
            raise SpecError(
                "max_frames",
                f"{count} frames of {width}×{height} pixels take {pixels >> 20} MiB as"
                f" {self.name}; at most {MOST_PIXELS >> 20} MiB are allowed",
                "use a larger every, a smaller region or a smaller scale, or write a gif",
            )
        return int(width * height * self.encoding_bytes + pixels * self.frame_bytes)


FORMATS = {
    each.name: each
    for each in (
        Format("gif", "gif_bytes", 65535, 8, 0),
        Format("webp", "webp_bytes", 16383, 40, 1.5),
        Format("apng", "apng_bytes", 2**31 - 1, 20, 2),
    )
}
