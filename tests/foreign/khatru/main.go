// A relay made of khatru, with a store of eventstore (LMDB): what it does with notes is theirs. As
// public relays do, it refuses notes from the future, and shows private messages to their readers alone.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/fiatjaf/eventstore/lmdb"
	"github.com/fiatjaf/khatru"
	"github.com/fiatjaf/khatru/policies"
	"github.com/nbd-wtf/go-nostr"
)

// What most public relays refuse: notes from further in the future.
const futureMax = 30 * time.Minute

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: khatru ADDRESS FOLDER")
	}
	store := lmdb.LMDBBackend{Path: os.Args[2]}
	if err := store.Init(); err != nil {
		log.Fatal(err)
	}
	relay := khatru.NewRelay()
	relay.StoreEvent = append(relay.StoreEvent, store.SaveEvent)
	relay.ReplaceEvent = append(relay.ReplaceEvent, store.ReplaceEvent)
	relay.DeleteEvent = append(relay.DeleteEvent, store.DeleteEvent)
	relay.QueryEvents = append(relay.QueryEvents, store.QueryEvents)
	relay.CountEvents = append(relay.CountEvents, store.CountEvents)
	relay.RejectEvent = append(relay.RejectEvent, policies.PreventTimestampsInTheFuture(futureMax))
	relay.RejectFilter = append(relay.RejectFilter, privateMessagesNeedTheirReader)
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Print("listening on ws://", listener.Addr())
	log.Fatal(http.Serve(listener, relay))
}

// NIP-17: wraps are for those who are named in them, who have to say who they are (NIP-42).
func privateMessagesNeedTheirReader(ctx context.Context, filter nostr.Filter) (bool, string) {
	for _, kind := range filter.Kinds {
		if kind != nostr.KindGiftWrap {
			continue
		}
		reader := khatru.GetAuthed(ctx)
		if reader == "" {
			khatru.RequestAuth(ctx)
			return true, "auth-required: private messages are for their readers"
		}
		for _, person := range filter.Tags["p"] {
			if person != reader {
				return true, "restricted: these are somebody else's messages"
			}
		}
	}
	return false, ""
}
