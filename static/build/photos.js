// What JavaScript adds to the page of photos; without it every button works as a form does.
// A photo goes on its way as soon as it is chosen, one after the other, while the person does the next thing; a broken
// line is tried again by itself, with the same file. Nothing is kept on the phone but what is still being sent.

const sending = document.getElementById("on-its-way");
const mostMb = Number(sending.dataset.mostMb);
const SLOWEST_MS = 180000;
const LONGEST_PAUSE_MS = 30000;

// Photos chosen and not yet stored: {slot, url, replaces, file, li, state, tries, request}.
// state: "new", "busy" (being shrunk or sent), "waiting" (for the network), "stopped" (until the person says so).
let jobs = [];

// ---- words ----

function complain(slot, words) {
  const section = document.getElementById(slot);
  all(".error", section).forEach((old) => old.remove());
  if (!words) return;
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = words;
  section.querySelector(".frames").before(line);
}

function say(job, words) {
  job.li.querySelector("[data-words]").textContent = words;
}

// ---- slots ----

// Puts what is on its way back into a slot, and hides what it would replace or overfill.
function arrange(section) {
  const list = section.querySelector(".frames");
  const pick = list.querySelector("[data-pick]");
  const mine = jobs.filter((job) => job.slot === section.id);
  all("li[hidden]", list).forEach((item) => {
    item.hidden = false;
  });
  let free = Number(list.dataset.free);
  mine.forEach((job) => {
    const old = job.replaces && document.getElementById(`photo-${job.replaces}`);
    if (old) old.hidden = true;
    else free -= 1;
    list.insertBefore(job.li, old || pick || list.querySelector(".tips"));
  });
  if (pick) pick.hidden = free <= 0;
}

// The slot as the server has it now. Its address in `html` says which one it is.
function renew(html) {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  const fresh = holder.querySelector("[data-slot]");
  const old = document.getElementById(fresh.id);
  const held = old.contains(document.activeElement) ? document.activeElement.id : null;
  // Pictures that are on the screen need not come again.
  all("img", old).forEach((shown) => {
    const same = all("img", fresh).find((each) => each.getAttribute("src") === shown.getAttribute("src"));
    if (!same) return;
    shown.alt = same.alt;
    same.replaceWith(shown);
  });
  old.replaceWith(fresh);
  arrange(fresh);
  if (held !== null) ((held && document.getElementById(held)) || fresh.querySelector("h2")).focus({ preventScroll: true });
  if (!fresh.querySelector(".error")) settle(fresh.id);
  return fresh;
}

// What the top of the page asked for is there now.
function settle(id) {
  const links = all(`#summary a[href="#${id}"]`);
  links.forEach((link) => link.parentNode.remove());
  const box = document.getElementById("summary");
  if (!links.length || box.querySelector("li")) return;
  box.remove();
  document.title = document.title.replace(/^错误：/, "");
}

const isSlot = (text) => /^\s*<section[^>]*data-slot/.test(text);

// ---- on its way ----

function choose(form) {
  const file = form.elements.photo.files[0];
  const section = form.closest("[data-slot]");
  form.reset();
  if (!file) return;
  complain(section.id, "");
  if (/^(video|audio|text|application)\//.test(file.type)) {
    complain(section.id, "这里只收照片，请换一张");
    return;
  }
  const replaces = form.elements.replaces ? form.elements.replaces.value : "";
  const job = { slot: section.id, url: form.action, replaces, file, state: "new", tries: 0, ready: false };
  job.li = sending.content.firstElementChild.cloneNode(true);
  job.li.querySelector("[data-again]").onclick = () => again(job);
  job.li.querySelector("[data-stop]").onclick = () => stop(job);
  jobs.push(job);
  say(job, "排队中…");
  arrange(section);
  next();
}

function next() {
  if (jobs.some((job) => job.state === "busy")) return;
  const job = jobs.find((each) => each.state === "new");
  if (job) send(job);
  goOn();
}

async function send(job) {
  job.state = "busy";
  job.li.querySelector("[data-again]").hidden = true;
  if (!job.ready) {
    say(job, "正在准备…");
    const made = await shrunk(job.file, job.slot.replace("slot-", ""), mostMb * 1e6);
    if (!jobs.includes(job)) return;
    job.file = made.file;
    job.ready = true;
    if (made.small) job.li.querySelector(".frame").prepend(made.small);
  }
  if (job.file.size <= mostMb * 1e6) post(job);
  else refused(job, `这张照片有 ${Math.ceil(job.file.size / 1e6)} MB，请换一张 ${mostMb} MB 以内的`);
}

function post(job) {
  const bar = job.li.querySelector("progress");
  const request = new XMLHttpRequest();
  job.request = request;
  say(job, "正在上传…");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = (event.loaded / event.total) * 100;
    say(job, event.loaded < event.total ? `已传 ${Math.floor(bar.value)}%` : "正在保存…");
  };
  request.onload = () => answered(job, request);
  request.onerror = () => wait(job, "网络不可用，正在重试");
  request.ontimeout = () => wait(job, "网络太慢，正在重试");
  request.open("POST", job.url);
  request.timeout = SLOWEST_MS;
  request.setRequestHeader("X-Requested-With", "fetch");
  const form = new FormData();
  form.append("csrf_token", document.querySelector("[name=csrf_token]").value);
  form.append("replaces", job.replaces);
  form.append("photo", job.file, "photo.jpg");
  request.send(form);
}

function answered(job, request) {
  const { status, responseText } = request;
  if (status === 503 || status === 429) wait(job, "传照片的人多，正在重试");
  else if (isSlot(responseText)) {
    if (status < 300) stored(job, responseText);
    else refused(job, "", responseText);
  } else if (status === 400 && !job.renewed && takeToken(read(responseText))) {
    job.renewed = true;
    post(job);
  } else if (status === 413) refused(job, `照片太大，请换一张 ${mostMb} MB 以内的`);
  else if (status >= 500) wait(job, "还没传上去，正在重试");
  // Submitted or discarded on another page: the page fetched anew knows what to say.
  else location.reload();
}

function stored(job, html) {
  const before = all(`#${job.slot} .frames img`).length;
  gone(job);
  const after = all(".frames img", renew(html)).length;
  tell("照片已保存", true);
  // Sent for the first time and nothing new: somebody chose the same picture again.
  if (after === before && job.tries === 0 && !job.replaces) complain(job.slot, "这张照片已经传过了，换一张别的吧");
  next();
}

// What the server will not take however often it is sent; the slot comes back with the reason in it, or `words` say it.
function refused(job, words, html) {
  gone(job);
  const section = html ? renew(html) : document.getElementById(job.slot);
  if (!html) arrange(section);
  if (words) complain(job.slot, words);
  if (leaving) section.scrollIntoView({ block: "center" });
  leaving = null;
  next();
}

// A refusal, read; not each is one that says more.
function read(answer) {
  try {
    return JSON.parse(answer);
  } catch (error) {
    return {};
  }
}

function wait(job, words) {
  job.state = "waiting";
  job.tries += 1;
  say(job, words);
  tell("网络不可用，正在重试", false);
  job.li.querySelector("[data-again]").hidden = false;
  job.timer = setTimeout(() => again(job), Math.min(LONGEST_PAUSE_MS, 2000 * Math.pow(2, job.tries - 1)));
  next();
}

function again(job) {
  clearTimeout(job.timer);
  if (job.state !== "waiting") return;
  job.state = "new";
  say(job, "排队中…");
  next();
}

function stop(job) {
  if (job.request) job.request.abort();
  gone(job);
  arrange(document.getElementById(job.slot));
  if (!jobs.length) tell("", false);
  next();
}

function gone(job) {
  clearTimeout(job.timer);
  jobs = jobs.filter((each) => each !== job);
  job.li.remove();
}

addEventListener("online", () => jobs.forEach(again));

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (form && event.target.type === "file") choose(form);
});

// ---- leaving: after the last photo has arrived ----

let leaving = null;

function goOn() {
  const go = leaving;
  if (go && !jobs.length) leaving = null;
  document.querySelector("[data-waiting]").textContent = leaving ? `还有 ${jobs.length} 张照片正在上传，传完自动继续` : "";
  if (go && !leaving) go();
}

function leave(event, go) {
  if (!jobs.length) return;
  event.preventDefault();
  event.stopPropagation();
  leaving = go;
  goOn();
}

// Any link and any form but those of the slots leads away. First of all listeners: one tap, one request comes later.
let tapped = null;
document.addEventListener(
  "click",
  (event) => {
    tapped = event.target.closest("button[type=submit]");
    const link = event.target.closest("a[href]");
    if (link && !/^(#|tel:)/.test(link.getAttribute("href"))) leave(event, () => location.assign(link.href));
  },
  true,
);
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const button = form.contains(tapped) ? tapped : form.querySelector("button[type=submit]");
    if (form.matches("[data-change]")) change(event, form);
    else if (!form.matches("[data-upload]")) leave(event, () => button.click());
  },
  true,
);

// ---- delete, move, crop ----

async function change(event, form) {
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  const button = form.querySelector("button[type=submit]");
  const words = button.innerHTML;
  const slot = form.closest("[data-slot]").id;
  button.textContent = form.dataset.busy;
  try {
    renew(await posted(form.action, {}));
  } catch (error) {
    delete form.dataset.sent;
    button.innerHTML = words;
    complain(slot, "网络断了，没有改成，请再点一次");
  }
}

// The slot as it became, or the page anew where the server has something else to show.
async function posted(url, answers, again) {
  const body = new FormData();
  body.append("csrf_token", document.querySelector("[name=csrf_token]").value);
  Object.entries(answers).forEach(([name, value]) => body.append(name, value));
  const headers = { "X-Requested-With": "fetch" };
  const answer = await fetch(url, { method: "POST", body, credentials: "same-origin", headers });
  const text = await answer.text();
  if (isSlot(text)) return text;
  if (answer.status === 400 && !again && takeToken(read(text))) return posted(url, answers, true);
  if (answer.status < 500) location.reload();
  throw new Error("no slot came");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-crop]");
  if (!button) return;
  const panel = document.getElementById("crop");
  const open = () => window.openCrop(panel, button, { posted, renew });
  if (window.openCrop) open();
  else {
    const script = document.createElement("script");
    script.src = panel.dataset.script;
    script.onload = open;
    script.onerror = () => complain(button.closest("[data-slot]").id, "网络断了，没有打开，请再点一次");
    document.head.append(script);
  }
});

// From here on what is chosen goes by itself, and what was chosen before this script had come.
document.documentElement.classList.add("sends");
all("form[data-upload]").forEach(choose);
