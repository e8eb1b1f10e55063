# SPDX-License-Identifier: BSD-2-Clause
#
# plans.awk -- reads the tree that EXPLAIN QUERY PLAN prints, says what is wrong with it: nothing, or a step in a line.
# `big` names the tables that matter. Loops of one SELECT are lines of one depth, the outer above the inner.
BEGIN {
	n = split(big, names, " ")
	for (i = 1; i <= n; i++)
		is_big[names[i]] = 1
	# A row, or a few: a loop inside them is run once.
	n = split("option whole width kept manner quarter extent run edges missing", names, " ")
	for (i = 1; i <= n; i++)
		is_small[names[i]] = 1
}
function refuse(what) { printf "; %s: %s", what, line }
function leave(depth, k) {
	for (k in loops)
		if (k + 0 > depth)
			delete loops[k]
	for (k in correlated)
		if (k + 0 >= depth)
			delete correlated[k]
}
# Is it done again for every row outside? What is materialized is done once, wherever it stands.
function in_correlated(depth, k, deepest) {
	deepest = -1
	for (k in correlated)
		if (k + 0 < depth && k + 0 > deepest)
			deepest = k + 0
	return deepest >= 0 && correlated[deepest]
}
{
	depth = match($0, /[A-Z]/)
	line = substr($0, depth)
	leave(depth)
	split(line, word, " ")
	# A table expression of the same name hides the table.
	if (word[1] == "MATERIALIZE" || word[1] == "CO-ROUTINE")
		hidden[word[2]] = 1
	if (word[1] == "CORRELATED" || word[1] == "MATERIALIZE")
		correlated[depth] = word[1] == "CORRELATED"
	if (word[1] != "SCAN" && word[1] != "SEARCH") {
		# What is made before the loops of a SELECT is no loop, and ends those of the SELECT before it.
		if (word[1] != "USE")
			delete loops[depth]
		next
	}
	table = word[2]
	if ((table in is_big) && !(table in hidden)) {
		if (line ~ /AUTOMATIC/)
			refuse("an index for one question")
		if (word[1] == "SCAN" && in_correlated(depth))
			refuse("looked through for every row")
		else if (word[1] == "SCAN" && (depth in loops))
			refuse("looked through inside a loop over " loops[depth])
	}
	if (!(table in is_small) && line !~ /CONSTANT ROW/)
		loops[depth] = table
}
