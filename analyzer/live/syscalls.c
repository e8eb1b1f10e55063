/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/syscalls.c -- the filter of system calls (privilege.h). */
#include <errno.h>
#include <seccomp.h>
#include <string.h>

#include "analyzer/live/privilege.h"

/* Names, for not all of them exist on every machine, and those that libseccomp does not know are left out. */
static const char *const allowed[] = {
	/* memory */
	"brk",
	"madvise",
	"mmap",
	"mprotect",
	"mremap",
	"munmap",
	/* files: the database, calendars, /proc/net/dev */
	"access",
	"close",
	"close_range",
	"dup",
	"dup2",
	"dup3",
	"faccessat",
	"faccessat2",
	"fadvise64",
	"fallocate",
	"fchmod",
	"fchown",
	"fcntl",
	"fdatasync",
	"flock",
	"fstat",
	"fstatfs",
	"fsync",
	"ftruncate",
	"getcwd",
	"getdents64",
	"lseek",
	"lstat",
	"newfstatat",
	"open",
	"openat",
	"pread64",
	"pwrite64",
	"read",
	"readlink",
	"readlinkat",
	"readv",
	"rename",
	"renameat",
	"renameat2",
	"stat",
	"statfs",
	"statx",
	"unlink",
	"unlinkat",
	"utimensat",
	"write",
	"writev",
	/* sockets that are open already, notices to the service manager, metrics */
	"accept",
	"accept4",
	"bind",
	"connect",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_wait",
	"eventfd2",
	"getpeername",
	"getsockname",
	"getsockopt",
	"listen",
	"poll",
	"ppoll",
	"pselect6",
	"recvfrom",
	"recvmsg",
	"select",
	"sendmsg",
	"sendto",
	"setsockopt",
	"shutdown",
	/* the copy that writes */
	"clone",
	"clone3",
	"exit",
	"exit_group",
	"fork",
	"kill",
	"pipe2",
	"set_robust_list",
	"rseq",
	"set_tid_address",
	"setpriority",
	"vfork",
	"wait4",
	"waitid",
	/* the rest of libc */
	"clock_gettime",
	"clock_nanosleep",
	"futex",
	"getegid",
	"geteuid",
	"getgid",
	"getpid",
	"getppid",
	"getrandom",
	"getrlimit",
	"getrusage",
	"gettid",
	"gettimeofday",
	"getuid",
	"ioctl",
	"membarrier",
	"nanosleep",
	"prctl",
	"prlimit64",
	"restart_syscall",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sched_getaffinity",
	"sched_yield",
	"sigaltstack",
	"sysinfo",
	"tgkill",
	"time",
	"umask",
	"uname",
};

static const char *const deadly[] = {"execve", "execveat", "ptrace"};

static int
add_rules(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		const int number = seccomp_syscall_resolve_name(names[i]);
		if (number != __NR_SCMP_ERROR)
			rc = seccomp_rule_add(filter, action, number, 0);
		if (rc == -EDOM) /* another architecture's */
			rc = 0;
	}
	return rc;
}

enum ks_error
ks_privilege_filter(bool *ret_have, struct ks_diag *diag)
{
	*ret_have = false;
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for a filter of system calls");
	int rc = add_rules(filter, SCMP_ACT_ALLOW, allowed, KS_COUNT(allowed));
	if (rc == 0)
		rc = add_rules(filter, SCMP_ACT_KILL_PROCESS, deadly, KS_COUNT(deadly));
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	*ret_have = rc == 0;
	/* Kernels without, and containers that forbid it, have filters of their own or none. */
	if (rc == 0 || rc == -EINVAL || rc == -ENOSYS || rc == -ECANCELED)
		return KS_SUCCESS;
	return ks_diag_set(diag, KS_ERR_USAGE, "filter of system calls: %s", strerror(-rc));
}
