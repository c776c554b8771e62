#include "CSystem.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc passes constructors the arguments of main. */
static int argument_count;
static char **argument_words;
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
  argument_count = count;
  argument_words = words;
}

char **csystem_arguments(int *count) {
  *count = argument_count;
  return argument_words;
}

const char *csystem_program(void) { return (const char *)getauxval(AT_EXECFN); }

int csystem_pipe(int d[2]) { return pipe2(d, O_CLOEXEC); }
int csystem_socketpair(int d[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, d); }
int csystem_mkstemp(char *pattern) { return mkostemp(pattern, O_CLOEXEC); }
int csystem_memory_file(void) { return memfd_create("draft", MFD_CLOEXEC); }

int csystem_rename_lazily(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0) return unlink(from);
  return rename(from, to);
}

int csystem_rename_noreplace(const char *from, const char *to) {
  int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  if (result == 0 || (errno != EINVAL && errno != ENOSYS)) return result;
  /* For file systems without the flag: link(2) also refuses an existing name. */
  if (link(from, to) != 0) return -1;
  return unlink(from);
}

int csystem_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int csystem_format_double(char *buffer, size_t size, int digits, double value) {
  return snprintf(buffer, size, "%.*f", digits, value);
}

uint64_t csystem_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int csystem_wait_for_signal(const sigset_t *set, int *by_terminal) {
  siginfo_t info;
  int number;
  do number = sigwaitinfo(set, &info); while (number < 0 && errno == EINTR);
  *by_terminal = info.si_code == SI_KERNEL;
  return number;
}

int csystem_wifexited(int status) { return WIFEXITED(status); }
int csystem_wexitstatus(int status) { return WEXITSTATUS(status); }
int csystem_wtermsig(int status) { return WTERMSIG(status); }

int csystem_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], int in, int out, int err,
                  const char *directory, int session) {
  /* Move them above 2 first: dup2 of a descriptor onto itself would keep its close-on-exec flag. */
  int fds[3] = {fcntl(in, F_DUPFD_CLOEXEC, 3), fcntl(out, F_DUPFD_CLOEXEC, 3), fcntl(err, F_DUPFD_CLOEXEC, 3)};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, defaults;
  int result;
  sigemptyset(&none);
  sigfillset(&defaults);
  sigdelset(&defaults, SIGKILL);
  sigdelset(&defaults, SIGSTOP);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(
    &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (session ? POSIX_SPAWN_SETSID : 0));
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&actions, fds[i], i);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (directory) posix_spawn_file_actions_addchdir_np(&actions, directory);
  result = fds[0] < 0 || fds[1] < 0 || fds[2] < 0 ? errno : posix_spawn(pid, path, &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (int i = 0; i < 3; i++) if (fds[i] >= 0) close(fds[i]);
  return result;
}

off_t csystem_seek_data(int descriptor, off_t from) { return lseek(descriptor, from, SEEK_DATA); }
off_t csystem_seek_hole(int descriptor, off_t from) { return lseek(descriptor, from, SEEK_HOLE); }

int csystem_lock_byte(int descriptor, off_t byte) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int csystem_mtime_nanoseconds(const char *path, int64_t *mtime, int64_t *ctime) {
  struct stat status;
  if (lstat(path, &status) != 0) return -1;
  *mtime = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  *ctime = (int64_t)status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec;
  return 0;
}

int csystem_major(dev_t device) { return (int)major(device); }
int csystem_minor(dev_t device) { return (int)minor(device); }
