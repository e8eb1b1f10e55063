-- SPDX-License-Identifier: BSD-2-Clause
-- Why: every cell of the matrix, for each storm (no source) and each source.
report AS (
	SELECT
		zone.name AS zone,
		diagnosis.address AS source,
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
		diagnosis.storm_id IS NULL AS is_source,
		diagnosis.queries AS subject_queries,
		diagnosis.diagnosis_id,
		place,
		zone.name_wire AS zone_wire,
		diagnosis.ip AS source_ip
	FROM diagnosis
		CROSS JOIN zone ON zone.zone_id = diagnosis.zone_id
		CROSS JOIN explanation USING (diagnosis_id)
		CROSS JOIN finding USING (diagnosis_id)
		CROSS JOIN weight ON weight.evidence = finding.evidence AND weight.hypothesis = explanation.hypothesis
		LEFT JOIN storm ON storm.storm_id = diagnosis.storm_id
		LEFT JOIN zone AS above ON above.zone_id = above_zone_id
)
