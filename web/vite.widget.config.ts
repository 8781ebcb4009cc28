// The customers' widget: a small loader under a stable name; everything else is hashed and loaded on demand.
// JSX comes from Vite itself: Preact's own preset clashes with the React plugin of the workspace.
import { defineConfig } from "vite";

export default defineConfig({
  root: "widget",
  base: "/widget/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/widget",
    emptyOutDir: true,
    target: "es2020",
    modulePreload: false,
    rollupOptions: {
      input: { loader: "widget/src/loader.ts", chat: "widget/chat.html" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "loader" ? "loader.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
