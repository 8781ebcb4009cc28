"""Which systems this installation is connected to."""

from tongxi.connectors.http_shop import HttpShop
from tongxi.connectors.protocol import Connector, Connectors
from tongxi.kit.clock import Clock
from tongxi.settings import Settings


def connect(settings: Settings, clock: Clock) -> Connectors:
    """The shop at `TONGXI_SHOP_URL`, or none."""
    shops: list[Connector] = []
    if settings.shop_url and settings.shop_key:
        shops.append(HttpShop(settings.shop_url, settings.shop_key.get_secret_value(), system=settings.shop_name))
    return Connectors(shops, clock=clock)
