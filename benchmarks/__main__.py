"""`python -m benchmarks`, which is `make bench`."""

import sys

from benchmarks.bench import main

sys.exit(main())
