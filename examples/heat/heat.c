/* Heat in a square plate: explicit finite differences for dT/dt = a (d2T/dx2 + d2T/dy2).
 *
 *   heat CASE FIELD THREADS
 *
 * CASE is a text file, one thing a line, lengths in plate widths (0..1), y downwards:
 *   size N            N x N cells
 *   steps N           at most so many time steps
 *   tolerance T       stop when no cell changes by more than T degrees in 100 steps
 *   start T           temperature of the plate at first
 *   edge SIDE T       left, right, top or bottom is held at T; an edge without a line is insulated
 *   source X Y R T    a disc that is held at T
 *   wall X0 Y0 X1 Y1  a bar that lets no heat through
 * FIELD becomes a CSV file: N rows of N temperatures, `nan` inside walls.
 * The last line of the output is for the caller: `done steps=.. change=.. mean=.. min=.. max=..`
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

/* INNER is FREE with four neighbours inside the plate, none of them a WALL: most cells, and the fast way. */
enum { FREE, INNER, HELD, WALL };
enum { LEFT, RIGHT, TOP, BOTTOM };
static const char *const side_names[] = {"left", "right", "top", "bottom"};

struct plate {
  int size;
  int steps;
  double tolerance;
  int held_side[4];
  double side[4];
  unsigned char *kind; /* size * size */
  double *now, *next;
};

static void fail(const char *message, const char *detail)
{
  fprintf(stderr, "heat: %s: %s\n", message, detail);
  exit(2);
}

static void *zeroed(size_t count, size_t size)
{
  void *memory = calloc(count, size);
  if (memory == NULL) fail("out of memory", "calloc");
  return memory;
}

static void allocate(struct plate *p, int size)
{
  size_t cells = (size_t)size * (size_t)size;
  if (size < 8 || size > 4096) fail("size must be 8 to 4096", "case file");
  p->size = size;
  p->kind = zeroed(cells, sizeof *p->kind);
  p->now = zeroed(cells, sizeof *p->now);
  p->next = zeroed(cells, sizeof *p->next);
}

static void add_source(struct plate *p, double x, double y, double radius, double temperature)
{
  for (int j = 0; j < p->size; j++)
    for (int i = 0; i < p->size; i++) {
      double dx = (i + 0.5) / p->size - x, dy = (j + 0.5) / p->size - y;
      if (dx * dx + dy * dy > radius * radius) continue;
      p->kind[j * p->size + i] = HELD;
      p->now[j * p->size + i] = temperature;
    }
}

static void add_wall(struct plate *p, double x0, double y0, double x1, double y1)
{
  for (int j = 0; j < p->size; j++)
    for (int i = 0; i < p->size; i++) {
      double x = (i + 0.5) / p->size, y = (j + 0.5) / p->size;
      if (x >= x0 && x < x1 && y >= y0 && y < y1) p->kind[j * p->size + i] = WALL;
    }
}

static void mark_inner(struct plate *p)
{
  const int size = p->size;
  for (int j = 1; j < size - 1; j++)
    for (int i = 1; i < size - 1; i++) {
      unsigned char *kind = &p->kind[j * size + i];
      if (*kind == FREE && kind[-1] != WALL && kind[1] != WALL && kind[-size] != WALL && kind[size] != WALL) *kind = INNER;
    }
}

static void read_case(struct plate *p, const char *path)
{
  char line[256], word[16];
  double a, b, c, d;
  FILE *file = fopen(path, "r");
  if (file == NULL) fail("cannot open", path);
  while (fgets(line, sizeof line, file) != NULL) {
    if (p->kind == NULL && sscanf(line, "size %lf", &a) == 1) {
      allocate(p, (int)a);
    } else if (p->kind == NULL) {
      fail("the first line must be `size N`", path);
    } else if (sscanf(line, "steps %lf", &a) == 1) {
      p->steps = (int)a;
    } else if (sscanf(line, "tolerance %lf", &a) == 1) {
      p->tolerance = a;
    } else if (sscanf(line, "start %lf", &a) == 1) {
      for (int n = 0; n < p->size * p->size; n++) p->now[n] = a;
    } else if (sscanf(line, "edge %15s %lf", word, &a) == 2) {
      int side = 0;
      while (side < 4 && strcmp(word, side_names[side]) != 0) side++;
      if (side == 4) fail("no such edge", word);
      p->held_side[side] = 1;
      p->side[side] = a;
    } else if (sscanf(line, "source %lf %lf %lf %lf", &a, &b, &c, &d) == 4) {
      add_source(p, a, b, c, d);
    } else if (sscanf(line, "wall %lf %lf %lf %lf", &a, &b, &c, &d) == 4) {
      add_wall(p, a, b, c, d);
    } else {
      fail("cannot read", line);
    }
  }
  fclose(file);
  if (p->kind == NULL) fail("empty case", path);
  mark_inner(p);
  memcpy(p->next, p->now, (size_t)p->size * (size_t)p->size * sizeof *p->now);
}

/* Temperature that cell (i, j), itself at `own`, feels from its neighbour. A held edge lies half a cell away:
 * its mirror value makes the boundary exact. */
static double felt(const struct plate *p, int i, int j, double own)
{
  int side = i < 0 ? LEFT : i >= p->size ? RIGHT : j < 0 ? TOP : j >= p->size ? BOTTOM : -1;
  if (side >= 0) return p->held_side[side] ? 2.0 * p->side[side] - own : own;
  return p->kind[j * p->size + i] == WALL ? own : p->now[j * p->size + i];
}

/* One time step; returns the largest change of a cell. 0.2 is below the limit of stability, 0.25. */
static double step(struct plate *p)
{
  const int size = p->size;
  double change = 0.0;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) reduction(max : change)
#endif
  for (int j = 0; j < size; j++)
    for (int i = 0; i < size; i++) {
      const int n = j * size + i;
      const double own = p->now[n];
      double around;
      if (p->kind[n] == INNER)
        around = p->now[n - 1] + p->now[n + 1] + p->now[n - size] + p->now[n + size];
      else if (p->kind[n] == FREE)
        around = felt(p, i - 1, j, own) + felt(p, i + 1, j, own) + felt(p, i, j - 1, own) + felt(p, i, j + 1, own);
      else
        continue;
      const double rise = 0.2 * (around - 4.0 * own);
      p->next[n] = own + rise;
      change = fabs(rise) > change ? fabs(rise) : change;
    }
  double *swap = p->now;
  p->now = p->next;
  p->next = swap;
  return change;
}

static void write_field(const struct plate *p, const char *path)
{
  FILE *file = fopen(path, "w");
  if (file == NULL) fail("cannot write", path);
  for (int j = 0; j < p->size; j++)
    for (int i = 0; i < p->size; i++) {
      const int n = j * p->size + i;
      const char *end = i + 1 < p->size ? "," : "\n";
      if (p->kind[n] == WALL) fprintf(file, "nan%s", end);
      else fprintf(file, "%.2f%s", p->now[n], end);
    }
  if (fclose(file) != 0) fail("cannot write", path);
}

static void report(const struct plate *p, int steps, double change)
{
  double sum = 0.0, least = INFINITY, most = -INFINITY;
  long cells = 0;
  for (int n = 0; n < p->size * p->size; n++) {
    if (p->kind[n] == WALL) continue;
    sum += p->now[n];
    least = fmin(least, p->now[n]);
    most = fmax(most, p->now[n]);
    cells++;
  }
  printf("done steps=%d change=%.3g mean=%.4f min=%.4f max=%.4f\n", steps, change, sum / (double)cells, least, most);
}

int main(int argc, char **argv)
{
  struct plate p = {.steps = 1000};
  int steps = 0, threads;
  double change = INFINITY;
  if (argc != 4 || (threads = atoi(argv[3])) < 1) fail("usage", "heat CASE FIELD THREADS");
  read_case(&p, argv[1]);
#ifdef _OPENMP
  omp_set_num_threads(threads);
  printf("%d x %d cells, %d OpenMP threads\n", p.size, p.size, threads);
#else
  printf("%d x %d cells, compiled without OpenMP: 1 thread of %d granted\n", p.size, p.size, threads);
#endif
  while (steps < p.steps && change * 100.0 > p.tolerance) {
    change = step(&p);
    if (++steps % 1000 == 0) {
      printf("step %6d  change %.3g degrees\n", steps, change);
      fflush(stdout);
    }
  }
  write_field(&p, argv[2]);
  report(&p, steps, change);
  return 0;
}
