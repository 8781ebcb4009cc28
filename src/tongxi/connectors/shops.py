"""Which systems this installation is connected to."""

from tongxi.connectors.http_shop import HttpShop
from tongxi.connectors.protocol import Connector, Connectors
from tongxi.kit.clock import Clock
from tongxi.settings import Settings


def connect(settings: Settings, clock: Clock) -> Connectors:
    """The shop at `TONGXI_SHOP_URL`, or none."""
    shops: list[Connector] = []
    if settings.shop_url and settings.shop_key:
        key = settings.shop_key.get_secret_value()
        shops.append(HttpShop(settings.shop_url, key, system=settings.shop_name, has_actions=settings.shop_actions))
    return Connectors(shops, clock=clock)
