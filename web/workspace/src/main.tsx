import "./ui/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { whenSignedOut } from "./api/client";
import { queryClient } from "./api/queries";
import { start } from "./i18n";
import { router } from "./router";
import { startTheme } from "./ui/theme";
import { Toasts } from "./ui/toast";

startTheme();
whenSignedOut(() => {
  const next = router.state.location.href;
  if (/^\/(login|start|invitations)/.test(next)) return;
  queryClient.clear();
  void router.navigate({ to: "/login", search: { next } });
});
void start().then(() => {
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
});
