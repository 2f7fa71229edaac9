// What helps to write: counting, “无” in one tap, what an ID number says.

// ---- counting, growing ----

all("[data-count]").forEach((line) => {
  const area = document.getElementById(line.dataset.count);
  const count = () => {
    // Code points without line breaks: as the server counts.
    const letters = Array.from(area.value.replace(/[\r\n]/g, "")).length;
    line.querySelector("b").textContent = letters;
    line.classList.toggle("over", letters > Number(line.dataset.most));
    if (area.scrollHeight > area.clientHeight) area.style.height = `${area.scrollHeight + 4}px`;
  };
  area.addEventListener("input", count);
  count();
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
