// The one script a host page includes: loads the widget when it is wanted.
void import("./widget.tsx");

export {};
