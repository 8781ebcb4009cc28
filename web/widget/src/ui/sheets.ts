// Everything that lies over the thread, in one part of its own.
export { FollowUpSheet } from "./FollowUp.tsx";
export { Lightbox } from "./Lightbox.tsx";
export { Menu } from "./Menu.tsx";
export { RatingSheet } from "./Rating.tsx";
