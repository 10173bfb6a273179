/*
 * Preloaded into a program (LD_PRELOAD), this library adds an offset to its wall clock. The offset may change while the
 * program runs. Monotonic clocks do not change, as on a host whose clock is set.
 *
 * The offset is a 64-bit number of microseconds in the byte order of the machine: the first 8 bytes of the file that
 * ROWLOCK_CLOCK_OFFSET_FILE names. The file is mapped: a read costs one load, and a write moves the clock at once. The
 * offset is 0 if the variable is unset or the file cannot be mapped.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MICROS 1000000LL

typedef int (*clock_gettime_fn)(clockid_t, struct timespec *);

static const int64_t zero = 0;
static const volatile int64_t *offset = &zero;
static clock_gettime_fn libc_clock_gettime;

__attribute__((constructor)) static void open_offset(void) {
  libc_clock_gettime = (clock_gettime_fn)dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("ROWLOCK_CLOCK_OFFSET_FILE");
  if (path == NULL) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) offset = mapped;
}

/* Other libraries may ask for the time before our constructor has run. Then the kernel answers, which is slower. */
static int read_clock(clockid_t id, struct timespec *ts) {
  if (libc_clock_gettime != NULL) return libc_clock_gettime(id, ts);
  return (int)syscall(SYS_clock_gettime, id, ts);
}

static void move(struct timespec *ts) {
  int64_t by = *offset;
  int64_t micros = ts->tv_nsec / 1000 + by % MICROS;
  int64_t seconds = by / MICROS;
  if (micros < 0) micros += MICROS, seconds--;
  if (micros >= MICROS) micros -= MICROS, seconds++;
  ts->tv_sec += seconds;
  ts->tv_nsec = micros * 1000 + ts->tv_nsec % 1000;
}

int clock_gettime(clockid_t id, struct timespec *ts) {
  int result = read_clock(id, ts);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) move(ts);
  return result;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
  struct timespec ts;
  (void)zone; /* obsolete: Linux keeps no time zone */
  if (clock_gettime(CLOCK_REALTIME, &ts) != 0) return -1;
  tv->tv_sec = ts.tv_sec, tv->tv_usec = ts.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *seconds) {
  struct timespec ts;
  if (clock_gettime(CLOCK_REALTIME, &ts) != 0) return (time_t)-1;
  if (seconds != NULL) *seconds = ts.tv_sec;
  return ts.tv_sec;
}
