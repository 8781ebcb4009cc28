// What a queue of things to judge shows while there is nothing to judge: it loads, it failed, or it is empty.
import type { UseQueryResult } from "@tanstack/react-query";
import { Empty, Failure, Skeleton } from "../../ui/states";

export function Waiting({ queue, empty }: { queue: UseQueryResult; empty: string }) {
  return (
    <section className="card">
      {queue.isPending ? (
        <Skeleton lines={6} gap={16} />
      ) : queue.isError ? (
        <Failure error={queue.error} retry={() => void queue.refetch()} />
      ) : (
        <Empty text={empty} />
      )}
    </section>
  );
}
