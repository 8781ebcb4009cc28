"""The shop's own systems: one `Connector` each, all reached through `Connectors` (docs/how-to/connect-a-shop.md)."""
