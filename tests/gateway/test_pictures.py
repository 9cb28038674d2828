"""Files are what their bytes say."""

from __future__ import annotations

import pytest

from gateway.ask import Upload
from gateway.errors import ApiError
from gateway.pictures import picture

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (320).to_bytes(4, "big") + (200).to_bytes(4, "big") + b"\x08\x02"


@pytest.mark.parametrize(
    ("data", "mime", "name"),
    [
        (PNG, "image/png", "cat.png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg", "cat.jpg"),
        (b"GIF89a\x10\x00\x20\x00", "image/gif", "cat.gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "cat.webp"),
        (b"\x00\x00\x00\x20ftypavif", "image/avif", "cat.avif"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4", "cat.mp4"),
    ],
)
def test_the_type_comes_from_the_bytes(data: bytes, mime: str, name: str) -> None:
    file = picture(Upload(data=data, name="cat.txt"))
    assert (file.mime, file.name) == (mime, name)


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PN"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        picture(Upload(data=data, name="cat.png"))
    assert caught.value.status == 400
