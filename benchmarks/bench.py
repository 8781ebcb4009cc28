"""`make bench`: measure the product on this machine over its public protocol, next to a limit server of our own.

    python benchmarks/bench.py                       every part, about six minutes
    python benchmarks/bench.py --parts one,flat      some parts
    python benchmarks/bench.py --seconds 30          longer parts, steadier figures

The product runs as one process with its embedded database in a data folder of its own; only the rate limits are raised
(TONGXI_RATE_LIMIT_FACTOR), because all customers come from one address. Every part ends with reading the histories back
over HTTP and comparing them with what the customers were told.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import psycopg
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import Figure, Report, machine
from benchmarks.parts import PARTS
from benchmarks.product import Product, allow_many_sockets
from benchmarks.stage import stage
from tongxi.kit.server import postgres


async def measure(product: Product, parts: list[str], seconds: float | None, report: Report) -> None:
    """Run the parts one after the other; one that fails does not stop the rest."""
    for name in parts:
        part, usual = PARTS[name]
        sys.stderr.write(f"{name}: {part.__doc__}\n")
        try:
            async with stage(product) as scene:
                figures, violations = await part(scene, seconds if seconds and usual else usual)
        except Exception as error:
            traceback.print_exc()
            report.failures.append(f"{name} ({type(error).__name__}: {error})")
            continue
        report.figures += figures
        report.violations += [f"{name}: {violation}" for violation in violations]
        for figure in figures:
            sys.stderr.write("   " + "  ".join(cell for cell in figure.cells() if cell) + "\n")
        if violations:
            sys.stderr.write(f"   {len(violations)} broken promises, e.g. {violations[0]}\n")


def main() -> int:
    """Exit code 0 when nothing was lost and every part could be carried out; figures missed are told, not failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seconds", type=float, help="length of each timed part (default: its own)")
    parser.add_argument("--json", type=Path, help="write all figures there")
    parser.add_argument("--markdown", type=Path, help="write the block for docs/benchmarks.md there")
    parser.add_argument("--keep", action="store_true", help="keep the data folder and the server's log")
    arguments = parser.parse_args()
    parts = [name.strip() for name in arguments.parts.split(",") if name.strip()]
    if unknown := [name for name in parts if name not in PARTS]:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    allow_many_sockets()
    folder = Path(tempfile.mkdtemp(prefix="tongxi-bench-"))
    folder.chmod(0o711)  # as root the database runs as another account
    product = Product(folder / "data")
    report = Report(command=" ".join(["python -m benchmarks", *sys.argv[1:]]), machine=machine())
    try:
        first = product.start()
        report.figures.append(Figure("first start, with making the database", first, "s"))
        with postgres(product.data, join=True) as dsn, psycopg.connect(dsn) as connection:
            report.machine["PostgreSQL"] = connection.info.parameter_status("server_version") or "unknown"
        uvloop.run(measure(product, parts, arguments.seconds, report))
    except KeyboardInterrupt:
        report.failures.append("interrupted")
    finally:
        product.stop()
        if arguments.keep:
            sys.stderr.write(f"kept {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(report.table())
    if arguments.json:
        report.save(arguments.json)
    if arguments.markdown:
        arguments.markdown.write_text(report.markdown(), encoding="utf-8")
    return 1 if report.violations or report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
