// The styles of the app's parts, each once, into the shadow root of the page's one window.
let add: (css: string) => void;
let added: Set<string>;

export function styleWith(adder: (css: string) => void): void {
  add = adder;
  added = new Set();
}

export function style(css: string): void {
  if (added.has(css)) return;
  added.add(css);
  add(css);
}
