// The panel that moves a portrait under its frame. Comes with Panzoom, and only when it is opened.
// Sent is the part alone; the server cuts it out of the picture it has.

window.openCrop = (template, button, { posted, renew }) => {
  const panel = template.content.firstElementChild.cloneNode(true);
  const find = (selector) => panel.querySelector(selector);
  const [frame, moved, paper, done, trouble] = ["[data-frame]", "[data-moved]", "[data-paper]", "[data-done]", "[data-trouble]"].map(find);
  const [left, top, width, width_px] = button.dataset.part.split(" ").map(Number);
  const LEAST_PX = 295; // on paper, at 300 dpi
  const STEP = 1.15;
  let hand = null;
  let base = 0; // px on the screen: width of the picture when it just covers the frame

  document.body.append(panel);
  document.documentElement.classList.add("locked");
  find("h2").focus();

  const close = () => {
    if (hand) hand.destroy();
    panel.remove();
    document.documentElement.classList.remove("locked");
    const opener = document.getElementById(button.id);
    if (opener) opener.focus({ preventScroll: true });
  };
  const complain = (words) => {
    trouble.textContent = words;
    trouble.hidden = !words;
  };

  // The part under the frame, in parts of the picture.
  const part = () => {
    const scale = hand.getScale();
    const shown = base * scale;
    const from = (side, pan) => -((side - side * scale) / 2 + pan * scale);
    return {
      left: from(base, hand.getPan().x) / shown,
      top: from(moved.offsetHeight, hand.getPan().y) / (moved.offsetHeight * scale),
      width: frame.clientWidth / shown,
    };
  };
  const show = () => {
    const now = part();
    const wide = paper.parentNode.clientWidth / now.width;
    paper.style.width = `${wide}px`;
    paper.style.transform = `translate(${-now.left * wide}px, ${(-now.top * wide * moved.naturalHeight) / moved.naturalWidth}px)`;
  };

  const begin = () => {
    const shape = moved.naturalWidth / moved.naturalHeight;
    base = Math.max(frame.clientWidth, frame.clientHeight * shape);
    moved.style.width = `${base}px`;
    const high = base / shape;
    const scale = frame.clientWidth / (width * base);
    // How far in: while enough pixels are left for the paper, and somewhat at least.
    const widest = (frame.clientWidth / base) * (width_px / width);
    hand = Panzoom(moved, {
      contain: "outside",
      cursor: "move",
      minScale: 1,
      maxScale: Math.max(1.5, scale, widest / LEAST_PX),
      // A pinch of 100 px doubles.
      step: 0.8,
      startScale: scale,
      startX: (-left * base * scale - (base - base * scale) / 2) / scale,
      startY: (-top * high * scale - (high - high * scale) / 2) / scale,
    });
    moved.addEventListener("panzoomchange", show);
    frame.addEventListener("wheel", hand.zoomWithWheel);
    paper.src = moved.src;
    panel.classList.add("ready");
    show();
  };
  moved.onload = begin;
  moved.onerror = () => complain("照片没有打开，请关掉再试一次");
  moved.src = button.dataset.whole;

  const press = (key) => {
    if (!hand) return false;
    const far = 14 / hand.getScale();
    const ways = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    if (ways[key]) hand.pan(ways[key][0], ways[key][1], { relative: true, animate: false });
    else if (key === "+" || key === "=") hand.zoom(hand.getScale() * STEP, { animate: false });
    else if (key === "-") hand.zoom(hand.getScale() / STEP, { animate: false });
    else return false;
    // Zooming out may leave a gap that only a pan closes.
    hand.pan(0, 0, { relative: true, animate: false });
    return true;
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Tab") {
      const stops = Array.from(panel.querySelectorAll("button, [tabindex='0']"));
      const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      const outside = !stops.includes(document.activeElement);
      if (document.activeElement !== edge && !(outside && event.shiftKey)) return;
      event.preventDefault();
      stops[event.shiftKey ? stops.length - 1 : 0].focus();
    } else if (document.activeElement === frame && press(event.key)) event.preventDefault();
  });
  panel.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
    if (event.target.closest("[data-close]")) close();
  });

  done.addEventListener("click", async () => {
    if (!hand || done.disabled) return;
    const now = part();
    const answers = { left: now.left.toFixed(6), top: now.top.toFixed(6), width: now.width.toFixed(6) };
    const words = done.textContent;
    done.disabled = true;
    done.textContent = "正在保存…";
    complain("");
    try {
      renew(await posted(button.dataset.crop, answers));
      close();
    } catch (error) {
      complain("网络断了，还没保存，请再点一次");
    }
    done.disabled = false;
    done.textContent = words;
  });
};
