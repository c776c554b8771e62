#ifndef CSYSTEM_H
#define CSYSTEM_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <signal.h>
/* What the Swift module Glibc lacks: macros, variadic functions, and functions that need _GNU_SOURCE. */

/* The arguments of main, including the program's name. */
char **csystem_arguments(int *count);
/* The path by which the program was started; NULL if unknown. */
const char *csystem_program(void);
/* pipe2(2) with O_CLOEXEC. */
int csystem_pipe(int descriptors[2]);
/* A connected pair of stream sockets, close-on-exec. */
int csystem_socketpair(int descriptors[2]);
/* rename(2) that does not wait for the disk: when a file is replaced, ext4 first writes out the new one, which takes
   milliseconds. Readers see either the old file or the new one. */
int csystem_rename_lazily(const char *from, const char *to);
/* renameat2(2) with RENAME_NOREPLACE; -1 with EEXIST if the new name exists. */
int csystem_rename_noreplace(const char *from, const char *to);
/* mkostemp(3) with O_CLOEXEC. */
int csystem_mkstemp(char *pattern);
/* A file in memory, close-on-exec (memfd_create(2)). A child that has it as standard input can reopen it as /dev/stdin,
   which is not possible with a socket. */
int csystem_memory_file(void);
/* The width of a terminal in columns; 0 if it is not a terminal. */
int csystem_columns(int descriptor);
/* snprintf(3) with "%.*f". */
int csystem_format_double(char *buffer, size_t size, int digits, double value);
/* Nanoseconds of the monotonic clock. */
uint64_t csystem_nanoseconds(void);
/* Waits for one of SIGINT, SIGTERM, SIGHUP, SIGQUIT; sets *by_terminal if the kernel sent it to the whole foreground
   group. */
int csystem_wait_for_signal(const sigset_t *set, int *by_terminal);
int csystem_wifexited(int status);
int csystem_wexitstatus(int status);
int csystem_wtermsig(int status);
/* Spawns argv[0] (a path) with the given descriptors as 0, 1 and 2, all others closed, default signal actions and no
   blocked signals. directory may be NULL. Returns 0 or an errno. */
int csystem_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], int in, int out, int err,
                  const char *directory, int session);
/* lseek(2) with SEEK_DATA and SEEK_HOLE. */
off_t csystem_seek_data(int descriptor, off_t from);
off_t csystem_seek_hole(int descriptor, off_t from);
/* Locks one byte of a file for its open file description (F_OFD_SETLK), that is for all processes that inherited the
   descriptor, until the last of them closes it. Does not wait: -1 with EAGAIN if another description holds the lock. */
int csystem_lock_byte(int descriptor, off_t byte);
/* st_mtim and st_ctim in nanoseconds; Swift cannot use the macros. */
int csystem_mtime_nanoseconds(const char *path, int64_t *mtime, int64_t *ctime);
int csystem_major(dev_t device);
int csystem_minor(dev_t device);
#endif
