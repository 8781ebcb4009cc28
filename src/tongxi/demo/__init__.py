"""The demo: a shop of its own (`shop`), what is set up for it (`seed`), and people who use it (`people`)."""
