"""Bad input over HTTP and both sockets of a running server: a typed refusal, nothing stored, nobody else disturbed."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.support.site import EMAIL, NAME, PASSWORD, Site, furnished

pytestmark = pytest.mark.slow

STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**53, 2**63, 10**30, 1e308, "", " ", "x", "\x00", "a\x00b", "x" * 9000, "您" * 9000,
    [], ["x"], [None], [[]], {}, {"x": 1}, "00000000-0000-0000-0000-000000000000", "' or 1=1 --", "\u202e", "\ufffe",
)  # fmt: skip
BROKEN = (
    "", "x", "null", "[]", "{}", "1", '"t"', '{"t":1}', '{"t":null}', '{"t":"nothing"}', '{"t":"send"', "{'t':'ping'}",
    '{"t":"send","id":"a","text":"\\ud800"}', '{"t":"send","id":"\\udfff","text":"x"}', "[" * 20_000,
    '{"t":"ping","x":NaN}',
)  # fmt: skip
TABLES = ("conversation", "message", "log_entry", "contact", "follow_up", "rating", "attachment", "page_view")


@pytest.fixture(scope="module")
def site(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product as a process."""
    with furnished(shared_database_url, tmp_path_factory.mktemp("site")) as made:
        yield made


class Line:
    """A socket whose frames the test writes itself."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def tell(self, frame: Any) -> None:
        """Send a frame: text as it is, anything else as JSON."""
        self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def hear(self, *kinds: str, seconds: float = 10) -> dict[str, Any]:
        """The next frame of these kinds."""
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(seconds))
            if frame["t"] in kinds:
                return frame

    def refusal(self, frame: Any) -> str:
        """Send what must be refused; gives the code. The socket must still be there."""
        self.tell(frame)
        error = self.hear("error")
        assert error["detail"], error
        assert error["code"] not in ("unavailable", "internal"), (error, str(frame)[:200])
        self.tell({"t": "ping"})
        self.hear("pong")
        return str(error["code"])

    def codes(self) -> list[str]:
        """Codes of all refusals until an answer to our ping comes: the socket is alive and in order."""
        self.tell({"t": "ping"})
        found = []
        while (frame := self.hear("error", "pong", "ack"))["t"] != "pong":
            if frame["t"] == "error":
                found.append(frame["code"])
        return found


class Bench:
    """What the tests of a running server need."""

    def __init__(self, site: Site, database_url: str) -> None:
        self.site = site
        self.database_url = database_url
        self.http = httpx2.Client(base_url=f"{site.url}/api/v1", timeout=30)
        self.owner = httpx2.Client(
            base_url=f"{site.url}/api/v1", timeout=30, headers={"X-Tongxi": "1", "Origin": site.url}
        )
        self.owner.post("/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
        self.sockets = ExitStack()

    def line(self, side: str, origin: str, **headers: str) -> Line:
        """A socket that has said nothing yet."""
        address = f"ws://127.0.0.1:{self.site.port}/ws/{side}"
        return Line(
            self.sockets.enter_context(
                connect(address, origin=Origin(origin), additional_headers=headers, max_size=None)
            )
        )

    def visitor(self) -> dict[str, Any]:
        """A new customer's session."""
        answer = self.http.post("/widget/session", json={"inbox": self.site.inbox}, headers={"Origin": self.site.shop})
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()
        return session

    def bearer(self) -> dict[str, str]:
        """Headers of a new customer."""
        return {"Authorization": f"Bearer {self.visitor()['token']}"}

    def customer_line(self, token: str, *, hello: bool = True) -> Line:
        """A customer's socket."""
        line = self.line("widget", self.site.shop)
        if hello:
            line.tell({"t": "hello", "token": token, "conversation": None, "after": 0, "history": None})
            line.hear("ready")
        return line

    def cookie(self) -> str:
        """The owner's session."""
        return "; ".join(f"{name}={value}" for name, value in self.owner.cookies.items())

    def agent_line(self) -> Line:
        """The owner's socket."""
        line = self.line("agent", self.site.url, Cookie=self.cookie())
        line.tell({"t": "hello", "groups": ["mine", "queue", "bot"], "history": None})
        line.hear("ready")
        return line

    def rows(self) -> dict[str, int]:
        """How much is stored when no customer waits for the bot any more."""
        self.rest()
        with psycopg.connect(self.database_url) as connection:
            return {
                table: connection.execute(f"select count(*) from {table}").fetchone()[0]  # type: ignore[index]
                for table in TABLES
            }

    def rest(self) -> None:
        """Wait until no customer waits for the bot."""
        until = time.monotonic() + 30
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            while connection.execute(
                "select 1 from conversation where state = 'bot' and customer_seq > answered_seq"
            ).fetchone():
                assert time.monotonic() < until, "the bot did not answer"
                time.sleep(0.02)


@pytest.fixture
def bench(site: Site, shared_database_url: str) -> Iterator[Bench]:
    """Clients of the running server."""
    made = Bench(site, shared_database_url)
    yield made
    made.sockets.close()
    made.http.close()
    made.owner.close()


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The problem, which must be this one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, problem
    assert problem["detail"]
    return problem


# ── who may speak at all ──


@pytest.mark.parametrize("token", ["x", "x" * 5000, "eyJhbGciOiJub25lIn0.e30."])
def test_a_wrong_token_opens_nothing(bench: Bench, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    before = bench.rows()
    for method, path in (("GET", "/widget/conversations"), ("POST", "/widget/messages"), ("POST", "/widget/person")):
        refused(bench.http.request(method, path, headers=headers), 401, "unauthenticated")
    line = bench.customer_line("", hello=False)
    line.tell({"t": "send", "id": "a", "text": "x"})
    assert line.hear("error")["code"] == "unauthenticated"
    line.tell({"t": "hello", "token": token, "after": 0})
    assert line.hear("error")["code"] == "unauthenticated"
    with pytest.raises(ConnectionClosed) as closed:
        line.hear("ready")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert bench.rows() == before


def test_an_expired_and_a_signed_out_session_open_nothing(bench: Bench) -> None:
    expired, gone = bench.visitor()["token"], bench.visitor()["token"]
    bench.http.delete("/widget/session", headers={"Authorization": f"Bearer {gone}"}).raise_for_status()
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        connection.execute(
            "update visitor_session set expires_at = now() - interval '1 second' where id ="
            " (select id from visitor_session order by created_at desc, id desc offset 1 limit 1)"
        )
    for token in (expired, gone):
        answer = bench.http.get("/widget/conversations", headers={"Authorization": f"Bearer {token}"})
        refused(answer, 401, "unauthenticated")


def test_a_foreign_site_opens_nothing(bench: Bench) -> None:
    foreign = "https://evil.example"
    before = bench.rows()
    answer = bench.http.post("/widget/session", json={"inbox": bench.site.inbox}, headers={"Origin": foreign})
    refused(answer, 403, "origin_refused")
    token = bench.visitor()["token"]
    line = bench.line("widget", foreign)
    line.tell({"t": "hello", "token": token, "after": 0})
    assert line.hear("error")["code"] == "origin_refused"
    with pytest.raises(InvalidStatus):
        bench.line("agent", foreign, Cookie=bench.cookie())
    queue = {"name": "fremd"}
    refused(bench.owner.post("/queues", json=queue, headers={"Origin": foreign}), 403, "origin_refused")
    refused(bench.owner.post("/queues", json=queue, headers={"X-Tongxi": ""}), 403, "csrf")
    assert {name: count for name, count in bench.rows().items() if name != "contact"} == {
        name: count for name, count in before.items() if name != "contact"
    }


def test_a_stranger_s_conversation_is_not_found(bench: Bench) -> None:
    owner, stranger = bench.bearer(), bench.visitor()
    theirs = bench.http.post("/widget/messages", json={"id": "a", "text": "meins"}, headers=owner).json()[
        "conversation"
    ]
    mine = {"Authorization": f"Bearer {stranger['token']}"}
    before = bench.rows()
    for unknown in (theirs, str(uuid4())):
        refused(bench.http.get(f"/widget/conversations/{unknown}/entries", headers=mine), 404, "not_found")
        for path, body in (
            ("messages", {"id": "a", "text": "x"}),
            ("person", {}),
            ("end", {}),
            ("rating", {"episode": 1, "resolved": True, "csat": 5, "reasons": []}),
            ("feedback", {"seq": 2, "helpful": True}),
            ("follow-up", {"kind": "message", "text": "x", "email": "a@b.example"}),
        ):
            answer = bench.http.post(f"/widget/{path}", json={"conversation": unknown} | body, headers=mine)
            refused(answer, 404, "not_found")
    line = bench.customer_line(stranger["token"], hello=False)
    line.tell({"t": "hello", "token": stranger["token"], "conversation": theirs, "after": 0})
    assert line.hear("error", "ready")["code"] == "not_found"
    agent = bench.agent_line()
    for frame in (
        {"t": "watch", "conversation": str(uuid4()), "after": 0},
        {"t": "send", "id": "a", "conversation": str(uuid4()), "epoch": 1, "text": "x"},
        {"t": "note", "id": "a", "conversation": str(uuid4()), "text": "x"},
    ):
        assert agent.refusal(frame) == "not_found"
    for path in ("claim", "end", "give-back"):
        refused(bench.owner.post(f"/conversations/{uuid4()}/{path}", json={"epoch": 1}), 404, "not_found")
    assert bench.rows() == before


# ── what frames may be ──


def test_broken_frames_are_refused_and_the_socket_goes_on(bench: Bench) -> None:
    customer, agent = bench.customer_line(bench.visitor()["token"]), bench.agent_line()
    before = bench.rows()
    for line in (customer, agent):
        for frame in BROKEN:
            assert line.refusal(frame) == "malformed", frame[:60]
        assert line.refusal("x" * 70_000) == "too_large"
        assert line.refusal(json.dumps({"t": "send", "id": "a", "text": "x" * 1_000_000})) == "too_large"
        assert line.refusal(b"\x00\xff\xfe") == "malformed"
        assert line.refusal(b"{'t':'ping'}") == "malformed"
    assert bench.rows() == before


def test_a_frame_beyond_all_bounds_cuts_only_its_sender(bench: Bench) -> None:
    big, other = bench.customer_line(bench.visitor()["token"]), bench.customer_line(bench.visitor()["token"])
    with suppress(ConnectionClosed):
        big.tell("x" * 5_000_000)
    with pytest.raises(ConnectionClosed):
        big.hear("pong")
    other.tell({"t": "send", "id": "a", "text": "您好"})
    assert other.hear("ack")["id"] == "a"


CUSTOMER_FRAMES: dict[str, tuple[str, ...]] = {
    "send": ("id", "text", "attachments", "quick_reply"),
    "typing": ("on",),
    "read": ("seq",),
    "page": ("url", "title"),
    "hello": ("token", "conversation", "after", "history"),
}
AGENT_FRAMES: dict[str, tuple[str, ...]] = {
    "watch": ("conversation", "after"),
    "unwatch": ("conversation",),
    "send": ("id", "conversation", "epoch", "text", "attachments", "media"),
    "note": ("id", "conversation", "text"),
    "typing": ("conversation", "on"),
    "read": ("conversation", "seq"),
    "hello": ("groups", "history"),
}


def test_strange_values_in_every_field_of_a_customer_s_frame(bench: Bench) -> None:
    token = bench.visitor()["token"]
    line = bench.customer_line(token)
    line.tell({"t": "send", "id": "first", "text": "你好"})
    line.hear("ack")
    for kind, fields in CUSTOMER_FRAMES.items():
        for field in fields:
            for value in STRANGE:
                good = {
                    "id": str(uuid4()),
                    "text": "x",
                    "on": True,
                    "seq": 1,
                    "url": "https://a.example/",
                    "title": "x",
                }
                good |= {"token": token, "after": 0, "attachments": [], "conversation": None, "history": None}
                frame = {"t": kind} | {name: good.get(name) for name in fields} | {field: value}
                line.tell(frame)
                try:
                    codes = line.codes()
                except ConnectionClosed as closed:
                    codes = [f"{kind} {closed.rcvd and closed.rcvd.code}"]
                if codes == ["hello 4401"]:
                    line = bench.customer_line(token)
                    continue
                assert all(code.isidentifier() for code in codes), (codes, str(frame)[:200])
                assert not {"unavailable", "internal"} & set(codes), (codes, str(frame)[:200])


def test_strange_values_in_every_field_of_an_agent_s_frame(bench: Bench) -> None:
    sent = bench.http.post("/widget/messages", json={"id": "a", "text": "你好"}, headers=bench.bearer()).json()
    row = bench.owner.get(f"/conversations/{sent['conversation']}").json()
    held = bench.owner.post(f"/conversations/{row['id']}/claim", json={"epoch": row["epoch"]}).json()
    line = bench.agent_line()
    for kind, fields in AGENT_FRAMES.items():
        for field in fields:
            for value in STRANGE:
                good = {"id": str(uuid4()), "text": "x", "on": True, "seq": 1, "epoch": held["epoch"], "after": 0}
                good |= {"conversation": row["id"], "attachments": [], "media": [], "groups": ["mine"], "history": None}
                frame = {"t": kind} | {name: good.get(name) for name in fields} | {field: value}
                line.tell(frame)
                codes = line.codes()
                assert not {"unavailable", "internal"} & set(codes), (codes, str(frame)[:200])


# ── what texts may be ──


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ('"\\u0000"', 400, "malformed"),
        ('"a\\ud800"', 400, "malformed"),
        ('"\\udc00\\ud800"', 400, "malformed"),
        (json.dumps("x" * 8001), 413, "too_large"),
        (json.dumps("字" * 1_000_000), 413, "too_large"),
        ('""', 422, "invalid"),
        ('" \\u200b\\u2060\\ufeff\\n"', 422, "invalid"),
        ("1", 422, "invalid"),
        ('"unclosed', 400, "malformed"),
    ],
)
def test_texts_that_cannot_be_kept(bench: Bench, text: str, status: int, code: str) -> None:
    headers = bench.bearer() | {"Content-Type": "application/json"}
    before = bench.rows()
    body = f'{{"id":"a","text":{text}}}'.encode()
    refused(bench.http.post("/widget/messages", content=body, headers=headers), status, code)
    refused(bench.http.post("/widget/messages", content=b"\xff" + body, headers=headers), *_larger(body))
    assert bench.rows() == before


def _larger(body: bytes) -> tuple[int, str]:
    return (413, "too_large") if len(body) > 1_000_000 else (400, "malformed")


def test_a_text_of_8000_characters_is_kept_as_it_came(bench: Bench) -> None:
    text = "<b>您\u202e\U0001f600</b>  \r\n\t" * 500
    line = bench.customer_line(bench.visitor()["token"])
    line.tell({"t": "send", "id": "a", "text": text[:8000]})
    ack = line.hear("ack")
    entries = bench.owner.get(f"/conversations/{ack['conversation']}").json()["entries"]
    assert [entry["text"] for entry in entries if entry["seq"] == ack["seq"]] == [text[:8000]]


# ── what may happen when ──


def test_the_same_id_with_other_words_does_not_replace_the_first(bench: Bench) -> None:
    token = bench.visitor()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    first = bench.http.post("/widget/messages", json={"id": "same", "text": "eins"}, headers=headers)
    assert first.status_code == 201
    again = bench.http.post("/widget/messages", json={"id": "same", "text": "eins"}, headers=headers)
    assert (again.status_code, again.json()["seq"]) == (200, first.json()["seq"])
    other = bench.http.post("/widget/messages", json={"id": "same", "text": "zwei"}, headers=headers)
    problem = refused(other, 409, "duplicate_client_id")
    assert problem["seq"] == first.json()["seq"]
    assert problem["message_id"] == first.json()["message_id"]
    line = bench.customer_line(token)
    line.tell({"t": "send", "id": "same", "text": "drei"})
    error = line.hear("error")
    assert (error["code"], error["id"], error["seq"]) == ("duplicate_client_id", "same", first.json()["seq"])
    with psycopg.connect(bench.database_url) as connection:
        stored = connection.execute("select text from message where client_id = 'same'").fetchall()
    assert stored == [("eins",)]


def test_moves_that_are_not_allowed_name_the_holder(bench: Bench) -> None:
    sent = bench.http.post("/widget/messages", json={"id": "a", "text": "你好"}, headers=bench.bearer()).json()
    path = f"/conversations/{sent['conversation']}"
    row = bench.owner.get(path).json()
    before = bench.rows()
    for move in ("end", "give-back"):
        problem = bench.owner.post(f"{path}/{move}", json={"epoch": row["epoch"]}).json()
        assert problem["status"] == 409, problem
        assert problem["holder"]["kind"] == "bot"
        assert (problem["state"], problem["epoch"]) == (row["state"], row["epoch"])
    said = bench.owner.post(f"{path}/messages", json={"id": "x", "text": "x", "epoch": row["epoch"]})
    assert refused(said, 409, "not_holder")["holder"]["kind"] == "bot"
    stale = bench.owner.post(f"{path}/claim", json={"epoch": row["epoch"] + 7})
    assert refused(stale, 409, "stale_epoch")["epoch"] == row["epoch"]
    assert bench.rows() == before
    assert bench.owner.post(f"{path}/claim", json={"epoch": row["epoch"]}).status_code == 200
    line = bench.agent_line()
    line.tell({"t": "send", "id": "y", "conversation": row["id"], "epoch": row["epoch"], "text": "x"})
    error = line.hear("error")
    assert (error["code"], error["holder"]["kind"]) == ("stale_epoch", "agent")
    wrap_up = bench.owner.post(f"{path}/wrap-up", json={"outcome": "resolved"})
    assert refused(wrap_up, 409, "illegal_move")["holder"]["name"] == NAME


def test_what_a_customer_may_not_do_now(bench: Bench) -> None:
    headers = bench.bearer()
    sent = bench.http.post("/widget/messages", json={"id": "a", "text": "你好"}, headers=headers).json()
    rating = {"conversation": sent["conversation"], "episode": 1, "resolved": True, "csat": 5, "reasons": []}
    before = bench.rows()
    assert bench.http.post("/widget/bot", json={}, headers=headers).json()["state"] == "bot"
    refused(bench.http.post("/widget/rating", json=rating, headers=headers), 422, "invalid")  # nothing has ended yet
    for wrong in ({"csat": 6}, {"csat": "x"}, {"episode": -1}, {"reasons": "x"}, {"comment": "x" * 5000}):
        refused(bench.http.post("/widget/rating", json=rating | wrong, headers=headers), 422, "invalid")
    assert bench.rows() == before
    assert bench.http.post("/widget/end", json={}, headers=headers).status_code == 200
    ended = bench.rows()
    assert bench.http.post("/widget/end", json={}, headers=headers).json()["state"] == "closed"
    assert bench.rows() == ended, "ended twice"
    assert bench.http.post("/widget/rating", json=rating, headers=headers).status_code == 204
    refused(bench.http.post("/widget/rating", json=rating | {"csat": 1}, headers=headers), 409, "already_rated")


# ── too much of it ──


@pytest.mark.slow
def test_a_flood_is_slowed_and_others_are_served(bench: Bench) -> None:
    flood, other = bench.customer_line(bench.visitor()["token"]), bench.customer_line(bench.visitor()["token"])
    codes: list[str] = []
    acknowledged: list[str] = []

    def listen() -> None:
        try:
            while True:
                frame = flood.hear("error", "ack", seconds=5)
                (codes.append(frame["code"]) if frame["t"] == "error" else acknowledged.append(frame["id"]))
        except (TimeoutError, ConnectionClosed):
            return

    listener = threading.Thread(target=listen)
    listener.start()
    waits = []
    for part in range(10):
        for n in range(300):
            flood.tell({"t": "send", "id": f"{part}-{n}", "text": "flood"})
        start = time.monotonic()
        other.tell({"t": "send", "id": f"o{part}", "text": "您好"})
        assert other.hear("ack", seconds=15)["id"] == f"o{part}"
        waits.append(time.monotonic() - start)
    listener.join()
    assert set(codes) == {"rate_limited"}
    assert len(codes) + len(acknowledged) == 3000
    assert sorted(waits)[5] < 3, waits
    with psycopg.connect(bench.database_url) as connection:
        stored = connection.execute("select client_id from message where text = 'flood' order by seq").fetchall()
    assert [one for (one,) in stored] == acknowledged


def test_sockets_that_never_say_hello_do_no_harm(bench: Bench) -> None:
    silent = [bench.customer_line("", hello=False) for _ in range(100)]
    line = bench.customer_line(bench.visitor()["token"])
    line.tell({"t": "send", "id": "a", "text": "您好"})
    assert line.hear("ack")["id"] == "a"
    assert all(one.socket.state is State.OPEN for one in silent)


def test_a_refused_socket_and_what_is_no_http_have_a_code_too(bench: Bench) -> None:
    for side, origin, cookie, status, code in (
        ("agent", "https://evil.example", bench.cookie(), 403, "origin_refused"),
        ("agent", bench.site.url, "", 401, "unauthenticated"),
        ("nowhere", bench.site.url, "", 404, "not_found"),
    ):
        with pytest.raises(InvalidStatus) as told:
            bench.line(side, origin, Cookie=cookie)
        assert told.value.response.status_code == status
        assert told.value.response.headers["content-type"] == "application/problem+json"
        assert json.loads(told.value.response.body or b"")["code"] == code
    with socket.create_connection(("127.0.0.1", bench.site.port), timeout=10) as line:
        line.sendall(b"NONSENSE\r\n\r\n")
        answer = line.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "malformed"


def test_who_answers_over_http_alone_keeps_what_he_took(bench: Bench) -> None:
    sent = bench.http.post("/widget/messages", json={"id": "a", "text": "你好"}, headers=bench.bearer()).json()
    bench.rest()
    path = f"/conversations/{sent['conversation']}"
    assert bench.owner.put("/presence", json={"state": "online"}).json()["connected"]
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        connection.execute("update presence set leased_until = now() - interval '1 hour'")
        row = bench.owner.get(path).json()
        bench.owner.post(f"{path}/claim", json={"epoch": row["epoch"]}).raise_for_status()
        [lease] = connection.execute(
            "select p.leased_until - now() > interval '2 minutes' from presence p join conversation c"
            " on c.holder_id = p.user_id where c.id = %s",
            (sent["conversation"],),
        ).fetchall()
    assert lease == (True,), "no sweep may take it back while he is at work"
    again = httpx2.Client(base_url=bench.owner.base_url, headers=bench.owner.headers)
    with again, psycopg.connect(bench.database_url) as connection:
        again.post("/auth/login", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
        again.post("/auth/logout").raise_for_status()
        assert connection.execute(
            "select max(leased_until) < now() + interval '1 minute' from presence"
        ).fetchone() == (True,), "who signs out is not at his desk for another three minutes"
    row = bench.owner.get(path).json()
    bench.owner.post(f"{path}/give-back", json={"epoch": row["epoch"]}).raise_for_status()


def test_another_customer_on_the_same_socket_does_not_write_for_the_first(bench: Bench) -> None:
    first, second = bench.visitor()["token"], bench.visitor()["token"]
    line = bench.customer_line(first)
    line.tell({"t": "send", "id": "one", "text": "eins"})
    mine = line.hear("ack")["conversation"]
    bench.rest()
    line.tell({"t": "hello", "token": second, "conversation": mine, "after": 0, "history": None})
    assert line.hear("error")["code"] == "not_found"
    line.tell({"t": "send", "id": "two", "text": "zwei"})
    assert line.hear("ack")["conversation"] != mine
    bench.rest()
    line.tell({"t": "hello", "token": second, "conversation": None, "after": 0, "history": None})
    assert [entry["text"] for entry in line.hear("ready")["entries"] if entry["by"]["kind"] == "customer"] == ["zwei"]


def test_a_colleague_of_another_queue_is_not_told_who_holds(bench: Bench) -> None:
    sent = bench.http.post("/widget/messages", json={"id": "a", "text": "你好"}, headers=bench.bearer()).json()
    bench.rest()
    row = bench.owner.get(f"/conversations/{sent['conversation']}").json()
    bench.owner.post(f"/conversations/{row['id']}/claim", json={"epoch": row["epoch"]}).raise_for_status()
    account = {"email": "agent@elsewhere.example", "name": "Agent", "role": "agent", "password": "a password for tests"}
    bench.owner.post("/users", json=account).raise_for_status()
    with psycopg.connect(bench.database_url, autocommit=True) as connection:
        connection.execute(
            "with q as (insert into queue (id, name) values (gen_random_uuid(), 'VIP') returning id),"
            " m as (insert into queue_member (queue_id, user_id) select q.id, c.holder_id from q, conversation c"
            "  where c.id = %(id)s) update conversation set queue_id = q.id from q where conversation.id = %(id)s",
            {"id": row["id"]},
        )
    with httpx2.Client(base_url=f"{bench.site.url}/api/v1", headers=bench.owner.headers) as agent:
        agent.post("/auth/login", json={name: account[name] for name in ("email", "password")}).raise_for_status()
        body = {"id": "x", "text": "x", "epoch": row["epoch"] + 1}
        refused(agent.post(f"/conversations/{row['id']}/messages", json=body), 404, "not_found")
        cookie = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
        line = bench.line("agent", bench.site.url, Cookie=cookie)
        line.tell({"t": "hello", "groups": [], "history": None})
        line.hear("ready")
        assert line.refusal(body | {"t": "send", "conversation": row["id"]}) == "not_found"
