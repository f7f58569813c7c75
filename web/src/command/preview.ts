import { keepPreviousData } from "@tanstack/react-query";
import { hub } from "../api/client";
import type { Preview } from "../api/types";

/** What a line would do now, asked of the hub; while a new line is asked about, the last answer stays. */
export function usePreview(text: string, account: string | null) {
  const options = {
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  };
  return hub.useQuery("post", "/api/v1/preview", { body: { text, account } }, options);
}

/** Where a line could not be read: the text before, the word itself, the text after. */
export function splitAt(text: string, position: number): [before: string, word: string, after: string] {
  const start = Math.min(Math.max(position, 0), text.length);
  const length = /^\S+/.exec(text.slice(start))?.[0].length ?? 0;
  return [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
}

/** The line with the hub's suggestion in place of the word it could not read; null where it has none. */
export function corrected({ text, position, suggestion }: Preview): string | null {
  if (position === null || suggestion === null) return null;
  const [before, , after] = splitAt(text, position);
  return before + suggestion + after;
}

const UNREADABLE: readonly string[] = ["unclear", "not_a_signal"];

/** The line itself says nothing that could be done; the hub would refuse it whatever the accounts say. */
export function isUnreadable(preview: Preview | undefined, text: string): boolean {
  if (preview === undefined || preview.text !== text || preview.refusal === null) return false;
  return UNREADABLE.includes(preview.refusal.code);
}
