/* SPDX-License-Identifier: BSD-2-Clause
   What makes the page easier to read, but nothing that is needed to read it: plots zoom and tell values, tables sort
   and filter. Texts of the page are put in as text, never as markup. */
"use strict";
(() => {
	const SVG = "http://www.w3.org/2000/svg";

	const make = (name, properties, ...children) => {
		const node = document.createElement(name);
		for (const [key, value] of Object.entries(properties || {}))
			node.setAttribute(key, value);
		node.append(...children);
		return node;
	};
	const draw = (name, attributes) => {
		const node = document.createElementNS(SVG, name);
		for (const [key, value] of Object.entries(attributes))
			node.setAttribute(key, value);
		return node;
	};
	const button = (text, action) => {
		const node = make("button", {type: "button"}, text);
		node.addEventListener("click", action);
		return node;
	};

	/* --- figures as the rest of the page has them: reports/number.c, in another language --- */

	const three = value => {
		for (const [scale, decimals] of [[1000, 3], [100, 2], [10, 1], [1, 0]]) {
			const scaled = Math.round(value * scale);
			if (scaled < 1000)
				return (scaled / scale).toFixed(decimals);
		}
		return null;
	};
	const scaled = (value, unit) => {
		if (value === null || value === undefined)
			return "unknown";
		if (value === 0)
			return "0 " + unit;
		if (value < 0.0005)
			return "<0.001 " + unit;
		for (const prefix of ["", "k", "M", "G", "T", "P"]) {
			const text = value < 1000 ? three(value) : null;
			if (text !== null)
				return text + " " + prefix + unit;
			value /= 1000;
		}
		return value + " " + unit;
	};
	const instant = ms => new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");

	/* --- ticks of time: reports/plot/axis.c --- */

	const DAY = 86400;
	const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, DAY, 2 * DAY,
		7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 182 * DAY, 365 * DAY, 730 * DAY, 1825 * DAY, 3650 * DAY, 7300 * DAY, 18250 * DAY];
	const TICKS = 9;

	const tickLabel = (second, step) => {
		const text = new Date(second * 1000).toISOString();
		if (step >= 30 * DAY)
			return text.slice(0, 10);
		if (step >= DAY || text.slice(11, 19) === "00:00:00")
			return text.slice(5, 10);
		return step % 60 === 0 ? text.slice(11, 16) : text.slice(11, 19);
	};
	const ticks = (from, to) => {
		const seconds = (to - from) / 1000;
		const step = STEPS.find(step => seconds / step <= TICKS - 1) || STEPS[STEPS.length - 1];
		const found = [];
		for (let t = Math.ceil(from / 1000 / step) * step; t * 1000 <= to; t += step)
			found.push([t, tickLabel(t, step)]);
		return found;
	};

	/* --- plots --- */

	class Plot {
		constructor(figure) {
			this.figure = figure;
			this.svg = figure.querySelector("svg");
			this.kind = figure.dataset.plot;
			const numbers = Object.fromEntries(Object.entries(this.svg.dataset).map(([key, value]) => [key, Number(value)]));
			Object.assign(this, numbers);
			this.view = {from: this.from, to: this.to};
			const json = figure.querySelector('script[type="application/json"]');
			this.data = json ? JSON.parse(json.textContent) : null;
			this.marks = [...this.svg.querySelectorAll(".mark")].filter(node => node.querySelector("title"));
			this.places = this.marks.map(node => node.getBBox()).map(box => [box.x + box.width / 2, box.y + box.height / 2]);
			this.numbers = [...this.svg.querySelectorAll(".number[text-anchor=middle]")].map(node => [node, Number(node.getAttribute("x"))]);
			this.at = -1;
			this.build();
		}

		build() {
			const hold = this.figure.querySelector(".scroll");
			hold.tabIndex = 0;
			hold.setAttribute("role", "group");
			hold.setAttribute("aria-label", this.figure.dataset.name + ": arrow keys read values"
				+ (this.kind === "bars" ? "" : ", plus and minus zoom, 0 shows all"));
			this.told = make("output", {"aria-live": "polite"});
			const tools = make("div", {class: "tools"});
			if (this.kind !== "bars")
				tools.append(button("Zoom in", () => this.zoom(0.5)), button("Zoom out", () => this.zoom(2)),
					button("All", () => this.show(this.from, this.to)));
			this.hint = make("span", {class: "hint"}, this.kind === "bars" ? "Point at a bar, or use the arrow keys."
				: "Point to read, drag to zoom; or use the arrow keys.");
			tools.append(this.told, this.hint);
			hold.after(tools);
			this.cursor = draw("line", {class: "cursor", y1: this.top, y2: this.bottom, visibility: "hidden"});
			this.band = draw("rect", {class: "drag", y: this.top, height: this.bottom - this.top, visibility: "hidden"});
			this.svg.append(this.band, this.cursor);
			this.svg.addEventListener("pointermove", event => this.move(event));
			this.svg.addEventListener("pointerleave", () => this.leave());
			this.svg.addEventListener("pointerdown", event => this.press(event));
			this.svg.addEventListener("pointerup", event => this.release(event));
			this.svg.addEventListener("dblclick", () => this.show(this.from, this.to));
			hold.addEventListener("keydown", event => this.key(event));
		}

		/* Pictures know milliseconds and units of their own; the view maps one to the other. */
		x(ms) {
			return this.left + (ms - this.view.from) / (this.view.to - this.view.from) * (this.right - this.left);
		}
		time(x) {
			return this.view.from + (x - this.left) / (this.right - this.left) * (this.view.to - this.view.from);
		}
		/* Where a mark drawn at x stands now. */
		moved(x) {
			return this.x(this.from + (x - this.left) / (this.right - this.left) * (this.to - this.from));
		}
		point(event) {
			return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
		}

		show(from, to) {
			const least = this.data ? this.data.step_s * 4000 : Math.max((this.to - this.from) / 10000, 10);
			const span = Math.min(Math.max(to - from, least), this.to - this.from);
			from = Math.min(Math.max((from + to - span) / 2, this.from), this.to - span);
			this.view = {from, to: from + span};
			const scale = (this.to - this.from) / span;
			const shift = this.moved(0);
			for (const node of this.svg.querySelectorAll(".zoom > *")) {
				const place = this.marks.indexOf(node);
				if (this.kind === "dots" && place >= 0 && node.tagName === "path")
					node.setAttribute("transform", `translate(${this.moved(this.places[place][0]) - this.places[place][0]} 0)`);
				else
					node.setAttribute("transform", `matrix(${scale} 0 0 1 ${shift} 0)`);
			}
			for (const [node, x] of this.numbers) {
				const now = this.moved(x);
				node.setAttribute("x", now);
				node.setAttribute("visibility", now >= this.left - 1 && now <= this.right + 1 ? "visible" : "hidden");
			}
			for (const node of this.svg.querySelectorAll(".words"))
				node.setAttribute("visibility", scale > 1 ? "hidden" : "visible");
			this.retick();
			if (this.at >= 0)
				this.point_out(this.at);
		}
		retick() {
			const axis = this.svg.querySelector(".time");
			axis.replaceChildren();
			for (const [second, label] of ticks(this.view.from, this.view.to)) {
				const x = this.x(second * 1000);
				const text = draw("text", {class: "label", x, y: this.bottom + 18, "text-anchor": "middle"});
				text.textContent = label;
				axis.append(draw("line", {class: "tick", x1: x, x2: x, y1: this.bottom, y2: this.bottom + 5}), text);
			}
		}
		zoom(factor) {
			const middle = this.at >= 0 && this.data ? this.columnTime(this.at) : (this.view.from + this.view.to) / 2;
			const half = (this.view.to - this.view.from) * factor / 2;
			this.show(middle - half, middle + half);
		}

		/* --- reading --- */

		count() {
			return this.data ? this.data.series[0].y.length : this.marks.length;
		}
		columnTime(i) {
			return (this.data.start_s + (i + 0.5) * this.data.step_s) * 1000;
		}
		point_out(i) {
			for (const mark of this.marks)
				mark.classList.remove("chosen");
			this.at = i;
			const x = this.data ? this.x(this.columnTime(i)) : this.kind === "dots" ? this.moved(this.places[i][0]) : -1;
			const inside = x >= this.left && x <= this.right;
			this.cursor.setAttribute("visibility", inside ? "visible" : "hidden");
			this.cursor.setAttribute("x1", x);
			this.cursor.setAttribute("x2", x);
			this.hint.hidden = true;
			if (this.data) {
				const start = (this.data.start_s + i * this.data.step_s) * 1000;
				this.told.textContent = instant(start) + "  " + this.data.series.map(one =>
					one.name + " " + scaled(one.y[i], this.data.unit)).join(", ");
			} else {
				this.marks[i].classList.add("chosen");
				this.told.textContent = this.marks[i].querySelector("title").textContent;
			}
		}
		nearest(at) {
			if (this.data)
				return Math.floor((this.time(at.x) / 1000 - this.data.start_s) / this.data.step_s);
			let best = -1, least = Infinity;
			this.places.forEach(([x, y], i) => {
				const far = this.kind === "bars" ? Math.abs(y - at.y) : Math.hypot(this.moved(x) - at.x, y - at.y);
				if (far < least)
					[best, least] = [i, far];
			});
			return best;
		}
		move(event) {
			const at = this.point(event);
			if (this.pressed !== undefined) {
				const [from, to] = [Math.min(this.pressed, at.x), Math.max(this.pressed, at.x)];
				this.band.setAttribute("x", from);
				this.band.setAttribute("width", to - from);
				this.band.setAttribute("visibility", to - from > 3 ? "visible" : "hidden");
			}
			const i = this.nearest(at);
			if (i >= 0 && i < this.count() && at.x >= this.left - 4 && at.x <= this.right + 4)
				this.point_out(i);
		}
		leave() {
			this.pressed = undefined;
			this.band.setAttribute("visibility", "hidden");
		}
		press(event) {
			if (event.button === 0 && this.kind !== "bars")
				this.pressed = Math.min(Math.max(this.point(event).x, this.left), this.right);
		}
		release(event) {
			const from = this.pressed, to = Math.min(Math.max(this.point(event).x, this.left), this.right);
			this.leave();
			if (from !== undefined && Math.abs(to - from) > 6)
				this.show(this.time(Math.min(from, to)), this.time(Math.max(from, to)));
		}
		key(event) {
			const last = this.count() - 1;
			const steps = {
				ArrowLeft: () => this.point_out(Math.max(this.at - 1, 0)),
				ArrowRight: () => this.point_out(Math.min(this.at + 1, last)),
				PageUp: () => this.point_out(Math.max(this.at - 20, 0)),
				PageDown: () => this.point_out(Math.min(this.at + 20, last)),
				Home: () => this.point_out(0),
				End: () => this.point_out(last),
			};
			if (this.kind === "bars") {
				steps.ArrowUp = steps.ArrowLeft;
				steps.ArrowDown = steps.ArrowRight;
			} else {
				steps["+"] = steps["="] = () => this.zoom(0.5);
				steps["-"] = () => this.zoom(2);
				steps["0"] = () => this.show(this.from, this.to);
			}
			if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey || last < 0)
				return;
			event.preventDefault();
			steps[event.key]();
		}
	}

	/* --- tables --- */

	const collator = new Intl.Collator("en", {numeric: true});
	const keyOf = cell => cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.classList.contains("no") ? null : cell.textContent;

	/* What is unknown is last, whichever way the others go. */
	const compare = (a, b, way) => {
		if (a === null || b === null)
			return (a === null) - (b === null);
		return way * (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));
	};
	const sortBy = (table, column) => {
		const heads = [...table.tHead.rows[0].cells];
		const numeric = heads[column].classList.contains("n");
		const before = heads[column].getAttribute("aria-sort");
		const down = before === null ? numeric : before === "ascending";
		heads.forEach(head => head.removeAttribute("aria-sort"));
		heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
		const rows = [...table.tBodies[0].rows].map(row => [keyOf(row.cells[column]), row]);
		rows.sort((a, b) => compare(a[0], b[0], down ? -1 : 1));
		table.tBodies[0].append(...rows.map(row => row[1]));
	};
	const addFilter = (table, frame) => {
		const name = table.caption.textContent;
		const rows = [...table.tBodies[0].rows];
		const told = make("output", {"aria-live": "polite", class: "hint"});
		const field = make("input", {type: "search", "aria-label": "Filter: " + name, placeholder: "Filter rows"});
		field.addEventListener("input", () => {
			const wanted = field.value.trim().toLowerCase();
			let shown = 0;
			for (const row of rows) {
				row.hidden = !row.textContent.toLowerCase().includes(wanted);
				shown += !row.hidden;
			}
			told.textContent = wanted === "" ? "" : shown + " of " + rows.length + " rows";
		});
		frame.before(make("div", {class: "tools"}, field, told));
	};
	const enliven = table => {
		const frame = table.closest(".frame");
		if (table.tBodies[0].rows.length < 2)
			return;
		[...table.tHead.rows[0].cells].forEach((head, i) => {
			const inner = button("", () => sortBy(table, i));
			inner.append(...head.childNodes);
			head.append(inner);
		});
		if (table.tBodies[0].rows.length > 5)
			addFilter(table, frame);
	};

	/* Paper cannot be opened: evidence stands there. Afterwards what was closed is closed again. */
	const opened = [];
	addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach(node => {
		node.open = true;
		opened.push(node);
	}));
	addEventListener("afterprint", () => opened.splice(0).forEach(node => { node.open = false; }));
	document.querySelectorAll("figure[data-plot]").forEach(figure => new Plot(figure));
	document.querySelectorAll(".frame table").forEach(enliven);
	/* A frame that scrolls can be scrolled by keys, where it does. */
	document.querySelectorAll(".frame").forEach(frame => {
		frame.tabIndex = 0;
		frame.setAttribute("role", "region");
		frame.setAttribute("aria-label", "Table: " + frame.querySelector("caption").textContent);
	});
})();
