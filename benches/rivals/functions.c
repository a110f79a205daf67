// Functions of n added up over 1 … end-1 by one thread; prints the sum and the seconds it took.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t gcd(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus) {
    uint64_t product = 1;
    for (base %= modulus; exponent; exponent >>= 1) {
        if (exponent & 1) product = (unsigned __int128)product * base % modulus;
        base = (unsigned __int128)base * base % modulus;
    }
    return product;
}

// Trial division by small primes, then Miller's test to three bases: certain below 4,759,123,141.
static uint64_t is_prime(uint64_t n) {
    static const unsigned primes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37}, bases[] = {2, 7, 61};
    if (n < 2) return 0;
    for (int i = 0; i < 12; i++)
        if (n % primes[i] == 0) return n == primes[i];
    int twos = __builtin_ctzll(n - 1);
    for (int i = 0; i < 3; i++) {
        if (bases[i] % n == 0) continue;
        uint64_t x = power(bases[i], (n - 1) >> twos, n);
        int passes = x == 1 || x == n - 1;
        for (int round = 1; round < twos && !passes; round++) {
            x = (unsigned __int128)x * x % n;
            passes = x == n - 1;
        }
        if (!passes) return 0;
    }
    return 1;
}

static uint64_t collatz(uint64_t a) {
    uint64_t steps = 0;
    while (a != 1) {
        if (a & 1) {
            a = 3 * a + 1;
            steps++;
        }
        int halvings = __builtin_ctzll(a);
        a >>= halvings;
        steps += halvings;
    }
    return steps;
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    uint64_t end = strtoull(argv[2], 0, 10), sum = 0;
    double started = now();
    if (!strcmp(argv[1], "gcd"))
        for (uint64_t n = 1; n < end; n++) sum += gcd(n, 360);
    else if (!strcmp(argv[1], "prime"))
        for (uint64_t n = 1; n < end; n++) sum += is_prime(n);
    else
        for (uint64_t n = 1; n < end; n++) sum += collatz(n);
    printf("%llu %.9f\n", (unsigned long long)sum, now() - started);
}
