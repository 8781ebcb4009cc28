import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./problem";

/** Server state of every screen. Refusals are final; only what may pass by itself is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      networkMode: "always",
      retry: (count, error) => {
        const status = error instanceof ApiError ? error.status : -1;
        return count < 2 && (status === 0 || status >= 500);
      },
    },
    mutations: { networkMode: "always" },
  },
});
