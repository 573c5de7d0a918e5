package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/nbd-wtf/go-nostr"
)

const daySeconds = 86_400

// person is somebody who signs.
type person struct{ secret, public string }

func newPerson() person {
	secret := nostr.GeneratePrivateKey()
	public, err := nostr.GetPublicKey(secret)
	must("the public key of a new key", err)
	return person{secret, public}
}

func (signer person) sign(kind int, tags nostr.Tags, content string, createdAt nostr.Timestamp) nostr.Event {
	event := nostr.Event{Kind: kind, Tags: tags, Content: content, CreatedAt: createdAt}
	must("signing", event.Sign(signer.secret))
	return event
}

// notes are what this program writes.
type notes struct {
	community, metadata, meetup nostr.Event
	address                     string
	start, end                  int64
}

// newNotes makes a community with its metadata, and a meetup of it.
func newNotes(owner person, relay string) notes {
	now := nostr.Now()
	community := owner.sign(1037, nostr.Tags{}, "Chess by the sea", now)
	association := nostr.Tag{"e", community.ID, relay, owner.public}
	metadata := owner.sign(30037, append(nostr.Tags{
		{"d", community.ID},
		{"title", "Foreign Chess (go-nostr)"},
		association,
		{"t", "chess"},
	}, place()...), "We play **every** week.", now)

	start := int64(now)/3600*3600 + 30*daySeconds
	end := start + 2*3600
	tags := append(nostr.Tags{
		{"d", community.ID + ":blitz-evening"},
		{"title", "Blitz evening (go-nostr)"},
		{"name", "Blitz evening (go-nostr)"},
		{"summary", "Five minutes each"},
		{"brief", "Five minutes each"},
		association,
		{"L", "kind"},
		{"l", "meetup", "kind"},
		{"start", strconv.FormatInt(start, 10)},
		{"end", strconv.FormatInt(end, 10)},
		{"start_tzid", "Europe/London"},
		{"location", "The Hope, Queens Road"},
		{"t", "chess"},
	}, place()...)
	for _, day := range days(start, end) {
		tags = append(tags, nostr.Tag{"D", day})
	}
	meetup := owner.sign(31923, tags, "Bring a clock.", now)
	address := "31923:" + owner.public + ":" + community.ID + ":blitz-evening"
	return notes{community, metadata, meetup, address, start, end}
}

// answer is what somebody answers to the meetup.
func (written notes) answer(guest person, relay, status string, createdAt nostr.Timestamp) nostr.Event {
	return guest.sign(31925, nostr.Tags{
		{"a", written.address, relay},
		{"e", written.meetup.ID, relay},
		{"d", sha256Hex(written.address)},
		{"status", status},
		{"p", written.meetup.PubKey},
	}, "", createdAt)
}

func place() nostr.Tags {
	tags := nostr.Tags{}
	for _, cell := range []string{"gcpchgune", "gcp", "gcpc", "gcpch", "gcpchg"} {
		tags = append(tags, nostr.Tag{"g", cell, "geohash"})
	}
	return append(tags, nostr.Tag{"g", "GB:Brighton", "city"})
}

// days lists the days (UTC, counted from 1970) that [start, end) touches.
func days(start, end int64) []string {
	list := []string{}
	for day := start / daySeconds; day <= (end-1)/daySeconds; day++ {
		list = append(list, strconv.FormatInt(day, 10))
	}
	return list
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// value is the first value of a tag, or nothing.
func value(event nostr.Event, name string) string {
	if all := values(event, name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// values are the first values of every tag of a name.
func values(event nostr.Event, name string) []string {
	list := []string{}
	for _, tag := range event.Tags {
		if len(tag) > 1 && tag[0] == name {
			list = append(list, tag[1])
		}
	}
	return list
}

// places are the values of the g tags whose third element is form.
func places(event nostr.Event, form string) []string {
	list := []string{}
	for _, tag := range event.Tags {
		if len(tag) > 2 && tag[0] == "g" && tag[2] == form {
			list = append(list, tag[1])
		}
	}
	return list
}
