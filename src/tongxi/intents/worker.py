"""Learning in a process of its own: `python -m tongxi.intents.worker` reads examples, writes the model.

The server stays small and answers meanwhile; scikit-learn is loaded here only. In: one JSON object, `examples` of
`[text, code]`, and `names` by code if the extra `english` is on; out: the bytes of `IntentModel.dump`. Exit status 3:
there is too little to learn from.
"""

from __future__ import annotations

import asyncio
import os
import sys
import zlib
from functools import cache

import orjson

from tongxi.encoder import english as vectors
from tongxi.encoder import shipped
from tongxi.encoder.corpus import strangers
from tongxi.intents import english
from tongxi.intents.model import Dense

TOO_LITTLE = 3
SECONDS = 300.0


class Failed(Exception):
    """The process ended without a model."""


def encoders(sentences: vectors.Sentences | None = None) -> dict[str, Dense]:
    """The encoders a model is read with, and trained with but for those of `sentences`."""
    found: dict[str, Dense] = {_name(): shipped()}
    if sentences is not None:
        found |= english.encoders(sentences)
    return found


@cache
def _name() -> str:
    """Changes with the weights: a model learnt on others must not be read with these."""
    encoder = shipped()
    return f"shipped-{zlib.crc32(encoder.table[::64].tobytes()):08x}"


async def learn(examples: list[tuple[str, str]], names: dict[str, str] | None = None) -> bytes | None:
    """Train in another process; None when there is too little to learn from. Raises: `Failed`.

    `names` of the intents: with the extra `english`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tongxi.intents.worker",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            data, said = await process.communicate(orjson.dumps({"examples": examples, "names": names}))
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode == TOO_LITTLE:
        return None
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise Failed(" ".join(last)[:200] or f"exit status {process.returncode}")
    return data


def main() -> int:
    """Run the process."""
    from tongxi.intents.training import Example, TooFew, train

    if hasattr(os, "nice"):
        os.nice(5)  # answering goes before learning
    given = orjson.loads(sys.stdin.buffer.read())
    names = given["names"]
    sentences = None
    if names is not None:
        sentences = english.sentences(vectors.at_once(), waits=True)
    try:
        examples = [Example(text, code) for text, code in given["examples"]]
        model = train(examples, encoders=encoders(), strangers=strangers(), sentences=sentences, names=names)
    except TooFew:
        return TOO_LITTLE
    sys.stdout.buffer.write(model.dump())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
