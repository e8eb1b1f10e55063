// SPDX-License-Identifier: BSD-2-Clause
// The page as a reader meets it: opened from a file, without a network, with and without scripts, by pointer and by
// keys, light and dark, on paper.
import assert from "node:assert/strict";
import {readFileSync, writeFileSync, mkdirSync} from "node:fs";
import {createRequire} from "node:module";
import {resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {chromium} from "playwright-core";
import {HtmlValidate, StaticConfigLoader} from "html-validate";
import {test, end} from "./tap.mjs";

const folder = resolve(process.argv[2]);
const shots = process.env.KS_SHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const names = ["storm", "rollover", "calm", "hostile"];
const file = name => `${folder}/${name}.html`;
const reports = name => Object.fromEntries(JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8")).rows.map(one => [one.report, one]));

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync"],
});

// A page, and everything that went wrong or out while it was open.
const open = async (name, options = {}) => {
	const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
	const page = await context.newPage();
	page.complaints = [];
	page.requests = [];
	page.on("console", message => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
	page.on("pageerror", error => page.complaints.push(String(error)));
	page.on("request", request => page.requests.push(request.url()));
	await page.goto(pathToFileURL(file(name)).href);
	return page;
};
const shoot = async (page, name) => {
	if (!shots)
		return;
	mkdirSync(shots, {recursive: true});
	await page.screenshot({path: `${shots}/${name}.png`, fullPage: true});
};
const told = figure => figure.locator("output").textContent();

for (const name of names) {
	await test(`${name}: opens from a file, complains of nothing, asks for nothing`, async () => {
		const page = await open(name);
		await page.mouse.wheel(0, 4000);
		await page.waitForTimeout(100);
		assert.deepEqual(page.complaints, []);
		assert.deepEqual(page.requests.filter(url => url !== pathToFileURL(file(name)).href), []);
		await shoot(page, `${name}-light`);
		await page.context().close();
	});

	await test(`${name}: valid HTML`, async () => {
		const loader = new StaticConfigLoader({extends: ["html-validate:standard"], rules: {
			"long-title": "off", "no-trailing-whitespace": "off",
		}});
		const report = await new HtmlValidate(loader).validateString(readFileSync(file(name), "utf8"));
		const found = report.results.flatMap(result => result.messages)
			.map(message => `${message.line}:${message.column} ${message.ruleId}: ${message.message}`);
		assert.deepEqual(found.slice(0, 10), []);
	});

	for (const scheme of ["light", "dark"])
		await test(`${name}: accessible, ${scheme}`, async () => {
			const page = await open(name, {colorScheme: scheme});
			await page.evaluate(axe);
			const found = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));
			assert.deepEqual(found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.target).join(" | ")}`), []);
			if (scheme === "dark")
				await shoot(page, `${name}-dark`);
			await page.context().close();
		});

	await test(`${name}: the same words and pictures without scripts`, async () => {
		const page = await open(name, {javaScriptEnabled: false});
		const other = await open(name);
		assert.equal(await page.locator("svg.ks-plot").count(), await other.locator("svg.ks-plot").count());
		assert.equal(await page.locator("tbody tr").count(), await other.locator("tbody tr").count());
		assert.ok((await page.locator("h1").textContent()).length > 5);
		assert.equal(await page.locator("button").count(), 0);
		await page.context().close();
		await other.context().close();
	});

	await test(`${name}: below 2 MB`, async () => {
		assert.ok(readFileSync(file(name)).length < 2e6);
	});
}

await test("names full of markup make no element, no attribute and no script", async () => {
	const page = await open("hostile");
	page.on("dialog", () => assert.fail("a name ran"));
	const found = await page.evaluate(() => [...document.querySelectorAll("*")].filter(node =>
		node.tagName.toLowerCase() === "ks-evil" || node.getAttributeNames().some(name => name.startsWith("on"))).length);
	assert.equal(found, 0);
	assert.equal(await page.locator("script:not([type])").count(), 1);
	assert.ok((await page.locator("body").textContent()).includes("<ks-evil"), "they are shown as they are");
	await page.context().close();
});

await test("explanations stand in order, closed, and open onto their evidence by keys", async () => {
	const page = await open("storm");
	const rows = reports("storm").diagnosis.rows;
	const first = rows.filter(row => row.source === null);
	const named = [...new Set(first.map(row => row.hypothesis))];
	const list = page.locator("ol.why").first();
	assert.deepEqual(await list.locator("summary b").allTextContents(), named);
	assert.equal(await list.locator("details[open]").count(), 0);
	await list.locator("summary").first().focus();
	await page.keyboard.press("Enter");
	assert.equal(await list.locator("details[open]").count(), 1);
	const best = first.filter(row => row.rank === 1);
	assert.deepEqual(await list.locator("details").first().locator("tbody td:first-child").allTextContents(), best.map(row => row.evidence));
	const weights = await list.locator("details").first().locator("tbody td:nth-child(2)").evaluateAll(cells => cells.map(cell => Number(cell.dataset.v)));
	assert.deepEqual(weights, best.map(row => row.weight_db));
	const links = await page.locator('ol.why a[href^="#"]').evaluateAll(all => all.filter(one => !document.querySelector(one.hash)).length);
	assert.equal(links, 0);
	await page.context().close();
});

await test("lines have a column for each bin, and values as the rows say", async () => {
	const page = await open("storm");
	const rows = reports("storm").traffic.rows;
	const data = JSON.parse(await page.locator('#figure-1 script[type="application/json"]').textContent());
	assert.equal(data.step_s, 1);
	assert.equal(data.series.length, 2);
	for (const row of rows) {
		const column = Date.parse(row.t) / 1000 - data.start_s;
		assert.equal(data.series[0].y[column], row.out_bps);
		assert.equal(data.series[1].y[column], row.in_bps);
	}
	assert.equal(await page.locator("#figure-1 .zoom path.line").count(), 2);
	await page.context().close();
});

await test("queries by type agree with their report", async () => {
	const page = await open("storm");
	const data = JSON.parse(await page.locator('#figure-2 script[type="application/json"]').textContent());
	const keys = data.series.find(one => one.name === "DNSKEY").y;
	let sum = 0;
	for (const row of reports("storm").qtypes.rows.filter(row => row.qtype === "DNSKEY")) {
		assert.equal(keys[Date.parse(row.t) / 1000 - data.start_s], row.qps);
		sum += row.queries;
	}
	assert.equal(keys.reduce((a, b) => a + b, 0), sum, "bins of a second: rates add up to queries");
	assert.equal(await page.locator("#figure-2 .zoom path.line").count(), data.series.length);
	await page.context().close();
});

await test("a mark for each query of the sequence, a bar for each storm, a line for each event", async () => {
	const page = await open("storm");
	const source = (await page.locator("#figure-3 figcaption b").textContent()).match(/of (\S+) by/)[1];
	const hitter = reports("storm").hitters.rows.find(row => row.source === source);
	const marks = await page.locator("#figure-3 .zoom path.mark").count();
	assert.ok(marks >= hitter.queries, `${marks} marks, ${hitter.queries} DNSKEY queries`);
	assert.equal(await page.locator("#figure-3 .zoom path.k0").count(), hitter.hot);
	assert.equal(await page.locator("#figure-5 .zoom rect.mark").count(), reports("storm").storms.rows.length);
	assert.equal(await page.locator("#figure-2 .event").count(), reports("storm").rollovers.rows.filter(row => row.source === "seen").length);
	await page.context().close();
});

for (const name of names)
	await test(`${name}: tables show the figures of the reports`, async () => {
		const page = await open(name), rows = reports(name);
		for (const report of ["storms", "hitters", "habits", "sources", "signatures", "consistency", "quality"]) {
			const cells = await page.locator(`section[aria-labelledby="${report}"] tbody`).evaluateAll(bodies => bodies.flatMap(body => {
				const heads = [...body.parentNode.tHead.rows[0].cells].map(head => head.title);
				return [...body.rows].map(row => [...row.cells].map((cell, i) => [heads[i], cell.dataset.v]).filter(pair => pair[1] !== undefined));
			}));
			const known = rows[report].rows.slice(0, cells.length);
			assert.deepEqual(cells.slice(0, known.length).map(row => row.map(([column, value]) => [column, Number(value)])),
				known.map((row, i) => cells[i].map(([column]) => [column, row[column]])), report);
		}
		await page.context().close();
	});

await test("a mark for each event that was seen in the time of the capture", async () => {
	const page = await open("rollover");
	const {span} = JSON.parse(readFileSync(`${folder}/rollover.json`, "utf8"));
	const inside = reports("rollover").rollovers.rows.filter(row => row.t >= span.from && row.t <= span.to);
	assert.ok(inside.length > 3);
	assert.equal(await page.locator("#figure-6 .zoom path.mark").count(), inside.length);
	await page.context().close();
});

await test("the evidence is one step away", async () => {
	const page = await open("storm");
	for (const link of await page.locator(".answer a").all())
		assert.equal(await page.locator(await link.getAttribute("href")).count(), 1);
	assert.ok(await page.locator(".answer a").count() >= 3);
	await page.context().close();
});

await test("pointing at a plot tells the values of the bin", async () => {
	const page = await open("storm");
	const figure = page.locator("#figure-2");
	await figure.scrollIntoViewIfNeeded();
	const box = await figure.locator("svg").boundingBox();
	await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.4);
	const text = await told(figure);
	const row = reports("storm").qtypes.rows.find(row => row.qtype === "DNSKEY" && row.t === text.slice(0, 20).replace(" ", "T"));
	assert.ok(row, text);
	assert.ok(text.includes(`DNSKEY ${row.qps.toPrecision(3)} q/s`), text);
	await shoot(page, "storm-hover");
	await page.context().close();
});

await test("keys read values, zoom and come back", async () => {
	const page = await open("storm");
	const figure = page.locator("#figure-1"), plot = figure.locator(".scroll");
	const labels = () => figure.locator(".time text").allTextContents();
	const before = await labels();
	await plot.focus();
	await page.keyboard.press("End");
	const last = await told(figure);
	await page.keyboard.press("Home");
	const first = await told(figure);
	assert.ok(first < last && first.startsWith("2026-11-21"), `${first} / ${last}`);
	await page.keyboard.press("ArrowRight");
	assert.ok(await told(figure) > first);
	await page.keyboard.press("+");
	await page.keyboard.press("+");
	assert.notDeepEqual(await labels(), before);
	await page.keyboard.press("0");
	assert.deepEqual(await labels(), before, "the script's ticks are the program's");
	await page.context().close();
});

await test("dragging zooms, two clicks come back; marks move with the axis", async () => {
	const page = await open("storm");
	const figure = page.locator("#figure-3");
	await figure.scrollIntoViewIfNeeded();
	const box = await figure.locator("svg").boundingBox();
	const y = box.y + box.height * 0.5;
	const before = await figure.locator(".time text").allTextContents();
	await page.mouse.move(box.x + box.width * 0.6, y);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width * 0.7, y, {steps: 5});
	await page.mouse.up();
	assert.notDeepEqual(await figure.locator(".time text").allTextContents(), before);
	assert.match(await figure.locator(".zoom path.mark").last().getAttribute("transform"), /translate/);
	await page.mouse.dblclick(box.x + box.width * 0.6, y);
	assert.deepEqual(await figure.locator(".time text").allTextContents(), before);
	await page.context().close();
});

await test("tables sort both ways by exact values, unknown ones last", async () => {
	const page = await open("storm");
	const table = page.locator('table:has(caption:text-is("Heavy hitters"))');
	const column = async name => (await table.locator("th").evaluateAll(heads => heads.map(head => head.title))).indexOf(name);
	const values = async name => table.locator(`tbody td:nth-child(${await column(name) + 1})`).evaluateAll(cells => cells.map(cell => cell.dataset.v === undefined ? null : Number(cell.dataset.v)));
	for (const name of ["response_bytes", "median_gap_ms"]) {
		const head = table.locator(`th[title="${name}"]`);
		for (const way of ["descending", "ascending"]) {
			await head.locator("button").click();
			assert.equal(await head.getAttribute("aria-sort"), way);
			const found = await values(name), known = found.filter(value => value !== null);
			const sorted = [...known].sort((a, b) => way === "ascending" ? a - b : b - a);
			assert.deepEqual(known, sorted);
			assert.deepEqual(found.slice(known.length), new Array(found.length - known.length).fill(null));
		}
	}
	await page.context().close();
});

await test("tables filter, and say how many rows are left", async () => {
	const page = await open("storm");
	const field = page.getByLabel("Filter: Heavy hitters");
	await field.fill("198.19.6.101");
	const table = page.locator('table:has(caption:text-is("Heavy hitters"))');
	assert.equal(await table.locator("tbody tr:visible").count(), 1);
	const all = reports("storm").hitters.rows.length;
	assert.equal(await page.locator(".tools:has(input[aria-label=\"Filter: Heavy hitters\"]) output").textContent(), `1 of ${all} rows`);
	await field.fill("");
	assert.equal(await table.locator("tbody tr:visible").count(), all);
	await page.context().close();
});

await test("dark is dark and light is light, plots too", async () => {
	const bright = async scheme => {
		const page = await open("storm", {colorScheme: scheme});
		const rgb = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector(".ks-plot .name")).fill]);
		await page.context().close();
		return rgb.map(text => text.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0));
	};
	const [paperLight, inkLight] = await bright("light"), [paperDark, inkDark] = await bright("dark");
	assert.ok(paperLight > 600 && inkLight < 200, "light");
	assert.ok(paperDark < 150 && inkDark > 600, "dark");
});

await test("a narrow window scrolls inside its frames only", async () => {
	const page = await open("storm", {viewport: {width: 390, height: 800}});
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390);
	await shoot(page, "storm-narrow");
	await page.context().close();
});

await test("prints on A4, without controls, nothing cut at the right", async () => {
	const page = await open("storm", {colorScheme: "dark"});
	await page.emulateMedia({media: "print"});
	assert.equal(await page.locator(".tools:visible, nav:visible").count(), 0);
	await page.setViewportSize({width: 703, height: 1000}); // 186 mm between the margins
	const wide = await page.evaluate(() => [...document.querySelectorAll("table, figure, p")].filter(node => node.getBoundingClientRect().right > 704).map(node => node.textContent.slice(0, 60)));
	assert.deepEqual(wide, []);
	const pdf = await page.pdf({preferCSSPageSize: true});
	if (shots)
		writeFileSync(`${shots}/storm.pdf`, pdf);
	assert.ok(pdf.length > 10000);
	await page.context().close();
});

await test("evidence stands on paper, with scripts and without", async () => {
	for (const javaScriptEnabled of [true, false]) {
		const page = await open("storm", {javaScriptEnabled});
		const seen = () => page.locator("details table tbody tr").first().isVisible();
		assert.equal(await seen(), false);
		await page.emulateMedia({media: "print"});
		if (javaScriptEnabled)
			await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
		assert.equal(await seen(), true);
		if (javaScriptEnabled) {
			await page.emulateMedia({media: "screen"});
			await page.evaluate(() => dispatchEvent(new Event("afterprint")));
			assert.equal(await seen(), false);
		}
		await page.context().close();
	}
});

await browser.close();
end();
