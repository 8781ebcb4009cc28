"""Customers: who a visitor is, what is known of him, what may be kept.

`identity` signed identity tokens (pure) · `pages` addresses that may be kept (pure) · `visitors` sessions of the
widget · `service` opening a session, merge, page views, opt-out · `queries` what agents and the widget read.
"""
