package connect

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/factordesk/factordesk/app"
)

// Log returns the log of this computer: a file in the state folder that only
// the person can read, at most 1 MB and three older ones. The file is made by
// the first line that is written. Close it at the end.
func Log(o Options) (*slog.Logger, io.Closer) {
	d := o.dirs()
	file := &logFile{folder: d.State, out: &lumberjack.Logger{Filename: d.LogFile(), MaxSize: 1, MaxBackups: 3}}
	return slog.New(slog.NewJSONHandler(file, nil)), file
}

// logFile makes the folder before lumberjack does, which would let others in.
type logFile struct {
	folder string
	made   bool
	out    *lumberjack.Logger
}

// Write writes one line. The handler above calls it one at a time.
func (f *logFile) Write(line []byte) (int, error) {
	if !f.made {
		if err := os.MkdirAll(f.folder, 0o700); err != nil {
			return 0, err
		}
		f.made = true
	}
	return f.out.Write(line)
}

func (f *logFile) Close() error { return f.out.Close() }

// LogCause writes to the log what people are not shown of an error: its kind
// and its cause. An error without a cause, like a wrong password, is not a
// matter for the log, nor is what the person stopped. deed says what was done, without names or secrets.
func LogCause(ctx context.Context, log *slog.Logger, deed string, err error) {
	var e *app.Error
	if err == nil || app.KindOf(err) == app.Canceled || (errors.As(err, &e) && e.Err == nil) {
		return
	}
	cause := err
	attributes := []slog.Attr{slog.String("deed", deed), slog.String("kind", app.KindOf(err).String())}
	if e != nil {
		attributes = append(attributes, slog.String("message", e.Message))
		cause = e.Err
	}
	attributes = append(attributes, slog.String("cause", cause.Error()))
	log.LogAttrs(ctx, slog.LevelError, "failed", attributes...)
}
