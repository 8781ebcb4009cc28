"""暖仓生活 Nuancang Living: a small shop with its own process, database and pages, foreign to the product.

It stands for whatever system a real operator has; the product reaches it only over HTTP, with a key.
"""
