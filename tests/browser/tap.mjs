// SPDX-License-Identifier: BSD-2-Clause
// Test Anything Protocol: one line a test, and what was wrong behind it.
let count = 0, failed = 0;

export const test = async (name, body) => {
	count++;
	try {
		await body();
		console.log(`ok ${count} - ${name}`);
	} catch (error) {
		failed++;
		console.log(`not ok ${count} - ${name}`);
		const text = String(error && error.stack || error);
		console.log(text.split("\n").slice(0, 30).map(line => "# " + line).join("\n"));
		console.error(`${name}: ${text.split("\n")[0]}`);
	}
};

export const end = () => {
	console.log(`1..${count}`);
	process.exitCode = failed > 0 ? 1 : 0;
};
