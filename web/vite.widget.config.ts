// The customers' widget: a small loader under a stable name, a classic script; the app behind it is hashed and loaded
// on demand. JSX comes from Vite itself: Preact's own preset clashes with the React plugin of the workspace.
import { copyFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Gzip bytes, whatever a customer downloads with the first opening included. */
const LOADER_LIMIT = 5 * 1024;
const TOTAL_LIMIT = 40 * 1024;

const APP = "__APP__";
const LOCALE = /^(zh|en)$/;
/** Fetched when it is first needed, after the first opening. */
const LATER = /^(Flow|sheets)$/;
const LATER_LIMIT = 8 * 1024;

/** The loader may stand in any page: a classic script without globals, sharing nothing with the app it names. */
function loader(): Plugin {
  let app = "";
  return {
    name: "tongxi-loader",
    buildStart() {
      app = this.emitFile({ type: "chunk", id: "src/app.tsx", name: "app", preserveSignature: "allow-extension" });
    },
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((it) => it.type === "chunk");
      const entry = chunks.find((it) => it.name === "loader");
      if (!entry?.code.includes(APP)) throw new Error("the loader does not name the app");
      if (entry.imports.length || chunks.some((it) => it.imports.includes(entry.fileName))) {
        throw new Error("the loader shares code with the app; keep their modules apart");
      }
      const path = JSON.stringify(`widget/${this.getFileName(app)}`);
      entry.code = `(()=>{${entry.code.replace(APP, path).replace(/export\s*\{\s*\};?/, "")}})();\n`;

      const weigh = (of: typeof chunks): number[] => of.map((it) => gzipSync(it.code, { level: 9 }).length);
      const [own = 0] = weigh([entry]);
      const rest = weigh(chunks.filter((it) => it !== entry && !LOCALE.test(it.name) && !LATER.test(it.name)));
      const later = weigh(chunks.filter((it) => LATER.test(it.name))).reduce((sum, it) => sum + it, 0);
      const words = Math.max(...weigh(chunks.filter((it) => LOCALE.test(it.name))));
      const total = rest.reduce((sum, it) => sum + it, own + words);
      console.log(
        `widget, gzip: loader ${kb(own)} of ${kb(LOADER_LIMIT)}, first opening ${kb(total)} of ${kb(TOTAL_LIMIT)}, ` +
          `later ${kb(later)} of ${kb(LATER_LIMIT)}`,
      );
      if (own > LOADER_LIMIT || total > TOTAL_LIMIT || later > LATER_LIMIT)
        throw new Error("the widget is over its size limit");
    },
    writeBundle({ dir }) {
      copyFileSync("widget/chat.html", `${dir}/chat.html`);
    },
  };
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

export default defineConfig({
  root: "widget",
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [loader()],
  build: {
    outDir: "../dist/widget",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    // A library, so that Vite leaves `import()` alone: its preload helper would be shared by loader and app.
    lib: { entry: { loader: "src/loader.ts" }, formats: ["es"] },
    rollupOptions: {
      output: {
        entryFileNames: (chunk) => (chunk.name === "loader" ? "loader.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        minify: true,
      },
    },
  },
});
