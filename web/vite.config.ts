import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

/** The hub that `npm run dev` talks to. */
const hub = loadEnv("development", ".", "TRADEWIRE_").TRADEWIRE_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/tradewire/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the hub's content security policy allows no data: URLs
    chunkSizeWarningLimit: 1000,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: hub }, "/healthz": { target: hub }, "/readyz": { target: hub } },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
});
