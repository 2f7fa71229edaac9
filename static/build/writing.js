// What helps to write: counting, beginnings to go on from, “无” in one tap, what an ID number says.
// Nothing here touches a text while it is being composed or dictated; counting only reads it.

// ---- counting, growing ----

// 字数 as Word counts it, by the same ranges as h5app/domain/text.py: one a Chinese character or full-width mark,
// one a run of letters and digits.
const WIDE =
  "\\u00b7\\u1100-\\u11ff\\u2014\\u2018\\u2019\\u201c\\u201d\\u2026\\u2e80-\\u2fff\\u3001-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7ff" +
  "\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff01-\\uff60\\uffe0-\\uffe6\\u{20000}-\\u{3ffff}";
const UNCOUNTED = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0100}-\u{e01ef}]/gu;
const WORD = new RegExp(`[${WIDE}]|[^\\s\\x1c-\\x1f\\x85${WIDE}]+`, "gu");
const wordCount = (text) => (text.replace(UNCOUNTED, "").match(WORD) || []).length;

all("[data-count]").forEach((line) => {
  const area = document.getElementById(line.dataset.count);
  const count = () => {
    const words = wordCount(area.value);
    line.querySelector("b").textContent = words;
    line.classList.toggle("over", words > Number(line.dataset.most));
    if (area.scrollHeight > area.clientHeight) area.style.height = `${area.scrollHeight + 4}px`;
  };
  area.addEventListener("input", count);
  count();
});

// ---- beginnings ----

// Put a beginning on a line of its own where the cursor is, and leave the cursor behind it.
function begin(area, words) {
  const before = area.value.slice(0, area.selectionStart);
  area.focus();
  area.setRangeText((/[^\n]$/.test(before) ? "\n" : "") + words, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

all("[data-prompts]").forEach((list) => {
  const area = document.getElementById(list.dataset.prompts);
  let composing = false;
  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => (composing = false));
  all("[data-begin]", list).forEach((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tap";
    button.textContent = item.textContent;
    // The keyboard stays up, with what is being composed in it.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (composing) {
        // The half-typed word becomes text first, and may do so only after the next turn.
        area.addEventListener("compositionend", () => setTimeout(begin, 0, area, item.dataset.begin), { once: true });
        area.blur();
      } else {
        begin(area, item.dataset.begin);
      }
    });
    item.textContent = "";
    item.appendChild(button);
  });
});

// ---- “无” ----

all("[data-none]").forEach((box) => {
  const answer = document.getElementById(box.dataset.none);
  let typed = "";
  box.addEventListener("change", () => {
    if (box.checked) typed = answer.value;
    answer.value = box.checked ? box.value : typed;
    answer.dispatchEvent(new Event("input", { bubbles: true }));
  });
  answer.addEventListener("input", () => {
    box.checked = answer.value.trim() === box.value;
  });
});

// ---- what an ID number says ----

function readId(typed) {
  const number = typed.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return null;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * number[place], 0);
  const year = Number(number.slice(6, 10));
  const month = Number(number.slice(10, 12));
  const day = Number(number.slice(12, 14));
  const date = new Date(year, month - 1, day);
  const real = year >= 1900 && date.getMonth() === month - 1 && date.getDate() === day && date <= new Date();
  if (!real || "10X98765432"[sum % 11] !== number[17]) return null;
  return { sex: number[16] % 2 ? "男" : "女", year, month };
}

all("[data-derived]").forEach((line) => {
  const number = document.getElementById(line.dataset.derived);
  const asked = all("#sex, #birth_month-q");
  const show = () => {
    const id = readId(number.value);
    line.hidden = !id;
    line.textContent = id ? `${id.sex}，${id.year}年${id.month}月出生` : "";
    asked.forEach((question) => {
      question.hidden = Boolean(id);
    });
  };
  number.addEventListener("input", show);
  show();
});
