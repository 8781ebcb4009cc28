import { useCallback, useEffect, useRef } from "react";
import { socket } from "../../live/socket";

/** While somebody types the customer is told at most this often; silence ends it. */
const TELL_MS = 3_000;
const STOP_MS = 5_000;

export function useTyping(conversation: string, active: boolean) {
  const told = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = useCallback(() => {
    clearTimeout(timer.current);
    if (!told.current) return;
    told.current = 0;
    socket.send({ t: "typing", conversation, on: false });
  }, [conversation]);
  const typed = useCallback(
    (text: string) => {
      if (!active || !text) return stop();
      clearTimeout(timer.current);
      timer.current = setTimeout(stop, STOP_MS);
      if (Date.now() - told.current < TELL_MS) return;
      told.current = Date.now();
      socket.send({ t: "typing", conversation, on: true });
    },
    [active, conversation, stop],
  );
  useEffect(() => stop, [stop]);
  return { typed, stop };
}
