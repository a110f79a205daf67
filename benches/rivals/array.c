/* The squares of 1 to COUNT in a file as 64-bit integers, written by hand by every CPU:
   array pwrite|mapped FILE COUNT. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Numbers in a piece of a mebibyte. */
enum { PIECE = 1 << 17 };

static int file;
static int64_t *mapped;
static int64_t count;
static int64_t next;

static void *work(void *unused) {
    int64_t *own = malloc(PIECE * sizeof *own);
    int64_t first;
    while ((first = __atomic_fetch_add(&next, PIECE, __ATOMIC_RELAXED)) < count) {
        int64_t len = count - first < PIECE ? count - first : PIECE;
        int64_t *piece = mapped ? mapped + first : own;
        for (int64_t i = 0; i < len; i++)
            piece[i] = (first + i + 1) * (first + i + 1);
        ssize_t bytes = len * sizeof *piece;
        if (!mapped && pwrite(file, piece, bytes, first * sizeof *piece) != bytes)
            exit((perror("pwrite"), 1));
    }
    return unused;
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    count = atoll(argv[3]);
    off_t bytes = count * sizeof(int64_t);
    file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || fallocate(file, 0, 0, bytes) != 0)
        return perror(argv[2]), 1;
    if (strcmp(argv[1], "mapped") == 0) {
        mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED)
            return perror("mmap"), 1;
    }
    long workers = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t threads[workers];
    for (long i = 0; i < workers; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            return 1;
    for (long i = 0; i < workers; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
