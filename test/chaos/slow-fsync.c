/* Preloaded into a Redis under test: a disk that takes its time. Delays fdatasync by SLOW_FSYNC_MS in
 * the background thread (appendfsync everysec) and by SLOW_FSYNC_MAIN_MS in the main one (always). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  const int is_main = syscall(SYS_gettid) == getpid();
  const char *ms = getenv(is_main ? "SLOW_FSYNC_MAIN_MS" : "SLOW_FSYNC_MS");
  if (ms) usleep(1000u * (useconds_t)atoi(ms));
  return real(fd);
}
