#ifndef CSYSTEM_H
#define CSYSTEM_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <signal.h>
/* What Glibc's Swift module leaves out: macros, variadics, and calls behind _GNU_SOURCE. */

/* The arguments of main, its name the first. */
char **csystem_arguments(int *count);
/* The path by which the program was started; NULL when that is not known. */
const char *csystem_program(void);
/* pipe2(2) with O_CLOEXEC. */
int csystem_pipe(int descriptors[2]);
/* A connected pair of stream sockets, close-on-exec. */
int csystem_socketpair(int descriptors[2]);
/* rename(2) that does not wait for the disk: where a file is replaced, ext4 first writes the new one out, some milliseconds.
   Whoever reads sees the old file or the new one. */
int csystem_rename_lazily(const char *from, const char *to);
/* renameat2(2) with RENAME_NOREPLACE; -1 with EEXIST when the new name is taken. */
int csystem_rename_noreplace(const char *from, const char *to);
/* mkostemp(3) with O_CLOEXEC. */
int csystem_mkstemp(char *pattern);
/* A file in memory alone, close-on-exec (memfd_create(2)). As its standard input a child may open it again as /dev/stdin,
   which it could not do with a socket. */
int csystem_memory_file(void);
/* Columns of a terminal, or 0. */
int csystem_columns(int descriptor);
/* "%.*f". */
int csystem_format_double(char *buffer, size_t size, int digits, double value);
/* Monotonic nanoseconds. */
uint64_t csystem_nanoseconds(void);
/* Waits for one of SIGINT, SIGTERM, SIGHUP, SIGQUIT; *by_terminal tells whether the kernel sent it to the whole foreground group. */
int csystem_wait_for_signal(const sigset_t *set, int *by_terminal);
int csystem_wifexited(int status);
int csystem_wexitstatus(int status);
int csystem_wtermsig(int status);
/* Spawns argv[0] (a path) with the given descriptors as 0, 1 and 2, nothing else open, default signals, none blocked.
   directory may be NULL. Returns 0 or an errno. */
int csystem_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], int in, int out, int err, const char *directory, int session);
/* SEEK_DATA and SEEK_HOLE. */
off_t csystem_seek_data(int descriptor, off_t from);
off_t csystem_seek_hole(int descriptor, off_t from);
/* Locks one byte of an open file for its open file description (F_OFD_SETLK), so for every process that inherited the descriptor, until
   the last of them is gone. Does not wait: -1 with EAGAIN when another description holds it. */
int csystem_lock_byte(int descriptor, off_t byte);
/* st_mtim and st_ctim in nanoseconds, for sorting out what Swift cannot see through the macros. */
int csystem_mtime_nanoseconds(const char *path, int64_t *mtime, int64_t *ctime);
int csystem_major(dev_t device);
int csystem_minor(dev_t device);
#endif
