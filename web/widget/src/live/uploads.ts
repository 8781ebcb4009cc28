// Files on their way to the server: checked, images made smaller and freed of EXIF, sent with progress.
import type { Attachment, Problem } from "../../../contract/widget.ts";
import type { Shell } from "../shell/shell.ts";

export const LIMIT_MB = 20;
export const MAX_FILES = 6;
const LONGEST_EDGE = 2048;
const QUALITY = 0.85;
/** Seconds; who has to wait longer is not helped by trying again now. */
const SOON = 30;
/** Pictures that browsers can draw again; GIFs may move and stay as they are. */
const REDRAWN = new Set(["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"]);
/** Without HEIC: then iPhones hand over a JPEG. */
export const ACCEPT =
  "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain,text/csv,.docx,.xlsx";

/** Why the server refuses a file, where there is more to say than its type. */
const REASONS = ["empty", "damaged", "encrypted", "macros", "pixels"] as const;
type Refusal = "too_large" | "type" | "network" | "refused" | "often" | (typeof REASONS)[number];

export interface Upload {
  key: number;
  name: string;
  size: number;
  image: boolean;
  /** 0…1 */
  progress: number;
  error: Refusal | null;
  attachment: Attachment | null;
}

export class Uploads {
  items: Upload[] = [];
  /** More files were given than one message takes; those did not come along. */
  surplus = false;
  private key = 0;
  private readonly requests = new Map<number, XMLHttpRequest>();
  private readonly files = new Map<number, File>();

  constructor(
    private readonly shell: Shell,
    private readonly changed: () => void,
  ) {}

  add(files: Iterable<File>): void {
    for (const file of files) {
      this.surplus = this.items.length >= MAX_FILES;
      if (this.surplus) break;
      const key = ++this.key;
      this.files.set(key, file);
      this.items = [
        ...this.items,
        {
          key,
          name: file.name,
          size: file.size,
          image: file.type.startsWith("image/"),
          progress: 0,
          error: null,
          attachment: null,
        },
      ];
      void this.send(key);
    }
    this.changed();
  }

  retry(key: number): void {
    this.set(key, { error: null, progress: 0 });
    void this.send(key);
  }

  /** The connection is back: what was lost on the way goes again by itself. */
  retryLost(): void {
    for (const { key, error } of this.items) if (error === "network") this.retry(key);
  }

  remove(key: number): void {
    this.requests.get(key)?.abort();
    this.requests.delete(key);
    this.files.delete(key);
    this.items = this.items.filter((it) => it.key !== key);
    this.surplus = false;
    this.changed();
  }

  /** The finished files; the tray is empty afterwards. */
  take(): Attachment[] {
    const done = this.items.flatMap((it) => (it.attachment ? [it.attachment] : []));
    for (const it of this.items) if (it.attachment) this.files.delete(it.key);
    // What can never be sent goes too; a broken upload may be tried again.
    this.items = this.items.filter((it) => !it.attachment && it.error === "network");
    this.surplus = false;
    this.changed();
    return done;
  }

  get busy(): boolean {
    return this.items.some((it) => !it.attachment && !it.error);
  }

  private async send(key: number, again = false): Promise<void> {
    const file = this.files.get(key);
    if (!file) return;
    const small = await shrink(file);
    if (!this.files.has(key)) return;
    if (small.size > LIMIT_MB * 1024 * 1024) return this.set(key, { error: "too_large" });
    this.set(key, { size: small.size });
    const request = new XMLHttpRequest();
    this.requests.set(key, request);
    request.open("POST", `${this.shell.config.base}api/v1/widget/attachments`);
    request.setRequestHeader("Authorization", `Bearer ${this.shell.session().token}`);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) this.set(key, { progress: event.loaded / event.total });
    };
    request.onerror = () => this.set(key, { error: "network" });
    request.onload = () => {
      if (request.status < 300) return this.set(key, { progress: 1, attachment: request.response as Attachment });
      if (request.status === 401 && !again) {
        void this.shell.renew().then(
          () => this.send(key, true),
          () => this.set(key, { error: "refused" }),
        );
        return;
      }
      this.set(key, { error: refusal(request.status, request.response as Problem | null) });
    };
    const form = new FormData();
    form.append("file", small, small.name);
    request.send(form);
  }

  private set(key: number, change: Partial<Upload>): void {
    this.items = this.items.map((it) => (it.key === key ? { ...it, ...change } : it));
    this.changed();
  }
}

function refusal(status: number, problem: Problem | null): Refusal {
  if (problem?.code === "too_large" || status === 413) return "too_large";
  if (status === 429 && (problem?.retry_after ?? 0) > SOON) return "often";
  if (status === 429 || status >= 500) return "network";
  const reason = REASONS.find((it) => it === problem?.reason);
  return reason ?? (problem?.code === "invalid" || status === 415 ? "type" : "refused");
}

/** Draw a picture again at a size that is enough to see; where and when it was taken stays behind. */
async function shrink(file: File): Promise<File> {
  if (!REDRAWN.has(file.type)) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    if (!context) return file;
    // Screenshots stay sharp as PNG unless that is much larger.
    const keepsPng = file.type === "image/png" && file.size < 1_500_000;
    if (!keepsPng) {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const type = keepsPng ? "image/png" : "image/jpeg";
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, QUALITY));
    if (!blob) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + (keepsPng ? ".png" : ".jpg"), { type });
  } catch {
    // Not a picture this browser can read; the server looks at it and decides.
    return file;
  }
}
