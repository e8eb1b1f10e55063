/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/csvfile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "analyzer/cli/cli.h"

enum { FILE_MAX_BYTES = 1 << 20 };

void
ks_csvfile_complain(struct ks_csvfile *file, unsigned line, const char *format, ...)
{
	char what[384];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	struct ks_diag diag;
	const enum ks_error error = ks_diag_set(&diag, KS_ERR_USAGE, "%.120s:%u: %s", file->path, line, what);
	(void)ks_cli_fail(file->verb, error, &diag);
	file->bad = true;
}

static size_t
count_lines(const char *text)
{
	size_t n = 1;
	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

bool
ks_csvfile_load(struct ks_csvfile *file)
{
	FILE *const stream = fopen(file->path, "r");
	struct stat status;
	if (stream == NULL || fstat(fileno(stream), &status) != 0 || S_ISDIR(status.st_mode)) {
		const int reason = stream == NULL ? errno : EISDIR;
		(void)ks_cli_usage(file->verb, "%s %.300s: %s", file->option, file->path, strerror(reason));
		if (stream != NULL)
			(void)fclose(stream);
		return false;
	}
	file->text = malloc(FILE_MAX_BYTES + 2);
	const size_t n = file->text != NULL ? fread(file->text, 1, FILE_MAX_BYTES + 1, stream) : 0;
	(void)fclose(stream);
	if (file->text != NULL && n <= FILE_MAX_BYTES && memchr(file->text, '\0', n) == NULL) {
		file->text[n] = '\0';
		file->n_lines = count_lines(file->text);
		return true;
	}
	(void)ks_cli_usage(file->verb, "%s %.300s: no text of at most %d MiB", file->option, file->path,
			   FILE_MAX_BYTES >> 20);
	ks_csvfile_done(file);
	return false;
}

static bool
is_header(const struct ks_csv_record *record, const char *const header[2])
{
	return record->n >= 2 && strcasecmp(record->fields[0], header[0]) == 0 &&
	       strcasecmp(record->fields[1], header[1]) == 0;
}

void
ks_csvfile_each(struct ks_csvfile *file, const char *const header[2], ks_csvfile_fn *take, void *arg)
{
	struct ks_csv csv;
	ks_csv_init(&csv, file->text);
	for (bool first = true;; first = false) {
		struct ks_csv_record record;
		switch (ks_csv_next(&csv, &record)) {
		case KS_CSV_END:
			return;
		case KS_CSV_BAD_QUOTE:
			ks_csvfile_complain(
				file, record.line,
				"a quote out of place; a field with quotes is \"quoted, \"\"like this\"\"\"");
			break;
		case KS_CSV_OPEN_QUOTE:
			ks_csvfile_complain(file, record.line,
					    "a quote that is not closed; a field with quotes is \"quoted\"");
			break;
		case KS_CSV_TOO_MANY:
			record.n = KS_CSV_FIELDS;
			take(arg, &record);
			break;
		case KS_CSV_RECORD:
			if (!first || !is_header(&record, header))
				take(arg, &record);
			break;
		}
	}
}

void
ks_csvfile_done(struct ks_csvfile *file)
{
	free(file->text);
	file->text = NULL;
}
