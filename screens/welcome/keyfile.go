package welcome

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/factordesk/factordesk/app"
)

// keyFile is the path offered for a file with the recovery key: not the folder
// of the store, which it must not stay with.
func keyFile(r MakeRequest) string {
	name := strings.Trim(strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return '-'
	}, r.Name), "-")
	home, err := os.UserHomeDir()
	if err != nil {
		home = filepath.Dir(r.Path)
	}
	return filepath.Join(home, "recovery-key-"+name+".txt")
}

// keyText is what such a file says.
func keyText(r MakeRequest, key app.Secret, now time.Time) app.Secret {
	return app.NewSecret(fmt.Sprintf(`Factordesk recovery key

Store:     %s
File:      %s
Made:      %s UTC, for %s

%s

When your own authenticator is lost: at the sign-in screen choose "Your own
factor is lost?", or run "factorctl signin --break-glass". Both ask for your
password and this key. Keep it on paper, away from the store.
`, r.Name, r.Path, now.UTC().Format("2006-01-02 15:04"), r.First.Username, key.Reveal()))
}

// writeKey writes a new file that only its owner can read. Whatever is there
// already stays as it is.
func writeKey(path string, text app.Secret) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return app.Errorf(app.Conflict, "There is something of this name already.").
			WithHint("It stays as it is. Choose another name.")
	case errors.Is(err, fs.ErrNotExist):
		return app.Errorf(app.NotFound, "There is no such folder.")
	case err != nil:
		return app.Errorf(app.Unreachable, "The file cannot be written there.").
			WithHint("Choose another folder.").Because(err)
	}
	_, err = f.WriteString(text.Reveal())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		// Half a key is of no use, and it is a secret nobody knows to be there.
		return app.Errorf(app.Unreachable, "The file could not be written to its end, and was removed.").
			WithHint("Look whether the disk is full.").Because(errors.Join(err, os.Remove(path)))
	}
	return nil
}
