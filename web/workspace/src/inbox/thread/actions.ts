// What the signed-in user may do with a conversation right now. The server decides again.
import type { Me, Row } from "../../../../contract/agent";
import { may } from "../../auth/session";

export interface Actions {
  mine: boolean;
  reply: boolean;
  note: boolean;
  claim: boolean;
  giveBack: boolean;
  transfer: boolean;
  end: boolean;
  wrapUp: boolean;
}

export function actions(row: Row, me: Me): Actions {
  const answers = may(me, "conversations.answer");
  const mine = row.holder.id === me.id;
  const active = mine && row.state === "active";
  const free = row.state === "bot" || row.state === "queued";
  return {
    mine,
    reply: active && answers,
    note: answers && (mine || free || row.state === "closed" || may(me, "conversations.read_all")),
    claim: answers && (free || (row.state === "active" && !mine && may(me, "conversations.take_over"))),
    giveBack: active && answers,
    transfer: active && answers,
    end: active && answers,
    wrapUp: mine && row.state === "wrap_up" && answers,
  };
}
