"""Tongxi: customer service where an AI first line and people work on the same conversation."""

import os

__version__ = "0.1.0"

# A turn multiplies one short vector at a time: threads of the linear algebra would only wait for one another, on a
# small machine for milliseconds. Set before numpy is imported for the first time; what the environment says wins.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
