package main

import (
	"fmt"
	"strconv"

	"github.com/nbd-wtf/go-nostr"
)

// kithNotes is what the command line said about what it wrote.
type kithNotes struct {
	Community struct {
		Community struct {
			ID     string    `json:"id"`
			Title  string    `json:"title"`
			Owner  string    `json:"owner_public_key"`
			Place  kithPlace `json:"place"`
			Topics []string  `json:"topics"`
		} `json:"community"`
	} `json:"community"`
	Meetup struct {
		Meetup struct {
			ID       string    `json:"id"`
			Address  string    `json:"address"`
			Title    string    `json:"title"`
			Summary  string    `json:"summary"`
			Start    int64     `json:"start_unix"`
			End      int64     `json:"end_unix"`
			Timezone string    `json:"timezone"`
			Where    []string  `json:"where"`
			Place    kithPlace `json:"place"`
		} `json:"meetup"`
	} `json:"meetup"`
	Answer struct {
		Status string `json:"status"`
	} `json:"answer"`
}

type kithPlace struct {
	City    string `json:"city"`
	Geohash string `json:"geohash"`
}

// readKith looks for what the command line wrote, by filters that any client would use.
func (c client) readKith(kith kithNotes) {
	community, meetup := kith.Community.Community, kith.Meetup.Meetup
	note := c.one("kith: the community by id", nostr.Filter{IDs: []string{community.ID}, Kinds: []int{1037}})
	equal("kith: the community has no tags (LBC-03)", len(note.Tags), 0)
	equal("kith: the community is its owner's", note.PubKey, community.Owner)

	nearby := c.query(nostr.Filter{Kinds: []int{30037}, Tags: nostr.TagMap{"g": {community.Place.City}}})
	found := false
	for _, event := range nearby {
		found = found || event.Tags.GetD() == community.ID
	}
	equal("kith: #g city finds the community", found, true)
	metadata := c.one("kith: the metadata by #e", nostr.Filter{Kinds: []int{30037}, Tags: nostr.TagMap{"e": {community.ID}}})
	equal("kith: title", value(metadata, "title"), community.Title)
	equal("kith: d is the community (LBC-07)", metadata.Tags.GetD(), community.ID)
	equal("kith: e names the community", values(metadata, "e"), []string{community.ID})
	equal("kith: topics", values(metadata, "t"), community.Topics)

	event := c.one("kith: the meetup by #e", nostr.Filter{
		Kinds: []int{31923}, Authors: []string{community.Owner}, Tags: nostr.TagMap{"e": {community.ID}},
	})
	equal("kith: address", fmt.Sprintf("31923:%s:%s", event.PubKey, event.Tags.GetD()), meetup.Address)
	startsWith("kith: d starts with the community (LBC-22)", event.Tags.GetD(), community.ID+":")
	for _, expected := range [][2]string{
		{"title", meetup.Title}, {"name", meetup.Title},
		{"summary", meetup.Summary}, {"brief", meetup.Summary},
		{"start", strconv.FormatInt(meetup.Start, 10)}, {"end", strconv.FormatInt(meetup.End, 10)},
		{"start_tzid", meetup.Timezone}, {"L", "kind"}, {"l", "meetup"},
	} {
		equal("kith: "+expected[0]+" of the meetup", value(event, expected[0]), expected[1])
	}
	equal("kith: every day has its D (NIP-52)", values(event, "D"), days(meetup.Start, meetup.End))
	equal("kith: location", values(event, "location"), meetup.Where)
	cells := []string{meetup.Place.Geohash}
	for length := 3; length <= 6; length++ {
		cells = append(cells, meetup.Place.Geohash[:length])
	}
	equal("kith: geohash and its prefixes (LBC-39)", places(event, "geohash"), cells)
	equal("kith: city (LBC-42)", places(event, "city"), []string{meetup.Place.City})
	for _, cell := range cells[1:] {
		c.finds("#g "+cell+", the meetup of kith,", nostr.Filter{Kinds: []int{31923}, Tags: nostr.TagMap{"g": {cell}}}, event)
	}

	rsvp := c.one("kith: the answer by #a", nostr.Filter{Kinds: []int{31925}, Tags: nostr.TagMap{"a": {meetup.Address}}})
	equal("kith: status", value(rsvp, "status"), kith.Answer.Status)
	equal("kith: d of the answer (LBC-35)", rsvp.Tags.GetD(), sha256Hex(meetup.Address))
	equal("kith: the answer names the version", value(rsvp, "e"), meetup.ID)
	equal("kith: the answer names the organiser", value(rsvp, "p"), community.Owner)
}
