package users_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

const mixedFile = `username,email,first_name,last_name,role,active
ewillow,ember.willow@juniper.example,Ember,Willow,Marketing,1
athistle,abel@juniper.example,Abel,Thistle,Customer care,1
alantern,ada.lantern@juniper.example,Ada,Lantern,Merchandising,1
bad,no-address,Bad,Mail,,1
ewillow,twice@juniper.example,Ember,Willow,Marketing,1
short,short@juniper.example
moss,moss@juniper.example,Moss,Reed,Pirates,1
`

// csv writes a file of users and returns its path.
func csv(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// bring imports a file by keyboard.
func (b *bench) bring(path string) {
	b.T.Helper()
	b.Tap("Import CSV…")
	b.Type(path)
	b.Key(fyne.KeyReturn)
}

func TestImportReportsGoodAndBadLines(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Import CSV…")
	require.Contains(t, b.Text(), "username,email,first_name,last_name,role,active")
	b.Type(csv(t, mixedFile))
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "import users from people.csv")
	b.answer("wrong")
	require.Contains(t, b.Text(), "That is not your password.")
	b.answer(memory.SamplePassword)
	text := b.Text()
	for _, want := range []string{
		"The good lines of people.csv are in", "1\nadded", "1\nupdated", "1\nunchanged", "4\nrejected", "4 rows",
	} {
		require.Contains(t, text, want)
	}
	b.Tap("Copy as text")
	require.Contains(t, b.Text(), "Copied.")
	b.Tap("Done")
	require.Contains(t, b.Text(), "26 people", "the list is loaded again")
	require.Equal(t, "abel@juniper.example", b.find("athistle").Email)
}

func TestImportReportIsSavedForItsOwnerOnly(t *testing.T) {
	b := start(t, setup{})
	b.bring(csv(t, mixedFile))
	b.answer(memory.SamplePassword)
	b.Tap("Save report…")
	require.Contains(t, b.Field("File").Text(), "people-import-report.txt")
	b.Field("File").SetText(filepath.Join(t.TempDir(), "nowhere", "report.txt"))
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Field("File").Trouble(), "The report could not be saved.")
	path := filepath.Join(t.TempDir(), "report.txt")
	taken := filepath.Join(t.TempDir(), "taken.txt")
	require.NoError(t, os.WriteFile(taken, []byte("old"), 0o600))
	b.Field("File").SetText(taken)
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Field("File").Trouble(), "There is a file of that name already.")
	old, err := os.ReadFile(taken)
	require.NoError(t, err)
	require.Equal(t, "old", string(old), "the file that was there stays")
	b.Field("File").SetText(path)
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "Saved as report.txt.")
	saved, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, `Import of people.csv
1 added, 1 updated, 1 unchanged, 4 lines rejected.

line	reason
5	The email address is not valid.
6	The username is in line 2 already.
7	The line has 2 fields, the first line names 6.
8	There is no role "Pirates".
`, string(saved))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestImportOfGoodLinesOnly(t *testing.T) {
	b := start(t, setup{})
	b.bring(csv(t, "username,email\newillow,e@juniper.example\n"))
	b.answer(memory.SamplePassword)
	require.Contains(t, b.Text(), "All of people.csv is in")
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Save report…"))
}

func TestImportOfBadLinesOnly(t *testing.T) {
	b := start(t, setup{})
	b.bring(csv(t, "username,email\newillow,nobody\n"))
	b.answer(memory.SamplePassword)
	require.Contains(t, b.Text(), "No line of people.csv could be used")
}

func TestImportListsTheFirstOfManyBadLines(t *testing.T) {
	b := start(t, setup{})
	b.bring(csv(t, "username,email\n"+strings.Repeat("same,nobody\n", 1500)))
	b.answer(memory.SamplePassword)
	require.Contains(t, b.Text(), "1,500\nrejected")
	require.Contains(t, b.Text(), "1,000 rows")
	require.Contains(t, b.Text(), "The first 1,000 lines are listed; the report has all.")
}

func TestImportOfAFileThatCannotBeRead(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Import CSV…")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "No file is chosen.", b.Field("File").Trouble())
	b.Type(filepath.Join(t.TempDir(), "gone.csv"))
	b.Key(fyne.KeyReturn)
	require.Equal(t, "There is no file gone.csv. Check the path.", b.Field("File").Trouble())
	folder := t.TempDir()
	b.Field("File").SetText(folder)
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Field("File").Trouble(), "is a folder.")
	require.True(t, b.Field("File").Focused())
}

func TestImportOfAWrongHeaderComesBackToTheFile(t *testing.T) {
	b := start(t, setup{})
	path := csv(t, "name,mail\nx,y\n")
	b.bring(path)
	b.answer(memory.SamplePassword)
	require.Equal(t, path, b.Field("File").Text(), "nothing is lost")
	require.Contains(t, b.Field("File").Trouble(), `The first line names a column "name", which is not known.`)
	b.Key(fyne.KeyEscape)
	require.Contains(t, b.Text(), "25 people")
}

func TestDroppedFileIsReadyToImport(t *testing.T) {
	b := start(t, setup{})
	path := csv(t, mixedFile)
	b.screen.Drop(storage.NewFileURI(path))
	require.Equal(t, path, b.Field("File").Text())
	b.screen.Drop(storage.NewFileURI("/another.csv"))
	require.Equal(t, "/another.csv", b.Field("File").Text())
	b.Key(fyne.KeyEscape)
	b.Tap("Add user")
	b.screen.Drop(storage.NewFileURI(path))
	require.Empty(t, kittest.Find[*kit.Field](b.Desk, "File"), "another dialog is not disturbed")
}

func TestBrowseChoosesByKeyboard(t *testing.T) {
	b := start(t, setup{})
	path := csv(t, mixedFile)
	folder := filepath.Dir(path)
	require.NoError(t, os.Mkdir(filepath.Join(folder, "archive"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "photo.png"), nil, 0o600))
	b.Tap("Import CSV…")
	b.Field("File").SetText(filepath.Join(folder, "x"))
	b.Tap("Browse…")
	require.Contains(t, b.Text(), "2 rows", "the folder and the CSV file")
	b.Key(fyne.KeyHome, fyne.KeyReturn)
	require.Contains(t, b.Text(), "archive")
	require.Contains(t, b.Text(), "No file of this kind is here.")
	b.Tap("Up")
	b.Key(fyne.KeyTab)
	for range 5 {
		if b.FocusLabel() == "2 rows" {
			break
		}
		b.Key(fyne.KeyTab)
	}
	b.Key(fyne.KeyEnd, fyne.KeyReturn)
	require.Equal(t, path, b.Field("File").Text())
}

// threads is a runner with real goroutines, whose results wait for pump, so that
// the test stays the UI goroutine.
type threads struct{ done chan func() }

func newThreads() *threads { return &threads{done: make(chan func(), 100)} }

func (r *threads) Go(work func(ctx context.Context) error, done func(err error)) {
	go func() {
		err := work(context.Background())
		r.done <- func() { done(err) }
	}()
}

func (r *threads) pump(t testing.TB) {
	t.Helper()
	select {
	case f := <-r.done:
		f()
	case <-time.After(10 * time.Second):
		require.Fail(t, "no work has ended")
	}
}

func TestImportShowsProgressAndStopsWithoutATrace(t *testing.T) {
	r := newThreads()
	b := start(t, setup{runner: r})
	r.pump(t)
	reading := make(chan bool)
	b.service.bring = func(ctx context.Context, q app.ImportRequest) {
		_, err := q.File.Read(make([]byte, 100))
		if err == nil {
			q.Progress(12, 100)
		}
		close(reading)
		<-ctx.Done()
	}
	var file strings.Builder
	file.WriteString("username,email\n")
	for i := range 100 {
		fmt.Fprintf(&file, "user%d,user%d@juniper.example\n", i, i)
	}
	b.bring(csv(t, file.String()))
	r.pump(t) // the file can be read
	b.answer(memory.SamplePassword)
	r.pump(t) // the password is right
	<-reading
	b.Clock.Advance(200 * time.Millisecond)
	require.Contains(t, b.Text(), "Importing people.csv")
	require.Contains(t, b.Text(), "12 rows · 1 KB of 3 KB")
	b.Key(fyne.KeyEscape)
	require.Equal(t, "Stopping the import…", b.ToastText())
	require.True(t, b.Button("Import CSV…").Busy(), "one import at a time")
	r.pump(t)
	require.Equal(t, "Stopped. Nothing was changed.", b.ToastText())
	require.False(t, b.Button("Import CSV…").Busy())
	counts, err := b.store.Counts(context.Background())
	require.NoError(t, err)
	require.Equal(t, 25, counts.All)
}
