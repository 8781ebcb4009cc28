"""Pictures as they may be shown to others: upright, of bearable size, without EXIF or other hidden data. Pure."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence

from tongxi.attachments import gif
from tongxi.attachments.kinds import GIF, JPEG, PNG, WEBP, Kind, UploadRefused

MAX_PIXELS = 40_000_000
MAX_FRAMES = 500
MAX_ALL_PIXELS = 60_000_000
"""All frames of a PNG or WebP animation together: they are in memory at once, four bytes each."""
MAX_GIF_PIXELS = 400_000_000
"""All frames of a GIF together; only the first is decoded here, the rest is a matter for the reader's browser."""

_FORMATS = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF", WEBP: "WEBP"}
_SRGB = ImageCms.createProfile("sRGB")
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned picture, encoded in the format it came in."""

    data: bytes
    width: int
    height: int


def clean(data: bytes, kind: Kind) -> Picture:
    """Decode and encode anew; GIFs are copied block by block.

    Raises: `UploadRefused` with the reason `pixels` (too many, alone or over all frames) or `damaged`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked here, before anything is decoded
            with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
                _check_size(image, MAX_GIF_PIXELS if kind is GIF else MAX_ALL_PIXELS)
                return _clean(image, data, kind)
    except Image.DecompressionBombError as error:
        raise UploadRefused("pixels") from error
    except (*_DAMAGED, gif.BadGif, MemoryError) as error:
        raise UploadRefused("damaged") from error


def _check_size(image: ImageFile.ImageFile, max_all: int) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise UploadRefused("pixels")
    frames = int(getattr(image, "n_frames", 1))
    if frames > MAX_FRAMES or frames * pixels > max_all:
        raise UploadRefused("pixels")


def _clean(image: ImageFile.ImageFile, data: bytes, kind: Kind) -> Picture:
    if kind is GIF:
        image.load()
        return Picture(gif.clean(data, max_frames=MAX_FRAMES), image.width, image.height)
    if int(getattr(image, "n_frames", 1)) > 1 and kind is not JPEG:
        return _animation(image, kind)
    image.load()
    upright = _bare(_srgb(ImageOps.exif_transpose(image)), kind)
    out = io.BytesIO()
    if kind is JPEG:
        upright.save(out, "JPEG", quality=90, progressive=True)
    elif kind is PNG:
        upright.save(out, "PNG", compress_level=6)
    else:
        upright.save(out, "WEBP", quality=90, method=4)
    return Picture(out.getvalue(), upright.width, upright.height)


def _animation(image: ImageFile.ImageFile, kind: Kind) -> Picture:
    loop = image.info.get("loop", 0)
    frames: list[Image.Image] = []
    durations: list[float] = []
    for frame in ImageSequence.Iterator(image):
        durations.append(float(frame.info.get("duration", 100)))
        frames.append(_bare(frame.convert("RGBA"), kind))
    out = io.BytesIO()
    quality = {"quality": 90} if kind is WEBP else {}
    frames[0].save(
        out,
        _FORMATS[kind],
        save_all=True,
        append_images=frames[1:],
        duration=[int(duration) for duration in durations],
        loop=loop,
        **quality,
    )
    return Picture(out.getvalue(), image.width, image.height)


def _srgb(image: Image.Image) -> Image.Image:
    """Colours in sRGB, so that the embedded profile can go."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _bare(image: Image.Image, kind: Kind) -> Image.Image:
    """Pixels and transparency only: what Pillow keeps beside them, it would write again."""
    if kind is JPEG and image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    bare = image.copy()
    bare.info = {name: value for name, value in image.info.items() if name == "transparency"}
    bare.getexif().clear()
    return bare
