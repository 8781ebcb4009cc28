"""Bake-off: several engines, and no model at all, on the same questions; the same answers give the same table."""
