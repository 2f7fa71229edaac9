// Builds the style sheets and scripts of the phone's pages; all are committed, so that nobody needs node to run the
// service.
//
// app.css = the rules of WeUI for the classes that templates/ and the scripts name, then phone.css and photos.css, then
// care.css twice: for 大字版 and for people who asked their phone for more contrast.
// WeUI's colours, data: images and px font sizes do not come along: phone.css has every colour, the
// content security policy allows no data: URLs, and font sizes in rem follow the reader's own text size.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { browserslistToTargets, transform } from "lightningcss";
import { parse } from "postcss";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const read = (...parts) => readFileSync(join(...parts), "utf8");
const targets = browserslistToTargets(["chrome 78", "ios_saf 12"]);

function textsUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === "admin" ? [] : textsUnder(join(folder, entry.name));
    return entry.name.endsWith(".html") ? [read(folder, entry.name)] : [];
  });
}

// One file a concern; app.js is all of them, in this order.
const script = ["shared.js", "phone.js", "submitting.js", "saving.js", "writing.js", "passing.js"].map((name) => read(here, name)).join("\n");
const sources = [...textsUnder(join(root, "templates")), script].join("\n");
const used = new Set(sources.match(/weui-[\w-]+/g));
// Elements of mini programs, the switches of WeUI's own themes, and what it has for pages unlike ours.
const foreign = /\bpage\b|\bnavigator\b|wx-root|data-weui|\[class|\bdiv\b|search/;

function matches(selector) {
  const classes = selector.match(/\.[\w-]+/g) || [];
  return !foreign.test(selector) && classes.every((name) => used.has(name.slice(1)));
}

function purge(sheet) {
  sheet.walkAtRules((rule) => (rule.name.endsWith("keyframes") || rule.params.includes("color-scheme")) && rule.remove());
  sheet.walkRules((rule) => {
    const kept = rule.selectors.filter(matches);
    if (kept.length) rule.selectors = kept;
    else rule.remove();
  });
  sheet.walkDecls((declaration) => {
    // Both browsers know var() and env(): a fallback before one is dead weight.
    const next = declaration.next();
    const repeated = next && next.prop === declaration.prop;
    const theme = declaration.prop.startsWith("--");
    if (repeated || theme || declaration.value.includes("url(")) declaration.remove();
    else if (declaration.prop === "font-size") declaration.value = declaration.value.replace(/^([\d.]+)px$/, (_, px) => `${px / 16}rem`);
  });
  return sheet.toString();
}

const weui = createRequire(import.meta.url).resolve("weui/dist/style/weui.min.css");
const code = Buffer.from(purge(parse(readFileSync(weui, "utf8").replace("/*!", "/*"))));
const purged = transform({ filename: "weui.css", code, targets, minify: true });
const strong = read(here, "care.css");
const looks = [read(here, "phone.css"), read(here, "photos.css"), strong.replaceAll(":root", ":root.care"), `@media (prefers-contrast: more) {${strong}}`];
const own = transform({ filename: "phone.css", code: Buffer.from(looks.join("\n")), targets, minify: true });
const css = `/*! WeUI 2.6.26, Copyright Tencent, MIT licence, purged; then h5app */\n${purged.code}${own.code}\n`;

const unset = [...new Set(purged.code.toString().match(/var\((--weui-[\w-]+)/g))]
  .map((use) => use.slice(4))
  .filter((name) => !css.includes(`${name}:`));
if (unset.length) throw new Error(`phone.css must give a value to ${unset.join(", ")}`);

const app = await minify(script, { ecma: 2017, toplevel: true });

// Tencent's SDK for the share card: as a script of a page, without debugging (it would open boxes), and without the
// picture it fetches from open.weixin.qq.com to report the address of the page and the network of the phone.
function jsSdk() {
  const cuts = [
    ["module.exports = n(e);", "n(e, true);"],
    [/\bh\.debug\b/g, "false"],
    ["function B(n) {", "function B() {} function unused(n) {"],
  ];
  return cuts.reduce((text, [from, to]) => {
    const cut = text.replace(from, to);
    if (cut === text) throw new Error(`weixin-js-sdk has changed: no ${from}`);
    return cut;
  }, read(createRequire(import.meta.url).resolve("weixin-js-sdk")));
}
const share = await minify(`${jsSdk()}\n{${read(here, "share.js")}}`, { ecma: 2017, toplevel: true });
const credit = "/*! weixin-js-sdk 1.6.5 (JS-SDK 1.6.0, Copyright Tencent), MIT licence, cut; then h5app */";

// The page of photos, and what it fetches when somebody opens the panel that crops. Of Panzoom the file for old engines:
// its module has `?.`, which Chrome 78 cannot read.
const enclosed = (...texts) => minify(`(() => {${texts.join("\n")}})();`, { ecma: 2017 });
const photos = await enclosed(read(here, "shared.js"), read(here, "shrinking.js"), read(here, "photos.js"));
const crop = await enclosed(read(createRequire(import.meta.url).resolve("@panzoom/panzoom/dist/panzoom.js")), read(here, "cropping.js"));

// The console's charts: D3's paths and scales, as the scripts that they publish for pages without modules.
const libraries = ["d3-path", "d3-shape", "d3-array"].map((name) => read(here, "node_modules", name, "dist", `${name}.min.js`));
const chart = await minify([...libraries, read(here, "chart.js")].join("\n"), { ecma: 2017, toplevel: true });

const built = [
  ["css/app.css", css],
  ["js/app.js", `${app.code}\n`],
  ["js/photos.js", `${photos.code}\n`],
  ["js/crop.js", `/*! Panzoom 4.6.2, Copyright Timmy Willison, MIT licence; then h5app */\n${crop.code}\n`],
  ["js/chart.js", `/*! d3-path 3.1.1, d3-shape 3.2.1, d3-array 3.2.5, ISC licence; then h5app\n\n${read(here, "node_modules/d3-shape/LICENSE")}*/\n${chart.code}\n`],
  ["js/share.js", `${credit}\n${share.code}\n`],
];
for (const [path, text] of built) {
  writeFileSync(join(here, "..", path), text);
  console.log(`${path}: ${text.length} B, ${gzipSync(text, { level: 9 }).length} B gzip`);
}
