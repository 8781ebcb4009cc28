// Files in portions that the server takes, each text together with the pictures it names.

/** The server takes this many files and bytes in one request. */
const BATCH = 100;
const BATCH_BYTES = 15 * 1024 * 1024;
const PICTURE = /\.(png|jpe?g|jfif|gif|webp|mp4|m4v|webm)$/i;
const TEXT = /\.(md|markdown|html?|txt|text|csv|tsv|jsonl|ndjson)$/i;

export interface Batch {
  files: File[];
  /** Of these, what becomes articles. */
  texts: number;
}

export function pathOf(file: File): string {
  return file.webkitRelativePath || ((file as File & { path?: string }).path ?? file.name);
}

export function isPicture(file: File): boolean {
  return PICTURE.test(file.name);
}

/** A picture that several texts name goes with each of them; the server keeps it once. */
export async function batches(files: File[]): Promise<Batch[]> {
  const pictures = files.filter(isPicture);
  const all: { files: Set<File>; bytes: number; texts: number }[] = [];
  for (const file of files) {
    if (isPicture(file)) continue;
    const named = pictures.length && TEXT.test(file.name) ? await namedIn(file, pictures) : [];
    let last = all.at(-1);
    const more = (held: Set<File>) => [file, ...named].filter((each) => !held.has(each));
    const size = (held: Set<File>) => more(held).reduce((sum, each) => sum + each.size, 0);
    if (!last || last.files.size + named.length >= BATCH || last.bytes + size(last.files) > BATCH_BYTES) {
      last = { files: new Set(), bytes: 0, texts: 0 };
      all.push(last);
    }
    for (const each of more(last.files)) {
      // The text itself always goes; pictures beyond the limit are reported as missing.
      if (each !== file && last.bytes + each.size > BATCH_BYTES) continue;
      last.files.add(each);
      last.bytes += each.size;
    }
    last.texts += 1;
  }
  return all.map((each) => ({ files: [...each.files], texts: each.texts }));
}

async function namedIn(file: File, pictures: File[]): Promise<File[]> {
  const text = (await file.text()).toLowerCase();
  return pictures.filter(({ name }) => {
    const plain = name.toLowerCase();
    return text.includes(plain) || text.includes(encodeURIComponent(name).toLowerCase());
  });
}
