/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum ks_error
ks_user_find(const char *name, struct ks_user *ret, struct ks_diag *diag)
{
	errno = 0;
	const struct passwd *const user = getpwnam(name);
	if (user == NULL)
		return ks_diag_set(diag, KS_ERR_USAGE, "--user '%.100s': there is no such user%s%s", name,
				   errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
	*ret = (struct ks_user){.given = true, .uid = user->pw_uid, .gid = user->pw_gid};
	return KS_SUCCESS;
}

static enum ks_error
become(const struct ks_user *user, struct ks_diag *diag)
{
	const gid_t gid = user->gid;
	/* The real, effective and saved ones: none to go back to. */
	if (setgroups(1, &gid) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(user->uid, user->uid, user->uid) != 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "--user: cannot become user %u: %s; start as root",
				   (unsigned)user->uid, strerror(errno));
	return KS_SUCCESS;
}

/* What a program could have that is started from here. Only those who have CAP_SETPCAP may, and only they
 * need to. */
static void
clear_bounds(void)
{
	for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		(void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static enum ks_error
clear_capabilities(struct ks_diag *diag)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	if (syscall(SYS_capset, &header, none) != 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "cannot give up capabilities: %s", strerror(errno));
	return KS_SUCCESS;
}

enum ks_error
ks_privilege_drop(const struct ks_user *user, struct ks_diag *diag)
{
	clear_bounds();
	enum ks_error error = user->given ? become(user, diag) : KS_SUCCESS;
	if (error == KS_SUCCESS)
		error = clear_capabilities(diag);
	if (error == KS_SUCCESS && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		error = ks_diag_set(diag, KS_ERR_USAGE, "no_new_privs: %s", strerror(errno));
	return error;
}

enum ks_error
ks_privilege_limit(unsigned n_files, struct ks_diag *diag)
{
	const struct rlimit files = {.rlim_cur = n_files, .rlim_max = n_files}, cores = {0};
	if (setrlimit(RLIMIT_NOFILE, &files) != 0 || setrlimit(RLIMIT_CORE, &cores) != 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "limits: %s", strerror(errno));
	return KS_SUCCESS;
}
