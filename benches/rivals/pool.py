"""The sum of the squares of 1 … END-1 in a pool of four processes, as the tutorials write it."""

import multiprocessing
import sys


def sum_of_squares(start, end):
    total = 0
    for i in range(start, end):
        total += i * i
    return total


if __name__ == "__main__":
    end = int(sys.argv[1])
    bounds = [1 + (end - 1) * i // 4 for i in range(5)]
    with multiprocessing.Pool(4) as pool:
        print(sum(pool.starmap(sum_of_squares, zip(bounds, bounds[1:]))))
