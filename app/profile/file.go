package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/natefinch/atomic"

	"github.com/factordesk/factordesk/app"
)

// readTOML decodes a file into v. A file that is not there leaves v as it is.
func readTOML(path string, v any) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return app.Errorf(app.Unreachable, "The file %s cannot be read.", path).
			WithHint("Look at who may read it.").Because(err)
	}
	meta, err := toml.NewDecoder(bytes.NewReader(text)).Decode(v)
	if err != nil {
		return badFile(path, parseProblem(err)).Because(err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return badFile(path, fmt.Sprintf("it has a key %q that this version does not know", unknown[0].String()))
	}
	return nil
}

// parseProblem names the line of a file that is not TOML or has a value of
// another kind than the key wants.
func parseProblem(err error) string {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Sprintf("line %d is not as it should be", parse.Position.Line)
	}
	return "a value in it is not of the kind that its key wants"
}

func badFile(path, problem string) *app.Error {
	return app.Errorf(app.Unreadable, "The file %s cannot be used: %s.", path, problem).
		WithHint("Correct it, or remove it to begin anew.")
}

// writeTOML replaces a file whole.
func writeTOML(path, comment string, v any) error {
	var text bytes.Buffer
	text.WriteString("# " + comment + "\n\n")
	e := toml.NewEncoder(&text)
	e.Indent = ""
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	return writeFile(path, text.String())
}

// writeFile replaces a file whole, 0600 whatever it was before.
func writeFile(path, text string) error {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
		// The writer takes over the mode of the file that it replaces.
		if err := os.Chmod(path, 0o600); err != nil {
			return unwritable(path, err)
		}
	}
	if err := atomic.WriteFile(path, strings.NewReader(text)); err != nil {
		return unwritable(path, err)
	}
	return nil
}

func unwritable(path string, err error) *app.Error {
	return app.Errorf(app.Unreachable, "The file %s cannot be written.", path).
		WithHint("Look at the disk's free space and at who may write there.").Because(err)
}
