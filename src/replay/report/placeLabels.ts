/** A point that wants a label; px, y downwards. */
export interface LabelWish {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export type LabelAlign = 'left' | 'center' | 'right';

/** Where the text stands: `x` is its left end, middle or right end, after `align`; `y` its middle. */
export interface PlacedLabel {
  readonly wish: LabelWish;
  readonly x: number;
  readonly y: number;
  readonly align: LabelAlign;
}

export interface LabelArea {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
}

/** Mean width of a letter over the font size: on the wide side, since the reader's font is unknown. */
const LETTER = 0.6;

/** Steps from the point to the label: beside first, then above and below, then the corners; further out it would seem another's. */
const PLACES: readonly (readonly [LabelAlign, number, number])[] = [
  ['left', 9, 0],
  ['right', -9, 0],
  ['center', 0, -13],
  ['center', 0, 13],
  ['left', 7, -11],
  ['left', 7, 11],
  ['right', -7, -11],
  ['right', -7, 11],
];

/**
 * Places labels greedily in the order given: the first place that is inside the area and free of `obstacles` and of the
 * labels before. A label without such a place is left out: the page's tables hold every name, and text over text none.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  obstacles: readonly Box[],
  area: LabelArea,
): PlacedLabel[] {
  const taken = [...obstacles];
  const placed: PlacedLabel[] = [];
  for (const wish of wishes) {
    const label = candidates(wish).find((one) => isFree(boxOf(one, area), taken, area));
    if (!label) continue;
    taken.push(boxOf(label, area));
    placed.push(label);
  }
  return placed;
}

function candidates(wish: LabelWish): PlacedLabel[] {
  return PLACES.map(([align, dx, dy]) => ({ wish, align, x: wish.x + dx, y: wish.y + dy }));
}

function boxOf(label: PlacedLabel, area: LabelArea): Box {
  const width = label.wish.text.length * area.fontSize * LETTER;
  const before = label.align === 'left' ? 0 : label.align === 'right' ? width : width / 2;
  const left = label.x - before;
  const half = area.fontSize / 2;
  return { left, right: left + width, top: label.y - half, bottom: label.y + half };
}

function isFree(box: Box, taken: readonly Box[], area: LabelArea): boolean {
  const inside =
    box.left >= 0 && box.top >= 0 && box.right <= area.width && box.bottom <= area.height;
  return inside && !taken.some((other) => overlaps(box, other));
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
