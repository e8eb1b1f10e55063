-- SPDX-License-Identifier: BSD-2-Clause
-- Names that do not exist, by the name above them. A flood of made-up names hardly ever asks for one twice: nine of
-- ten labels are new, among a thousand or more. Labels and sources are estimates of each run, added up; whether it
-- is a flood is decided run by run, since names that come back in every run are not made up.
above AS (
	SELECT parent_wire, max(parent) AS parent,
		sum(nxdomain) AS nxdomain,
		sum(responses) AS responses,
		sum(distinct_labels) AS distinct_labels,
		sum(sources) AS sources,
		max(nxdomain >= 1000 AND distinct_labels * 10 >= nxdomain * 9) AS flood,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM nxdomain
	GROUP BY parent_wire
),
report AS (
	SELECT
		parent,
		nxdomain,
		responses,
		nxdomain * 1.0 / responses AS share,
		distinct_labels,
		distinct_labels * 1.0 / nxdomain AS distinct_ratio,
		flood,
		sources,
		parent_wire AS zone_wire,
		first_ns,
		last_ns
	FROM above
)
