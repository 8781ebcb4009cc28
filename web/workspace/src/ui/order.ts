// The order of the rows of a table.

export interface Order {
  key: string;
  isDown: boolean;
}

/** The order after a press on the heading `key`: up, down, as the server gave it. */
export function turned(held: Order | null, key: string): Order | null {
  if (held?.key !== key) return { key, isDown: false };
  return held.isDown ? null : { key, isDown: true };
}

/** A copy of `rows` in order; words as `language` sorts them with figures by their size, `null` last either way. */
export function sorted<Row>(
  rows: readonly Row[],
  by: (row: Row) => string | number | null,
  isDown: boolean,
  language: string,
): Row[] {
  const words = new Intl.Collator(language, { numeric: true });
  const sign = isDown ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: by(row) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    const figures = typeof a.key === "number" && typeof b.key === "number";
    return sign * (figures ? Number(a.key) - Number(b.key) : words.compare(String(a.key), String(b.key)));
  });
  return keyed.map(({ row }) => row);
}
