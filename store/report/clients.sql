-- SPDX-License-Identifier: BSD-2-Clause
-- How many different sources asked, by UTC day and on the whole.
report AS (
	SELECT
		iif(scope = 'all', 'all', date(t_s, 'unixepoch')) AS day,
		v4,
		v6,
		v6_64,
		exact,
		iif(exact, 0.0, 0.0081) AS standard_error,
		scope = 'all' AS place,
		t_s
	FROM client_count
)
