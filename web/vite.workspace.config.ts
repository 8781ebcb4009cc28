// The agents' workspace: one React application, served by the backend at every path that is not its own.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const backend = process.env.TONGXI_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  root: "workspace",
  base: "/",
  plugins: [react()],
  build: { outDir: "../dist/workspace", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 800 },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      "/api": { target: backend },
      "/ws": { target: backend, ws: true },
      "/widget": { target: backend },
      "/chat": { target: backend },
    },
  },
});
