/** How sure a pass rate is. Source: E. B. Wilson, Probable inference, J. Am. Stat. Assoc. 22 (1927). */

/** The two-sided 95 % point of the normal distribution. */
const Z = 1.959964;

/** Wilson's 95 % interval of a pass rate, as shares from 0 to 1. Without cases nothing is known. */
export function passInterval(passed: number, cases: number): [low: number, high: number] {
  if (cases === 0) return [0, 1];
  const rate = passed / cases;
  const middle = rate + (Z * Z) / (2 * cases);
  const spread = Z * Math.sqrt((rate * (1 - rate)) / cases + (Z * Z) / (4 * cases * cases));
  const scale = 1 + (Z * Z) / cases;
  // At the ends the formula is exact; floating point is not quite.
  return [passed === 0 ? 0 : (middle - spread) / scale, passed === cases ? 1 : (middle + spread) / scale];
}

/** Milliseconds as seconds; a dash where nothing was measured. */
export function inSeconds(milliseconds: number | null | undefined): string {
  return milliseconds == null ? '—' : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** A share in percent: whole ones, but never rounded up to 100 or down to 0. */
export function inPercent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  if (share < 1 && share > 0.99) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}
