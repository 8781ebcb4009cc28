"""Turn the drawings of the demo's articles into small PNG files: `python scripts/draw_demo_pictures.py`.

The SVG files beside this script were drawn for this project; nobody else's art is in them.
"""

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DRAWINGS = ROOT / "scripts/demo_pictures"
PICTURES = ROOT / "src/tongxi/demo/knowledge/pictures"
MAX_BYTES = 30_000


def main() -> int:
    """Draw all; 1 if one became too large."""
    sys.path.insert(0, str(ROOT))
    from tests.support import chromium

    program, environment = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=chromium.FLAGS, env={**os.environ, **environment}
        )
        page = browser.new_page(viewport={"width": 640, "height": 400})
        sizes = {}
        for drawing in sorted(DRAWINGS.glob("*.svg")):
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{drawing.read_text('utf-8')}")
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(64)
            target = PICTURES / f"{drawing.stem}.png"
            image.save(target, optimize=True)
            sizes[target.name] = target.stat().st_size
        browser.close()
    for name, size in sizes.items():
        print(f"{name}: {size} bytes")
    return int(max(sizes.values()) > MAX_BYTES)


if __name__ == "__main__":
    sys.exit(main())
