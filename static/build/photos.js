// Photos, each by itself.

function complain(form, words) {
  const slot = form.closest("[data-slot]");
  all(".error", slot).forEach((old) => old.remove());
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = words;
  slot.querySelector(".frames").before(line);
}

function upload(form) {
  const SLOWEST_MS = 180000;
  const file = form.elements.photo.files[0];
  if (!file || form.dataset.sent) return;
  if (file.size > Number(form.dataset.mostMb) * 1e6) {
    complain(form, `这张照片有 ${Math.ceil(file.size / 1e6)} MB，请换一张 ${form.dataset.mostMb} MB 以内的`);
    form.reset();
    return;
  }
  const words = form.querySelector("[data-words]");
  const bar = form.querySelector("progress");
  const shown = words.innerHTML;
  const request = new XMLHttpRequest();
  const fail = (sentence) => {
    delete form.dataset.sent;
    words.innerHTML = shown;
    bar.hidden = true;
    form.reset();
    complain(form, sentence);
  };
  form.dataset.sent = "1";
  words.textContent = "正在上传…";
  bar.hidden = false;
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = (event.loaded / event.total) * 100;
    words.textContent = event.loaded < event.total ? `已传 ${Math.floor(bar.value)}%` : "正在保存…";
  };
  request.onload = () => {
    const fragment = request.responseText;
    const slot = form.closest("[data-slot]");
    // A refused photo comes back as its slot too, with the sentence in it.
    if (/^\s*<section[^>]*data-slot/.test(fragment)) {
      const id = slot.id;
      slot.outerHTML = fragment;
      const fresh = document.getElementById(id);
      listen(fresh);
      if (!fresh.querySelector(".error")) settle(id);
    } else if (request.status === 413) {
      fail(`照片太大，请换一张 ${form.dataset.mostMb} MB 以内的`);
    } else {
      fail("这张没传上去，请再选一次。已经传好的照片都在");
    }
  };
  request.onerror = () => fail("网络断了，这张没传上去，请再选一次。已经传好的照片都在");
  request.ontimeout = () => fail("网络太慢，这张没传上去。请换个信号好的地方再选一次");
  request.open("POST", form.action);
  request.timeout = SLOWEST_MS;
  request.setRequestHeader("X-Requested-With", "fetch");
  request.send(new FormData(form));
}

// What the top of the page asked for is there now.
function settle(id) {
  all(`#summary a[href="#${id}"]`).forEach((link) => link.parentNode.remove());
  const box = document.getElementById("summary");
  if (!box || box.querySelector("li")) return;
  box.remove();
  document.title = document.title.replace(/^错误：/, "");
}

function listen(root) {
  all("form[data-upload]", root).forEach((form) => {
    form.elements.photo.addEventListener("change", () => upload(form));
  });
}
listen(document);

// “下一步” while a photo is still on its way would lose it.
all("form[data-leave]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const going = document.querySelector("form[data-upload][data-sent]");
    if (!going) return;
    event.preventDefault();
    event.stopPropagation();
    complain(going, "这张还在上传，请等它传完再点“下一步”");
    going.scrollIntoView({ block: "center" });
  });
});
