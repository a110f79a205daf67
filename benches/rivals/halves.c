// The sum of the squares of 1 … END-1 in two threads, exact without 128-bit additions: the low and
// the high 32 bits of every square are summed apart. That holds for END up to 2^32, where no square
// and neither sum wraps.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void print(unsigned __int128 n) {
    if (n >= 10)
        print(n / 10);
    putchar('0' + (int)(n % 10));
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    uint64_t end = strtoull(argv[1], NULL, 10);
    uint64_t low = 0, high = 0;
#pragma omp parallel for num_threads(2) reduction(+ : low, high)
    for (uint64_t i = 1; i < end; i++) {
        uint64_t square = i * i;
        low += square & 0xffffffff;
        high += square >> 32;
    }
    print(((unsigned __int128)high << 32) + low);
    putchar('\n');
    return 0;
}
