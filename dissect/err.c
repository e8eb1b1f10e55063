/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/err.h"

#include <stdarg.h>
#include <stdio.h>

enum ks_error
ks_diag_set(struct ks_diag *diag, enum ks_error error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	/* File names and packet bytes reach these lines; a terminal must not obey them. */
	for (char *c = diag->text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return error;
}
