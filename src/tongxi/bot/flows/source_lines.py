"""Where in a flow's YAML a part of it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml


def step_lines(source: str) -> dict[str, tuple[int, int]]:
    """First and last line of every step of a document that reads well, by its dotted place; from 1."""
    root, lines = yaml.compose(source, Loader=yaml.SafeLoader), source.splitlines()
    found: dict[str, tuple[int, int]] = {}

    def look(node: yaml.Node | None, place: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                look(value, f"{place}.{key.value}" if place else str(key.value))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                # A block ends where the next token begins; anything else ends on its own line.
                is_block = isinstance(value, yaml.CollectionNode) and not value.flow_style
                first, last = value.start_mark.line + 1, value.end_mark.line + (not is_block)
                while last > first and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
                    last -= 1
                found[f"{place}.{number}"] = (first, max(first, last))
                look(value, f"{place}.{number}")

    look(root, "")
    return found


class Lines:
    """Where in the source a part of the document stands."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root

    def of(self, place: Sequence[int | str]) -> int:
        """Line of the innermost part of `place` that is there; pydantic's own marks in it are passed over."""
        node = self._root
        line = node.start_mark.line + 1 if node else 1
        for number, part in enumerate(place):
            child = self._child(node, part)
            # The kind of a step stands in a place beside its fields, and is a key of its own in the source.
            after = place[number + 1] if number + 1 < len(place) else None
            is_kind = child is not None and isinstance(part, str) and isinstance(after, str)
            if is_kind and child and not self._child(child[1], after or "") and self._child(node, after or ""):
                continue
            if child is not None:
                node = child[1]
                line = child[0] + 1
        return line

    @staticmethod
    def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
            return child.start_mark.line, child
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    return key.start_mark.line, value
        return None

    def doubles(self) -> Iterator[tuple[int, str, str]]:
        """Line, code and key of what a document may not have: a key that stands twice in one mapping, of which the
        first would be lost silently, and an alias."""
        nodes = [self._root] if self._root else []
        seen: set[int] = set()
        while nodes:
            node = nodes.pop()
            if id(node) in seen:  # an alias: also keeps a document from unfolding without end
                yield node.start_mark.line + 1, "alias", ""
                return
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                keys: set[str] = set()
                for key, value in node.value:
                    if key.value in keys:
                        yield key.start_mark.line + 1, "double_key", str(key.value)
                    keys.add(str(key.value))
                    nodes.append(value)
            elif isinstance(node, yaml.SequenceNode):
                nodes.extend(node.value)
