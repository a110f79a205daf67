#!/usr/bin/env python3
"""A worker for `partask map`: squares the number of each line.

    seq 10 | partask map -w 2 python3 examples/workers/square.py
"""

import sys

for line in sys.stdin:
    # One line for each, and at once: into a pipe Python would keep it back.
    print(int(line) ** 2, flush=True)
