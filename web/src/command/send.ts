import { useMutationState } from "@tanstack/react-query";
import { hub } from "../api/client";
import { sentence } from "../api/errors";
import type { Story } from "../api/types";

const SEND = ["post", "/api/v1/commands"] as const;

export interface Sent {
  text: string;
  at: number;
  story: Story | undefined;
  error: string | null;
}

interface Line {
  text: string;
  account: string | null;
}

/** Send a line to the hub. Every button of the screen goes this way too, so that each has a trace. */
export function useSend() {
  const { mutate, isPending } = hub.useMutation(...SEND);
  return { isPending, mutate: ({ text, account }: Line) => mutate({ body: { text, account, wait: 5 } }) };
}

/** The line sent last from anywhere on the screen, with what came of it so far. */
export function useLastSent(): Sent | undefined {
  const sent = useMutationState({
    filters: { mutationKey: SEND },
    select: ({ state }): Sent => ({
      text: (state.variables as { body: Line }).body.text,
      at: state.submittedAt,
      story: state.data as Story | undefined,
      error: state.status === "error" ? sentence(state.error) : null,
    }),
  });
  return sent.at(-1);
}
