// Line charts of the console, drawn from the tables beside them as SVG: <figure data-chart="id of the table">.
//
// A row is a day, a column after the first a line; cells with data-value hold the number without separators, and
// data-short at a row's head is what stands under the axis. Colours, dashes and sizes of letters are the style sheet's.
// Lines differ by dash and marker too, so that they can be told apart without colour.
(() => {
  const NS = "http://www.w3.org/2000/svg";
  const MARKS = [d3.symbolCircle, d3.symbolSquare, d3.symbolTriangle, d3.symbolDiamond];
  const MARK_AREA = 44;
  const MARKS_MOST = 12;
  const LABEL_PX = 64;
  const PAPER_PX = 690; // what an A4 page holds between its margins
  const TOP = 14;
  const BOTTOM = 28;
  const RIGHT = 22;

  const words = (number) => number.toLocaleString("zh-CN");
  const total = (values) => values.reduce((sum, value) => sum + value, 0);

  function add(parent, name, attributes, text) {
    const element = parent.appendChild(document.createElementNS(NS, name));
    Object.keys(attributes).forEach((key) => element.setAttribute(key, attributes[key]));
    if (text) element.textContent = text;
    return element;
  }

  function read(table) {
    const heads = Array.from(table.tHead.rows[0].cells).slice(1);
    const rows = Array.from(table.tBodies[0].rows);
    const number = (cell) => Number(cell.dataset.value || cell.textContent);
    return {
      days: rows.map((row) => ({ said: row.cells[0].textContent.trim().replace(/^\d+年/, ""), short: row.cells[0].dataset.short })),
      lines: heads.map((head, at) => ({ name: head.textContent.trim(), values: rows.map((row) => number(row.cells[at + 1])) })),
    };
  }

  function mark(at) {
    return d3.symbol(MARKS[at % MARKS.length], MARK_AREA)();
  }

  // What each line is, and its number: of all days, or of the one that is pointed at.
  function legend(figure, data) {
    const list = figure.insertBefore(document.createElement("ul"), figure.firstChild);
    list.className = "chart-legend";
    const when = list.appendChild(document.createElement("li"));
    const numbers = data.lines.map((line, at) => {
      const item = list.appendChild(document.createElement("li"));
      const sample = add(item, "svg", { width: 28, height: 12, viewBox: "0 0 28 12", class: `chart-sample chart-${at}`, "aria-hidden": "true" });
      add(sample, "path", { d: "M0 6H28", class: "chart-line" });
      add(sample, "path", { d: mark(at), transform: "translate(14 6)", class: "chart-mark" });
      item.appendChild(document.createTextNode(line.name));
      return item.appendChild(document.createElement("b"));
    });
    return (day) => {
      when.textContent = day === undefined ? "合计" : data.days[day].said;
      numbers.forEach((number, at) => {
        const values = data.lines[at].values;
        number.textContent = words(day === undefined ? total(values) : values[day]);
      });
    };
  }

  function draw(paper, data, width) {
    paper.textContent = "";
    const height = Math.round(Math.min(300, Math.max(200, width * 0.4)));
    const most = d3.max(data.lines, (line) => d3.max(line.values)) || 0;
    const top = d3.nice(0, Math.max(most, 4), 4)[1];
    const ticks = d3.ticks(0, top, 4).filter(Number.isInteger);
    const left = 14 + 8 * words(top).length;
    const count = data.days.length;
    const step = count > 1 ? (width - left - RIGHT) / (count - 1) : 0;
    const x = (day) => (count > 1 ? left + day * step : (left + width - RIGHT) / 2);
    const y = (value) => height - BOTTOM - (value / top) * (height - TOP - BOTTOM);

    const svg = add(paper, "svg", { viewBox: `0 0 ${width} ${height}`, class: "chart-drawing", role: "img", "aria-label": paper.dataset.label });
    ticks.forEach((tick) => {
      add(svg, "path", { d: `M${left} ${y(tick)}H${width - RIGHT}`, class: tick ? "chart-grid" : "chart-axis" });
      add(svg, "text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end", class: "chart-label" }, words(tick));
    });
    const every = Math.max(1, Math.ceil(LABEL_PX / (step || LABEL_PX)));
    data.days.forEach((day, at) => {
      if (at % every === 0) add(svg, "text", { x: x(at), y: height - 8, "text-anchor": "middle", class: "chart-label" }, day.short);
    });
    const guide = add(svg, "path", { d: "", class: "chart-guide" });

    const path = d3.line((_, at) => x(at), y);
    const apart = Math.max(1, Math.ceil(count / MARKS_MOST));
    // The longest way first, so that the few at its end are drawn over the many at its beginning.
    data.lines.forEach((line, at) => {
      const group = add(svg, "g", { class: `chart-${at}` });
      add(group, "path", { d: path(line.values), class: "chart-line" });
      line.values.forEach((value, day) => {
        // Each line's marks on other days, or they would hide each other where the lines meet.
        const turn = apart > data.lines.length ? Math.floor((at * apart) / data.lines.length) : 0;
        if (day % apart === turn) add(group, "path", { d: mark(at), transform: `translate(${x(day)} ${y(value)})`, class: "chart-mark" });
      });
    });
    return {
      svg,
      point: (day) => guide.setAttribute("d", day === undefined ? "" : `M${x(day)} ${TOP}V${height - BOTTOM}`),
      nearest: (px) => Math.min(count - 1, Math.max(0, Math.round(step ? (px - left) / step : 0))),
    };
  }

  function begin(figure) {
    const data = read(document.getElementById(figure.dataset.chart));
    const paper = figure.querySelector(".chart-paper");
    const say = legend(figure, data);
    let drawn = null;
    let width = 0;

    function show(wanted) {
      if (wanted === width) return;
      width = wanted;
      drawn = draw(paper, data, width);
      say();
    }
    const fit = () => show(Math.round(paper.clientWidth) || PAPER_PX);
    function point(event) {
      const box = drawn.svg.getBoundingClientRect();
      const day = drawn.nearest(((event.clientX - box.left) * width) / box.width);
      drawn.point(day);
      say(day);
    }
    function leave() {
      drawn.point();
      say();
    }

    fit();
    paper.addEventListener("pointermove", point);
    paper.addEventListener("pointerdown", point);
    paper.addEventListener("pointerleave", leave);
    addEventListener("resize", fit);
    addEventListener("beforeprint", () => show(PAPER_PX));
    addEventListener("afterprint", fit);
  }

  document.querySelectorAll("[data-chart]").forEach(begin);
})();
