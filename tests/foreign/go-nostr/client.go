package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nbd-wtf/go-nostr"
)

const answerTimeout = 10 * time.Second

// client is one connection to the relay.
type client struct{ relay *nostr.Relay }

// publish gives the message of the answer, whether the event was accepted ("") or not.
func (c client) publish(event nostr.Event) string {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	if err := c.relay.Publish(ctx, event); err != nil {
		return strings.TrimPrefix(err.Error(), "msg: ")
	}
	return ""
}

// subscription is what is stored and then, by next, what arrives.
type subscription struct {
	inner  *nostr.Subscription
	stored []nostr.Event
}

// subscribe reads up to EOSE itself: QuerySync of this version keeps a thread busy for ever.
func (c client) subscribe(filter nostr.Filter) subscription {
	inner, err := c.relay.Subscribe(context.Background(), nostr.Filters{filter})
	must("a subscription", err)
	stored := []nostr.Event{}
	timeout := time.After(answerTimeout)
	for {
		select {
		case event := <-inner.Events:
			stored = append(stored, plain(event))
		case <-inner.EndOfStoredEvents:
			return subscription{inner, stored}
		case reason := <-inner.ClosedReason:
			must(filter.String(), fmt.Errorf("closed: %s", reason))
		case <-timeout:
			must(filter.String(), fmt.Errorf("no EOSE within %s", answerTimeout))
		}
	}
}

func (s subscription) next() nostr.Event {
	select {
	case event := <-s.inner.Events:
		return plain(event)
	case <-time.After(answerTimeout):
		must("a live event", fmt.Errorf("none within %s", answerTimeout))
		return nostr.Event{}
	}
}

func (c client) query(filter nostr.Filter) []nostr.Event {
	found := c.subscribe(filter)
	found.inner.Unsub()
	return found.stored
}

// finds asserts that a filter finds one note among others, as it was written and with a good
// signature.
func (c client) finds(by string, filter nostr.Filter, expected nostr.Event) {
	var seen nostr.Event
	for _, event := range c.query(filter) {
		if event.ID == expected.ID {
			seen = event
		}
	}
	equal(fmt.Sprintf("read: kind %d by %s is as it was written", expected.Kind, by), seen, plain(&expected))
	equal(fmt.Sprintf("read: kind %d by %s has a good signature", expected.Kind, by), genuine(seen), true)
}

// one is the only note that a filter finds.
func (c client) one(what string, filter nostr.Filter) nostr.Event {
	found := c.query(filter)
	equal(what, len(found) == 1 && genuine(found[0]), true)
	if len(found) == 0 {
		must(what, fmt.Errorf("nothing found by %s", filter))
	}
	return found[0]
}

func genuine(event nostr.Event) bool {
	good, err := event.CheckSignature()
	return err == nil && good && event.CheckID()
}

// plain is the event without what go-nostr keeps beside it.
func plain(event *nostr.Event) nostr.Event {
	return nostr.Event{
		ID: event.ID, PubKey: event.PubKey, CreatedAt: event.CreatedAt, Kind: event.Kind,
		Tags: event.Tags, Content: event.Content, Sig: event.Sig,
	}
}

func ids(events []nostr.Event) []string {
	list := []string{}
	for _, event := range events {
		list = append(list, event.ID)
	}
	return list
}
