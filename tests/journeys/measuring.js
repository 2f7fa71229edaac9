// What is wrong with how this page is laid out, as sentences; an empty list for a page that fits.
(() => {
  const wrong = new Set();
  const width = document.documentElement.clientWidth;
  const name = (element) => {
    const words = (element.innerText || element.getAttribute("name") || "").trim().slice(0, 12);
    return `<${element.localName} class="${element.getAttribute("class") || ""}" id="${element.id}"> ${words}`;
  };
  const said = (node) => (node.data || name(node)).trim().slice(0, 24);
  const style = (element) => getComputedStyle(element);
  const unseen = (element) =>
    element.closest(".unseen, svg") || !element.getClientRects().length || !element.checkVisibility({ visibilityProperty: true });
  const elements = Array.from(document.body.querySelectorAll("*")).filter((element) => !unseen(element));

  if (document.documentElement.scrollWidth > width) wrong.add(`the page is ${document.documentElement.scrollWidth} wide`);

  for (const element of elements) {
    const box = element.getBoundingClientRect();
    if (box.left < -0.5 || box.right > width + 0.5) wrong.add(`outside: ${name(element)} ${box.left} to ${box.right}`);
    if (style(element).position === "fixed") wrong.add(`fixed: ${name(element)}`);
    const typed = element.matches("input, textarea, select");
    if (element.matches("textarea") && element.scrollWidth > element.clientWidth + 1) wrong.add(`clipped: ${name(element)}`);
    if (typed && element.type !== "hidden" && parseFloat(style(element).fontSize) < 16) wrong.add(`small letters: ${name(element)}`);
  }

  // Whatever can be tapped, itself or its label.
  const targets = "a[href], button, select, textarea, summary, input:not([type=hidden])";
  for (const element of elements.filter((each) => each.matches(targets))) {
    const large = (each) => each.getBoundingClientRect().width > 43.5 && each.getBoundingClientRect().height > 43.5;
    const tapped = [...(style(element).pointerEvents === "none" ? [] : [element]), ...(element.labels || [])];
    if (!tapped.some(large)) wrong.add(`small target: ${name(element)}`);
  }

  // A number, a time, or a number and its unit, stands on one line.
  const together = /\d+[ \u00a0](?:MB|字|张|天|年|步|处|位|个|次)|\d+月\d+日|\d[\d:]{1,10}(?!\d)/g;
  const parted = (node) => Array.from(node.data.matchAll(together)).filter((found) => {
    const range = document.createRange();
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    return new Set(Array.from(range.getClientRects()).filter((box) => box.width > 1).map((box) => Math.round(box.top))).size > 1;
  });

  // Lines of text must not lie on each other.
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || unseen(node.parentElement) || node.parentElement.closest("option, textarea, script")) continue;
    const typed = node.parentElement.closest(".given, .pass-on");
    parted(node).forEach((found) => typed || wrong.add(`parted: ${found[0]}`));
    const range = document.createRange();
    range.selectNodeContents(node);
    // The line's own height is generous: the letters are in its middle.
    for (const box of range.getClientRects()) lines.push({ node, box, quarter: box.height / 4 });
  }
  elements.filter((each) => each.matches("input, select, textarea") && style(each).opacity !== "0" && each.type !== "hidden")
    .forEach((element) => lines.push({ node: element, box: element.getBoundingClientRect(), quarter: 2 }));
  for (const { node, box, quarter } of lines) {
    // Its own block holds it, and no block around it cuts it off.
    let around = node.parentElement;
    while (style(around).display === "inline") around = around.parentElement;
    const own = around.getBoundingClientRect();
    if (box.left < own.left - 1 || box.right > own.right + 1) wrong.add(`sticks out: ${said(node)}`);
    for (; around !== document.documentElement; around = around.parentElement) {
      const frame = around.getBoundingClientRect();
      const cut = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top + quarter < frame.top || box.bottom - quarter > frame.bottom;
      if (style(around).overflowX !== "visible" && cut) wrong.add(`clipped: ${said(node)}`);
    }
  }
  lines.forEach((one, place) => {
    for (const other of lines.slice(place + 1)) {
      if (one.node === other.node) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom - one.quarter, other.box.bottom - other.quarter) - Math.max(one.box.top + one.quarter, other.box.top + other.quarter);
      if (across > 2 && down > 1) {
        wrong.add(`overlapping: ${said(one.node)} / ${said(other.node)}`);
      }
    }
  });
  return Array.from(wrong);
})();
