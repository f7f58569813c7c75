import { Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { hub } from "../api/client";
import { sentence } from "../api/errors";
import { chosen, useAccounts } from "../api/queries";
import { useSelection } from "../app/selection";
import { FlattenModal } from "./FlattenModal";
import classes from "./Header.module.css";

/** Stops new trades at once, allows them again, or closes all. */
export function KillSwitch() {
  const { account } = useSelection();
  const accounts = chosen(useAccounts().data ?? [], account);
  const [isOpen, modal] = useDisclosure(false);
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["get", "/api/v1/accounts"] });
  const halt = hub.useMutation("post", "/api/v1/halt", { onSettled });
  const resume = hub.useMutation("post", "/api/v1/resume", { onSettled });
  const scope = { body: { account, wait: 5 } };
  const isHalted = accounts.length > 0 && accounts.every((one) => one.halted);
  const failure = halt.error ?? resume.error;

  return (
    <>
      {failure && (
        <span className="down" role="alert">
          {sentence(failure)}
        </span>
      )}
      {isHalted ? (
        <Button
          size="compact-sm"
          variant="light"
          color="yellow"
          loading={resume.isPending}
          onClick={() => resume.mutate(scope)}
        >
          <span className={classes.halted}>Halted:&nbsp;</span>Resume
        </Button>
      ) : (
        <Tooltip label="Open nothing new; what is open stays managed" openDelay={400}>
          <Button
            size="compact-sm"
            variant="default"
            loading={halt.isPending}
            onClick={() => halt.mutate(scope)}
          >
            Halt
          </Button>
        </Tooltip>
      )}
      <Button size="compact-sm" variant="light" color="red" onClick={modal.open}>
        Flatten
      </Button>
      {isOpen && <FlattenModal account={account} accounts={accounts} onClose={modal.close} />}
    </>
  );
}
