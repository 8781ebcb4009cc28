"""The way out: nothing leads inwards, nothing is larger or slower than allowed. Real local servers."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx2
import pytest

from tests.support.local_http import Asked, LocalHttp, Reply, internet, local_http
from tongxi.kit.egress import AddressRefused, AnswerTooLarge, AnswerUnsuitable, Egress, Fetched, Unreachable

pytestmark = pytest.mark.anyio

OUTSIDE = "93.184.216.34"
SECOND = timedelta(seconds=1)


def page(_: Asked) -> Reply:
    return Reply(b"<p>hello</p>", kind="text/html; charset=utf-8")


@pytest.fixture
async def site() -> AsyncIterator[LocalHttp]:
    async with local_http(page) as server:
        yield server


async def fetch(egress: Egress, url: str, *, max_bytes: int = 10_000, timeout: timedelta = 10 * SECOND) -> Fetched:
    return await egress.fetch(url, max_bytes=max_bytes, timeout=timeout, types=("text/html", "text/plain"))


async def test_a_page_is_read(site: LocalHttp) -> None:
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    found = await fetch(egress, "http://shop.example/a?b=c")
    assert (found.body, found.content_type, found.charset) == (b"<p>hello</p>", "text/html", "utf-8")
    (asked,) = site.asked
    assert asked.target == "/a?b=c"
    assert asked.headers["host"] == "shop.example"
    assert not asked.headers.keys() & {"cookie", "authorization", "referer"}
    await egress.close()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://shop.example/", "gopher://shop.example/", "javascript:alert(1)", "//shop.example",
        "", "http://", "http://user:key@shop.example/", "http://shop.example:22/", "http://shop.example:8080/",
        "https://shop.example:80/", "http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/",
        "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[fe80::1%25eth0]/", "http://0/",
        "http://inside.example/", "http://half.example/", "http://a\tb/", "http://shop.example/" + "x" * 3000,
    ],
)  # fmt: skip
async def test_what_leads_inwards_is_refused_without_a_packet(site: LocalHttp, url: str) -> None:
    names: dict[str, list[str] | list[list[str]]] = {
        "shop.example": [OUTSIDE], "inside.example": ["10.0.0.5"], "half.example": [OUTSIDE, "127.0.0.1"],
        "0": ["0.0.0.0"],
    }  # fmt: skip
    egress, wire = internet(names, {OUTSIDE: site.port, "127.0.0.1": site.port})
    with pytest.raises(AddressRefused):
        await fetch(egress, url)
    assert wire.dialled == []


@pytest.mark.parametrize("notation", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
async def test_other_notations_of_this_machine_are_seen_through(notation: str) -> None:
    """With the system's own resolver."""
    with pytest.raises((AddressRefused, Unreachable)):
        await fetch(Egress(), f"http://{notation}/")


async def test_a_redirect_inwards_is_refused(site: LocalHttp) -> None:
    site.answer = lambda _: Reply(status=302, headers=(("Location", "http://inside.example/admin"),))
    names: dict[str, list[str] | list[list[str]]] = {"shop.example": [OUTSIDE], "inside.example": ["192.168.0.1"]}
    egress, wire = internet(names, {OUTSIDE: site.port, "192.168.0.1": site.port})
    with pytest.raises(AddressRefused):
        await fetch(egress, "http://shop.example/")
    assert wire.dialled == [OUTSIDE]


async def test_a_redirect_elsewhere_is_followed_without_cookies(site: LocalHttp) -> None:
    def moved(asked: Asked) -> Reply:
        if asked.path == "/new":
            return page(asked)
        return Reply(status=301, headers=(("Location", "http://other.example/new"), ("Set-Cookie", "a=b; path=/")))

    site.answer = moved
    other = "93.184.216.35"
    egress, _ = internet({"shop.example": [OUTSIDE], "other.example": [other]}, {OUTSIDE: site.port, other: site.port})
    assert (await fetch(egress, "http://shop.example/old")).url == "http://other.example/new"
    assert "cookie" not in site.asked[-1].headers
    await egress.close()


async def test_a_circle_ends(site: LocalHttp) -> None:
    site.answer = lambda _: Reply(status=307, headers=(("Location", "/again"),))
    egress, wire = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    with pytest.raises(AnswerUnsuitable):
        await fetch(egress, "http://shop.example/")
    assert len(wire.dialled) == 6


async def test_a_name_that_changes_its_mind_gets_no_connection(site: LocalHttp) -> None:
    """DNS rebinding: the first look-up is public, the next points inwards. Connections go where was checked."""
    site.answer = lambda asked: (
        Reply(status=302, headers=(("Location", "/next"),)) if asked.path == "/" else page(asked)
    )
    egress, wire = internet({"shop.example": [[OUTSIDE], ["127.0.0.1"]]}, {OUTSIDE: site.port, "127.0.0.1": site.port})
    with pytest.raises(AddressRefused):
        await fetch(egress, "http://shop.example/")
    assert wire.dialled == [OUTSIDE]


async def test_drops_do_not_hold_the_line(site: LocalHttp) -> None:
    site.answer = lambda _: Reply(b"x" * 5_000, kind="text/html", drip_seconds=0.05)
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    with pytest.raises(Unreachable):
        await fetch(egress, "http://shop.example/", timeout=0.3 * SECOND)
    await egress.close()


async def test_silence_is_given_up(site: LocalHttp) -> None:
    site.answer = lambda _: Reply(hang=True)
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    with pytest.raises(Unreachable):
        await fetch(egress, "http://shop.example/", timeout=0.2 * SECOND)


async def test_200_mb_are_not_read_to_the_end(site: LocalHttp) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 1
            yield b"a" * 1_000_000

    site.answer = lambda _: Reply(kind="text/html", pieces=endless())
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    with pytest.raises(AnswerTooLarge):
        await fetch(egress, "http://shop.example/", max_bytes=2_000_000)
    await egress.close()
    assert sent < 100


async def test_a_declared_size_is_enough_to_say_no(site: LocalHttp) -> None:
    site.answer = lambda _: Reply(b"a" * 20_000, kind="text/html")
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    with pytest.raises(AnswerTooLarge):
        await fetch(egress, "http://shop.example/")


async def test_a_small_body_that_unpacks_to_much_is_cut(site: LocalHttp) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, 9)
    site.answer = lambda _: Reply(bomb, kind="text/html", headers=(("Content-Encoding", "gzip"),))
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    assert len(bomb) < 100_000
    with pytest.raises(AnswerTooLarge):
        await fetch(egress, "http://shop.example/", max_bytes=1_000_000)


@pytest.mark.parametrize(
    "said",
    [Reply(b"x", kind="application/pdf"), Reply(b"no", 404), Reply(b"no", 500),
     Reply(b"nonsense", kind="text/html", headers=(("Content-Encoding", "gzip"),)),
     Reply(b"nonsense", kind="text/html", headers=(("Content-Encoding", "br"),))],
)  # fmt: skip
async def test_other_answers_are_named(site: LocalHttp, said: Reply) -> None:
    site.answer = lambda _: said
    egress, _ = internet({"shop.example": [OUTSIDE]}, {OUTSIDE: site.port})
    with pytest.raises(AnswerUnsuitable):
        await fetch(egress, "http://shop.example/")


async def test_nobody_there(site: LocalHttp) -> None:
    egress, _ = internet({"shop.example": [OUTSIDE]}, {})
    with pytest.raises(Unreachable):
        await fetch(egress, "http://shop.example/")


async def test_a_listed_host_may_be_inside(site: LocalHttp) -> None:
    egress = Egress({f"127.0.0.1:{site.port}"})
    assert (await fetch(egress, f"{site.url}/")).body == b"<p>hello</p>"
    with pytest.raises(AddressRefused):
        await fetch(egress, f"http://127.0.0.1:{site.port + 1}/")
    egress.allowed = frozenset()
    with pytest.raises(AddressRefused):
        await fetch(egress, f"{site.url}/")
    await egress.close()


@pytest.mark.parametrize("listed", ["[fd00::7]:8080", "[fd00::7]", "fd00::7"])
async def test_an_address_of_the_own_network_may_be_listed_in_brackets(site: LocalHttp, listed: str) -> None:
    egress, wire = internet({}, {"fd00::7": site.port})
    egress.allowed = frozenset({listed})
    port = ":8080" if ":8080" in listed else ""
    assert (await fetch(egress, f"http://[fd00::7]{port}/")).body
    assert wire.dialled == ["fd00::7"]
    await egress.close()


async def test_even_a_listed_name_does_not_lead_to_the_metadata_of_a_cloud(site: LocalHttp) -> None:
    egress, wire = internet({"erp.intern": ["169.254.169.254"]}, {"169.254.169.254": site.port})
    egress.allowed = frozenset({"erp.intern"})
    with pytest.raises(AddressRefused):
        await fetch(egress, "http://erp.intern/latest/meta-data/")
    assert wire.dialled == []


async def test_a_client_for_a_configured_system_is_guarded_too(site: LocalHttp) -> None:
    egress, _ = internet({"shop.example": [OUTSIDE], "inside.example": ["10.0.0.1"]}, {OUTSIDE: site.port})
    async with egress.client(headers={"Authorization": "Bearer k"}, timeout=SECOND) as client:
        assert (await client.get("http://shop.example/")).status_code == 200
        with pytest.raises(AddressRefused):
            await client.get("http://inside.example/")
        site.answer = lambda _: Reply(status=302, headers=(("Location", "http://inside.example/"),))
        assert (await client.get("http://shop.example/")).status_code == 302
        with pytest.raises(httpx2.ConnectError):
            await client.get("http://93.184.216.99/")
