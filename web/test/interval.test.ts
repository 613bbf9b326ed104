/** Pass rates and how sure they are. */
import { expect, test } from 'vitest';
import { inPercent, passInterval } from '../src/console/interval';

test('the interval', () => {
  // Reference values: R, binom::binom.confint(methods = "wilson").
  const cases: [number, number, number, number][] = [
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [45, 50, 0.7864, 0.9565],
    [0, 0, 0, 1],
  ];
  for (const [passed, of, low, high] of cases) {
    const [gotLow, gotHigh] = passInterval(passed, of);
    expect(gotLow).toBeCloseTo(low, 3);
    expect(gotHigh).toBeCloseTo(high, 3);
  }
});

test('shares', () => {
  for (const [share, text] of [[1, '100 %'], [0.996, '> 99 %'], [0.5, '50 %'], [0.004, '< 1 %'], [0, '0 %']] as const) {
    expect(inPercent(share)).toBe(text);
  }
});
