import { Button, Skeleton, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { sentence } from "../api/errors";

interface AnswerProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
  rows?: number;
  children: (data: T) => ReactNode;
}

const SKELETON_KEYS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** What a query has to show: its data, or honestly why there is none. Stale data stays on the screen. */
export function Answer<T>({ query, empty, isEmpty = isEmptyList, rows = 4, children }: AnswerProps<T>) {
  if (query.data !== undefined) {
    return isEmpty(query.data) && empty !== undefined ? <Empty>{empty}</Empty> : children(query.data);
  }
  if (query.isPending) {
    return (
      <Stack gap={8} p={10} aria-busy="true" aria-label="loading">
        {SKELETON_KEYS.slice(0, rows).map((key) => (
          <Skeleton key={key} height={18} radius="sm" />
        ))}
      </Stack>
    );
  }
  return (
    <Stack gap={6} p={12} align="flex-start" role="alert">
      <Text size="sm">{sentence(query.error)}</Text>
      <Button size="compact-xs" variant="default" onClick={() => query.refetch()}>
        Try again
      </Button>
    </Stack>
  );
}

function Empty({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="var(--tw-muted)" p={14} ta="center">
      {children}
    </Text>
  );
}

function isEmptyList(data: unknown): boolean {
  return Array.isArray(data) && data.length === 0;
}
