/** Tabs of the right rail, in the order of their keys 1…4. */
export const RAILS = ["briefing", "orders", "history", "knowledge"] as const;
export type Rail = (typeof RAILS)[number];
