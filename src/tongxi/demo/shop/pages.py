"""What the shop's own customers see: goods, their orders, and the widget, embedded with its one line.

A visitor signs in by choosing a demo customer; the page then carries an identity the shop signs for the widget.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tongxi.demo.shop import account, data
from tongxi.demo.shop.drawings import drawing

if TYPE_CHECKING:
    from tongxi.demo.shop.app import ShopConfig

IDENTITY_SECONDS = 3600

_ZONE = ZoneInfo("Asia/Shanghai")


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load((files(__package__) / "words.yaml").read_text("utf-8"))
    return words


def sign_identity(customer: dict[str, Any], *, inbox: str, secret: str, language: str, now: float) -> str:
    """The token in which the shop vouches for a signed-in customer (docs/how-to/verify-customers.md)."""
    claims = {
        "sub": customer["id"],
        "aud": inbox,
        "name": customer[language],
        "email": customer["email"],
        "tier": customer["tier"],
        "iat": int(now),
        "exp": int(now) + IDENTITY_SECONDS,
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])


def page_routes(config: ShopConfig) -> list[Route]:
    """The public pages."""

    def goods(request: Request) -> Response:
        view = View(config, request)
        wanted = request.query_params.get("c", "")
        with data.connect(config.database) as database:
            categories = database.execute("select * from category").fetchall()
            rows = database.execute(
                "select * from product where ? in ('', category) order by rowid", (wanted,)
            ).fetchall()
        chips = [("", view.word("all")), *((row["id"], row[view.language]) for row in categories)]
        links = "".join(
            f'<a href="/?c={escape(one)}"{" aria-current=true" if one == wanted else ""}>{escape(name)}</a>'
            for one, name in chips
        )
        tiles = "".join(view.tile(dict(row)) for row in rows)
        hero = f'<div class="hero"><h1>{view.word("hero")}</h1><p>{view.word("about")}</p></div>'
        return view.page(view.word("goods"), f'{hero}<div class="chips">{links}</div><div class="grid">{tiles}</div>')

    def product(request: Request) -> Response:
        view = View(config, request)
        with data.connect(config.database) as database:
            row = database.execute("select * from product where id = ?", (request.path_params["id"],)).fetchone()
        if row is None:
            return RedirectResponse("/", 303)
        name, about = escape(row[view.language]), escape(row[f"about_{view.language}"])
        body = (
            f'<div class="detail">{drawing(row["id"], row["category"])}<div><h1>{name}</h1><p>{about}</p>'
            f'<p class="price">{_price(row["price"])}</p><p>{view.stock(row["stock"])}</p>'
            f'<p><a href="/">{view.word("back")}</a></p></div></div>'
        )
        return view.page(row[view.language], body)

    def mine(request: Request) -> Response:
        view = View(config, request)
        heading = f'<div class="hero"><h1>{view.word("orders")}</h1></div>'
        if view.customer is None:
            return view.page(view.word("orders"), f"{heading}<p>{view.word('please_sign_in')}</p>")
        with data.connect(config.database) as database:
            rows = database.execute(
                "select * from purchase where customer_id = ? order by placed_at desc", (view.customer["id"],)
            ).fetchall()
            orders = [data.order_view(database, row, datetime.now(UTC)) for row in rows]
            sent = account.messages(database, view.customer["id"], datetime.now(UTC))
        cards = "".join(view.order(one) for one in orders) or f"<p>{view.word('no_orders')}</p>"
        return view.page(view.word("orders"), "".join(view.message(one) for one in sent) + heading + cards)

    def reset(request: Request) -> Response:
        view = View(config, request)
        with data.connect(config.database) as database:
            works = account.opens(database, request.path_params["token"], datetime.now(UTC))
        key = "reset_open" if works else "reset_over"
        return view.page(view.word("reset"), f"<h1>{view.word('reset')}</h1><p>{view.word(key)}</p>")

    async def sign_in(request: Request) -> Response:
        form = await request.form()
        answer = RedirectResponse(_back(request), 303)
        chosen = str(form.get("customer", ""))
        if chosen:
            answer.set_cookie("customer", chosen, httponly=True, samesite="lax")
        else:
            answer.delete_cookie("customer")
        return answer

    def language(request: Request) -> Response:
        answer = RedirectResponse(_back(request), 303)
        answer.set_cookie("language", "en" if request.path_params["language"] == "en" else "zh", samesite="lax")
        return answer

    def style(_: Request) -> Response:
        return Response((files(__package__) / "shop.css").read_bytes(), media_type="text/css")

    return [
        Route("/", goods),
        Route("/p/{id}", product),
        Route("/me", mine),
        Route("/reset/{token}", reset),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/language/{language}", language),
        Route("/shop.css", style),
    ]


class View:
    """One page for one visitor: language, customer, the frame around the content."""

    def __init__(self, config: ShopConfig, request: Request) -> None:
        self.config = config
        self.request = request
        asked = request.query_params.get("lang") or request.cookies.get("language")
        accepted = request.headers.get("accept-language", "zh").lower()
        self.language = asked if asked in ("zh", "en") else "zh" if accepted.startswith("zh") else "en"
        with data.connect(config.database) as database:
            self.customers = [
                dict(row)
                for row in database.execute(
                    "select customer.*, (select count(*) from purchase where customer_id = customer.id) as orders "
                    "from customer where id like 'C%' order by id"
                )
            ]
        signed_in = request.cookies.get("customer")
        self.customer = next((one for one in self.customers if one["id"] == signed_in), None)

    def word(self, key: str, **values: object) -> str:
        """A text of the shop, escaped for HTML."""
        return escape(str(_words()[self.language][key]).format(**values))

    def tile(self, product: dict[str, Any]) -> str:
        name, about = escape(product[self.language]), escape(product[f"about_{self.language}"])
        return (
            f'<a class="tile" href="/p/{escape(product["id"])}">{drawing(product["id"], product["category"])}<div>'
            f'<strong>{name}</strong><p>{about}</p><div class="row">'
            f'<span class="price">{_price(product["price"])}</span>'
            f"{self.stock(product['stock'])}</div></div></a>"
        )

    def stock(self, left: int) -> str:
        kind, key = ("stock", "in_stock") if left else ("stock none", "out_of_stock")
        return f'<span class="{kind}">{self.word(key)}</span>'

    def order(self, order: dict[str, Any]) -> str:
        status = _words()["status"].get(order["status"], {}).get(self.language, order["status"])
        lines = "".join(
            f"<li>{escape(line['name'][self.language])} × {line['quantity']}</li>" for line in order["items"]
        )
        return (
            f'<section class="card"><div class="row"><h2>{escape(order["number"])}</h2>'
            f'<span class="status">{escape(status)}</span></div><ul>{lines}</ul>'
            f'<p class="row"><span class="muted">{self.word("placed")} <time>{_when(order["placed_at"])}</time></span>'
            f'<span class="price">{_price(float(order["total"]["amount"]))}</span></p></section>'
        )

    def message(self, sent: dict[str, Any]) -> str:
        """A link the shop sent, as it would stand in the customer's phone or mailbox."""
        words = self.word("sent", to=sent["sent_to"], at=_when(sent["at"]), until=_when(sent["expires_at"]))
        return (
            f'<section class="card"><p>{words}</p>'
            f'<p><a href="/reset/{escape(sent["token"])}">{self.word("reset")}</a></p></section>'
        )

    def page(self, title: str, body: str) -> HTMLResponse:
        """The whole document around `body` (HTML)."""
        other = "en" if self.language == "zh" else "zh"
        path = self.request.url.path
        links = "".join(
            f'<a href="{href}"{" aria-current=page" if path == href else ""}>{self.word(key)}</a>'
            for href, key in (("/", "goods"), ("/me", "orders"))
        )
        return HTMLResponse(
            f'<!doctype html><html lang="{"zh-CN" if self.language == "zh" else "en"}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(title)} · {self.word('shop')}</title>"
            f'<link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"></head><body>'
            f'<header class="bar"><div><a class="brand" href="/">{self.word("shop")}'
            f"<small>{self.word('tagline')}</small></a><nav>{links}</nav>{self._account()}"
            f'<a href="/language/{other}">{self.word("other")}</a></div></header>'
            f"<main>{body}</main><footer><div>{self.word('footer')}</div></footer>{self._widget()}</body></html>",
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
        )

    def _account(self) -> str:
        def label(one: dict[str, Any]) -> str:
            return escape(f"{one[self.language]} · {_words()[self.language]['n_orders'].format(n=one['orders'])}")

        chosen = self.customer["id"] if self.customer else ""
        options = f'<option value="">{self.word("guest")}</option>' + "".join(
            f'<option value="{escape(one["id"])}"{" selected" if one["id"] == chosen else ""}>{label(one)}</option>'
            for one in self.customers
        )
        # The widget forgets the visitor before another one signs in at the same browser.
        leave = (
            "event.preventDefault();Promise.race([window.Tongxi?.shutdown?.(),new Promise(r=>setTimeout(r,1500))])"
            ".catch(()=>0).then(()=>this.submit())"
        )
        return (
            f'<form method="post" action="/sign-in" onsubmit="{leave}">'
            f'<label for="customer">{self.word("as_customer")}</label>'
            f'<select id="customer" name="customer">{options}</select>'
            f"<button>{self.word('sign_in')}</button></form>"
        )

    def _widget(self) -> str:
        """The one line every page of a shop carries; the identity only when somebody is signed in."""
        config = self.config
        desk = config.desk_url or f"{self.request.url.scheme}://{self.request.url.hostname}:{config.desk_port}"
        identity = ""
        if self.customer is not None:
            token = sign_identity(
                self.customer, inbox=config.inbox, secret=config.secret, language=self.language, now=time.time()
            )
            identity = f' data-identity="{escape(token)}"'
        locale = "zh" if self.language == "zh" else "en"
        return (
            f'<script async src="{escape(desk)}/widget.js" data-inbox="{escape(config.inbox)}"'
            f' data-locale="{locale}"{identity}></script>'
        )


def _when(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(_ZONE).strftime("%Y-%m-%d %H:%M")


def _price(amount: float) -> str:
    return f"¥{amount:,.2f}".removesuffix(".00")


def _back(request: Request) -> str:
    """The page the visitor came from, if it is ours."""
    referer = request.headers.get("referer", "")
    own = str(request.base_url)
    return "/" + referer.removeprefix(own).partition("?")[0].lstrip("/\\") if referer.startswith(own) else "/"
