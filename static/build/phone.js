// What JavaScript adds to the phone's pages; every page works without it.
// Built into one script from shared.js, phone.js, submitting.js, saving.js, writing.js and passing.js, in this order (build.mjs).
// Plain ES2017: Chrome 78 (WeChat's older Android engine) and iOS 12 run it as it stands.
// Nothing is kept on the phone: what is typed goes to the server's draft, and only there.
document.documentElement.classList.add("js");

// ---- WeChat's own menu ----

// By its bridge, which takes this without a signature: what is somebody's own cannot be passed on by mistake.
function tellWeixin() {
  if (!window.WeixinJSBridge) return;
  const hidden = document.body.dataset.share === "hide";
  window.WeixinJSBridge.call(hidden ? "hideOptionMenu" : "showOptionMenu");
}
document.addEventListener("WeixinJSBridgeReady", tellWeixin);
addEventListener("pageshow", tellWeixin);

// ---- mistakes first ----

const summary = document.getElementById("summary");
if (summary) {
  // Whoever comes to a field that is wrong is left there.
  const field = document.getElementById(location.hash.slice(1));
  if (!field || !field.closest(".q-wrong")) summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const control = target.matches("fieldset, section") ? target.querySelector("input, button") : target;
    target.scrollIntoView({ block: "center" });
    (control || target).focus({ preventScroll: true });
  });
}
