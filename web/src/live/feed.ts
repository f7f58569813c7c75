import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followed, liveCache } from "./cache";
import { follow, type LinkState } from "./stream";

const STREAM = "/api/v1/stream";

/** Keep the query cache current from the hub's event stream for as long as the screen is there. */
export function useLiveFeed(): LinkState {
  const client = useQueryClient();
  const [link, setLink] = useState<LinkState>("connecting");

  useEffect(() => {
    const cache = liveCache(client);
    const leave = follow(STREAM, followed, { onEvent: cache.apply, onState: setLink });
    return () => {
      leave();
      cache.stop();
    };
  }, [client]);

  return link;
}
