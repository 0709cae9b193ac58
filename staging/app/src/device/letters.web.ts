/** How much larger than usual the browser's letters are set: sizes on the web are in pixels, which a browser leaves alone. */

const USUAL_PX = 16;
const MOST = 2;

export function useLetterScale(): number {
  const px = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Number.isFinite(px) ? Math.min(MOST, Math.max(1, px / USUAL_PX)) : 1;
}
