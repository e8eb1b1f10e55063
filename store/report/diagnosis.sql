-- SPDX-License-Identifier: BSD-2-Clause
-- Why: every cell of the matrix, for each storm (no source) and each source.
-- A hundred cells and more a subject: those who show few choose them before the cells are made.
subject AS MATERIALIZED (
	SELECT diagnosis.*, name, name_wire,
		row_number() OVER (PARTITION BY storm_id IS NULL ORDER BY queries DESC, diagnosis_id) AS number
	FROM diagnosis JOIN zone USING (zone_id), option
	WHERE (option.zone IS NULL OR name_wire = option.zone)
		-- The healthy have a verdict and no cells.
		AND EXISTS (SELECT 1 FROM reasoning WHERE reasoning.diagnosis_id = diagnosis.diagnosis_id)
),
report AS (
	SELECT
		subject.name AS zone,
		subject.address AS source,
		explanation.hypothesis,
		finding.evidence,
		finding.value,
		CASE finding.state WHEN 'present' THEN present_db WHEN 'absent' THEN absent_db ELSE 0.0 END AS weight_db,
		explanation.sum_db,
		explanation.rank,
		finding.state,
		label,
		meaning,
		shown_in,
		iif(began_before, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', start_s, 'unixepoch')) AS start,
		verdict,
		lead_db,
		missing,
		iif(missing IS NULL, NULL, decided_by) AS decided_by,
		above.name AS inherited_from,
		subject.storm_id IS NULL AS is_source,
		subject.queries AS subject_queries,
		subject.diagnosis_id,
		place,
		subject.name_wire AS zone_wire,
		subject.ip AS source_ip
	FROM option
		CROSS JOIN subject
		CROSS JOIN explanation USING (diagnosis_id)
		CROSS JOIN finding USING (diagnosis_id)
		CROSS JOIN weight ON weight.evidence = finding.evidence AND weight.hypothesis = explanation.hypothesis
		LEFT JOIN storm ON storm.storm_id = subject.storm_id
		LEFT JOIN zone AS above ON above.zone_id = above_zone_id
	WHERE subjects IS NULL OR number <= subjects
)
