package backup

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Manifest says what is in a backup. It has no secret, and nothing of a user.
type Manifest struct {
	Name    string    `json:"name"`     // of the store
	StoreID string    `json:"store_id"` //
	Made    time.Time `json:"made"`     // UTC
	Program string    `json:"program"`  // that made it: "Factordesk 1.0.0"
	Console string    `json:"console"`  // at which it was made

	Schema  int64  `json:"schema"`  // version of it
	Users   int64  `json:"users"`   //
	Factors int64  `json:"factors"` //
	Events  int64  `json:"events"`  //
	Head    string `json:"head"`    // hash of the newest event, hexadecimal
	HeadSeq int64  `json:"head_seq"`
	Problem string `json:"problem,omitempty"` // why the activity was not whole; empty: it was

	Size   int64  `json:"size"`   // of the snapshot, in bytes
	SHA256 string `json:"sha256"` // of the snapshot, hexadecimal
}

const (
	formatWords = "factordesk backup "
	format      = 1
	maxManifest = 64 << 10
)

// head writes the two lines before the snapshot.
func (m Manifest) head() ([]byte, error) {
	line, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	return append(fmt.Appendf(nil, "%s%d\n", formatWords, format), append(line, '\n')...), nil
}

// readHead reads them.
func readHead(r *bufio.Reader) (m Manifest, err error) {
	first, err := line(r)
	if err != nil {
		return m, err
	}
	number, ours := strings.CutPrefix(first, formatWords)
	var n int
	if _, err := fmt.Sscanf(number, "%d", &n); !ours || err != nil {
		return m, errNone()
	}
	if n > format {
		return m, app.Errorf(app.Invalid, "This backup was made by a newer Factordesk.").WithHint("Install the newer Factordesk.")
	}
	text, err := line(r)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, errDamaged(err)
	}
	return m, nil
}

// line reads a line that is not too long to be one.
func line(r *bufio.Reader) (string, error) {
	text, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errNone()
	case errors.Is(err, io.EOF):
		return "", errNone()
	case err != nil:
		return "", errDamaged(err)
	}
	return string(text[:len(text)-1]), nil
}

func errNone() *app.Error {
	return app.Errorf(app.Invalid, "This file is no backup of Factordesk.")
}

func errDamaged(err error) *app.Error {
	return app.Errorf(app.Unreadable, "The backup is damaged, or a part of it is missing.").
		WithHint("Use another one.").Because(err)
}
