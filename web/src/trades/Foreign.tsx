import { Text } from "@mantine/core";
import { chosen, useAccounts } from "../api/queries";

/** What the venues hold that the hub did not open: it is left alone until somebody adopts it. */
export function Foreign({ account }: { account: string | null }) {
  const { data } = useAccounts();
  return chosen(data ?? [], account).flatMap(({ id, foreign }) =>
    Object.entries(foreign).map(([symbol, quantity]) => (
      <Text key={`${id} ${symbol}`} size="xs" p={8} className="warn">
        {id} holds {quantity} {symbol} that the hub did not open: “adopt {symbol.toLowerCase()}” makes it a
        trade.
      </Text>
    )),
  );
}
