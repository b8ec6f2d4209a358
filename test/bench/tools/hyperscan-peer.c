/*
 * Matches each line of a file against many regexes at once, with Hyperscan. It only matches: it reads no prefix, takes no
 * groups, counts nothing.
 *
 *   hyperscan-peer PATTERNS TEXTS
 *
 * PATTERNS has a regex on each line, TEXTS a text on each line. Regexes that Hyperscan refuses are left out. Prints one line
 * of JSON: regexes accepted and refused, lines, lines that a regex matched, and seconds of processor and wall time that
 * the matching of all lines took, without reading and compiling.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Each regex is told once a line; as in Perl, one may match the empty text. */
#define FLAGS (HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY)
#define NO_RULE 0xffffffffu

static void fail(const char *what) {
  fprintf(stderr, "hyperscan-peer: %s\n", what);
  exit(1);
}

static char *read_all(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (!bytes || fread(bytes, 1, *length, file) != *length) fail("cannot read");
  bytes[*length] = '\0';
  fclose(file);
  return bytes;
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Keeps the first of the rules that match: what a set of ordered rules asks for. */
static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *first) {
  (void)from, (void)to, (void)flags;
  if (id < *(unsigned *)first) *(unsigned *)first = id;
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) fail("usage: hyperscan-peer PATTERNS TEXTS");
  size_t length;
  char *patterns = read_all(argv[1], &length);
  unsigned most = 0, accepted = 0, refused = 0;
  for (size_t i = 0; i < length; i++) most += patterns[i] == '\n';
  const char **taken = malloc((most + 1) * sizeof *taken);
  unsigned *flags = malloc((most + 1) * sizeof *flags);
  unsigned *ids = malloc((most + 1) * sizeof *ids);
  hs_compile_error_t *error = NULL;
  for (char *line = strtok(patterns, "\n"); line; line = strtok(NULL, "\n")) {
    hs_database_t *alone = NULL;
    if (hs_compile(line, FLAGS, HS_MODE_BLOCK, NULL, &alone, &error) != HS_SUCCESS) {
      hs_free_compile_error(error);
      refused++;
      continue;
    }
    hs_free_database(alone);
    taken[accepted] = line;
    flags[accepted] = FLAGS;
    ids[accepted] = accepted;
    accepted++;
  }
  hs_database_t *all = NULL;
  hs_scratch_t *scratch = NULL;
  if (hs_compile_multi(taken, flags, ids, accepted, HS_MODE_BLOCK, NULL, &all, &error) != HS_SUCCESS)
    fail(error->message);
  if (hs_alloc_scratch(all, &scratch) != HS_SUCCESS) fail("no scratch");

  char *texts = read_all(argv[2], &length);
  unsigned long lines = 0, matched = 0;
  double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
  for (char *at = texts, *end = texts + length; at < end;) {
    char *newline = memchr(at, '\n', (size_t)(end - at));
    char *stop = newline ? newline : end;
    unsigned first = NO_RULE;
    if (hs_scan(all, at, (unsigned)(stop - at), 0, scratch, on_match, &first) != HS_SUCCESS) fail("scan failed");
    matched += first != NO_RULE;
    lines++;
    at = stop + 1;
  }
  cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  wall = seconds(CLOCK_MONOTONIC) - wall;
  printf("{\"accepted\":%u,\"refused\":%u,\"lines\":%lu,\"matched\":%lu,\"cpu\":%.6f,\"wall\":%.6f}\n", accepted, refused,
         lines, matched, cpu, wall);
  return 0;
}
