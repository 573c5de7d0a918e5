package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
)

// failures counts the assertions that did not hold.
var failures int

// equal asserts that two values are equal and prints one line, which ../run.sh counts.
func equal(what string, seen, expected any) {
	if reflect.DeepEqual(seen, expected) {
		fmt.Printf("ok   %s\n", what)
		return
	}
	failures++
	fmt.Printf("FAIL %s: expected %s, saw %s\n", what, text(expected), text(seen))
}

// startsWith asserts that a text starts with something.
func startsWith(what, seen, start string) {
	if strings.HasPrefix(seen, start) {
		seen = start
	}
	equal(what, seen, start)
}

// must ends the program when something went wrong without which the checks make no sense.
func must(what string, err error) {
	if err != nil {
		fmt.Printf("FAIL could not go on: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func text(value any) string {
	written, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%#v", value)
	}
	return string(written)
}
