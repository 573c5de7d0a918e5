// The program checks kith-relay with go-nostr, on one relay that the command line `kith` uses too.
//
//	go run . RELAY_URL KITH_NOTES WRITTEN
//
// KITH_NOTES is what `kith --json` said about a community, a meetup and an answer that it wrote:
// they are looked for here. WRITTEN is where this program says what it wrote itself; ../agrees.mjs
// then asks `kith` for it. The checks, in this order, are the same in ../nostr-tools and ../nak.sh.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/nbd-wtf/go-nostr"
	"github.com/nbd-wtf/go-nostr/nip11"
)

func main() {
	if len(os.Args) != 4 {
		must("the command line", fmt.Errorf("expected RELAY_URL KITH_NOTES WRITTEN"))
	}
	url := os.Args[1]
	information(url)

	relay, err := nostr.RelayConnect(context.Background(), url)
	must("connecting to "+url, err)
	c := client{relay}
	owner, guest, stranger := newPerson(), newPerson(), newPerson()
	written := newNotes(owner, url)
	for _, event := range []nostr.Event{written.community, written.metadata, written.meetup} {
		equal(fmt.Sprintf("publish: kind %d is accepted", event.Kind), c.publish(event), "")
	}
	c.readBack(written)
	c.answers(written, guest, stranger, url, os.Args[3])
	c.refusals(written, owner, stranger)
	c.readKith(readKithNotes(os.Args[2]))
	if failures > 0 {
		os.Exit(1)
	}
}

func information(url string) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	document, err := nip11.Fetch(ctx, url)
	must("the NIP-11 document", err)
	missing := []int{}
	for _, nip := range []int{1, 9, 11, 40, 45} {
		if !slices.Contains(document.SupportedNIPs, nip) {
			missing = append(missing, nip)
		}
	}
	equal("NIP-11: 1, 9, 11, 40, 45 are supported", missing, []int{})
	equal("NIP-11: 73 is not (LBC-01)", slices.Contains(document.SupportedNIPs, 73), false)
}

func (c client) readBack(written notes) {
	community, metadata, meetup := written.community, written.metadata, written.meetup
	authors := []string{community.PubKey}
	by := func(kind int, name, value string) nostr.Filter {
		return nostr.Filter{Kinds: []int{kind}, Tags: nostr.TagMap{name: {value}}}
	}
	byOwner := func(kind int, name, value string) nostr.Filter {
		filter := by(kind, name, value)
		filter.Authors = authors
		return filter
	}
	c.finds("id", nostr.Filter{IDs: []string{community.ID}, Kinds: []int{1037}}, community)
	c.finds("#d and author", byOwner(30037, "d", community.ID), metadata)
	c.finds("#e", by(30037, "e", community.ID), metadata)
	c.finds("#e and author", byOwner(31923, "e", community.ID), meetup)
	c.finds("#d and author", byOwner(31923, "d", meetup.Tags.GetD()), meetup)
	for _, expected := range []nostr.Event{metadata, meetup} {
		c.finds("#g city", by(expected.Kind, "g", "GB:Brighton"), expected)
		c.finds("#g cell", by(expected.Kind, "g", "gcpch"), expected)
		c.finds("#t", byOwner(expected.Kind, "t", "chess"), expected)
	}
	c.finds("#l", by(31923, "l", "meetup"), meetup)
	c.finds("#D", by(31923, "D", days(written.start, written.start+1)[0]), meetup)
	for _, absent := range []string{"gb:brighton", "gcpchgun"} {
		found := c.query(nostr.Filter{Tags: nostr.TagMap{"g": {absent}}})
		equal("#g "+absent+", which nobody wrote, finds nothing", ids(found), []string{})
	}
}

// answers lets two people answer, one live; one changes the answer, the other takes it back.
func (c client) answers(written notes, guest, stranger person, url, file string) {
	meetup := written.meetup
	filter := nostr.Filter{Kinds: []int{31925}, Tags: nostr.TagMap{"a": {written.address}}}
	live := c.subscribe(filter)
	now := nostr.Now()
	first := written.answer(guest, url, "tentative", now-10)
	equal("RSVP: accepted by the relay", c.publish(first), "")
	equal("RSVP: arrives live", live.next(), plain(&first))
	c.finds("#a", filter, first)
	c.finds("#e", nostr.Filter{Kinds: []int{31925}, Tags: nostr.TagMap{"e": {meetup.ID}}}, first)
	c.finds("#p", nostr.Filter{Kinds: []int{31925}, Tags: nostr.TagMap{"p": {meetup.PubKey}}}, first)

	changed := written.answer(guest, url, "accepted", now-5)
	other := written.answer(stranger, url, "declined", now-5)
	for _, event := range []nostr.Event{changed, other} {
		equal("RSVP: another is accepted by the relay", c.publish(event), "")
		equal("RSVP: another arrives live", live.next(), plain(&event))
	}
	live.inner.Unsub()
	ofGuest := filter
	ofGuest.Authors = []string{guest.public}
	equal("RSVP: the newest answer replaces the older one", ids(c.query(ofGuest)), []string{changed.ID})
	count, err := c.relay.Count(context.Background(), nostr.Filters{filter})
	must("COUNT", err)
	equal("COUNT: two people answered", count, int64(2))

	deletion := stranger.sign(5, nostr.Tags{{"e", other.ID}, {"k", "31925"}}, "", now)
	equal("NIP-09: the deletion is accepted", c.publish(deletion), "")
	equal("NIP-09: the deleted answer is gone", ids(c.query(filter)), []string{changed.ID})
	must("writing "+file, os.WriteFile(file, written.said(changed), 0o600))
}

// said is what was written, in the form that ../agrees.mjs reads.
func (written notes) said(answer nostr.Event) []byte {
	type object map[string]any
	where := object{"city": "GB:Brighton", "geohash": "gcpchgune"}
	with := func(more object) object {
		for name, value := range where {
			more[name] = value
		}
		return more
	}
	return []byte(text(object{
		"community": with(object{
			"id": written.community.ID, "owner": written.community.PubKey,
			"title": value(written.metadata, "title"), "description": written.metadata.Content,
			"topics": []string{"chess"},
		}),
		"meetup": with(object{
			"id": written.meetup.ID, "address": written.address, "title": value(written.meetup, "title"),
			"summary": value(written.meetup, "summary"), "description": written.meetup.Content,
			"start": written.start, "end": written.end, "timezone": "Europe/London",
			"where": values(written.meetup, "location"), "topics": []string{"chess"},
		}),
		"answers": []object{{"author": answer.PubKey, "status": value(answer, "status")}},
	}))
}

func (c client) refusals(written notes, owner, stranger person) {
	other := owner.sign(1037, nostr.Tags{}, "one text", nostr.Now())
	changed := other
	changed.Content = "another"
	startsWith("a changed content is refused", c.publish(changed), "invalid:")
	forged := other
	last := map[bool]string{true: "1", false: "0"}[strings.HasSuffix(other.Sig, "0")]
	forged.Sig = other.Sig[:len(other.Sig)-1] + last
	startsWith("a changed signature is refused", c.publish(forged), "invalid:")
	equal("what was refused is not stored", ids(c.query(nostr.Filter{IDs: []string{other.ID}})), []string{})

	takeover := stranger.sign(30037, written.metadata.Tags, "Mine now", nostr.Now())
	startsWith("metadata by somebody else is refused (LBC-09)", c.publish(takeover), "restricted:")
	// go-nostr does not give the message of an accepted event.
	equal("the same note again is no error", c.publish(written.meetup), "")
	c.finds("#d, after all that,", nostr.Filter{
		Kinds: []int{30037}, Tags: nostr.TagMap{"d": {written.community.ID}},
	}, written.metadata)
}

func readKithNotes(file string) kithNotes {
	var kith kithNotes
	content, err := os.ReadFile(file)
	must("reading "+file, err)
	must("understanding "+file, json.Unmarshal(content, &kith))
	return kith
}
