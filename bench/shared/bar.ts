// A bar: a figure that the product is held to, met or missed.

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  readonly ok: boolean;
}

/** Missed where there is no figure (NaN). */
export const atMost = (name: string, value: number, unit: string, limit: number): Bar => ({
  name,
  value,
  unit,
  limit,
  ok: value <= limit,
});

/** Missed where there is no figure (NaN). */
export const atLeast = (name: string, value: number, unit: string, limit: number): Bar => ({
  name,
  value,
  unit,
  limit,
  ok: value >= limit,
});
