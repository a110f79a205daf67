// The sum of the squares of 1 … END-1 in two threads, as one writes it by hand. SUM is the type it
// is added up in: uint64_t is fast and wraps, unsigned __int128 is exact.

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
    SUM sum = 0;
#pragma omp parallel for num_threads(2) reduction(+ : sum)
    for (uint64_t i = 1; i < end; i++)
        sum += (SUM)i * i;
    print(sum);
    putchar('\n');
    return 0;
}
