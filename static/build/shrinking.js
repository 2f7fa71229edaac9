// A photo made smaller before it is sent: a phone's camera writes four times what newspaper and paper can use.
// The original goes out wherever a browser cannot do it well: HEIC in Chrome, engines that draw a turned picture as it
// was stored (Chrome before 81, iOS before 13.4), too little memory, or nothing gained.

// Long edge in px, quality; the next is tried while more than a third of the camera's bytes is left. The newspaper
// needs 2000 px, the portrait is cut to 600 × 840.
const SIZES = { portrait: [[2048, 0.86]], work: [[2800, 0.82], [2560, 0.74], [2240, 0.66]] };
const LEFT_AS_IT_IS_BYTES = 600e3;
// Decoded, four bytes a pixel: beyond this a phone of 3 GB ends the page rather than the picture.
const MOST_PIXELS = 42e6;
// White beside black, stored lying, its EXIF says “turn right”: upright it is white above black.
const TURNED =
  "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAABAAIBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABv/EABsQAAAHAQAAAAAAAAAAAAAAAAABAwUGNnSy/9oACAEBAAA/AB8gsLnrV7Mf/9k=";

function opened(url) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = reject;
    picture.src = url;
  });
}

function drawn(picture, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, width, height);
  return canvas;
}

let turning = null;
function turnsPictures() {
  turning =
    turning ||
    opened(TURNED).then((picture) => {
      if (picture.naturalWidth !== 1) return false;
      const pixels = drawn(picture, 1, 2).getContext("2d").getImageData(0, 0, 1, 2).data;
      return pixels[0] > 160 && pixels[4] < 96;
    });
  return turning.catch(() => false);
}

// {file: what to send, small: a canvas of the picture for the screen, or null}
async function shrunk(file, slot, mostBytes) {
  let url = "";
  let small = null;
  try {
    if (!(await turnsPictures())) return { file, small };
    url = URL.createObjectURL(file);
    const picture = await opened(url);
    const wide = picture.naturalWidth;
    const high = picture.naturalHeight;
    if (wide * high > MOST_PIXELS && file.size <= mostBytes) return { file, small };
    if (picture.decode) await picture.decode();
    const fitted = (edge) => {
      const share = Math.min(1, edge / Math.max(wide, high));
      return drawn(picture, Math.max(1, Math.round(wide * share)), Math.max(1, Math.round(high * share)));
    };
    small = fitted(320);
    const steps = SIZES[slot] || SIZES.work;
    if (Math.max(wide, high) <= steps[0][0] && file.size <= LEFT_AS_IT_IS_BYTES) return { file, small };
    let best = file;
    for (const [edge, quality] of steps) {
      const canvas = fitted(edge);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      // Safari keeps a canvas's memory until it is emptied.
      canvas.width = canvas.height = 0;
      if (blob && blob.size < best.size) best = blob;
      if (best.size * 3 <= file.size) break;
    }
    return { file: best, small };
  } catch (error) {
    return { file, small };
  } finally {
    if (url) URL.revokeObjectURL(url);
  }
}
