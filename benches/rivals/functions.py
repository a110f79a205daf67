"""Functions of n over 0 … end-1 by one thread: for each line `RIVAL FUNCTION END` the answer and seconds.

`missing` where a library is not installed. Arrays are made a million numbers at a time, as nobody has room
for all of them; what is compiled is compiled before it is timed.
"""

import sys
import time

BLOCK = 1_000_000
rivals = {}

try:
    import numexpr
    import numpy

    numexpr.set_num_threads(1)
    EXPRESSIONS = {"polynomial": "n*n + 3*n + 1", "count": "where(n % 7 == 3, 1, 0)", "modulo": "(n*n) % 1000003"}

    def by_numexpr(function, end):
        total = 0
        for start in range(0, end, BLOCK):
            n = numpy.arange(start, min(start + BLOCK, end), dtype=numpy.int64)
            total += int(numexpr.evaluate(EXPRESSIONS[function]).sum())
        return total

    rivals["numexpr"] = by_numexpr
except ImportError:
    pass

try:
    import numba

    @numba.njit
    def count(end):
        total = 0
        for n in range(end):
            total += n % 7 == 3
        return total

    @numba.njit
    def modulo(end):
        total = 0
        for n in range(end):
            total += (n * n) % 1000003
        return total

    COMPILED = {"count": count, "modulo": modulo}
    rivals["numba"] = lambda function, end: int(COMPILED[function](end))
except ImportError:
    pass

try:
    import duckdb

    database = duckdb.connect()
    database.execute("SET threads = 1")
    QUERIES = {
        "polynomial": "sum(n::HUGEINT * n + 3 * n + 1)",
        "count": "count(*) FILTER (n % 7 = 3)",
        "wide": "max((n + 4611686018427387904)::HUGEINT * (n + 4611686018427387905) // 2)",
    }

    def by_duckdb(function, end):
        query = f"SELECT {QUERIES[function]} FROM range({end}) AS numbers(n)"
        return database.execute(query).fetchone()[0]

    rivals["duckdb"] = by_duckdb
except ImportError:
    pass

for line in sys.stdin:
    rival, function, end = line.split()
    if rival not in rivals:
        print("missing", flush=True)
        continue
    rivals[rival](function, 1000)
    started = time.perf_counter()
    answer = rivals[rival](function, int(end))
    print(answer, time.perf_counter() - started, flush=True)
