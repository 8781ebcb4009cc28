"""Build hook: the front end is built inside `pip install` and shipped in the wheel as `tongxi/static`."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "scripts"))
import frontend


class FrontEndHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the front end unless the install is editable (there `make` builds it)."""
        if version != "editable":
            frontend.build(Path(self.root))
