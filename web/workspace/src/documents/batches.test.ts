import { describe, expect, it } from "vitest";
import { batches } from "./batches";

const file = (path: string, content: string | Uint8Array<ArrayBuffer>) =>
  Object.assign(new File([content], path.split("/").at(-1) ?? ""), { path });
const names = (files: File[]) => files.map((each) => (each as File & { path: string }).path);

describe("files in portions", () => {
  it("keep the pictures with the texts that name them", async () => {
    const sent = await batches([
      file("help/a.md", "![x](img/One%20two.png)"),
      file("help/img/one two.png", "p"),
      file("help/b.html", "<img src='three.jpg'>"),
      file("help/three.jpg", "p"),
      file("help/none.png", "p"),
      file("help/c.pdf", "three.jpg"),
    ]);
    expect(sent).toHaveLength(1);
    expect(names(sent[0]?.files ?? [])).toEqual([
      "help/a.md",
      "help/img/one two.png",
      "help/b.html",
      "help/three.jpg",
      "help/c.pdf",
    ]);
    expect(sent[0]?.texts).toBe(3);
  });

  it("send a picture again with a text of the next portion", async () => {
    const large = new Uint8Array(9 * 1024 * 1024);
    const sent = await batches([
      file("a.md", "![](p.png)"),
      file("p.png", "p"),
      file("big1.pdf", large),
      file("big2.pdf", large),
      file("b.md", "![](p.png)"),
    ]);
    expect(sent.map((each) => names(each.files))).toEqual([
      ["a.md", "p.png", "big1.pdf"],
      ["big2.pdf", "b.md", "p.png"],
    ]);
  });

  it("are none without a text", async () => {
    expect(await batches([file("p.png", "p")])).toEqual([]);
  });
});
