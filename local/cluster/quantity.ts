const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity such as `500m`, `2Gi` or `1e3` stands for; 0 when it is absent or none. */
export function quantity(value: unknown): number {
  const [, number = '', suffix = ''] =
    /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(value ?? '')) ?? [];
  return number === '' ? 0 : Number(number) * (factors[suffix] ?? 0);
}

export function isQuantity(value: unknown): boolean {
  const [, , suffix] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(value)) ?? [];
  return suffix !== undefined && factors[suffix] !== undefined;
}

/** A number as a quantity of a resource is written: `500m`, `2`, `1536Mi`. */
export function showQuantity(number: number, resource: string): string {
  if (Number.isInteger(number)) {
    const isBytes = /memory|storage/.test(resource);
    for (const suffix of isBytes ? ['Gi', 'Mi', 'Ki'] : []) {
      const factor = factors[suffix] ?? 1;
      if (number >= factor && number % factor === 0) return `${number / factor}${suffix}`;
    }
    return String(number);
  }
  return `${Math.ceil(number * 1000 - 1e-6)}m`;
}
