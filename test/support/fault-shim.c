// Preloaded by fault tests into the real programs: counts every call by which a program changes something outside itself
// (writes, syncs, renames, removals below one folder; sends on sockets), ends the program with SIGKILL before the n-th of
// them, and makes a disk slow. Built and steered by fault-shim.ts; the products know nothing of it.
//
//   DIST_FAULT_ROOT     folder whose files count
//   DIST_FAULT_CONTROL  folder of control files, one a program: `head`, `agent`, `launcher`, `keeper`
//   DIST_FAULT_SYNC_US  microseconds that every sync takes more
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// One page, shared by all processes of a program and the test.
struct control {
  _Atomic long count; // calls so far
  _Atomic long left;  // the call that brings this from 1 to 0 is not made: the program ends before it
  _Atomic long hit;   // set when that happened
  char what[1024];    // that call
};

static struct control *control;
static char root[PATH_MAX];
static size_t root_length;
static unsigned sync_us;

static const char *program_of(const char *command, size_t n) {
  static const char *const programs[][2] = {
    {"server/main.", "head"}, {"node-agent/main.", "agent"}, {"launcher-main.", "launcher"}, {"keeper.py", "keeper"}};
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    if (memmem(command, n, programs[i][0], strlen(programs[i][0])) != NULL) return programs[i][1];
  return NULL;
}

__attribute__((constructor)) static void begin(void) {
  const char *us = getenv("DIST_FAULT_SYNC_US"), *folder = getenv("DIST_FAULT_CONTROL"), *below = getenv("DIST_FAULT_ROOT");
  if (us != NULL) sync_us = (unsigned)atoi(us);
  if (folder == NULL || below == NULL) return;
  char command[4096];
  int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ssize_t n = read(fd, command, sizeof command);
  close(fd);
  const char *program = n > 0 ? program_of(command, (size_t)n) : NULL;
  if (program == NULL) return;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, program);
  fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  snprintf(root, sizeof root, "%s", below);
  root_length = strlen(root);
  if (page != MAP_FAILED) control = page;
}

static void point(const char *call, const char *subject) {
  atomic_fetch_add(&control->count, 1);
  if (atomic_load(&control->left) <= 0 || atomic_fetch_sub(&control->left, 1) != 1) return;
  snprintf(control->what, sizeof control->what, "%s %s", call, subject);
  atomic_store(&control->hit, 1);
  kill(getpid(), SIGKILL);
}

static int below_root(const char *path) {
  return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static void on_path(const char *call, int at, const char *path) {
  if (control == NULL) return;
  int saved = errno;
  char whole[2 * PATH_MAX], link[64];
  if (path[0] != '/') {
    if (at == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    ssize_t n = readlink(link, whole, PATH_MAX);
    snprintf(whole + (n < 0 ? 0 : n), PATH_MAX, "/%s", path);
    path = whole;
  }
  if (below_root(path)) point(call, path + root_length);
  errno = saved;
}

static void on_fd(const char *call, int fd) {
  if (control == NULL || fd <= 2) return; // 1 and 2 are the log
  int saved = errno;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n > 0) {
    path[n] = 0;
    if (strncmp(path, "socket:", 7) == 0) point(call, "socket");
    else if (below_root(path)) point(call, path + root_length);
  }
  errno = saved;
}

static void slowly(void) {
  if (sync_us > 0) usleep(sync_us);
}

// The function of this name in the library behind us.
#define NEXT(name) ((__typeof__(&name))next(#name, &cache_##name))
static void *next(const char *name, void **cache) {
  if (*cache == NULL) *cache = dlsym(RTLD_NEXT, name);
  return *cache;
}
#define FD_CALL(result, name, parameters, arguments) \
  static void *cache_##name; \
  result name parameters { on_fd(#name, fd); return NEXT(name) arguments; }
#define PATH_CALL(result, name, parameters, at, arguments) \
  static void *cache_##name; \
  result name parameters { on_path(#name, at, path); return NEXT(name) arguments; }
#define SYNC_CALL(name, parameters, arguments) \
  static void *cache_##name; \
  int name parameters { on_fd(#name, fd); slowly(); return NEXT(name) arguments; }

FD_CALL(ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n))
FD_CALL(ssize_t, writev, (int fd, const struct iovec *data, int n), (fd, data, n))
FD_CALL(ssize_t, pwrite, (int fd, const void *data, size_t n, off_t at), (fd, data, n, at))
FD_CALL(ssize_t, pwrite64, (int fd, const void *data, size_t n, off64_t at), (fd, data, n, at))
FD_CALL(ssize_t, pwritev, (int fd, const struct iovec *data, int n, off_t at), (fd, data, n, at))
FD_CALL(ssize_t, pwritev64, (int fd, const struct iovec *data, int n, off64_t at), (fd, data, n, at))
FD_CALL(ssize_t, send, (int fd, const void *data, size_t n, int flags), (fd, data, n, flags))
FD_CALL(ssize_t, sendto, (int fd, const void *data, size_t n, int flags, const struct sockaddr *to, socklen_t length), (fd, data, n, flags, to, length))
FD_CALL(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
FD_CALL(ssize_t, sendfile, (int fd, int from, off_t *at, size_t n), (fd, from, at, n))
FD_CALL(ssize_t, sendfile64, (int fd, int from, off64_t *at, size_t n), (fd, from, at, n))
FD_CALL(int, ftruncate, (int fd, off_t size), (fd, size))
FD_CALL(int, ftruncate64, (int fd, off64_t size), (fd, size))
SYNC_CALL(fsync, (int fd), (fd))
SYNC_CALL(fdatasync, (int fd), (fd))
SYNC_CALL(syncfs, (int fd), (fd))
SYNC_CALL(sync_file_range, (int fd, off64_t at, off64_t n, unsigned flags), (fd, at, n, flags))
PATH_CALL(int, rename, (const char *path, const char *to), AT_FDCWD, (path, to))
PATH_CALL(int, renameat, (int from, const char *path, int at, const char *to), from, (from, path, at, to))
PATH_CALL(int, unlink, (const char *path), AT_FDCWD, (path))
PATH_CALL(int, unlinkat, (int at, const char *path, int flags), at, (at, path, flags))
PATH_CALL(int, rmdir, (const char *path), AT_FDCWD, (path))
PATH_CALL(int, mkdir, (const char *path, mode_t mode), AT_FDCWD, (path, mode))
PATH_CALL(int, mkdirat, (int at, const char *path, mode_t mode), at, (at, path, mode))
PATH_CALL(int, symlink, (const char *to, const char *path), AT_FDCWD, (to, path))
PATH_CALL(int, link, (const char *from, const char *path), AT_FDCWD, (from, path))
