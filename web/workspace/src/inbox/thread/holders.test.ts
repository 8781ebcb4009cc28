import { expect, it } from "vitest";
import type { Entry } from "../../../../contract/agent";
import { holders } from "./holders";

const fact = (type: string, data: Record<string, unknown> = {}) => ({ type, data }) as unknown as Entry;
const message = fact("message");

it("the line follows every change of holder", () => {
  const log = [
    fact("started"),
    message,
    fact("handed_off"),
    fact("assigned"),
    message,
    fact("ended"),
    fact("wrapped_up"),
  ];
  expect(holders(log, "nobody")).toEqual(["bot", "bot", "queue", "agent", "agent", "nobody", "nobody"]);
});

it("a log loaded from the middle knows who held before its first move", () => {
  expect(holders([message, fact("handed_off", { from_agent: "a" })], "queue")).toEqual(["agent", "queue"]);
  expect(holders([message, fact("claimed", { from_holder: "bot" })], "agent")).toEqual(["bot", "agent"]);
  expect(holders([message, message], "agent")).toEqual(["agent", "agent"]);
});

it("a customer who writes before the wrap-up goes back to the agent, afterwards to the bot", () => {
  const talk = [fact("started"), fact("claimed"), fact("ended"), fact("rated")];
  expect(holders([...talk, fact("reopened")], "agent").at(-1)).toBe("agent");
  expect(holders([...talk, fact("wrapped_up"), fact("reopened")], "bot").at(-1)).toBe("bot");
  expect(holders([fact("started"), fact("ended"), fact("reopened")], "bot").at(-1)).toBe("bot");
});
