"""Pictures: upright, of bearable size, with nothing hidden in them."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from tests.support.files import animation, picture, png_of
from tongxi.attachments import gif, pictures
from tongxi.attachments.kinds import GIF, JPEG, PNG, WEBP, Kind, UploadRefused
from tongxi.attachments.pictures import clean

FORMATS: dict[str, Kind] = {"PNG": PNG, "JPEG": JPEG, "GIF": GIF, "WEBP": WEBP}
SECRET = b"31.2304N 121.4737E"


def opened(data: bytes) -> Any:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refusal(data: bytes, kind: Kind) -> str:
    with pytest.raises(UploadRefused) as caught:
        clean(data, kind)
    return str(caught.value.fields["reason"])


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010E] = SECRET.decode()
    return made


@pytest.mark.parametrize("kind_name", FORMATS)
def test_a_picture_keeps_format_size_and_colours(kind_name: str) -> None:
    made = clean(picture(kind_name), FORMATS[kind_name])
    image = opened(made.data).convert("RGB")
    assert (image.size, made.width, made.height) == ((30, 20), 30, 20)
    assert image.getpixel((2, 10))[0] > 200
    assert image.getpixel((27, 10))[2] > 200


@pytest.mark.parametrize("kind_name", ["PNG", "JPEG", "WEBP"])
def test_exif_is_gone(kind_name: str) -> None:
    data = picture(kind_name, exif=exif())
    assert SECRET in data
    made = clean(data, FORMATS[kind_name])
    assert SECRET not in made.data
    assert not opened(made.data).getexif()


def test_comments_and_text_chunks_are_gone() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Location", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    assert SECRET not in clean(picture("PNG", pnginfo=info), PNG).data
    assert SECRET not in clean(picture("JPEG", comment=SECRET), JPEG).data
    assert SECRET not in clean(picture("WEBP", xmp=SECRET), WEBP).data
    with_comment = picture("GIF", comment=SECRET)
    assert SECRET in with_comment
    assert SECRET not in clean(with_comment, GIF).data


@pytest.mark.parametrize("kind_name", FORMATS)
def test_what_hangs_behind_the_end_is_gone(kind_name: str) -> None:
    made = clean(picture(kind_name) + b"<script>alert(1)</script>" + SECRET, FORMATS[kind_name])
    assert b"<script>" not in made.data
    assert SECRET not in made.data


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    made = clean(picture("JPEG", exif=exif(6)), JPEG)
    assert (made.width, made.height) == (20, 30)
    image = opened(made.data)
    assert image.getpixel((10, 2))[0] > 200, "the left edge is now the top"
    assert image.getpixel((10, 27))[2] > 200


def test_a_colour_profile_is_applied_and_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind_name in ("PNG", "JPEG", "WEBP"):
        assert "icc_profile" not in opened(clean(picture(kind_name, icc_profile=profile), FORMATS[kind_name]).data).info


def test_a_broken_colour_profile_does_no_harm() -> None:
    assert clean(picture("PNG", icc_profile=b"nonsense"), PNG).width == 30


def test_print_colours_become_screen_colours() -> None:
    assert opened(clean(picture("JPEG", mode="CMYK"), JPEG).data).mode == "RGB"


def test_transparency_stays() -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    for kind_name in ("PNG", "WEBP"):
        out = io.BytesIO()
        image.save(out, kind_name)
        assert opened(clean(out.getvalue(), FORMATS[kind_name]).data).getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("kind_name", ["PNG", "GIF", "WEBP"])
def test_an_animation_still_moves(kind_name: str) -> None:
    image = opened(clean(animation(kind_name), FORMATS[kind_name]).data)
    assert image.n_frames == 3
    assert image.info.get("loop") == 0


def test_too_many_pixels_are_refused_before_they_are_unpacked() -> None:
    assert refusal(png_of(60_000, 60_000), PNG) == "pixels"
    assert refusal(png_of(8000, 5001), PNG) == "pixels"
    assert refusal(png_of(8000, 5000), PNG) == "damaged", "the size is allowed, the data is missing"


def test_an_animation_of_too_many_pixels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_ALL_PIXELS", 16 * 16 * 2)
    monkeypatch.setattr(pictures, "MAX_GIF_PIXELS", 16 * 16 * 2)
    for kind_name in ("PNG", "GIF", "WEBP"):
        assert refusal(animation(kind_name), FORMATS[kind_name]) == "pixels"


@pytest.mark.parametrize("kind_name", FORMATS)
def test_ruins_are_refused(kind_name: str) -> None:
    data = picture(kind_name, size=(200, 100))
    for at in (10, len(data) // 3, len(data) // 2):
        assert refusal(data[:at], FORMATS[kind_name]) == "damaged"


@pytest.mark.parametrize("kind_name", FORMATS)
def test_the_bytes_of_another_format_are_refused(kind_name: str) -> None:
    other = "JPEG" if kind_name == "PNG" else "PNG"
    assert refusal(picture(other), FORMATS[kind_name]) == "damaged"


def test_a_gif_that_never_ends_is_refused() -> None:
    with pytest.raises(gif.BadGif):
        gif.clean(picture("GIF")[:-1], max_frames=10)
    with pytest.raises(gif.BadGif):
        gif.clean(b"GIF89a" + bytes(7) + b";", max_frames=10)
    with pytest.raises(gif.BadGif):
        gif.clean(animation("GIF"), max_frames=2)
