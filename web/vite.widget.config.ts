// The customers' widget: a small loader under a stable name, a classic script; the app behind it is hashed and loaded
// on demand. JSX comes from Vite itself: Preact's own preset clashes with the React plugin of the workspace.
import { copyFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Gzip bytes, whatever a customer downloads with the first opening included. */
const LOADER_LIMIT = 5 * 1024;
const TOTAL_LIMIT = 40 * 1024;

/** The loader may stand in any page: no globals, nothing shared with the app, paths relative to the script. */
function loader(): Plugin {
  return {
    name: "tongxi-loader",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((it) => it.type === "chunk");
      const entry = chunks.find((it) => it.isEntry);
      if (!entry) throw new Error("no loader was built");
      if (entry.imports.length || chunks.some((it) => it.imports.includes(entry.fileName))) {
        throw new Error("the loader shares code with the app; keep their modules apart");
      }
      entry.code = `(()=>{${entry.code.replaceAll('import("./assets/', 'import("./widget/assets/').replaceAll("import(`./assets/", "import(`./widget/assets/").replace(/export\s*\{\s*\};?/, "")}})();\n`;

      const weigh = (code: string): number => gzipSync(code, { level: 9 }).length;
      const locales = chunks.filter((it) => /^(zh|en)$/.test(it.name)).map((it) => weigh(it.code));
      const rest = chunks.filter((it) => it !== entry && !/^(zh|en)$/.test(it.name)).map((it) => weigh(it.code));
      const own = weigh(entry.code);
      const total = own + rest.reduce((sum, it) => sum + it, 0) + Math.max(0, ...locales);
      console.log(`widget, gzip: loader ${kb(own)} of ${kb(LOADER_LIMIT)}, first opening ${kb(total)} of ${kb(TOTAL_LIMIT)}`);
      if (own > LOADER_LIMIT || total > TOTAL_LIMIT) throw new Error("the widget is over its size limit");
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
      output: { entryFileNames: "[name].js", chunkFileNames: "assets/[name]-[hash].js", minify: true },
    },
  },
});
