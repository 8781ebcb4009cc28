"""Line drawings of the goods: what does not exist has no photographs."""

from html import escape

_SHAPES = {
    "kettle": "M14 18h20l-3 22H17zM34 22h6v10h-7M18 18c0-6 12-6 12 0M24 8v4",
    "kitchen": "M10 20h28v16a4 4 0 0 1-4 4H14a4 4 0 0 1-4-4zM8 20h32M18 14h12M20 30h8",
    "air": "M16 8h16v32H16zM20 14h8M20 19h8M20 24h8M22 34h4",
    "light": "M16 24 24 8l8 16zM24 24v14M16 40h16",
    "bedding": "M8 14h32v22H8zM8 22h32M14 14v8M34 14v8",
    "storage": "M8 14h32v26H8zM8 24h32M20 19h8M20 32h8",
    "clean": "M30 6 22 26M14 26h16l4 14H10zM16 40l2-8M24 40v-8",
    "table": "M8 24h32a16 16 0 0 1-32 0zM16 40h16M20 16c0-4 4-4 4-8M28 16c0-4 4-4 4-8",
    "K03": "M18 14h12v26H18zM19 8h10v6H19zM18 22h12",
    "K04": "M14 18h20v20a3 3 0 0 1-3 3H17a3 3 0 0 1-3-3zM16 12h16v6H16zM14 28h20",
    "K05": "M16 10h14v6l3 4v20H15V20l3-4v-6M33 22h5v10h-5M15 28h18",
    "K06": "M16 18h16l-2 22H18zM14 18h20M24 18V8l6-2",
    "C02": "M12 10h24a3 3 0 0 1 3 3v24a3 3 0 0 1-3 3H12a3 3 0 0 1-3-3V13a3 3 0 0 1 3-3zM9 22h30M20 31h8M24 16h.1",
    "C03": "M17 8h14l-2 22H19zM16 30h16v10H16zM22 35h4",
    "C04": "M8 20a4 4 0 0 1 4-4h24a4 4 0 0 1 4 4v18H8zM14 16v-5h8v5M26 16v-5h8v5M34 26v6",
    "C06": "M21 6h6v18h-6zM19 24h10l2 12H17zM17 36c0 5 14 5 14 0",
    "C08": "M10 8h28v10H10zM10 18v22h28v-4M16 18v6h10v-6M18 40v-9h8v9",
    "A01": "M16 18h16v22H16zM18 18c0-5 12-5 12 0M21 10c0-3 3-3 3-6M27 10c0-3 3-3 3-6M20 34h8",
    "A02": "M14 10h20v24H14zM18 15h12M18 20h12M18 25h12M18 34v5M30 34v5",
    "A03": "M10 12h4v24h-4zM18 12h4v24h-4zM26 12h4v24h-4zM34 12h4v24h-4zM8 40h32M14 24h4M22 24h4M30 24h4",
    "A04": "M14 8h20v32H14zM18 13h12M18 17h12M24 24c5 6 3 10 0 10s-5-4 0-10z",
    "A06": "M12 12h24v24H12zM12 18h24M12 24h24M12 30h24M18 12v24M24 12v24M30 12v24",
    "A07": "M24 18m-12 0a12 12 0 1 0 24 0a12 12 0 1 0-24 0M24 18c0-8 6-8 5-3M24 18c8 0 8 6 3 5M24 30v10M16 40h16",
    "L02": "M24 24m-10 0a10 10 0 1 0 20 0a10 10 0 1 0-20 0M24 6v4M24 38v4M6 24h4M38 24h4",
    "L03": "M24 16m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0M24 24v14M15 40h18",
    "B02": "M8 16q8-4 16 0t16 0v20q-8 4-16 0t-16 0zM24 16v20M8 26q8-4 16 0t16 0",
    "B04": "M10 10h26v28H10zM10 38v3M16 38v3M22 38v3M28 38v3M36 38v3M10 18h26M10 24h26",
    "B05": "M8 22c0-8 10-4 16-4s16-4 16 4v8c0 8-10 4-16 4s-16 4-16-4z",
    "B06": "M8 12h32v24H8zM14 18h20v4H14v4h20v4H14M40 30h4v8",
    "S02": "M12 12h24v26a3 3 0 0 1-3 3H15a3 3 0 0 1-3-3zM12 18h24M30 18v-8h4",
    "S03": "M10 8h28v32H10zM10 16h28M10 24h28M10 32h28M22 12h4M22 20h4M22 28h4M22 36h4",
    "S04": "M8 16h32M8 32h32M12 10v28M36 10v28M18 16v-6h6v6M26 32v-8h6v8",
    "S05": "M12 14h24l-3 26H15zM10 14h28M18 20v14M24 20v14M30 20v14",
    "W02": "M26 6v22M16 28h18l4 8H12zM12 40a4 4 0 0 1 8 0M28 40a4 4 0 0 1 8 0",
    "W03": "M12 14h22a6 6 0 0 1 6 6v2H20l-4 18h-6zM40 26v.1M42 18v.1M42 30v.1",
    "W04": "M14 18h20v20a3 3 0 0 1-3 3H17a3 3 0 0 1-3-3zM18 18v-8h12v8M20 28h8",
    "W05": "M24 14m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0M20 22v18h8V22M24 14h.1",
    "T02": "M16 6 22 42M32 6 26 42",
    "T03": "M8 16h32v20H8zM24 16v20M24 26h16M14 16v-4h20v4",
    "T04": "M10 12h28v26H10zM30 17h4M16 24h12M16 30h8",
}
"""On 48 units, by product or else by category."""


def drawing(product: str, category: str) -> str:
    """SVG of a product, for decoration."""
    shape = _SHAPES.get(product) or _SHAPES.get(category, "")
    return (
        '<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true" data-category="{escape(category)}"><path d="{shape}"/></svg>'
    )
