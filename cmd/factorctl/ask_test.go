package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHiddenLine(t *testing.T) {
	for name, c := range map[string]struct {
		typed, want, left string
		err               error
	}{
		"a line":             {typed: "secret\rnext\r", want: "secret", left: "next\r"},
		"a line feed":        {typed: "secret\n", want: "secret"},
		"nothing":            {typed: "\r", want: ""},
		"backspace":          {typed: "\x7fse\x7fé\x08ecret\r", want: "secret"},
		"begun anew":         {typed: "wrong\x15secret\r", want: "secret"},
		"Ctrl-D":             {typed: "\x04secret\r", left: "secret\r", err: io.EOF},
		"Ctrl-D in a line":   {typed: "sec\x04ret\r", want: "secret"},
		"Ctrl-D after erase": {typed: "s\x7f\x04", err: io.EOF},
		"Ctrl-C":             {typed: "sec\x03ret\r", left: "ret\r", err: context.Canceled},
		"the end":            {typed: "sec", err: io.EOF},
	} {
		in := strings.NewReader(c.typed)
		got, err := hidden(in)
		require.ErrorIs(t, err, c.err, name)
		require.Equal(t, c.want, got, name)
		left, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Equal(t, c.left, string(left), name)
	}
}
