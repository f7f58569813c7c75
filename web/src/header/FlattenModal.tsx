import { Alert, Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { hub } from "../api/client";
import { sentence } from "../api/errors";
import type { Account } from "../api/types";
import { FlattenReport } from "./FlattenReport";

interface FlattenModalProps {
  account: string | null;
  accounts: readonly Account[];
  onClose: () => void;
}

const WAIT_S = 15;

/** Says what flatten will do, does it on a second press, and reports what the venues show. */
export function FlattenModal({ account, accounts, onClose }: FlattenModalProps) {
  const client = useQueryClient();
  const flatten = hub.useMutation("post", "/api/v1/flatten", { onSettled: () => client.invalidateQueries() });
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>Flatten {account ?? "all accounts"}</b>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <Stack gap="sm">
        {flatten.data ? (
          <FlattenReport results={flatten.data} />
        ) : (
          <>
            <Text size="sm">
              This halts new trades, cancels every resting order of ours and closes at market:
            </Text>
            <List size="sm" spacing={2}>
              {accounts.map((one) => (
                <List.Item key={one.id}>
                  <b>{one.id}</b> ({one.mode}): {count(one.open_trades, "open trade")},{" "}
                  {count(one.open_orders, "resting order")}
                </List.Item>
              ))}
            </List>
            <Text size="sm" c="var(--tw-muted)">
              An account counts as flat only when its venue shows it. New trades stay halted until you resume.
            </Text>
          </>
        )}
        {flatten.error && <Alert color="red">{sentence(flatten.error)}</Alert>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="xs" onClick={onClose} data-autofocus>
            {flatten.data ? "Done" : "Keep everything"}
          </Button>
          {!flatten.data && (
            <Button
              color="red.9"
              size="xs"
              loading={flatten.isPending}
              onClick={() => flatten.mutate({ body: { account, wait: WAIT_S } })}
            >
              Halt, cancel and close
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
