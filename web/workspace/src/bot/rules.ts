// What the screen knows about a rule beside its text: which numbers it turns on, and who acts then.
import type { HolderKind } from "../../../contract/agent";
import type { Limits } from "./model";

export interface LimitField {
  name: keyof Limits;
  min: number;
  max: number;
  step: number;
}

const share = (name: keyof Limits): LimitField => ({ name, min: 0, max: 1, step: 0.01 });
const count = (name: keyof Limits): LimitField => ({ name, min: 1, max: 10, step: 1 });

export const LIMITS: Record<string, LimitField[]> = {
  angry: [
    { name: "mood_at", min: -3, max: 0, step: 1 },
    { name: "upset_at", min: 0.1, max: 1, step: 0.01 },
  ],
  mood_drop: [{ name: "mood_drop", min: 1, max: 5, step: 1 }],
  wrong_again: [count("max_wrong")],
  manipulation: [share("manipulation_at")],
  flow: [share("intent_at"), share("out_of_scope_at")],
  two_meanings: [share("close_by")],
  answer: [share("answer_at")],
  half_sure: [share("ask_at")],
  quotation: [share("quote_at")],
  unknown_again: [count("max_unanswered")],
};

/** Whose turn it is after a choice. */
export function holderOf(choice: string): HolderKind {
  return choice === "hand_off" ? "queue" : "bot";
}

/** `flow:refund` and `flow` have one name. */
export function choiceKey(choice: string): string {
  return choice.startsWith("flow") ? "flow" : choice;
}
