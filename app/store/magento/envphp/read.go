package envphp

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/factordesk/factordesk/app"
)

// Read reads an env.php from a file of this computer. Besides the errors of
// Parse it fails with NotFound where there is no such file, with Invalid for a
// folder, and with Unreachable where the file cannot be read.
func Read(path string) (Shop, error) {
	src, err := load(path)
	if err != nil {
		return Shop{}, err
	}
	return Parse(src)
}

// load reads a file, and no more of a huge one than shows that it is too big.
// It may be a pipe, such as one from a command on the server.
func load(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, app.Errorf(app.NotFound, "There is no file %s.", path).WithHint(where).Because(err)
	}
	if err != nil {
		return nil, errRead(path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, errRead(path, err)
	}
	if info.IsDir() {
		return nil, app.Errorf(app.Invalid, "%s is a folder, not an env.php.", path).WithHint(where)
	}
	src, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, errRead(path, err)
	}
	return src, nil
}

func errRead(path string, err error) *app.Error {
	return app.Errorf(app.Unreachable, "The file %s cannot be read.", path).WithHint("Look at who may read it.").Because(err)
}
