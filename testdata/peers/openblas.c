/* OpenBLAS without Python around it: products only. It speaks the protocol of
   protocol.py. The library is opened at run time, so that no headers are
   needed:

       cc -O2 -o openblas openblas.c -ldl
*/
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { row_major = 101, plain = 111, transposed = 112 };

typedef void gemm(int order, int ta, int tb, int m, int n, int k, double alpha,
                  const double *a, int lda, const double *b, int ldb, double beta,
                  double *c, int ldc);

static gemm *dgemm;

/* A product in hand: op is ab, atb or abt; C is m x n, k terms an element. */
static struct {
    char op[8];
    int m, n, k;
    double *a, *b, *c;
} hand;

static void *numbers(size_t n) {
    void *p = NULL;
    if (posix_memalign(&p, 64, n * sizeof(double) + 64)) return NULL;
    return p;
}

/* The numbers that every peer multiplies: in [-1/2, 1/2). */
static void fill(double *v, size_t n, uint32_t seed) {
    for (size_t i = 0; i < n; i++)
        v[i] = (uint32_t)((uint32_t)i * 2654435761u + seed) / 4294967296.0 - 0.5;
}

static const char *take(const char *op, int m, int n, int k) {
    if (strcmp(op, "ab") && strcmp(op, "atb") && strcmp(op, "abt")) return "no such product";
    if (m < 1 || n < 1 || k < 1) return "sizes have to be above 0";
    if (!strcmp(op, hand.op) && m == hand.m && n == hand.n && k == hand.k) return NULL;
    free(hand.a);
    free(hand.b);
    free(hand.c);
    hand.op[0] = 0;
    hand.a = numbers((size_t)m * k);
    hand.b = numbers((size_t)k * n);
    hand.c = numbers((size_t)m * n);
    if (!hand.a || !hand.b || !hand.c) return "out of memory";
    fill(hand.a, (size_t)m * k, 1);
    fill(hand.b, (size_t)k * n, 2);
    strcpy(hand.op, op);
    hand.m = m, hand.n = n, hand.k = k;
    return NULL;
}

static void multiply(int reps) {
    int m = hand.m, n = hand.n, k = hand.k;
    int ta = !strcmp(hand.op, "atb"), tb = !strcmp(hand.op, "abt");
    for (int i = 0; i < reps; i++)
        dgemm(row_major, ta ? transposed : plain, tb ? transposed : plain, m, n, k, 1,
              hand.a, ta ? m : k, hand.b, tb ? k : n, 0, hand.c, n);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void) {
    static const char *names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib",
                                  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib", NULL};
    signal(SIGINT, SIG_IGN); /* Ctrl-C is cmd/bench's affair */
    void *lib = NULL;
    for (const char **name = names; *name && !lib; name++) lib = dlopen(*name, RTLD_NOW);
    if (lib) dgemm = (gemm *)dlsym(lib, "cblas_dgemm");
    if (!dgemm) {
        fprintf(stderr, "there is no libopenblas.so.0\n");
        return 1;
    }
    char *(*config)(void) = (char *(*)(void))dlsym(lib, "openblas_get_config");
    char *(*core)(void) = (char *(*)(void))dlsym(lib, "openblas_get_corename");
    char version[64] = "";
    if (config) sscanf(config(), "OpenBLAS %63s", version);
    printf("{\"version\": \"%s\", \"core\": \"%s\"}\n", version, core ? core() : "");
    fflush(stdout);

    char line[256], verb[16], op[8];
    while (fgets(line, sizeof line, stdin)) {
        int warm = 0, reps, m, n, k, at = 0;
        const char *wrong = NULL;
        int ran = sscanf(line, "run %d %d mul %7s %d %d %d", &warm, &reps, op, &m, &n, &k) == 6;
        int check = !ran && sscanf(line, "check %d mul %7s %d %d %d", &reps, op, &m, &n, &k) == 5;
        if (!ran && !check) wrong = sscanf(line, "%15s%n", verb, &at) == 1 ? "no such work" : "an empty line";
        if (!wrong) wrong = take(op, m, n, k);
        if (wrong) {
            printf("error: %s\n", wrong);
        } else if (ran) {
            multiply(warm);
            double start = now();
            multiply(reps);
            printf("%.9e\n", now() - start);
        } else {
            double sum = 0, weighted = 0;
            multiply(reps);
            for (size_t i = 0; i < (size_t)m * n; i++) {
                sum += hand.c[i];
                weighted += hand.c[i] * (double)(i % 7);
            }
            printf("%.17g %.17g\n", sum, weighted);
        }
        fflush(stdout);
    }
    return 0;
}
